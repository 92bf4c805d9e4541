"""Answers written by a language model from the passages found, and checked before they are shown."""
