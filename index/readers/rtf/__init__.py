"""Rich Text Format: tokens to the state of a machine, and the text that flows out of it."""
