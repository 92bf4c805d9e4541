"""Markdown, kept as it is written so that an offset in the text is an offset in the file."""

from __future__ import annotations

import re

from index.readers.content import Content
from index.readers.text import decode

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_COMMENT = re.compile(
    # Code comes first: what looks like a comment in it is shown.
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    # At the beginning of a line a comment runs on to its end; within one it must have an end.
    r"|^ {0,3}<!--.*?(?:-->|\Z)|<!--.*?-->",
    re.DOTALL | re.MULTILINE,
)
_HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>\S.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
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
    def blank(match: re.Match[str]) -> str:
        return match[0] if match.groupdict().get("code") else _VISIBLE.sub(" ", match[0])

    return pattern.sub(blank, text)
