"""A PDF's paragraphs set as one text, which knows where on the pages each line of it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from index.readers.pdf.frame import Frame
from index.readers.pdf.joints import Joint
from index.readers.pdf.paragraphs import Paragraph
from index.readers.pdf.rows import Piece
from index.readers.pdf.words import Words
from index.types import Line, Page, Span

# Dots that lead the eye from a title to its page.
_LEADERS = re.compile(r"(?:\s?\.){5,}\s?|…{2,}")
_ENTRY = re.compile(r"\w(?:\s?\.){5,}\s?\d{1,4}$")


class Setting(NamedTuple):
    """The text, where its paragraphs are in it, and its pages."""

    text: str
    spans: tuple[Span, ...]
    pages: tuple[Page, ...]


def set_text(paragraphs: Sequence[Paragraph], frames: Sequence[Frame]) -> Setting:
    """Set the paragraphs a blank line apart; those without text on a page leave the page out."""
    setter = _Setter(frames, Words(row.text for p in paragraphs for row in p.rows))
    spans = tuple(setter.add(paragraph) for paragraph in paragraphs)
    return Setting("".join(setter.parts), spans, setter.pages())


class _Setter:
    """The text so far."""

    def __init__(self, frames: Sequence[Frame], words: Words) -> None:
        self.frames, self.words = frames, words
        self.parts: list[str] = []
        self.length = 0
        self.lines: dict[int, list[Line]] = {}

    def add(self, paragraph: Paragraph) -> Span:
        if self.parts:
            self.write("\n\n")
        start = self.length
        joints: Iterable[Joint | None] = (None, *paragraph.joints)
        for row, page, joint in zip(paragraph.rows, paragraph.pages, joints, strict=True):
            if joint is not None:
                self.join(joint, row.text)
            pieces = [piece for piece in map(_without_leaders, row.pieces) if piece.text]
            for position, piece in enumerate(pieces or row.pieces):
                if position:
                    self.write(" ")
                self.print(piece, page)
        return Span(start, self.length)

    def join(self, joint: Joint, following: str) -> None:
        """Write what stands between two rows, or take back the hyphen."""
        if joint.is_hyphen and not self.words.keeps_hyphen(self.parts[-1], following):
            self.parts[-1] = self.parts[-1][:-1]
            self.length -= 1
            lines = next(reversed(self.lines.values()))
            lines[-1] = lines[-1]._replace(end=self.length)
        self.write(joint.text)

    def print(self, piece: Piece, page: int) -> None:
        """Write a piece, and remember where it is printed."""
        start = self.length
        self.write(piece.text)
        box = self.frames[page].shares(piece.turn, piece.left, piece.top, piece.right, piece.bottom)
        self.lines.setdefault(page, []).append(Line(start, self.length, *box))

    def write(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)

    def pages(self) -> tuple[Page, ...]:
        """The pages that hold text, each up to the next."""
        starts = [lines[0].start for lines in self.lines.values()]
        ends = [*starts, self.length][1:]
        return tuple(
            Page(page + 1, start, end, tuple(lines))
            for (page, lines), start, end in zip(self.lines.items(), starts, ends, strict=True)
        )


def _without_leaders(piece: Piece) -> Piece:
    if not _LEADERS.search(piece.text) or (piece.mono and not _ENTRY.search(piece.text)):
        return piece
    return piece._replace(text=_LEADERS.sub(" ", piece.text).strip())
