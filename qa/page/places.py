"""Where in a document something stands, in the words of a reader: page, section, paragraph, characters."""

from __future__ import annotations

import re

from index import Document

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
# No line is longer in text that is wrapped by hand.
_WRAPPED = 120
_SECTION = 80


def place(page: int | None, start: int, end: int, document: Document | None) -> list[str]:
    """The parts of a place, from the largest to the smallest, each in plain text."""
    parts = [] if page is None else [f"page {page}"]
    if document is not None:
        title = section(document, start)
        if title and title != document.title:
            parts.append(f"section “{title}”")
        if page is None and not title:
            parts.append(f"paragraph {paragraph(document.text, start)}")
    return [*parts, f"characters {start:,}–{end:,}"]


def section(document: Document, start: int) -> str:
    """The title of the section that holds `start`, shortened; empty where there is none."""
    for item in document.sections:
        if item.start <= start < item.end:
            title = " ".join(item.title.split())
            return title if len(title) <= _SECTION else f"{title[:_SECTION]}…"
    return ""


def paragraph(text: str, start: int) -> int:
    """The number, from 1, of the paragraph at `start`.

    Long lines are paragraphs; text wrapped by hand is divided by blank lines.
    """
    wrapped = max(map(len, text.splitlines()), default=0) <= _WRAPPED
    blocks = _BLANK_LINE.split(text[:start]) if wrapped else text[:start].split("\n")
    return 1 + sum(bool(block.strip()) for block in blocks[:-1])
