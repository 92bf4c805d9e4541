"""The order in which a person reads a page: that of its content where it makes sense, or by position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from index.readers.pdf.rows import Piece, Row, make_row, pieces_of, rows_of, share_a_row
from index.readers.pdf.runs import Run

# Going up happens: to the next column, to a running title that is written last.
_MOST_UP, _MOST_UP_SHARE = 8, 0.1
_MOST_BACK, _MOST_BACK_SHARE = 1, 0.08
_RISE = 0.7
_SAME_ROW = 0.3
# Columns hold so many rows, with so many characters in a piece of them, and few pieces cross the gutter.
_COLUMN_ROWS = 5
_COLUMN_TEXT = 15
_MOST_CROSSING = 0.35
_FULL = 0.75
_NEIGHBOURS = 4
_MARGIN = 0.15
_STEPS = 70
_DEEPEST = 6
_SHARED_HEIGHT = 0.3

T = TypeVar("T", Run, Piece)


def read_in_order(runs: Sequence[Run]) -> list[Row]:
    """The rows of a page in the order of reading; text that is turned otherwise than most comes last."""
    turns = {run.turn: 0 for run in runs}
    for run in runs:
        turns[run.turn] += len(run.text)
    rows: list[Row] = []
    for turn in sorted(turns, key=lambda turn: -turns[turn]):
        rows += _ordered([run for run in runs if run.turn == turn])
    return rows


def _ordered(runs: Sequence[Run]) -> list[Row]:
    rows = rows_of(pieces_of(runs))
    if _makes_sense(rows) and not _is_interleaved(rows):
        return rows
    in_rows = [run for row in _clusters(runs) for run in row]
    return _by_position(pieces_of(in_rows, in_order=False))


def _makes_sense(rows: Sequence[Row]) -> bool:
    """Whether the rows seldom come before what stands above them or left of them."""
    up = back = 0
    for one, other in pairwise(rows):
        rise = one.baseline - other.baseline
        if rise > _RISE * one.size:
            if other.left >= one.right - one.size:
                up += 1
            else:
                back += 1
        elif rise > -_SAME_ROW * one.size and other.left < one.left:
            back += 1
    return up <= max(_MOST_UP, _MOST_UP_SHARE * len(rows)) and back <= max(
        _MOST_BACK, _MOST_BACK_SHARE * len(rows)
    )


def _is_interleaved(rows: Sequence[Row]) -> bool:
    """Whether columns of running text were written row by row."""
    pairs = [
        (one, other)
        for row in rows
        for one, other in pairwise(row.pieces)
        if min(len(one.text), len(other.text)) >= _COLUMN_TEXT
    ]
    if len(pairs) < _COLUMN_ROWS:
        return False
    lefts = sorted(other.left for _, other in pairs)
    gutter = lefts[len(lefts) // 4]  # indented lines begin further right
    edge = min(one.left for one, _ in pairs)
    # The lines of a column are full, which the cells of a table are not.
    full = [
        one
        for one, other in pairs
        if one.right < gutter <= other.left + 1 and one.right - edge > _FULL * (gutter - edge)
    ]
    return len(full) >= max(_COLUMN_ROWS, (1 - _MOST_CROSSING) * len(pairs))


def _by_position(pieces: Sequence[Piece], depth: int = 0) -> list[Row]:
    """From top to bottom, and column by column between the rows that reach across."""
    gutter = _gutter(pieces) if depth < _DEEPEST else None
    if gutter is None:
        return [make_row(row) for row in _clusters(pieces)]
    rows: list[Row] = []
    columns: tuple[list[Piece], list[Piece]] = ([], [])
    for row in _clusters(pieces):
        if any(piece.left < gutter < piece.right for piece in row):
            for column in columns:
                rows += _by_position(column, depth + 1)
            columns = ([], [])
            rows.append(make_row(row))
            continue
        for piece in row:
            columns[piece.left >= gutter].append(piece)
    for column in columns:
        rows += _by_position(column, depth + 1)
    return rows


class _Cut(NamedTuple):
    """A vertical line and what it does; the least is the best."""

    crossing: int
    minus_smaller: int
    x: float


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where a vertical line parts two columns of running text."""
    if len(pieces) < 2 * _COLUMN_ROWS:
        return None
    left = min(piece.left for piece in pieces)
    width = max(piece.right for piece in pieces) - left
    cuts = []
    for step in range(int(_MARGIN * _STEPS), int((1 - _MARGIN) * _STEPS) + 1):
        x = left + width * step / _STEPS
        one = [piece for piece in pieces if piece.right <= x]
        other = [piece for piece in pieces if piece.left >= x]
        crossing = len(pieces) - len(one) - len(other)
        if crossing <= _MOST_CROSSING * len(pieces) and _are_columns(one, other):
            cuts.append(_Cut(crossing, -min(len(one), len(other)), x))
    return min(cuts).x if cuts else None


def _are_columns(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    for side in (one, other):
        if len(side) < _COLUMN_ROWS:
            return False
        if sum(len(piece.text) for piece in side) < _COLUMN_TEXT * len(side):
            return False
    tops = [min(piece.baseline for piece in side) for side in (one, other)]
    bottoms = [max(piece.baseline for piece in side) for side in (one, other)]
    least = min(bottoms[0] - tops[0], bottoms[1] - tops[1])
    return min(bottoms) - max(tops) > _SHARED_HEIGHT * least


def _clusters(items: Iterable[T]) -> list[list[T]]:
    """The items by row, from top to bottom, each row from left to right."""
    rows: list[list[T]] = []
    for item in sorted(items, key=lambda item: item.baseline):
        if rows and share_a_row(max(rows[-1][-_NEIGHBOURS:], key=lambda other: other.size), item):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda item: item.left) for row in rows]
