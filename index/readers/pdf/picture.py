"""A picture of one page of a PDF."""

from __future__ import annotations

import io
import time
from typing import Any

from index.errors import DocumentError
from index.readers.pdf.file import damaged_page, opened

# Pixels.
_WIDEST, _HIGHEST = 2400, 3600
_SECONDS = 20.0
_TO_BE_CONTINUED, _DONE = 1, 2


def page_picture(data: bytes, number: int, width: int, seconds: float = _SECONDS) -> bytes:
    """A PNG of a page as it is shown, with what was filled in and highlighted.

    Args:
        data: the bytes of a PDF.
        number: of the page, from 1.
        width: in pixels. It is made smaller where it is above 2400, or the picture would be higher
            than 3600.
        seconds: that drawing may take.

    Raises:
        DocumentError: the document cannot be opened, has no such page, or that takes too long to draw.
    """
    with opened(data) as document:
        if not 1 <= number <= len(document):
            raise DocumentError(f"it has no page {number}: there are {len(document):,}")
        from pypdfium2 import PdfiumError

        try:
            page = document.get_page(number - 1)
        except PdfiumError:
            raise damaged_page(number) from None
        try:
            image = _draw(page, width, seconds)
        except PdfiumError:
            raise damaged_page(number) from None
        except TimeoutError:
            raise DocumentError(
                f"drawing its page {number} takes longer than {seconds:g} seconds"
            ) from None
        finally:
            page.close()
    png = io.BytesIO()
    image.save(png, format="PNG")
    return png.getvalue()


def _draw(page: Any, width: int, seconds: float) -> Any:
    """The page as a Pillow image.

    Raises:
        TimeoutError: the time was up before all of it was drawn.
        PdfiumError: it cannot be drawn.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    shown_width, shown_height = page.get_size()
    scale = min(max(width, 1), _WIDEST) / max(shown_width, 1.0)
    scale = min(scale, _HIGHEST / max(shown_height, 1.0))
    size = max(round(shown_width * scale), 1), max(round(shown_height * scale), 1)
    end = time.monotonic() + seconds
    late = type(pdfium.IFSDK_PAUSE().NeedToPauseNow)(lambda pause: time.monotonic() > end)
    bitmap = pypdfium2.PdfBitmap.new_native(*size, pdfium.FPDFBitmap_BGR)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        pause = pdfium.IFSDK_PAUSE(version=1, NeedToPauseNow=late)
        status = pdfium.FPDF_RenderPageBitmap_Start(
            bitmap, page, 0, 0, *size, 0, pdfium.FPDF_ANNOT, pause
        )
        pdfium.FPDF_RenderPage_Close(page)
        if status == _TO_BE_CONTINUED:
            raise TimeoutError
        if status != _DONE:
            raise pypdfium2.PdfiumError("the page cannot be drawn")
        return bitmap.to_pil()
    finally:
        bitmap.close()
