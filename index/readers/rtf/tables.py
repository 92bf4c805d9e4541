"""The tables at the beginning of an RTF file that its text refers to: fonts, colours, styles, title."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.readers.rtf.tokens import DEFAULT_ENCODING, charset_encoding, page_encoding

_HEADING = re.compile(r"(?:heading [1-9]|title)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|contents) [1-9]", re.IGNORECASE)
_WHITE = (255, 255, 255)


class RtfStyle(NamedTuple):
    """What the style of a paragraph makes of it."""

    is_heading: bool = False
    is_contents: bool = False


class RtfTables:
    """What the tables say, as far as they have been read."""

    def __init__(self) -> None:
        self.default_font: int | None = None
        self.title = ""
        self._in_title = False
        self._page = DEFAULT_ENCODING
        self._fonts: dict[int, str | None] = {}
        self._font: int | None = None
        self._colours: list[tuple[int, ...]] = []
        self._colour: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._number = 0

    def set_page(self, page: int | None) -> None:
        """Note the code page of the text whose font names none."""
        self._page = page_encoding(page)

    def encoding(self, font: int | None) -> str:
        """The encoding of text in this font; None is the document's default."""
        number = self.default_font if font is None else font
        return (self._fonts.get(number) if number is not None else None) or self._page

    def is_white(self, colour: int) -> bool:
        """Whether the colour of this number is white; number 0 is the reader's own, and black."""
        return 0 < colour < len(self._colours) and self._colours[colour] == _WHITE

    def style(self, number: int) -> RtfStyle:
        """The style of paragraphs of this number."""
        name = self._names.get(number, "").strip()
        return RtfStyle(bool(_HEADING.fullmatch(name)), bool(_CONTENTS.fullmatch(name)))

    def word(self, table: str, word: str, number: int | None) -> None:
        """Take a control within a table."""
        if table == "fonttbl":
            if word == "f":
                self._font = number
            elif self._font is not None and word in ("fcharset", "cpg"):
                is_page = word == "cpg" and number
                known = page_encoding(number) if is_page else charset_encoding(number)
                self._fonts[self._font] = known or self._fonts.get(self._font)
        elif table == "colortbl":
            self._colour[word] = number or 0
        elif table == "stylesheet":
            if word == "s":
                self._number = number or 0
        else:
            self._in_title = word == "title"

    def text(self, table: str, text: str) -> None:
        """Take text within a table; there a semicolon ends an entry."""
        if table == "colortbl":
            for _ in range(text.count(";")):
                names = ("red", "green", "blue")
                self._colours.append(tuple(self._colour.get(name, 0) for name in names))
                self._colour = {}
        elif table == "stylesheet":
            name, semicolon, _ = text.partition(";")
            self._names[self._number] = self._names.get(self._number, "") + name
            if semicolon:
                self._number = 0
        elif table == "info" and self._in_title:
            self.title += text
