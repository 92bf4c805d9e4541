"""OpenDocument texts: paragraphs, headings, lists, tables, notes and text boxes, as they are seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from index.readers.composing import Composer
from index.readers.content import Content
from index.readers.looks import Look
from index.readers.odf.cells import odf_cells, odf_rows
from index.readers.odf.package import OdfPackage
from index.readers.odf.paragraphs import OdfParagraph, read_odf_paragraph
from index.readers.rows import Cell, Row, table_sentences
from index.readers.xmltree import Element, attribute, local_name

_MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_UNREAD = frozenset(
    "tracked-changes table-of-content illustration-index table-index forms annotation note-citation"
    " index-title-template table-of-content-source title desc".split()
)
_ON_COLOUR = Look(shaded=True)
# A cell that holds more is a part of the page's layout, not a value.
_MOST_PARAGRAPHS = 3


class _Read(NamedTuple):
    """A cell of a table with what it holds."""

    column: int
    paragraphs: Sequence[OdfParagraph]

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.paragraphs if p.text).replace("\n", " ")


def read_odf_text(data: bytes) -> Content:
    """Read an OpenDocument text; headings make sections.

    Left out is what is not seen: hidden, tiny or white text, tracked deletions, comments. So are headers
    and footers, which say the same on every page, and tables of contents. Notes follow their paragraph.

    Raises:
        DocumentError: it is damaged, encrypted or no OpenDocument text.
    """
    package = OdfPackage(data, "OpenDocument text")
    flow = OdfFlow(package)
    flow.blocks(package.body("text"), Look())
    composer = flow.composer
    return composer.content(package.title() or composer.first_heading, _MEDIA_TYPE)


class OdfFlow:
    """A running text on its way into a composer."""

    def __init__(self, package: OdfPackage) -> None:
        """Begin with no text."""
        self.composer = Composer()
        self._package = package

    def blocks(self, elements: Iterable[Element], around: Look) -> None:
        """Read paragraphs and tables in their order, through whatever holds them."""
        for child in elements:
            name = local_name(child)
            if name in ("p", "h"):
                self._paragraph(read_odf_paragraph(child, self._package, around))
            elif name == "table":
                self._table(child)
            elif name in ("frame", "custom-shape", "text-box"):
                self.blocks(child, _ON_COLOUR)
            elif name not in _UNREAD and not _is_hidden(child):
                self.blocks(child, around)

    def _paragraph(self, paragraph: OdfParagraph) -> None:
        if paragraph.heading:
            self.composer.heading(paragraph.text)
        else:
            self.composer.paragraph(paragraph.text)
        self._attached([paragraph])

    def _attached(self, paragraphs: Sequence[OdfParagraph]) -> None:
        for item in (item for p in paragraphs if not p.hidden for item in p.attached):
            self.blocks(item, Look() if local_name(item) == "note" else _ON_COLOUR)

    def _table(self, table: Element) -> None:
        if self._package.is_invisible("table", attribute(table, "style-name")):
            return
        rows = list(odf_rows(table))
        cells = [[(cell.column, cell.element) for cell in odf_cells(row.element)] for row in rows]
        nested = any(next(c.iter("{*}table"), None) is not None for row in cells for _, c in row)
        if nested or len(rows) < 2 or max(map(len, cells)) < 2:
            for _, cell in (item for row in cells for item in row):
                self.blocks(cell, _ON_COLOUR)
            return
        read = [
            [_Read(column, list(self.paragraphs(cell, _ON_COLOUR))) for column, cell in row]
            for row in cells
        ]
        inside = [p for row in read for cell in row for p in cell.paragraphs]
        if any(_is_text(cell.paragraphs) for row in read for cell in row):
            for paragraph in inside:
                self._paragraph(paragraph)
            return
        marked = [row.is_header for row in rows]
        for sentence in table_sentences(list(_as_rows(read, marked))):
            self.composer.paragraph(sentence)
        self._attached(inside)

    def paragraphs(self, element: Element, around: Look) -> Iterator[OdfParagraph]:
        """The paragraphs of a shape, or of a cell that holds no tables."""
        for child in element:
            name = local_name(child)
            if name in ("p", "h"):
                yield read_odf_paragraph(child, self._package, around)
            elif name not in _UNREAD and not _is_hidden(child):
                yield from self.paragraphs(child, around)


def _is_hidden(element: Element) -> bool:
    """Whether it is a section that is hidden, for good or by its condition."""
    display = attribute(element, "display")
    return display == "none" or (
        display == "condition" and attribute(element, "is-hidden") == "true"
    )


def _is_text(paragraphs: Sequence[OdfParagraph]) -> bool:
    filled = sum(bool(paragraph.text) for paragraph in paragraphs)
    return filled > _MOST_PARAGRAPHS or any(p.heading and p.text for p in paragraphs)


def _as_rows(read: Sequence[Sequence[_Read]], marked: Sequence[bool]) -> Iterator[Row]:
    bold = [all(p.bold for cell in row for p in cell.paragraphs if p.text) for row in read]
    for position, row in enumerate(read):
        cells = tuple(Cell(cell.column, cell.text) for cell in row if cell.text)
        stands_out = position == 0 and bold[0] and not all(bold) and len(cells) > 1
        yield Row(cells, marked[position] or stands_out)
