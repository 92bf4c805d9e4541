"""reStructuredText, kept as it is written so that an offset in the text is an offset in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from index.readers.content import Content
from index.readers.text import decode
from index.types import Section, Span

_LINE = re.compile(r"[^\n]*\n?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_VISIBLE = re.compile(r"\S")
_UNDERLINE = re.compile(r"(?P<mark>[!-/:-@\[-`{-~])(?P=mark){2,}[ \t]*\n?")
_MARKUP = re.compile(r"[ \t]*\.\.(?:[ \t]+(?P<rest>\S[^\n]*))?[ \t]*\n?")
_DIRECTIVE = re.compile(r"(?:\|[^|\n]+\|[ \t]+)?(?P<name>[\w:.+-]+?)[ \t]?::(?:[ \t]|\Z)")
_OPTION = re.compile(r"[ \t]+:[^:\n]+:(?:[ \t][^\n]*)?\n?")
# Directives of which nothing is shown as it stands: settings, links to other files, raw HTML.
_SETTINGS = frozenset(
    """codeauthor contents currentmodule default-role highlight highlightlang image include index
    literalinclude meta module moduleauthor raw role sectionauthor section-numbering sectnum tabularcolumns
    target-notes testcleanup testsetup toctree""".split()
)
# `:role:`text`` and ``text``, in the title of a document.
_INLINE = re.compile(r"(?::[\w:.+-]+:)?(?P<ticks>`+)[~!]?(?P<text>[^`]+)(?P=ticks)_{0,2}")
_CODE = frozenset(
    "code code-block doctest ipython math parsed-literal prompt sourcecode testcode".split()
)


class _Line(NamedTuple):
    """A line of the file: its range, its text, and how far it is indented; None if it is blank."""

    span: Span
    text: str
    indent: int | None


class _Heading(NamedTuple):
    """A heading: the position of its line, where it begins in that, and the positions of its rules."""

    position: int
    indent: int
    rules: tuple[int, ...]


def read_restructured(data: bytes) -> Content:
    """Read reStructuredText; each heading begins a section, and the first is the title.

    Comments, the targets of links, what directives are told and the rules around headings are not read
    by a reader of the page: each is replaced by blanks of the same length. No directive is followed, so
    no other file is read.

    Raises:
        DocumentError: the bytes are no text.
    """
    text = _CONTROL.sub(" ", decode(data))
    lines = list(_lines(text))
    headings = list(_headings(lines))
    hidden = {*_unseen(lines), *(position for heading in headings for position in heading.rules)}
    sections = [
        (lines[heading.position].text.strip(), lines[heading.position].span.start + heading.indent)
        for heading in headings
        if heading.position not in hidden
    ]
    ends = [*(start for _, start in sections), len(text)][1:]
    return Content(
        title=_INLINE.sub(r"\g<text>", sections[0][0]) if sections else None,
        text="".join(
            _VISIBLE.sub(" ", line.text) if position in hidden else line.text
            for position, line in enumerate(lines)
        ),
        media_type="text/x-rst",
        sections=tuple(
            Section(title, start, end) for (title, start), end in zip(sections, ends, strict=True)
        ),
    )


def _lines(text: str) -> Iterator[_Line]:
    for match in _LINE.finditer(text):
        line = match[0]
        if line:
            seen = line.expandtabs().lstrip(" ")
            indent = len(line.expandtabs()) - len(seen) if line.strip() else None
            yield _Line(Span(*match.span()), line, indent)


def _unseen(lines: list[_Line]) -> Iterator[int]:
    """The positions of the lines that a reader of the page does not see."""
    position = 0
    while position < len(lines):
        line = lines[position]
        after = position + 1
        markup = _MARKUP.fullmatch(line.text) if line.indent is not None else None
        if markup is None:
            if line.text.rstrip().endswith("::"):
                after = _end(lines, position)  # what follows is shown letter by letter
        elif markup["rest"] is None and after < len(lines) and lines[after].indent is None:
            yield position  # an empty comment, which only ends what stands before it
        elif directive := _DIRECTIVE.match(markup["rest"] or ""):
            options = _end_of_options(lines, after)
            if directive["name"] in _SETTINGS:
                after = _end(lines, position)
                yield from range(position, after)
            elif directive["name"] in _CODE:
                yield from range(position, options)
                after = _end(lines, position)
            else:
                yield from range(after, options)
                after = options
        elif not (markup["rest"] or "").startswith("["):  # a comment or a target, but no footnote
            after = _end(lines, position)
            yield from range(position, after)
        position = after


def _end(lines: list[_Line], position: int) -> int:
    """Where the block ends that is indented below the line at `position`."""
    outer = lines[position].indent or 0
    end = position + 1
    while end < len(lines):
        indent = lines[end].indent
        if indent is not None and indent <= outer:
            break
        end += 1
    return end


def _end_of_options(lines: list[_Line], position: int) -> int:
    while position < len(lines) and _OPTION.fullmatch(lines[position].text):
        position += 1
    return position


def _headings(lines: list[_Line]) -> Iterator[_Heading]:
    """Lines with one of punctuation below that is about as long, and the same or nothing above."""
    for position, (line, below) in enumerate(pairwise(lines)):
        title = line.text.strip()
        if not title or not _UNDERLINE.fullmatch(below.text) or _UNDERLINE.fullmatch(line.text):
            continue
        above = lines[position - 1].text.strip() if position else ""
        rules: tuple[int, ...]
        if above == below.text.strip():
            rules = (position - 1, position + 1)
        elif not above and line.indent == 0:
            rules = (position + 1,)
        else:
            continue
        if _fits(title, below.text):
            yield _Heading(position, line.text.index(title), rules)


def _fits(title: str, underline: str) -> bool:
    """Four marks are enough for any title, by the rules; three below a long one are an ellipsis."""
    return len(underline.strip()) >= min(4, len(title))
