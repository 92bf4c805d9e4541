"""PDF: characters to runs, lines, rows and paragraphs, in the order of reading."""
