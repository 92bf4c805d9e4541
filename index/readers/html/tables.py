"""Which tables of a web page are tables, and their rows; others only arrange its parts side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.html.tree import Element
from index.readers.rows import Row, make_row, table_sentences

_SPAN = re.compile(r"\s*(\d{1,4})")
_MAX_COLUMNS = 60
# Paragraphs of this many characters in one cell are no value of anything, even below a header.
_LONGEST_CELL = 500
_ENDED = (".", ",", ";", ":", "!", "?")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: the row it begins in, and the position of its first block on the page."""

    row: int
    first: int
    columns: int
    rows: int
    is_header: bool


class Table:
    """An open table."""

    def __init__(self, element: Element) -> None:
        # Whether it holds nothing that shows that it only arranges.
        self.plain = element.attributes.get("role") not in ("presentation", "none")
        self._cells: list[_Cell] = []
        self._row = -1
        self._in_head = False

    @property
    def first(self) -> int | None:
        """The position of the first cell's first block; None where there are no cells."""
        return self._cells[0].first if self._cells else None

    def opened(self, element: Element, position: int) -> None:
        """A part of the table begins, where the page has `position` blocks."""
        match element.tag:
            case "thead" | "tbody" | "tfoot":
                self._in_head = element.tag == "thead"
            case "tr":
                self._row += 1
            case "td" | "th":
                columns, rows = (_span(element, name) for name in ("colspan", "rowspan"))
                is_header = self._in_head or element.tag == "th"
                self._cells.append(_Cell(self._row, position, columns, rows, is_header))

    def sentences(self, blocks: Sequence[str]) -> list[str] | None:
        """A sentence for each row, from the blocks since the first cell; None if it only arranges them."""
        if not self.plain:
            return None
        first = self._cells[0].first
        ends = [cell.first - first for cell in self._cells[1:]] + [len(blocks)]
        texts = [
            blocks[cell.first - first : end] for cell, end in zip(self._cells, ends, strict=True)
        ]
        headed = any(cell.is_header for cell in self._cells)
        longest = max((sum(map(len, text)) for text in texts if len(text) > 1), default=0)
        if longest > (_LONGEST_CELL if headed else 0):
            return None
        rows = _grid(self._cells, [_join(text) for text in texts])
        if all(len(row.cells) < 2 for row in rows):
            return [cell.text for row in rows for cell in row.cells]
        return list(table_sentences(rows))


def _grid(cells: Sequence[_Cell], texts: Sequence[str]) -> list[Row]:
    """The rows; what spans several rows or heads several columns stands in each."""
    rows: list[Row] = []
    below: dict[int, tuple[int, str]] = {}  # by column: in how many more rows a text stands
    row, number, is_header = list[str](), -1, False
    for cell, text in zip(cells, texts, strict=True):
        if cell.row != number:
            if number >= 0:
                rows.append(make_row(_filled(row, below), is_header))
            row, number, is_header = [], cell.row, True
        is_header = is_header and cell.is_header
        while (spanning := below.get(len(row))) is not None:
            row.append(_lowered(below, len(row), *spanning))
        for position in range(cell.columns if len(row) < _MAX_COLUMNS else 1):
            if cell.rows > 1:
                below[len(row)] = (cell.rows - 1, text if position == 0 or cell.is_header else "")
            row.append(text if position == 0 or cell.is_header else "")
    rows.append(make_row(_filled(row, below), is_header))
    return rows


def _filled(row: list[str], below: dict[int, tuple[int, str]]) -> list[str]:
    """The row with what reaches into its end from above."""
    while (spanning := below.get(len(row))) is not None:
        row.append(_lowered(below, len(row), *spanning))
    return row


def _lowered(below: dict[int, tuple[int, str]], column: int, rows: int, text: str) -> str:
    if rows > 1:
        below[column] = (rows - 1, text)
    else:
        del below[column]
    return text


def _join(blocks: Sequence[str]) -> str:
    """The paragraphs of a cell, or the items of a list in it, on one line."""
    text = ""
    for block in blocks:
        text += f"{'' if not text else ' ' if text.endswith(_ENDED) else ', '}{block}"
    return text


def _span(element: Element, name: str) -> int:
    match = _SPAN.match(element.attributes.get(name, ""))
    return min(max(1, int(match[1])), _MAX_COLUMNS) if match else 1
