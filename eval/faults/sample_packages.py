"""Small whole files of the kinds that are packages, made by the libraries that make such files.

Where there is no such library they are put together by hand, with no more in them than they need.
"""

from __future__ import annotations

import io
import re
from typing import Any

from eval.faults.mutants import archive, members_of
from eval.faults.sample_texts import CHAPTERS, ROWS, TITLE, xhtml

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def book() -> bytes:
    """An EPUB book of one chapter."""
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>"
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata>'
        f'<title xmlns="http://purl.org/dc/elements/1.1/">{TITLE}</title></metadata><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "book.opf": package,
            "a.xhtml": xhtml(),
        }
    )


def word() -> bytes:
    """A Word document."""
    import docx

    document = docx.Document()
    document.core_properties.title = TITLE
    for heading, texts in CHAPTERS.items():
        document.add_heading(heading, 1)
        for text in texts:
            document.add_paragraph(text)
    document.add_paragraph("A lamp", style="List Bullet")
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return _saved(document)


def slides() -> bytes:
    """A PowerPoint presentation."""
    import pptx

    presentation = pptx.Presentation()
    for heading, texts in CHAPTERS.items():
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = heading
        slide.placeholders[1].text = "\n".join(texts)
        slide.notes_slide.notes_text_frame.text = "Tell them about the roof."
    return _saved(presentation)


def workbook() -> bytes:
    """An Excel workbook of two sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    sheet = book.create_sheet("Dates")
    sheet.append(["Lit", "Share"])
    sheet.append([0.5, "=1/3"])
    sheet["A2"].number_format = "0.0%"
    return _saved(book)


def pdf() -> bytes:
    """A PDF of three pages."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

    styles = getSampleStyleSheet()
    story: list[Any] = [Paragraph(TITLE, styles["Title"])]
    for heading, texts in CHAPTERS.items():
        story.append(Paragraph(heading, styles["Heading1"]))
        story += [Paragraph(text, styles["BodyText"]) for text in texts]
        story.append(PageBreak())
    story.append(Table(ROWS))
    stream = io.BytesIO()
    # The content is not compressed, so that damage to it is not met by the unpacking alone.
    SimpleDocTemplate(stream, title=TITLE, pageCompression=0, invariant=1).build(story)
    return stream.getvalue()


def _open_document(kind: str, body: str) -> bytes:
    names = {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "presentation": "presentation",
    }
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in names.items()
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:{kind}>{body}</office:{kind}>"
        "</office:body></office:document-content>"
    )
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": content,
            "styles.xml": f"<office:document-styles {spaces}/>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def open_text() -> bytes:
    """An OpenDocument text."""
    body = "".join(
        f'<text:h text:outline-level="1">{heading}</text:h>'
        + "".join(f"<text:p>{text}</text:p>" for text in texts)
        for heading, texts in CHAPTERS.items()
    )
    return _open_document("text", body + _open_table())


def open_slides() -> bytes:
    """An OpenDocument presentation."""
    pages = "".join(
        f"<draw:page><draw:frame><draw:text-box><text:p>{heading}</text:p>"
        + "".join(f"<text:p>{text}</text:p>" for text in texts)
        + "</draw:text-box></draw:frame></draw:page>"
        for heading, texts in CHAPTERS.items()
    )
    return _open_document("presentation", pages)


def open_sheets() -> bytes:
    """An OpenDocument spreadsheet."""
    return _open_document("spreadsheet", _open_table())


def _open_table() -> str:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in ROWS
    )
    return f'<table:table table:name="Keepers">{rows}</table:table>'


def _saved(document: Any) -> bytes:
    """What the library writes, without the time at which it does."""
    stream = io.BytesIO()
    document.save(stream)
    members = members_of(stream.getvalue())
    return archive(
        {name: _TIME.sub(b"2026-11-23T00:00:00Z", data) for name, data in members.items()}
    )
