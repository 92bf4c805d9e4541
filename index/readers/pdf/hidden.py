"""Which of a page's runs a person sees: text can be there without being shown.

Too small to see, or off the page: left out. What might not show is put to the test, which is light or
transparent text, outlines, patterns, text under something or upon its own colour, and text on a layer
that may be switched off: the page is drawn with it and without it, and it is seen where that makes a
difference. What is not seen is left out, with one exception: on a page that is a picture, text that does
not show is what a program recognised in the picture, and reads as the picture does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from ctypes import byref, c_ulong, c_ushort
from typing import Any, NamedTuple

from index.readers.pdf.frame import Box, Frame
from index.readers.pdf.runs import Glyphs, Run
from index.readers.pdf.scene import Color, Scene

_SMALLEST = 1.5
_INVISIBLE = 3
_OUTLINED = (1, 5, 7)
_OPAQUE = 128
_LIGHT = 190
_WHITE: Color = (255, 255, 255)
# Of 255: how near two colours are that look alike, and by how much a pixel must change to be noticed.
_ALIKE = 48
_NOTICED = 20
# A page is a scan where pictures cover this share of it, and most of its text does not show.
_SCANNED = 0.5
_PIXELS_PER_POINT = 1.5
_MOST_PIXELS = 1600
# Drawing takes its time: beyond so many pages, what stands on a picture or a pattern counts as seen.
_MOST_TESTS = 200
# More drawings are a map, and drawing it is quicker than comparing with each.
_MOST_DRAWINGS = 300
_MARK_BYTES = 16


class Seen(NamedTuple):
    """The runs of a page that are seen, and whether there is a picture on it."""

    runs: list[Run]
    has_picture: bool


class Viewer:
    """Looks at the pages of one document."""

    def __init__(self) -> None:
        """Begin with the first page."""
        self._tests = 0

    def see(self, page: Any, glyphs: Sequence[Glyphs], frame: Frame) -> Seen:
        """What is seen of the runs of a page, which is a `pypdfium2.PdfPage`."""
        scene = Scene(page.raw)
        pictures = [drawing.box for drawing in scene.drawings if drawing.is_picture]
        shown = [g for g in glyphs if _is_printed(g, frame)]
        hidden = {id(g) for g in shown if g.mode == _INVISIBLE}
        suspects = [g for g in shown if g.mode != _INVISIBLE and _may_hide(g, scene)]
        if suspects:
            hidden |= self._unnoticed(page, suspects, scene, frame)
        if hidden and not _is_scan(shown, hidden, pictures, frame):
            shown = [g for g in shown if id(g) not in hidden]
        return Seen([g.run for g in shown], bool(pictures))

    def _unnoticed(
        self, page: Any, suspects: Sequence[Glyphs], scene: Scene, frame: Frame
    ) -> set[int]:
        """The ids of those that make no difference to the page's picture."""
        if self._tests >= _MOST_TESTS:
            return {id(g) for g in suspects if _is_lost(g, scene)}
        self._tests += 1
        import numpy as np

        before = _draw(page)
        _switch(suspects, False)
        after = _draw(page)
        _switch(suspects, True)
        change = np.abs(before.astype(np.int16) - after).max(axis=2)
        height, width = change.shape
        return {
            id(g)
            for g in suspects
            if change[_pixels(g, frame, width, height)].max(initial=0) < _NOTICED
        }


def _is_printed(g: Glyphs, frame: Frame) -> bool:
    """Whether the run is on the page, in a size that can be seen; some files have numbers that are none."""
    run = g.run
    size_and_place = run.size + run.left + run.right + run.baseline
    return math.isfinite(size_and_place) and run.size >= _SMALLEST and frame.holds(*_center(g.box))


