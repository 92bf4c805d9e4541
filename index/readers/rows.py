"""Tables made readable: each row a sentence that names its columns, `Country: France; Capital: Paris.`"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import NamedTuple

from index.readers.composing import on_one_line

_NUMBER = re.compile(
    r"[-+−(]?\s*(?:[$€£¥]|[A-Z]{3}\s)?\s*[-+−]?\d[\d.,'\s]*(?:[eE][-+]?\d+)?\s*(?:[%‰$€£¥]|[A-Z]{3})?\)?"
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[T ].*)?|\d{1,2}:\d\d(?::\d\d.*)?|true|false",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
# Rows that are looked at before it is said what the columns are called.
_SAMPLE = 50
_LONGEST_LABEL = 200
_LONGEST_NUMBER = 60
# About what fits into one passage: a longer row goes on in another sentence, which begins like the first.
_LONGEST_SENTENCE = 600


class Cell(NamedTuple):
    """What stands in a column, counted from 0."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells that are not empty, in order; `is_header` where the source marks it as one.

    A row without cells sets tables of one sheet apart.
    """

    cells: tuple[Cell, ...]
    is_header: bool = False


def make_row(texts: Iterable[str], is_header: bool = False) -> Row:
    """The row of these cells, one a column, each made one line."""
    lines = (Cell(column, on_one_line(text)) for column, text in enumerate(texts))
    return Row(tuple(cell for cell in lines if cell.text), is_header)


def sheet_sentences(rows: Iterable[Row]) -> Iterator[str]:
    """The sentences of a sheet of data, a paragraph each.

    The columns are called as the first full row says, if it can be a header; otherwise `Column A`.
    """
    header: Row | None = None
    for filled, block in groupby(rows, key=lambda row: bool(row.cells)):
        if not filled:
            continue
        sample = list(islice(block, _SAMPLE))
        first = _first_full(sample)
        contrast = _contrasts(sample, first)
        # A table goes on after a blank row, unless what comes next begins like a table of its own.
        if _can_be_header(sample, first) and (header is None or contrast):
            header = sample[first]
            yield from map(_note, sample[:first])
            sample = sample[first + 1 :]
        labels = _labels(header) if header else None
        is_list = header is None and _width(sample) == 1
        for row in chain(sample, block):
            if (header is None and (is_list or _is_pair(row))) or _is_heading(row, header):
                yield _note(row)
            else:
                yield from _sentences(row, labels)


def table_sentences(rows: Sequence[Row]) -> Iterator[str]:
    """The sentences of a table within a running text, a paragraph each.

    Such a table often has no header, and then its cells stand for themselves. One of two columns is
    taken for names and their values unless something says otherwise.
    """
    rows = [row for row in rows if row.cells]
    if len(rows) == 1:
        yield from (cell.text for cell in rows[0].cells)
        return
    first = _first_full(rows)
    width = _width(rows)
    has_header = _can_be_header(rows, first) and (
        rows[first].is_header or width > 2 or _contrasts(rows, first)
    )
    labels = _labels(rows[first]) if has_header else {}
    for position, row in enumerate(rows):
        if has_header and position == first:
            continue
        if has_header and position > first:
            yield from _sentences(row, labels)
        else:
            yield _note(row)


def letters(column: int) -> str:
    """What a spreadsheet calls the column: `Column A` for 0, `Column AA` for 26."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return f"Column {name}"


def _width(rows: Sequence[Row]) -> int:
    return max((len(row.cells) for row in rows), default=0)


def _first_full(rows: Sequence[Row]) -> int:
    """The position of the row that is the header if there is one; titles and notes may stand above it."""
    for position, row in enumerate(rows):
        following = rows[position + 1 : position + 2]
        if row.is_header and not (following and following[0].is_header):
            return position
    half = max(2, (_width(rows) + 1) // 2)
    return next((i for i, row in enumerate(rows) if len(row.cells) >= half), len(rows))


def _can_be_header(rows: Sequence[Row], position: int) -> bool:
    if position + 1 >= len(rows):
        return False
    row = rows[position]
    if row.is_header:
        return True
    names = Counter(cell.text.casefold() for cell in row.cells)
    if max(names.values()) > 1 and not _contrasts(rows, position):
        return False
    following = rows[position + 1].cells
    if 2 * len(set(row.cells).intersection(following)) >= len(row.cells):
        return False  # no column is called by its first value
    below = _columns(rows[position + 1 :])
    return all(_can_be_label(cell.text, below.get(cell.column, [])) for cell in row.cells)


def _can_be_label(text: str, below: Sequence[str]) -> bool:
    if len(text) > _LONGEST_LABEL or text.endswith(":"):
        return False
    if _YEAR.fullmatch(text):  # a year may stand over numbers, but not over other years
        return not all(map(_YEAR.fullmatch, below))
    return not _is_number(text)


def _contrasts(rows: Sequence[Row], position: int) -> bool:
    """Whether the row has words over a column of numbers."""
    below = _columns(rows[position + 1 :])
    return any(
        _are_numbers(below.get(cell.column, [])) and not _is_number(cell.text)
        for row in rows[position : position + 1]
        for cell in row.cells
    )


def _are_numbers(texts: Sequence[str]) -> bool:
    """Whether nearly all are: there is a `n/a` in many a column."""
    return bool(texts) and 5 * sum(map(_is_number, texts)) >= 4 * len(texts)


def _is_number(text: str) -> bool:
    return len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None


def _columns(rows: Sequence[Row]) -> dict[int, list[str]]:
    columns: dict[int, list[str]] = {}
    for row in rows:
        for cell in row.cells:
            columns.setdefault(cell.column, []).append(cell.text)
    return columns


def _labels(header: Row) -> dict[int, str]:
    return {cell.column: cell.text.rstrip(": ") for cell in header.cells}


def _is_pair(row: Row) -> bool:
    return len(row.cells) == 2 and row.cells[0].text.endswith(":")


def _is_heading(row: Row, header: Row | None) -> bool:
    """Whether a row of a wide table holds one cell, at its left: the name of a group, or a note below."""
    if header is None or len(header.cells) <= 2 or len(row.cells) != 1:
        return False
    return row.cells[0].column <= header.cells[0].column


def _note(row: Row) -> str:
    """A row that no header explains: a title, a name and its value, or cells for themselves."""
    texts = [cell.text for cell in row.cells]
    if len(texts) == 1:
        return texts[0]
    if len(texts) == 2 or texts[0].endswith(":"):
        return _ended(f"{texts[0].rstrip(': ')}: {'; '.join(texts[1:])}")
    return _ended("; ".join(texts))


def _sentences(row: Row, labels: Mapping[int, str] | None) -> Iterator[str]:
    """The row's sentences; without labels its columns have letters, without a label a cell has none."""
    pieces = []
    for column, text in row.cells:
        label = letters(column) if labels is None else labels.get(column)
        pieces.append(f"{label}: {text}" if label else text)
    sentence = pieces[0]
    for piece in pieces[1:]:
        if len(sentence) + len(piece) > _LONGEST_SENTENCE and sentence != pieces[0]:
            yield _ended(sentence)
            sentence = pieces[0]
        sentence = f"{sentence.rstrip(': ')}; {piece}"
    yield _ended(sentence)


def _ended(sentence: str) -> str:
    return sentence if _ENDED.search(sentence) else sentence + "."
