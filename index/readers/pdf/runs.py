"""What is printed on a PDF's page, in runs of characters that are alike, as PDFium tells it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from ctypes import (
    CFUNCTYPE,
    byref,
    c_double,
    c_int,
    c_uint,
    c_ushort,
    c_void_p,
    cast,
    create_string_buffer,
)
from dataclasses import dataclass
from typing import Any, NamedTuple

from index.readers.pdf.frame import Box, Frame

ASKEW = 4
_BLANK = frozenset(" \t\r\n\0\u00a0\u2002\u2003\u2009\u3000")
# By name: the weights and flags that files give of their fonts are wrong too often.
_BOLD = re.compile(r"bold|black|heavy|demi|-dark|-bd|-medi\b|bx\d|(?<=[a-z])[OT]B$", re.IGNORECASE)
_MONO = re.compile(
    r"mono|nimbusmon|courier|consol|menlo|typewriter|inconsolata|anonymous|[^a]tt\d", re.IGNORECASE
)
_NAME_BYTES = 128
_FIXED_PITCH = 1
_STROKED_TOO = 2
# What a Type 3 font calls its size may mean anything: there the height of its characters tells.
_CREDIBLE_SIZE = 1.5
_HEIGHT_PER_SIZE = 0.7
_MEASURED = 8
_STRAIGHT = 0.98


class Run(NamedTuple):
    """Characters of one text object: where and how they are printed.

    Lengths are in points. `turn` counts the quarter turns clockwise that the text has on the page as it is
    shown, or is `ASKEW`; `left`, `right` and `baseline` are measured from the top left of the page turned
    so that the text is upright. `gap` is the white space that PDFium finds before the run.
    """

    text: str
    gap: str
    turn: int
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    mono: bool


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A run, and what decides whether it is seen.

    `handle` is PDFium's text object, `address` tells it from others. `box` is in the file's coordinates:
    left, bottom, right, top. `color` is red, green, blue and alpha up to 255, None for a pattern.
    """

    run: Run
    handle: Any
    address: int
    box: Box
    mode: int
    color: tuple[int, int, int, int] | None


