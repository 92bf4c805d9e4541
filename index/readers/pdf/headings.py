"""Which paragraphs are headings: those that the outline names, or those that look it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from index.readers.composing import names_a_part, sensible_title
from index.readers.pdf.joints import is_table
from index.readers.pdf.paragraphs import Paragraph
from index.readers.pdf.style import LARGE, Style

_LONGEST = 200
_LONGEST_BOLD = 120
_MOST_ROWS = 3
_NOT_SMALLER = 0.88
# An outline is used if so much of it is found in the text.
_MOSTLY = 0.5
_FEWEST = 3
_WORD = re.compile(r"[^\W\d_]{2}")
_UNLIKE = re.compile(
    r"(?:fig(?:ure|\.)|tab(?:le|\.|elle)|abb(?:ildung|\.)|listing|algorithm|equation)\s*\d|[•◦▪■●*–—-]\s"
    r"|.*(?:[.,;:]|\.\s*\.\s*\.\s*\d+)$|.*(?:\.\s?){5}",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(
    r"(?:(?:chapter|part|appendix|section|kapitel|teil|anhang|abschnitt|chapitre|partie|annexe)\s+)?"
    r"(?:\d{1,3}|[A-Z]|[IVX]{1,6})(?:\.\d{1,3})*[.:)]?\s+",
    re.IGNORECASE,
)
# Contents, file names with or without a path, and text that was taken for bytes.
_NO_TITLE = re.compile(
    r"index|cover|\S*[/\\]\S*|\S+\.[A-Za-z]\w{1,4}"
    r"|.*\.(?:docx?|pdf|tex|dvi|indd|qxd)|<[0-9A-F\s]*>",
    re.IGNORECASE,
)


class OutlineEntry(NamedTuple):
    """A title of the outline, and the index of the page it points to."""

    title: str
    page: int


def headings(
    paragraphs: Sequence[Paragraph], style: Style, outline: Sequence[OutlineEntry]
) -> list[int]:
    """The positions of the paragraphs that are headings."""
    named = _named(paragraphs, outline)
    if len(named) >= max(_FEWEST, _MOSTLY * len(outline)):
        return sorted(named)
    looks = (p for p, paragraph in enumerate(paragraphs) if _looks(paragraph, style))
    return sorted(named.union(looks))


def title_of(
    metadata: str, paragraphs: Sequence[Paragraph], texts: Sequence[str], style: Style
) -> str | None:
    """The title that the file gives, or what is printed largest on its first page.

    `texts` are the paragraphs' texts, each on one line. None where there is no such thing.
    """
    title = sensible_title(metadata)
    if title and _WORD.search(title) and not (_NO_TITLE.fullmatch(title) or names_a_part(title)):
        return title
    largest, title = LARGE * style.size, None
    for paragraph, text in zip(paragraphs, texts, strict=True):
        row = paragraph.rows[0]
        if paragraph.pages[0] > 0:
            break
        if row.size > largest and not row.turn and len(text) <= _LONGEST and _WORD.search(text):
            largest, title = row.size, text
    return None if title is None or names_a_part(title) else title


def _named(paragraphs: Sequence[Paragraph], outline: Iterable[OutlineEntry]) -> set[int]:
    by_page: defaultdict[int, list[int]] = defaultdict(list)
    for position, paragraph in enumerate(paragraphs):
        if len(paragraph.rows) <= _MOST_ROWS:
            by_page[paragraph.pages[0]].append(position)
    found: set[int] = set()
    for entry in outline:
        wanted = {_letters(entry.title), _letters(_NUMBER.sub("", entry.title, count=1))} - {""}
        for position in by_page[entry.page]:
            text = " ".join(row.text for row in paragraphs[position].rows)
            if position not in found and (
                _letters(text) in wanted or _letters(_NUMBER.sub("", text, count=1)) in wanted
            ):
                found.add(position)
                break
    return found


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _looks(paragraph: Paragraph, style: Style) -> bool:
    rows = paragraph.rows
    text = " ".join(row.text for row in rows)
    if len(rows) > _MOST_ROWS or len(text) > _LONGEST or any(row.turn for row in rows):
        return False
    if not _WORD.search(text) or _UNLIKE.match(text) or any(map(is_table, rows)):
        return False
    if any(row.mono and not style.mono for row in rows):
        return False
    if rows[0].size > LARGE * style.size:
        return True
    is_bold = all(row.bold for row in rows) and not style.bold
    return is_bold and len(text) <= _LONGEST_BOLD and rows[0].size > _NOT_SMALLER * style.size
