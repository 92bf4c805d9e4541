"""Citewise over HTTP: what `citewise serve` serves beside the page."""
