"""OpenDocument spreadsheets: each sheet a section, each row a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import groupby
from typing import NamedTuple

from index.readers.composing import Composer, on_one_line
from index.readers.content import Content
from index.readers.looks import Look
from index.readers.odf.cells import HiddenColumns, is_visible, odf_cells, row_repeats
from index.readers.odf.package import OdfPackage
from index.readers.odf.paragraphs import read_odf_paragraph
from index.readers.rows import Cell, Row, sheet_sentences
from index.readers.xmltree import Element, attribute, local_name, stream_xml

_MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_STREAMED = ("automatic-styles", "table-column", "table-row", "table", "spreadsheet")


class _SheetRow(NamedTuple):
    """A row of the sheet of this number and name."""

    sheet: int
    name: str
    row: Row


def read_odf_sheets(data: bytes) -> Content:
    """Read an OpenDocument spreadsheet; formulas show the values that were stored with them.

    Hidden sheets, rows and columns are left out, and so is what its style hides.

    Raises:
        DocumentError: it is damaged, encrypted or no OpenDocument spreadsheet.
    """
    package = OdfPackage(data, "OpenDocument spreadsheet")
    composer = Composer()
    for (_, heading), rows in groupby(_rows(package), key=lambda row: (row.sheet, row.name)):
        for sentence in sheet_sentences(item.row for item in rows):
            composer.heading(heading)
            heading = ""
            composer.paragraph(sentence)
    return composer.content(package.title(), _MEDIA_TYPE)


def _rows(package: OdfPackage) -> Iterator[_SheetRow]:
    """The rows of all sheets that are shown, read as a stream: a sheet can be huge."""
    sheet, hidden, body = 0, HiddenColumns(), None
    for element in stream_xml(package.content, *_STREAMED):
        match local_name(element):
            case "automatic-styles":
                package.add_styles(deepcopy(element))  # the stream forgets it
            case "table-column":
                hidden.add(element)
            case "table-row":
                for row in _repeated(element, package, hidden):
                    yield _SheetRow(sheet, attribute(_table(element), "name") or "", row)
            case "table":
                sheet, hidden = sheet + 1, HiddenColumns()
            case _:
                body = element
    package.of_its_kind(body)


def _repeated(element: Element, package: OdfPackage, hidden: HiddenColumns) -> Iterator[Row]:
    """The row as often as it is there, unless it or its sheet is hidden."""
    if not is_visible(element):
        return
    if package.is_invisible("table", attribute(_table(element), "style-name")):
        return
    cells: list[Cell] = []
    for cell in odf_cells(element):
        if text := _text(cell.element, package):
            columns = range(cell.column, cell.column + cell.times)
            cells += [Cell(column, text) for column in columns if column not in hidden]
    row = Row(tuple(cells))
    yield row
    for _ in range(
        row_repeats(element) - 1 if cells else 0
    ):  # any number of blank rows is but a gap
        yield row


def _table(row: Element) -> Element | None:
    """The table that a row is in, in whatever groups."""
    table = row.getparent()
    while table is not None and local_name(table) != "table":
        table = table.getparent()
    return table


def _text(cell: Element, package: OdfPackage) -> str:
    """What the cell shows; dates are ISO 8601 however they are shown."""
    # The value type by the standard first, then what LibreOffice adds to it.
    kinds = [value for key, value in cell.attrib.items() if key.endswith("}value-type")]
    look = package.look("table-cell", attribute(cell, "style-name"), Look())
    if "error" in kinds or look.unseen:
        return ""
    paragraphs = [read_odf_paragraph(item, package, look) for item in cell.iterfind("{*}p")]
    shown = on_one_line(" ".join(paragraph.text for paragraph in paragraphs))
    if "date" in kinds and shown:
        return _date(attribute(cell, "date-value") or shown)
    return shown


def _date(value: str) -> str:
    """A date without its time where that is midnight, and without seconds where there are none."""
    day, _, clock = value.partition("T")
    clock = clock.partition(".")[0].removesuffix(":00")
    return day if clock in ("", "00:00") else f"{day} {clock}"
