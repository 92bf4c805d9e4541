"""Small PDFs made in code: each page is a function that draws on a canvas of reportlab."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], Any]

SIZE = (400, 500)


def make_pdf(*pages: Draw, size: tuple[int, int] = SIZE, **options: Any) -> bytes:
    """The bytes of a PDF, the same each time; `options` are the canvas's."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size, invariant=1, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def lines(
    *texts: str, x: float = 50, y: float = 450, size: float = 10, font: str = "Helvetica"
) -> Draw:
    """Draw lines of text one below the other, 12 points apart for a size of 10."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for position, text in enumerate(texts):
            canvas.drawString(x, y - 1.2 * size * position, text)

    return draw


def together(*draws: Draw) -> Draw:
    """Draw one thing after the other on the same page."""

    def draw(canvas: Canvas) -> None:
        for one in draws:
            one(canvas)

    return draw


def in_mode(mode: int, text: str, x: float = 50, y: float = 400) -> Draw:
    """Draw text in a render mode; 3 is invisible."""

    def draw(canvas: Canvas) -> None:
        words = canvas.beginText(x, y)
        words.setTextRenderMode(mode)
        words.textOut(text)
        words.setTextRenderMode(0)
        canvas.drawText(words)

    return draw


def from_objects(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, the first of which is the catalogue."""
    file, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        b"%bxref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (
            file,
            size,
            table,
            size,
            len(file),
        )
    )


def with_content(
    content: bytes, resources: bytes = b"", catalogue: bytes = b"", *more: bytes
) -> bytes:
    """A PDF of one page of 400 by 500 points with this content; font F1 is Helvetica."""
    return from_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R%b>>" % catalogue,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 500]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>%b>>>>" % resources,
            b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *more,
        ]
    )
