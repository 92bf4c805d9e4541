"""What a library of so many passages costs, and what it finds: from a thousand to a million."""
