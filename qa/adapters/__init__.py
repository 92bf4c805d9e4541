"""Citewise behind other programs' interfaces."""
