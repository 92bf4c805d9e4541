"""The rows of one Excel worksheet as they are shown, read as a stream: only cells that are there cost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.readers.composing import on_one_line
from index.readers.office.number_formats import GENERAL, hides_text, show_number
from index.readers.rows import Cell, Row
from index.readers.xmltree import Element, local_name, number, stream_xml

MAX_COLUMNS = 16_384
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_REFERENCE = re.compile(r"([A-Z]{1,3})\d+")
# How Excel writes characters that XML cannot hold.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LITTLE = 0.01


class CellFormat(NamedTuple):
    """How a cell shows what is in it: a format code, and whether the font can be seen at all."""

    code: str = GENERAL
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of all sheets refer to."""

    strings: Sequence[str]
    formats: Sequence[CellFormat]
    epoch_1904: bool


class _Area(NamedTuple):
    """A merged area: rows from 1, columns from 0, both ends included."""

    top: int
    bottom: int
    left: int
    right: int


def read_rows(data: bytes, book: Book) -> Iterator[Row]:
    """The rows of a worksheet's XML; a row without cells stands for any number of blank ones.

    Hidden rows and columns are left out, and so is what lies under a merged cell.
    """
    merged, open_areas = sorted(_merged(data), reverse=True), list[_Area]()
    hidden = bytearray(MAX_COLUMNS)
    last = 0
    for element in stream_xml(data, "col", "row"):
        if local_name(element) == "col":
            if _is_hidden(element, "width"):
                first = max(0, int(number(element.get("min"), 1)) - 1)
                end = min(int(number(element.get("max"), 1)), MAX_COLUMNS)
                hidden[first:end] = b"\x01" * max(0, end - first)
            continue
        position = int(number(element.get("r"), last + 1))
        if position > last + 1:
            yield Row(())
        last = position
        if _is_hidden(element, "ht"):
            continue
        while merged and merged[-1].top <= position:
            open_areas.append(merged.pop())
        open_areas = [area for area in open_areas if area.bottom >= position]
        yield Row(
            tuple(
                cell
                for cell in _cells(element, book)
                if not hidden[cell.column] and not _is_under(cell.column, position, open_areas)
            )
        )


def string_text(element: Element) -> str:
    """The text of a shared or inline string, without the readings that stand over it."""
    texts = [*element.iterfind("{*}t"), *element.iterfind("{*}r/{*}t")]
    joined = "".join(text.text or "" for text in texts)
    return on_one_line(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), joined))


def _cells(row: Element, book: Book) -> Iterator[Cell]:
    column = -1
    for element in row.iterfind("{*}c"):
        reference = _REFERENCE.fullmatch(element.get("r") or "")
        column = _column(reference[1]) if reference else column + 1
        if column < MAX_COLUMNS and (text := _text(element, book)):
            yield Cell(column, text)


def _text(element: Element, book: Book) -> str:
    kind = element.get("t") or "n"
    style = int(number(element.get("s")))
    code, unseen = book.formats[style] if 0 <= style < len(book.formats) else CellFormat()
    if unseen:
        return ""
    if kind == "inlineStr":
        inline = element.find("{*}is")
        text = "" if inline is None else string_text(inline)
        return "" if hides_text(code) else text
    value = element.find("{*}v")
    raw = (value.text or "") if value is not None else ""
    if kind == "n":
        return show_number(number(raw), code, book.epoch_1904) if raw.strip() else ""
    if kind == "b":
        return "TRUE" if raw.strip() == "1" else "FALSE"
    if kind == "e" or hides_text(code):  # an error tells nobody anything
        return ""
    if kind == "s":
        index = int(number(raw, -1))
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    return on_one_line(raw)  # a formula's text, or a date


def _is_hidden(element: Element, size: str) -> bool:
    """Whether a row or a column is hidden, or has no height or width to be seen in."""
    return element.get("hidden") in ("1", "true") or number(element.get(size), 1) < _LITTLE


def _merged(data: bytes) -> Iterator[_Area]:
    """The merged areas, which the file lists after the rows."""
    for left, top, right, bottom in _MERGED.findall(data, max(0, data.rfind(b"mergeCells count"))):
        yield _Area(int(top), int(bottom), _column(left.decode()), _column(right.decode()))


def _is_under(column: int, position: int, areas: Sequence[_Area]) -> bool:
    return any(
        area.left <= column <= area.right and (column, position) != (area.left, area.top)
        for area in areas
    )


def _column(letters: str) -> int:
    column = 0
    for letter in letters[:4]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1
