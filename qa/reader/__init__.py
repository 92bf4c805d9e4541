"""The extractive reader: how it is trained, measured, packed, and run."""