class RunReader:
    """Reads one page's text; the page must stay open while its runs' handles are used."""

    def __init__(self, page: Any, frame: Frame) -> None:
        """Prepare to read a page, given as PDFium's handle."""
        import pypdfium2.raw as pdfium

        self._pdfium, self._page, self._frame = pdfium, page, frame
        self._styles: dict[int, tuple[bool, bool]] = {}
        # One place for the answers of all calls: there are thousands a page.
        self._matrix, self._rectangle = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
        self._numbers = [c_double() for _ in range(4)]
        self._number_references = [byref(number) for number in self._numbers]
        self._colors = [c_uint() for _ in range(4)]
        self._color_references = [byref(color) for color in self._colors]
        self._name = create_string_buffer(_NAME_BYTES)
        # The address itself, which the package's own function would wrap each time.
        function = CFUNCTYPE(c_void_p, c_void_p, c_int)
        self._object_of = function(cast(pdfium.FPDFText_GetTextObject, c_void_p).value or 0)

    def read(self) -> list[Glyphs]:
        """The runs in the order of the page's content.

        Raises:
            ValueError: PDFium does not make out the text.
        """
        self._text = self._pdfium.FPDFText_LoadPage(self._page)
        if not self._text:
            raise ValueError("the text of a page is damaged")
        try:
            text = self._characters()
            marks = [index for index, character in enumerate(text) if character not in _BLANK]
            if not marks:
                return []
            starts = self._starts(marks)
            ends = [*(position for position, _ in starts[1:]), len(marks)]
            runs, before = [], 0
            for (position, address), end in zip(starts, ends, strict=True):
                first, last = marks[position], marks[end - 1]
                gap = text[before:first]
                before = last + 1
                runs.append(self._glyphs(text[first:before], gap, first, last, address))
            return runs
        finally:
            self._pdfium.FPDFText_ClosePage(self._text)

    def _characters(self) -> str:
        """The characters by their index."""
        count = self._pdfium.FPDFText_CountChars(self._text)
        buffer = (c_ushort * (count + 1))()
        written = self._pdfium.FPDFText_GetText(self._text, 0, count, buffer) - 1
        text = bytes(buffer)[: 2 * max(written, 0)].decode("utf-16-le", "replace")
        if len(text) == count:
            return text
        # It leaves out what has no character, and what UTF-16 has two units for.
        unicode = self._pdfium.FPDFText_GetUnicode
        return "".join(chr(unicode(self._text, index)) for index in range(count))

    def _starts(self, marks: Sequence[int]) -> list[tuple[int, int]]:
        """Where in `marks` another text object begins, and its address.

        An object's characters stand together, so that halving finds the ends without asking for each.
        """
        look, text = self._object_of, cast(self._text, c_void_p).value

        def search(one: int, one_object: int, other: int, other_object: int) -> None:
            if one + 1 == other:
                found.append((other, other_object))
                return
            middle = (one + other) // 2
            middle_object = look(text, marks[middle]) or 0
            if one_object != middle_object:
                search(one, one_object, middle, middle_object)
            if middle_object != other_object:
                search(middle, middle_object, other, other_object)

        first, last = look(text, marks[0]) or 0, look(text, marks[-1]) or 0
        found = [(0, first)]
        if first != last:
            search(0, first, len(marks) - 1, last)
        return found

    def _glyphs(self, text: str, gap: str, first: int, last: int, address: int) -> Glyphs:
        pdfium, page, matrix = self._pdfium, self._text, self._matrix
        handle = cast(address, pdfium.FPDF_PAGEOBJECT)
        pdfium.FPDFText_GetMatrix(page, first, matrix)
        pdfium.FPDFText_GetCharOrigin(page, first, *self._number_references[:2])
        origin = self._numbers[0].value, self._numbers[1].value
        one, other = self._loose(first), self._loose(last)
        box = (
            min(one[0], other[0]),
            min(one[1], other[1]),
            max(one[2], other[2]),
            max(one[3], other[3]),
        )
        size = abs(pdfium.FPDFText_GetFontSize(page, first)) * math.hypot(matrix.c, matrix.d)
        if size < _CREDIBLE_SIZE:
            size = max(size, self._height(first, last) / _HEIGHT_PER_SIZE)
        turn = _turn(matrix.a, matrix.b, self._frame.quarters)
        corners = self._frame.upright(turn, *box[:2]), self._frame.upright(turn, *box[2:])
        baseline = self._frame.upright(turn, *origin)[1]
        if turn == ASKEW:
            baseline = max(corners[0][1], corners[1][1])
        mode = pdfium.FPDFTextObj_GetTextRenderMode(handle) if address else 0
        bold, mono = self._style(handle) if address else (False, False)
        run = Run(
            text,
            gap,
            turn,
            min(corners[0][0], corners[1][0]),
            max(corners[0][0], corners[1][0]),
            baseline,
            size,
            bold or mode == _STROKED_TOO,
            mono,
        )
        return Glyphs(run, handle, address, box, mode, self._color(first))

    def _loose(self, index: int) -> Box:
        self._pdfium.FPDFText_GetLooseCharBox(self._text, index, self._rectangle)
        box = self._rectangle
        return box.left, box.bottom, box.right, box.top

    def _height(self, first: int, last: int) -> float:
        heights = []
        for index in range(first, min(last, first + _MEASURED) + 1):
            # Left, right, bottom, top.
            self._pdfium.FPDFText_GetCharBox(self._text, index, *self._number_references)
            heights.append(self._numbers[3].value - self._numbers[2].value)
        return max(heights)

    def _color(self, index: int) -> tuple[int, int, int, int] | None:
        if not self._pdfium.FPDFText_GetFillColor(self._text, index, *self._color_references):
            return None
        red, green, blue, alpha = self._colors
        return red.value, green.value, blue.value, alpha.value

    def _style(self, handle: Any) -> tuple[bool, bool]:
        """Whether an object's font is bold, and whether its characters are all of one width."""
        font = self._pdfium.FPDFTextObj_GetFont(handle)
        address = cast(font, c_void_p).value or 0
        if address not in self._styles:
            self._pdfium.FPDFFont_GetBaseFontName(font, self._name, _NAME_BYTES)
            name = self._name.value.decode("latin-1")
            mono = bool(_MONO.search(name))
            if not mono:
                mono = bool(max(self._pdfium.FPDFFont_GetFlags(font), 0) & _FIXED_PITCH)
            self._styles[address] = bool(_BOLD.search(name)), mono
        return self._styles[address]


def _turn(a: float, b: float, quarters: int) -> int:
    """The turn of text whose matrix begins with `a` and `b`, on a page that is shown turned."""
    if a > 0 and b == 0:  # as nearly all is
        return quarters
    length = math.hypot(a, b)
    if max(abs(a), abs(b)) < _STRAIGHT * length or not length:
        return ASKEW if length else quarters
    if abs(a) > abs(b):
        return (quarters + (0 if a > 0 else 2)) % 4
    return (quarters + (1 if b < 0 else 3)) % 4
