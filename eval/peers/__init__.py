"""Other programs' retrieval over the same folder and questions, each in an environment of its own."""
