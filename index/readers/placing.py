"""The order in which a person reads what is scattered over a slide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Placed(NamedTuple, Generic[T]):
    """Something and its box on the slide, in any unit, from the top left corner."""

    item: T
    left: float
    top: float
    width: float
    height: float


def in_reading_order(placed: Iterable[Placed[T]]) -> list[T]:
    """From top to bottom, and from left to right what stands side by side.

    A box stands beside the first of its row if it begins above that one's middle.
    """
    rows: list[list[Placed[T]]] = []
    for box in sorted(placed, key=lambda box: box.top):
        if rows and (first := rows[-1][0]).top + first.height / 2 > box.top:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box.item for row in rows for box in sorted(row, key=lambda box: box.left)]
