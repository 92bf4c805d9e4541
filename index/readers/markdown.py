"""Markdown, kept as it is written so that an offset in the text is an offset in the file."""

from __future__ import annotations

import re

from index.readers.content import Content
from index.readers.text import decode

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_VISIBLE = re.compile(r"[^\s]")


def read_markdown(data: bytes) -> Content:
    """Read Markdown; the first heading is the title.

    Front matter and comments are not shown to a reader of the page, so they must not be found
    either: each is replaced by blanks of the same length, which keeps every other offset.
    """
    text = _blank(_COMMENT, _blank(_FRONT_MATTER, decode(data)))
    heading = _HEADING.search(text)
    return Content(heading["title"] if heading else None, text, "text/markdown")


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: _VISIBLE.sub(" ", match[0]), text)
