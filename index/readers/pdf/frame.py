"""The geometry of a PDF's page: from the file's coordinates to what is shown, and to upright text."""

from __future__ import annotations

from typing import NamedTuple

Box = tuple[float, float, float, float]


class Frame(NamedTuple):
    """The part of a page that is shown: its sides in the file's coordinates, which grow to the top right.

    `quarters` tells how many quarter turns clockwise the page is shown rotated.
    """

    left: float
    bottom: float
    right: float
    top: float
    quarters: int

    @property
    def width(self) -> float:
        """The width as it is shown, in points."""
        return self.top - self.bottom if self.quarters % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """The height as it is shown, in points."""
        return self.right - self.left if self.quarters % 2 else self.top - self.bottom

    def holds(self, x: float, y: float) -> bool:
        """Whether a point of the file is on the page."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def upright(self, turn: int, x: float, y: float) -> tuple[float, float]:
        """A point of the file from the top left of a page turned so that text turned by `turn` is upright.

        `turn` counts quarter turns clockwise on the page as it is shown.
        """
        match (self.quarters - turn) % 4:
            case 0:
                return x - self.left, self.top - y
            case 1:
                return y - self.bottom, x - self.left
            case 2:
                return self.right - x, y - self.bottom
            case _:
                return self.top - y, self.right - x

    def shares(self, turn: int, left: float, top: float, right: float, bottom: float) -> Box:
        """A box of the upright frame as shares of the page as it is shown, cut at the page's sides."""
        width, height = (
            (self.height, self.width) if turn % 2 else (self.width, self.height)
        )  # of the upright frame
        box = (left / width, top / height, right / width, bottom / height)
        for _ in range(turn % 4):
            box = (1 - box[3], box[0], 1 - box[1], box[2])
        a, b, c, d = (min(max(side, 0.0), 1.0) for side in box)
        return a, b, max(a, c), max(b, d)