def _may_hide(g: Glyphs, scene: Scene) -> bool:
    """Whether it takes a test to know that a person sees the run."""
    color = g.color
    if color is None or color[3] < _OPAQUE or g.mode in _OUTLINED:
        return True
    if len(scene.drawings) > _MOST_DRAWINGS:
        return True
    if not scene.drawings:
        return _are_alike(color, _WHITE) or _is_on_a_layer(g.handle)
    order, core = scene.orders.get(g.address, 0), _core(g.box)
    if any(drawing.order > order and drawing.overlaps(core) for drawing in scene.drawings):
        return True
    background = _background(g, scene)
    if background is None:
        return min(color[:3]) >= _LIGHT
    return _are_alike(color, background) or _is_on_a_layer(g.handle)


def _background(g: Glyphs, scene: Scene) -> Color | None:
    """The colour that the run stands upon, or None where it has no single one."""
    order, core = scene.orders.get(g.address, 0), _core(g.box)
    for drawing in reversed(scene.drawings):
        if drawing.order < order and drawing.overlaps(core):
            return drawing.color if drawing.surrounds(core) else None
    return _WHITE


def _is_lost(g: Glyphs, scene: Scene) -> bool:
    """Whether the run stands upon its own colour, as far as colours tell."""
    background = _background(g, scene)
    return g.color is not None and background is not None and _are_alike(g.color, background)


def _are_alike(one: Sequence[int], other: Sequence[int]) -> bool:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]), abs(one[2] - other[2])) <= _ALIKE


def _is_on_a_layer(handle: Any) -> bool:
    """Whether an object is marked as optional content; PDFium does not tell if that is switched on."""
    import pypdfium2.raw as pdfium

    for position in range(pdfium.FPDFPageObj_CountMarks(handle)):
        name, length = (c_ushort * (_MARK_BYTES // 2))(), c_ulong()
        mark = pdfium.FPDFPageObj_GetMark(handle, position)
        if pdfium.FPDFPageObjMark_GetName(mark, name, _MARK_BYTES, byref(length)) and bytes(
            name
        ).startswith("OC\0".encode("utf-16-le")):
            return True
    return False


def _is_scan(
    shown: Iterable[Glyphs], hidden: set[int], pictures: Iterable[Box], frame: Frame
) -> bool:
    covered = sum(
        max(min(right, frame.right) - max(left, frame.left), 0.0)
        * max(min(top, frame.top) - max(bottom, frame.bottom), 0.0)
        for left, bottom, right, top in pictures
    )
    if covered < _SCANNED * frame.width * frame.height:
        return False
    balance = sum(len(g.run.text) * (1 if id(g) in hidden else -1) for g in shown)
    return balance > 0


def _switch(glyphs: Iterable[Glyphs], on: bool) -> None:
    import pypdfium2.raw as pdfium

    for g in glyphs:
        pdfium.FPDFPageObj_SetIsActive(g.handle, on)


def _draw(page: Any) -> Any:
    """The page's picture as an array of height x width x 3 bytes."""
    longest = max(page.get_size())
    scale = min(_PIXELS_PER_POINT, _MOST_PIXELS / max(longest, 1.0))
    bitmap = page.render(scale=scale, draw_annots=False, may_draw_forms=False)
    pixels = bitmap.to_numpy().copy()
    bitmap.close()
    return pixels


def _pixels(g: Glyphs, frame: Frame, width: int, height: int) -> tuple[slice, slice]:
    """Where in the picture the run's middle is: rows and columns, at least one of each."""
    left, bottom, right, top = _core(g.box)
    ends = [frame.upright(0, x, y) for x, y in ((left, bottom), (right, top))]
    xs = sorted(int(x / frame.width * width) for x, _ in ends)
    ys = sorted(int(y / frame.height * height) for _, y in ends)
    return slice(max(ys[0], 0), ys[1] + 1), slice(max(xs[0], 0), xs[1] + 1)


def _core(box: Box) -> Box:
    """The middle of a run, where no neighbour reaches."""
    left, bottom, right, top = box
    inset = 0.35 * min(right - left, top - bottom)
    if right - left > top - bottom:
        return left, bottom + inset, right, top - inset
    return left + inset, bottom, right - inset, top


def _center(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
