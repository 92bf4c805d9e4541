"""Word documents: paragraphs, headings, lists, tables, notes and text boxes, as they are seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.readers.composing import Composer
from index.readers.content import Content
from index.readers.office.package import Package, is_on
from index.readers.office.word_paragraphs import Paragraph, read_paragraph
from index.readers.office.word_styles import Styles
from index.readers.rows import Cell, Row, table_sentences
from index.readers.xmltree import Element, attribute, local_name, number

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_UNREAD = frozenset("moveFrom del sectPr sdtPr tcPr tblPr tblGrid".split())
# A cell that holds more is a part of the page's layout, not a value.
_MOST_PARAGRAPHS = 3


def read_word(data: bytes) -> Content:
    """Read a Word document of 2007 or later; headings make sections.

    Left out is what is not seen: hidden, tiny or white text, tracked deletions, comments. So are headers
    and footers, which say the same on every page, and tables of contents. Notes follow their paragraph.

    Raises:
        DocumentError: it is damaged, encrypted or no Word document.
    """
    package = Package(data)
    part, root = package.main("document", "Word document")
    reading = _Reading(package, part, root)
    for body in root.iterfind("{*}body"):
        reading.blocks(body, reading.on_colour)
    composer = reading.composer
    return composer.content(package.title() or composer.first_heading, _MEDIA_TYPE)


class _Reading:
    """One document on its way into the composer."""

    def __init__(self, package: Package, part: str, root: Element) -> None:
        self.composer = Composer()
        self.on_colour = root.find("{*}background") is not None
        self._styles = Styles(package.root(package.related(part, "styles")))
        self._notes: dict[tuple[str, str], Element] = {}
        for kind in ("footnotes", "endnotes"):
            root_of_notes = package.root(package.related(part, kind))
            for note in root_of_notes if root_of_notes is not None else ():
                self._notes[kind, attribute(note, "id") or ""] = note

    def blocks(self, element: Element, on_colour: bool) -> None:
        """Read paragraphs and tables in their order, through whatever wraps them."""
        for child in element:
            name = local_name(child)
            if name == "p":
                self._paragraph(read_paragraph(child, self._styles, on_colour))
            elif name == "tbl":
                self._table(child)
            elif name not in _UNREAD:
                self.blocks(child, on_colour)

    def _paragraph(self, paragraph: Paragraph) -> None:
        if paragraph.heading:
            self.composer.heading(paragraph.text)
        else:
            self.composer.paragraph(paragraph.text)
        self._attached([paragraph])

    def _attached(self, paragraphs: Sequence[Paragraph]) -> None:
        """Read what hangs on paragraphs: each note once, even if the file refers to it again."""
        for paragraph in paragraphs:
            for key in paragraph.notes:
                if (note := self._notes.pop(key, None)) is not None:
                    self.blocks(note, self.on_colour)
            for box in paragraph.boxes:
                self.blocks(box, True)

    def _table(self, table: Element) -> None:
        rows = [list(_cells(row)) for row in _rows(table)]
        if _is_layout(rows):
            for cell in (cell for row in rows for _, cell in row):
                self.blocks(cell, True)
            return
        read = [[(column, list(self._inside(cell))) for column, cell in row] for row in rows]
        if any(_is_text(paragraphs) for row in read for _, paragraphs in row):
            for paragraph in (p for row in read for _, paragraphs in row for p in paragraphs):
                self._paragraph(paragraph)
            return
        for sentence in table_sentences(_as_rows(table, read)):
            self.composer.paragraph(sentence)
        self._attached([p for row in read for _, paragraphs in row for p in paragraphs])

    def _inside(self, element: Element) -> Iterator[Paragraph]:
        """The paragraphs of a cell that holds no tables."""
        for child in element:
            name = local_name(child)
            if name == "p":
                yield read_paragraph(child, self._styles, True)
            elif name not in _UNREAD:
                yield from self._inside(child)


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        name = local_name(child)
        properties = child.find("{*}trPr")
        if name == "tr":
            if properties is None or not (
                is_on(properties.find("{*}hidden")) or properties.find("{*}del") is not None
            ):
                yield child
        elif name not in _UNREAD:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[tuple[int, Element]]:
    """The cells of a row with their columns; of cells merged downwards, the first."""
    properties = row.find("{*}trPr")
    skipped = None if properties is None else properties.find("{*}gridBefore")
    column = int(number(attribute(skipped, "val")))
    for cell in _wrapped_cells(row):
        properties = cell.find("{*}tcPr")
        merge = None if properties is None else properties.find("{*}vMerge")
        deleted = None if properties is None else properties.find("{*}cellDel")
        if deleted is None and (merge is None or attribute(merge, "val") == "restart"):
            yield column, cell
        span = None if properties is None else properties.find("{*}gridSpan")
        column += max(1, int(number(attribute(span, "val"), 1)))


def _wrapped_cells(row: Element) -> Iterator[Element]:
    for child in row:
        name = local_name(child)
        if name == "tc":
            yield child
        elif name not in _UNREAD:
            yield from _wrapped_cells(child)


def _is_layout(rows: Sequence[Sequence[tuple[int, Element]]]) -> bool:
    """Whether a table only places text on the page: a row, a column, or tables within it."""
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return True
    return any(next(cell.iter("{*}tbl"), None) is not None for row in rows for _, cell in row)


def _is_text(paragraphs: Sequence[Paragraph]) -> bool:
    filled = sum(bool(paragraph.text) for paragraph in paragraphs)
    return filled > _MOST_PARAGRAPHS or any(p.heading and p.text for p in paragraphs)


def _as_rows(
    table: Element, read: Sequence[Sequence[tuple[int, Sequence[Paragraph]]]]
) -> list[Row]:
    bold = [all(p.bold for _, paragraphs in row for p in paragraphs if p.text) for row in read]
    rows = []
    for position, (row, element) in enumerate(zip(read, _rows(table), strict=True)):
        texts = (
            (column, " ".join(filter(None, (p.text for p in inside)))) for column, inside in row
        )
        properties = element.find("{*}trPr")
        marked = properties is not None and is_on(properties.find("{*}tblHeader"))
        stands_out = position == 0 and bold[0] and not all(bold)
        cells = tuple(Cell(column, text.replace("\n", " ")) for column, text in texts if text)
        rows.append(Row(cells, marked or (stands_out and len(cells) > 1)))
    return rows
