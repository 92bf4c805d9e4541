"""From runs to the rows of a page: what is printed side by side, from left to right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.readers.pdf.runs import ASKEW, Run
from index.readers.pdf.text import raised, written

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
ASCENT, DESCENT = 0.8, 0.22
# In shares of the type's size. A wider gap than `_GAP` may be more than a space between words.
_GAP = 0.9
_OVERLAP = 0.9
_SPACE = 0.13
_SAME_ROW = 0.5
_SMALL, _HIGH = 0.8, 0.15
_MOSTLY = 0.8
_FAR = 1.5
_SAME_SIZE = 0.12


class Piece(NamedTuple):
    """Text that is printed in one go on one row; lengths and turn as in `Run`."""

    text: str
    turn: int
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    mono: bool

    @property
    def top(self) -> float:
        """The upper side."""
        return self.baseline - ASCENT * self.size

    @property
    def bottom(self) -> float:
        """The lower side."""
        return self.baseline + DESCENT * self.size


@dataclass(frozen=True, slots=True)
class Row:
    """Pieces side by side: a line of text, or cells of a table. What it is printed in is the longest's."""

    pieces: tuple[Piece, ...]
    text: str
    turn: int
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    mono: bool


def make_row(pieces: Sequence[Piece]) -> Row:
    """The row of these pieces, of which there is one at least."""
    if len(pieces) == 1:
        return Row(tuple(pieces), *pieces[0])
    longest = max(pieces, key=lambda piece: len(piece.text))
    return Row(
        tuple(pieces),
        " ".join(piece.text for piece in pieces),
        longest.turn,
        min(piece.left for piece in pieces),
        max(piece.right for piece in pieces),
        longest.baseline,
        longest.size,
        all(piece.bold for piece in pieces),
        all(piece.mono for piece in pieces),
    )


def pieces_of(runs: Sequence[Run], in_order: bool = True) -> list[Piece]:
    """The runs put together where one goes on where the one before it ends.

    `in_order` tells whether they come as PDFium had them, so that its word on spaces between them counts.
    """
    groups: list[list[Run]] = []
    for run in runs:
        if groups and _goes_on(groups[-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    pieces = (_piece(group, in_order) for group in groups)
    return [piece for piece in pieces if piece.text]


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """The pieces put together where one stands to the right of the one before it."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if groups and _beside(groups[-1][-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [make_row(group) for group in groups]


def _goes_on(group: Sequence[Run], run: Run) -> bool:
    before = group[-1]
    if before.turn != run.turn or run.turn == ASKEW:
        return False
    size = max(before.size, run.size)
    gap = run.left - max(other.right for other in group[-2:])
    forward = -_OVERLAP * size < gap < _GAP * size and run.left > before.left - 0.1 * size
    if not forward and not _from_right(before, run):
        return False
    return share_a_row(max(group[-3:], key=lambda other: other.size), run)


def _from_right(one: Run | Piece, other: Run | Piece) -> bool:
    """Whether the other stands to the left of the one, and belongs there."""
    if one.text.isascii() and other.text.isascii():
        return False
    is_left = -_OVERLAP * one.size < one.left - other.right < _FAR * one.size
    return is_left and _RIGHT_TO_LEFT.search(one.text + other.text) is not None


def share_a_row(one: Run | Piece, other: Run | Piece) -> bool:
    """Whether two are printed at about the same height."""
    top = max(one.baseline - ASCENT * one.size, other.baseline - ASCENT * other.size)
    bottom = min(one.baseline + DESCENT * one.size, other.baseline + DESCENT * other.size)
    return bottom - top > _SAME_ROW * min(one.size, other.size)


def _beside(one: Piece, other: Piece) -> bool:
    gap = other.left - one.right
    return (
        one.turn == other.turn < ASKEW
        and (gap > -_SAME_ROW * one.size or _from_right(one, other))
        and share_a_row(one, other)
        # Notes in the margin are printed smaller.
        and (gap < _FAR * one.size or abs(one.size - other.size) < _SAME_SIZE * one.size)
    )


def _piece(runs: Sequence[Run], in_order: bool) -> Piece:
    main = _main(runs)
    size, baseline = main.size, main.baseline
    parts: list[str] = []
    for position, run in enumerate(runs):
        text = written(run.text)
        if position:
            before = runs[position - 1]
            gap = run.gap if in_order else "\n"
            if "\n" in gap:  # it took them for two lines, and did not look
                gap = " " if run.left - before.right > _SPACE * size else ""
            parts.append(" " if gap else "")
        if run.size < _SMALL * size and run.baseline < baseline - _HIGH * size:
            text = raised(text)
        parts.append(text)
    most = _MOSTLY * sum(len(run.text) for run in runs)
    return Piece(
        " ".join("".join(parts).split()),
        main.turn,
        min(run.left for run in runs),
        max(run.right for run in runs),
        baseline,
        size,
        sum(len(run.text) for run in runs if run.bold) >= most,
        sum(len(run.text) for run in runs if run.mono) >= most,
    )


def _main(runs: Sequence[Run]) -> Run:
    """The longest of those in the size that most of the text has."""
    if len(runs) == 1:
        return runs[0]
    lengths: Counter[float] = Counter()
    for run in runs:
        lengths[run.size] += len(run.text)
    return max(runs, key=lambda run: (lengths[run.size], len(run.text)))
