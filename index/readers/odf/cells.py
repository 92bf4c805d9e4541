"""The rows and cells of OpenDocument tables that can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from index.readers.office.sheet_cells import MAX_COLUMNS
from index.readers.xmltree import Element, attribute, local_name, number

MAX_ROWS = 1_048_576
_GROUPS = ("table-row-group", "table-rows")


class OdfRow(NamedTuple):
    """A row, and whether the file marks it as a header."""

    element: Element
    is_header: bool


class OdfCell(NamedTuple):
    """A cell, its column from 0, and over how many columns the same cell is repeated."""

    element: Element
    column: int
    times: int


def odf_rows(table: Element, is_header: bool = False) -> Iterator[OdfRow]:
    """The rows of a table that are not hidden."""
    for child in table:
        name = local_name(child)
        if name == "table-row":
            if is_visible(child):
                yield OdfRow(child, is_header)
        elif name == "table-header-rows" or name in _GROUPS:
            yield from odf_rows(child, is_header or name == "table-header-rows")


def odf_cells(row: Element) -> Iterator[OdfCell]:
    """The cells of a row, but for those under a merged one."""
    column = 0
    for child in row:
        name = local_name(child)
        if name not in ("table-cell", "covered-table-cell"):
            continue
        times = _repeats(child, "number-columns-repeated", MAX_COLUMNS)
        if name == "table-cell" and len(child) and column < MAX_COLUMNS:
            yield OdfCell(child, column, min(times, MAX_COLUMNS - column))
        column += times


class HiddenColumns:
    """Which columns of a sheet are hidden, as the descriptions of its columns come by."""

    def __init__(self) -> None:
        self._hidden = bytearray(MAX_COLUMNS)
        self._next = 0

    def __contains__(self, column: int) -> bool:
        return self._hidden[column] == 1

    def add(self, description: Element) -> None:
        """Take the next `table:table-column`."""
        start = self._next
        times = _repeats(description, "number-columns-repeated", MAX_COLUMNS)
        self._next = min(start + times, MAX_COLUMNS)
        if not is_visible(description):
            self._hidden[start : self._next] = b"\x01" * (self._next - start)


def is_visible(element: Element) -> bool:
    """Whether a row or a column is neither hidden nor filtered out."""
    return attribute(element, "visibility") in (None, "visible")


def row_repeats(row: Element) -> int:
    """How often a row follows itself."""
    return _repeats(row, "number-rows-repeated", MAX_ROWS)


def _repeats(element: Element, name: str, most: int) -> int:
    return min(max(1, int(number(attribute(element, name), 1))), most)
