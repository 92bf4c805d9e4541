"""Markdown, kept as it is written so that an offset in the text is an offset in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.readers.content import Content
from index.readers.text import decode
from index.types import Section, Span

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
# Code comes before comments: what looks like one in it is shown.
_CODE_OR_COMMENT = re.compile(
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<block>^ {0,3})?<!--",
    re.DOTALL | re.MULTILINE,
)
_COMMENT_END = "-->"
_VISIBLE = re.compile(r"[^\s]")
_LINE = re.compile(r"(?P<line>[^\n]*)(?:\n|\Z)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*\Z)|~{3,})")
_ATX = re.compile(r" {0,3}#{1,6}(?=[ \t]|\Z)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
# What cannot be the last line of a paragraph that an underline makes a heading.
_NO_PARAGRAPH = re.compile(r"[ \t]*\Z|    | {0,3}(?:[-*+>|<]|\d{1,9}[.)][ \t]|=+[ \t]*\Z)")

_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_EMPHASIS = re.compile(r"(`+|\*\*|(?<!\w)__(?=\w))(.+?)\1")


def read_markdown(data: bytes) -> Content:
    """Read Markdown; the first heading is the title, and each begins a section.

    Front matter and comments are not shown to a reader of the page, so they must not be found
    either: each is replaced by blanks of the same length, which keeps every other offset.
    """
    text = decode(data)
    if front_matter := _FRONT_MATTER.match(text):
        text = _blank(text, 0, front_matter.end())
    for start, end in list(_comments(text)):
        text = _blank(text, start, end)
    sections = _sections(text)
    title = sections[0].title if sections else None
    return Content(title, text, "text/markdown", sections=sections)


def _sections(text: str) -> tuple[Section, ...]:
    starts = list(_headings(text))
    ends = [*(start for _, start in starts), len(text)][1:]
    return tuple(
        Section(title, start, end) for (title, start), end in zip(starts, ends, strict=True)
    )


def _headings(text: str) -> Iterator[tuple[str, int]]:
    """The headings outside listings, and where their lines begin: marked at the begin or underlined."""
    fence = ""
    paragraph: int | None = None  # where one begins that an underline would make a heading
    for match in _LINE.finditer(text):
        line, start = match["line"], match.start()
        mark = _FENCE.match(line)
        if fence:
            if mark and mark["fence"].startswith(fence) and line.strip() == mark["fence"]:
                fence = ""
        elif mark:
            fence, paragraph = mark["fence"], None
        elif paragraph is not None and _UNDERLINE.fullmatch(line):
            yield _plain(" ".join(text[paragraph:start].split())), paragraph
            paragraph = None
        elif atx := _ATX.match(line):
            if title := _without_end(line[atx.end() :].strip()):
                yield _plain(title), start
            paragraph = None
        elif _NO_PARAGRAPH.match(line):
            paragraph = None
        elif paragraph is None:
            paragraph = start


def _plain(title: str) -> str:
    """The title without the marks of links, code and emphasis in it."""
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", title)).strip() or title


def _without_end(title: str) -> str:
    """The title without the marks that may close it: `C#` ends with none."""
    shorter = title.rstrip("#")
    return title if shorter and not shorter[-1].isspace() else shorter.rstrip()


def _comments(text: str) -> Iterator[Span]:
    """Where the comments are.

    At the beginning of a line a comment runs on to its end; within one it must have an end.
    """
    position, closed = 0, True
    while match := _CODE_OR_COMMENT.search(text, position):
        position = match.end()
        if match["code"] is not None:
            continue
        # Looked for until there is none: once more for each opening would take quadratic time.
        end = text.find(_COMMENT_END, position) if closed else -1
        closed = end >= 0
        if closed:
            position = end + len(_COMMENT_END)
        elif match["block"] is not None:
            position = len(text)
        else:
            continue
        yield Span(match.start(), position)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + _VISIBLE.sub(" ", text[start:end]) + text[end:]
