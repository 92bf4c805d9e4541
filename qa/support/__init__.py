"""Whether a sentence that a language model wrote is borne out by the passage it cites."""
