"""Web pages: tokens to a tree, and of it the blocks of text that are seen."""
