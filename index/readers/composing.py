"""A document's text put together paragraph by paragraph, with its pages and its sections."""

from __future__ import annotations

import re
from itertools import pairwise

from index.errors import DocumentError
from index.readers.checking import MAX_CHARACTERS
from index.readers.content import Content
from index.readers.symbols import SYMBOLS
from index.types import Page, Section

# What takes no room on paper, and the places of pictures.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffc\ud800-\udfff]"
    # Between letters of Arabic and Indian scripts, joiners decide how these are written.
    "|(?<![\u0600-\u0dff])[\u200c\u200d]"
)
_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans titre|presentation|powerpoint[- ]\w+|microsoft \w+ - .*|slide|folie"
    r"|document|dokument|workbook|title|titel|r graphics output|matlab)\s*\d*",
    re.IGNORECASE,
)
# What heads a part of any document.
_PART = re.compile(
    r"(?:table of )?contents|list of (?:tables|figures)|copyright|name|abstract|inhalt(?:sverzeichnis)?"
    r"|sommaire|table des matières|[íi]ndice|sumário",
    re.IGNORECASE,
)
_LONGEST_TITLE = 200


def tidy(text: str) -> str:
    """The text as it is seen: single spaces, line breaks without spaces around them or blank lines."""
    if text.isprintable() and "  " not in text and "\ufffc" not in text:  # as most is
        return text.strip(" ")
    lines = _BREAK.sub("\n", _INVISIBLE.sub("", text)).translate(SYMBOLS)
    return _BREAKS.sub("\n", _SPACES.sub(" ", lines)).strip(" \n")


def on_one_line(text: str) -> str:
    """The text as it is seen, its line breaks made spaces."""
    return tidy(text).replace("\n", " ")


def sensible_title(text: str | None) -> str | None:
    """The title that a file's properties give, unless a program made it up."""
    title = on_one_line(text or "")
    if not title or len(title) > _LONGEST_TITLE or _NO_TITLE.fullmatch(title):
        return None
    return title


def names_a_part(heading: str) -> bool:
    """Whether a heading is one that many documents have, such as `Contents`, and names none of them."""
    return _PART.fullmatch(heading) is not None


class Composer:
    """The text so far. Paragraphs come tidied and a blank line apart; empty ones are left out."""

    def __init__(self) -> None:
        self._paragraphs: list[str] = []
        self._length = 0
        self._headings: list[tuple[str, int]] = []
        self._pages: list[tuple[int, int]] = []
        self._number: int | None = None

    def paragraph(self, text: str) -> None:
        """Add a paragraph.

        Raises:
            DocumentError: the text grows longer than any document may be.
        """
        self._add(tidy(text))

    def listing(self, text: str) -> None:
        """Add a listing, such as of code, whose line breaks and indents mean something."""
        lines = (
            _INVISIBLE.sub("", line).translate(SYMBOLS).rstrip()
            for line in text.expandtabs().splitlines()
        )
        self._add(_BLANK_LINES.sub("\n\n", "\n".join(lines).replace("\x1f", " ")).strip("\n"))

    def heading(self, text: str) -> None:
        """Add a heading, and begin its section."""
        title = on_one_line(text)
        if title:
            self._headings.append((title, self._add(title)))

    def page(self, number: int) -> None:
        """Begin a page, and end the section before it; a page that is given no text is none."""
        self._number = number

    @property
    def first_heading(self) -> str | None:
        """The title of the first section, unless it names only a part of the document."""
        first = self._headings[0][0] if self._headings else ""
        return None if not first or names_a_part(first) else first

    def content(self, title: str | None, media_type: str) -> Content:
        """All of it."""
        starts = [start for _, start in self._pages]
        ends = [*starts, self._length][1:]
        # A page of its own is a part of its own, whether it has a heading or not.
        cuts = sorted({*starts, *(start for _, start in self._headings), self._length})
        after = dict(pairwise(cuts))
        return Content(
            title=title,
            text="\n\n".join(self._paragraphs),
            media_type=media_type,
            pages=tuple(
                Page(number, start, end)
                for (number, start), end in zip(self._pages, ends, strict=True)
            ),
            sections=tuple(Section(title, start, after[start]) for title, start in self._headings),
        )

    def _add(self, text: str) -> int:
        """Where the text begins."""
        start = self._length + 2 if self._paragraphs else 0
        if not text:
            return start
        if self._number is not None:
            self._pages.append((self._number, start))
            self._number = None
        self._paragraphs.append(text)
        self._length = start + len(text)
        if self._length > MAX_CHARACTERS:
            raise DocumentError(
                f"it holds more than {MAX_CHARACTERS:,} characters; split it into smaller files"
            )
        return start
