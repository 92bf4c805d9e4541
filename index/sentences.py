"""Sentence spans with exact offsets: nupunkt for running text, and care for what has no full stop.

nupunkt finds the ends of sentences within a paragraph. It does not know that a line may end one: a
headline, a list item, a table row. So the text is first cut into blocks, each of which is one line,
or several lines of one hard-wrapped paragraph, and nupunkt sees one block at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.types import Span

_LINE = re.compile(r"[^\n]+")
_ITEM = re.compile(r"(?:[-*+•◦‣–—]|\(?(?:\d{1,3}|[A-Za-z])[.)]|#{1,6}|\||>)[ \t]")
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
# A bare opening quote or bracket, or nothing but marks: no sentence of its own.
_NO_WORD = re.compile(r"\W*\Z")
# A row of a table, as the readers write it: `Name: Miss. Laina; Sex: female; Age: 26.`
_LABELLED = re.compile(r"(?:[^:;.!?]|\.(?! [A-Z])){1,80}: \S")
_LONGEST_ROW = 600
# Wrapped text is rarely wider than this; a longer line is a whole paragraph by itself.
_MAX_WRAP = 120
# A line that stops well short of its block's width stopped on purpose.
_FULL_LINE = 0.7


def sentence_spans(text: str) -> list[Span]:
    """The sentences of `text`, in order, without overlap and without surrounding white space.

    Together they hold every character that is not white space.
    """
    return [span for block in _blocks(text) for span in _split(text, block)]


def _blocks(text: str) -> Iterator[Span]:
    """Ranges of whole lines that read as one: a line, or a hard-wrapped paragraph."""
    paragraph: list[Span] = []
    for match in _LINE.finditer(text):
        line = Span(*match.span())
        if not match[0].strip():
            continue
        if paragraph and "\n" in text[paragraph[-1].end : line.start].replace("\n", "", 1):
            yield from _join(text, paragraph)
            paragraph = []
        paragraph.append(line)
    yield from _join(text, paragraph)


def _join(text: str, lines: list[Span]) -> Iterator[Span]:
    """Join the lines of a paragraph where one runs on into the next."""
    if not lines:
        return
    width = max(line.end - line.start for line in lines)
    start, last = lines[0].start, lines[0]
    for line in lines[1:]:
        if not _runs_on(text[last.start : last.end], text[line.start : line.end], width):
            yield Span(start, last.end)
            start = line.start
        last = line
    yield Span(start, last.end)


def _runs_on(line: str, following: str, width: int) -> bool:
    head = following.lstrip()
    if width > _MAX_WRAP or _ITEM.match(head) or line.lstrip().startswith(("#", "|")):
        return False
    if head[:1].islower():
        return True
    return len(line) >= _FULL_LINE * width and not _ENDED.search(line.rstrip())


def _split(text: str, block: Span) -> Iterator[Span]:
    # Imported here: its model takes a moment to load, and a question about an unchanged folder
    # needs it only for the passages that are read.
    from nupunkt import sent_spans

    # A line end within a block is only a space; the length stays, so the offsets do.
    piece = text[block.start : block.end].replace("\n", " ")
    if _is_row(piece):
        yield _trim(text, block)
        return
    pending: int | None = None
    spans = [_trim(text, Span(block.start + a, block.start + b)) for a, b in sent_spans(piece)]
    spans = [span for span in spans if span.start < span.end]
    for position, span in enumerate(spans):
        start = span.start if pending is None else pending
        is_last = position == len(spans) - 1
        if not is_last and _NO_WORD.match(text, start, span.end):
            pending = start  # an opening mark or a dash belongs to what follows
            continue
        pending = None
        yield Span(start, span.end)


def _is_row(line: str) -> bool:
    """Whether most of what semicolons part has a label, and more than one."""
    if len(line) > _LONGEST_ROW:
        return False
    pieces = line.strip().split("; ")
    labelled = sum(_LABELLED.match(piece) is not None for piece in pieces)
    return labelled > 1 and 2 * labelled >= len(pieces)


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
