"""Where on a page's picture a quotation is printed."""

from __future__ import annotations

from typing import NamedTuple

from index.types import Line, Page, Span

# A line that is so much higher than wide runs up or down the page.
_UPRIGHT = 2.0


class Box(NamedTuple):
    """A rectangle: its sides as shares in [0, 1] of the page's width and height, from the top left."""

    left: float
    top: float
    right: float
    bottom: float


def quote_boxes(page: Page, span: Span) -> list[Box]:
    """A box for each line of the page that the span has a part of, in the order of the text.

    Of a line that is quoted in part, the box covers its share by characters; of one that runs up or
    down the page, all of it. There are none where the page does not tell where its lines are.
    """
    return [
        _part(line, max(line.start, span.start), min(line.end, span.end))
        for line in page.lines
        if max(line.start, span.start) < min(line.end, span.end)
    ]


def _part(line: Line, start: int, end: int) -> Box:
    width = line.right - line.left
    if line.bottom - line.top > _UPRIGHT * width:
        return Box(line.left, line.top, line.right, line.bottom)
    step = width / (line.end - line.start)
    left = line.left + step * (start - line.start)
    right = line.right - step * (line.end - end)
    return Box(left, line.top, right, line.bottom)
