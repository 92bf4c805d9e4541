"""What a PDF's page has besides text: pictures and filled shapes, in the order of painting."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_float, c_int, c_uint, c_void_p, cast
from typing import Any, NamedTuple

from index.readers.pdf.frame import Box

_TEXT, _PATH, _IMAGE, _SHADING, _FORM = 1, 2, 3, 4, 5
_DEEPEST = 8
# Rules and hairlines hide nothing.
_THINNEST = 3.0
# A rectangle has four corners, and may come back to its first.
_SEGMENTS_OF_A_RECTANGLE = 5
_SOLID = 250
_SLACK = 1.0

Color = tuple[int, int, int]
_Matrix = tuple[float, float, float, float, float, float]
_UNMOVED: _Matrix = (1, 0, 0, 1, 0, 0)


class Drawing(NamedTuple):
    """A picture, a shading or a filled shape: its place in the painting order, and its box in the file.

    `color` is None unless it is a rectangle of one solid colour.
    """

    order: int
    is_picture: bool
    box: Box
    color: Color | None

    def surrounds(self, box: Box) -> bool:
        """Whether its box reaches around another."""
        left, bottom, right, top = self.box
        return (
            left - _SLACK <= box[0]
            and bottom - _SLACK <= box[1]
            and box[2] <= right + _SLACK
            and box[3] <= top + _SLACK
        )

    def overlaps(self, box: Box) -> bool:
        """Whether its box has a part of another."""
        left, bottom, right, top = self.box
        return left < box[2] and box[0] < right and bottom < box[3] and box[1] < top


class Scene:
    """The drawings of a page; `orders` tells where among them a text object comes, by its address."""

    def __init__(self, page: Any) -> None:
        """Look through a page, given as PDFium's handle."""
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self.orders: dict[int, int] = {}
        top = pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject
        self.drawings = tuple(self._walk(page, *top, _UNMOVED, 0))

    def _walk(
        self, parent: Any, count: Any, get: Any, matrix: _Matrix, depth: int
    ) -> Iterator[Drawing]:
        pdfium = self._pdfium
        for position in range(count(parent)):
            handle = get(parent, position)
            order = len(self.orders)
            self.orders[cast(handle, c_void_p).value or 0] = order
            kind = pdfium.FPDFPageObj_GetType(handle)
            if kind == _FORM and depth < _DEEPEST:
                inside = pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject
                yield from self._walk(handle, *inside, self._placed(handle, matrix), depth + 1)
            elif kind in (_IMAGE, _SHADING):
                yield Drawing(order, kind == _IMAGE, self._box(handle, matrix), None)
            elif kind == _PATH and self._is_filled(handle):
                box = self._box(handle, matrix)
                if min(box[2] - box[0], box[3] - box[1]) >= _THINNEST:
                    yield Drawing(order, False, box, self._color(handle))

    def _placed(self, form: Any, matrix: _Matrix) -> _Matrix:
        """The matrix of what is in a form."""
        own = self._pdfium.FS_MATRIX()
        self._pdfium.FPDFPageObj_GetMatrix(form, own)
        a, b, c, d, e, f = matrix
        return (
            own.a * a + own.b * c,
            own.a * b + own.b * d,
            own.c * a + own.d * c,
            own.c * b + own.d * d,
            own.e * a + own.f * c + e,
            own.e * b + own.f * d + f,
        )

    def _box(self, handle: Any, matrix: _Matrix) -> Box:
        sides = [c_float() for _ in range(4)]
        self._pdfium.FPDFPageObj_GetBounds(handle, *map(byref, sides))
        left, bottom, right, top = (side.value for side in sides)
        a, b, c, d, e, f = matrix
        corners = [(x, y) for x in (left, right) for y in (bottom, top)]
        xs = [a * x + c * y + e for x, y in corners]
        ys = [b * x + d * y + f for x, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def _is_filled(self, path: Any) -> bool:
        fill, stroke = c_int(), c_int()
        self._pdfium.FPDFPath_GetDrawMode(path, byref(fill), byref(stroke))
        return fill.value != 0

    def _color(self, path: Any) -> Color | None:
        if self._pdfium.FPDFPath_CountSegments(path) > _SEGMENTS_OF_A_RECTANGLE:
            return None
        channels = [c_uint() for _ in range(4)]
        if not self._pdfium.FPDFPageObj_GetFillColor(path, *map(byref, channels)):
            return None
        red, green, blue, alpha = (channel.value for channel in channels)
        return (red, green, blue) if alpha >= _SOLID else None
