"""The words of a paragraph of a web page, put together from the elements they stand in."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.readers.html.tree import Element

_BREAK = "\u2028"  # of a line, where the page has one: what breaks its source are spaces
_PARAGRAPH_BREAK = re.compile(rf"{_BREAK}\s*{_BREAK}\s*")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_PERMALINKS = frozenset("¶ # § ⚓ 🔗 \uf0c1".split())
_EXPONENT = re.compile(r"[-−+]?\d{1,4}")
_FEW = 3


class _Mark(NamedTuple):
    """Where a link or a raised number began."""

    pieces: int
    linked: int


class Inline:
    """The text since the last paragraph.

    `characters` count all that was taken, `linked` those in links.
    """

    def __init__(self) -> None:
        self.characters = 0
        self.linked = 0
        self._pieces: list[str] = []
        self._marks: list[_Mark] = []

    def add(self, text: str, element: Element) -> None:
        """Add a text that is seen in an element."""
        self._pieces.append(text)
        if element.linked:
            self.linked += len(text.strip())

    def opened(self, element: Element) -> None:
        """An element begins that is part of a line."""
        match element.tag:
            case "br" if not element.hidden:
                self._pieces.append("\n" if element.keeps_breaks else _BREAK)
            case "a" | "sup":
                self._marks.append(_Mark(len(self._pieces), self.linked))
            case "q" if not element.hidden:
                self.add("“", element)

    def closed(self, element: Element) -> None:
        """An element ends that is part of a line."""
        match element.tag:
            case "a":
                # The mark beside a heading that is a link to it.
                start = self._marks.pop().pieces
                if self._since(start).strip() in _PERMALINKS:
                    del self._pieces[start:]
            case "sup":
                start, linked = self._marks.pop()
                before = self._pieces[start - 1] if 0 < start <= len(self._pieces) else ""
                # What a link raises is a note; but 10 to the power of 6 must not become 106.
                raised = before[-1:].isdigit() and linked == self.linked
                if raised and _EXPONENT.fullmatch(self._since(start)):
                    self._pieces.insert(start, "^")
            case "q" if not element.hidden:
                self.add("”", element)

    def end_line(self) -> None:
        """The line of a listing ends, unless it just began."""
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")

    def take(self) -> list[str]:
        """The paragraphs so far, which are forgotten; two line breaks together end one."""
        if not self._pieces:
            return []
        text = _SPACES.sub(" ", "".join(self._pieces))
        self._pieces.clear()
        self.characters += len(text)
        if _BREAK not in text:
            return [text]
        return [part.replace(_BREAK, "\n") for part in _PARAGRAPH_BREAK.split(text)]

    def take_listing(self) -> str:
        """The text so far as it is, which is forgotten."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self.characters += len(text)
        return text

    def _since(self, start: int) -> str:
        """The text since a mark; empty if it is in more than a few pieces."""
        pieces = self._pieces[start : start + _FEW + 1]
        return "".join(pieces) if len(pieces) <= _FEW else ""
