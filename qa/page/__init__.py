"""The web page: a chat over the documents, with the cited passages beside it."""

from __future__ import annotations

import os

# Gradio reads this when it is imported, and would otherwise report home.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from qa.page.blocks import Page, build_app, page_options

__all__ = ["Page", "build_app", "page_options"]
