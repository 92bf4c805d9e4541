"""PDF: text in the order of reading, without what is only there because pages end."""

from __future__ import annotations

from itertools import islice
from typing import Any, NamedTuple

from index.errors import DocumentError
from index.readers.content import Content
from index.readers.pdf.file import damaged_page, opened
from index.readers.pdf.frame import Frame
from index.readers.pdf.headings import OutlineEntry, headings, title_of
from index.readers.pdf.hidden import Seen, Viewer
from index.readers.pdf.margins import PageRows, without_margins
from index.readers.pdf.order import read_in_order
from index.readers.pdf.paragraphs import paragraphs
from index.readers.pdf.runs import RunReader
from index.readers.pdf.setting import set_text
from index.readers.pdf.style import style_of
from index.types import Section

MAX_PAGES = 5000
_MOST_ENTRIES = 20_000
# Free text, stamps and the fields of forms, by their numbers among PDFium's annotations.
_WRITTEN = (3, 13, 20)


class _Print(NamedTuple):
    """What a file holds: its pages' frames and rows, and how many pages have a picture."""

    title: str
    outline: list[OutlineEntry]
    frames: list[Frame]
    rows: list[PageRows]
    pictures: int


def read_pdf(data: bytes) -> Content:
    """Read a PDF: what a person sees of its text, paragraph by paragraph.

    The pages know where their lines are printed. Running titles, page numbers and hyphens at the ends of
    lines are left out; sections begin where the outline points to, or where the type is larger or bolder.

    Raises:
        DocumentError: it needs a password, is damaged, has too many pages or no text.
    """
    with opened(data) as document:
        printed = _read(document)
    if not any(page.rows for page in printed.rows):
        raise DocumentError(_without_text(len(printed.rows), printed.pictures))
    style = style_of([page.rows for page in printed.rows])
    rows = without_margins(printed.rows, style.size)
    if not any(rows):  # nothing but what looks like running titles: then that is the text
        rows = [list(page.rows) for page in printed.rows]
    found = paragraphs(rows, style)
    setting = set_text(found, printed.frames)
    texts = [" ".join(setting.text[span.start : span.end].split()) for span in setting.spans]
    marked = headings(found, style, printed.outline)
    starts = [setting.spans[position].start for position in marked]
    ends = [*starts[1:], len(setting.text)]
    return Content(
        title=title_of(printed.title, found, texts, style),
        text=setting.text,
        media_type="application/pdf",
        pages=setting.pages,
        sections=tuple(
            Section(texts[position], start, end)
            for position, start, end in zip(marked, starts, ends, strict=False)
        ),
    )


def _read(document: Any) -> _Print:
    if len(document) > MAX_PAGES:
        raise DocumentError(
            f"it has {len(document):,} pages and the limit is {MAX_PAGES:,}; split it into smaller files"
        )
    viewer = Viewer()
    frames, rows, pictures = [], [], 0
    for number in range(len(document)):
        frame, seen = _read_page(document, number, viewer)
        frames.append(frame)
        rows.append(PageRows(read_in_order(seen.runs), frame.height))
        pictures += seen.has_picture
    return _Print(_title(document), _outline(document), frames, rows, pictures)


def _read_page(document: Any, number: int, viewer: Viewer) -> tuple[Frame, Seen]:
    from pypdfium2 import PdfiumError

    try:
        page = document.get_page(number)
    except PdfiumError:
        raise damaged_page(number + 1) from None
    try:
        if _is_written_on(page) and _flatten(page):
            page.close()
            page = document.get_page(number)
        left, bottom, right, top = page.get_bbox()
        frame = Frame(left, bottom, right, top, page.get_rotation() // 90)
        return frame, viewer.see(page, RunReader(page.raw, frame).read(), frame)
    except (PdfiumError, ValueError):
        raise damaged_page(number + 1) from None
    finally:
        page.close()


def _is_written_on(page: Any) -> bool:
    """Whether there are form fields or notes whose text shows on the page."""
    import pypdfium2.raw as pdfium

    for position in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, position)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in _WRITTEN:
            return True
    return False


def _flatten(page: Any) -> bool:
    """Make what is written on a page a part of it, in memory; it shows when the page is loaded anew."""
    import pypdfium2.raw as pdfium

    return bool(pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS)


def _title(document: Any) -> str:
    try:
        return str(document.get_metadata_value("Title"))
    except UnicodeDecodeError:
        return ""


def _outline(document: Any) -> list[OutlineEntry]:
    """The entries that point to a page; none where the outline is damaged."""
    entries = []
    try:
        for entry in islice(document.get_toc(), _MOST_ENTRIES):
            destination = entry.get_dest()
            page = destination.get_index() if destination is not None else None
            if page is not None:
                entries.append(OutlineEntry(entry.get_title(), page))
    except UnicodeDecodeError:
        return []
    return entries


def _without_text(pages: int, pictures: int) -> str:
    if not pictures:
        return "it holds no text"
    what = "its page is a picture" if pages == 1 else f"its {pages:,} pages are pictures"
    return (
        f"it holds no text: {what}; have the text recognised (OCR) and save that as a PDF, "
        "with OCRmyPDF for instance"
    )
