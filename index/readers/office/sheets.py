"""Excel workbooks: each sheet a section, each row a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from index.readers.composing import Composer
from index.readers.content import Content
from index.readers.office.number_formats import BUILT_IN, GENERAL
from index.readers.office.package import Package, relation_id
from index.readers.office.sheet_cells import Book, CellFormat, read_rows, string_text
from index.readers.rows import sheet_sentences
from index.readers.xmltree import Element, attribute, number, stream_xml

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WHITE = {"rgb": ("FFFFFFFF", "00FFFFFF"), "indexed": ("1", "9"), "theme": ("0",)}
_SMALLEST_FONT = 1.0


def read_sheets(data: bytes) -> Content:
    """Read an Excel workbook of 2007 or later; formulas show the values that were stored with them.

    Hidden sheets, rows and columns are left out, and so is what its format or font hides.

    Raises:
        DocumentError: it is damaged, encrypted or no workbook.
    """
    package = Package(data)
    part, root = package.main("workbook", "Excel workbook")
    targets = {item.id: item for item in package.relations(part)}
    book = _book(package, part, root)
    composer = Composer()
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        relation = targets.get(relation_id(sheet) or "")
        if relation is None or relation.kind != "worksheet":
            continue
        if attribute(sheet, "state") in ("hidden", "veryHidden"):
            continue
        heading = attribute(sheet, "name") or ""
        for sentence in sheet_sentences(read_rows(package.data(relation.target) or b"", book)):
            composer.heading(heading)
            heading = ""
            composer.paragraph(sentence)
    return composer.content(package.title(), _MEDIA_TYPE)


def _book(package: Package, part: str, root: Element) -> Book:
    properties = root.find("{*}workbookPr")
    strings = package.data(package.related(part, "sharedStrings") or "")
    styles = package.root(package.related(part, "styles"))
    return Book(
        strings=[string_text(item) for item in stream_xml(strings, "si")] if strings else [],
        formats=list(_formats(styles)) if styles is not None else [],
        epoch_1904=attribute(properties, "date1904") in ("1", "true"),
    )


def _formats(styles: Element) -> Iterator[CellFormat]:
    """What the cells' formats are, in the order in which cells refer to them."""
    codes = BUILT_IN | {
        int(number(attribute(item, "numFmtId"))): attribute(item, "formatCode") or GENERAL
        for item in styles.iterfind("{*}numFmts/{*}numFmt")
    }
    unseen = [_font(font) for font in styles.iterfind("{*}fonts/{*}font")]
    fills = [_is_coloured(fill) for fill in styles.iterfind("{*}fills/{*}fill")]
    for item in styles.iterfind("{*}cellXfs/{*}xf"):
        font, fill = (int(number(attribute(item, name))) for name in ("fontId", "fillId"))
        tiny, white = unseen[font] if 0 <= font < len(unseen) else (False, False)
        coloured = fills[fill] if 0 <= fill < len(fills) else False
        code = codes.get(int(number(attribute(item, "numFmtId"))), GENERAL)
        yield CellFormat(code, tiny or (white and not coloured))


def _font(font: Element) -> tuple[bool, bool]:
    """Whether it is too small to be seen, and whether it is white."""
    size = number(attribute(font.find("{*}sz"), "val"), _SMALLEST_FONT + 1)
    return size <= _SMALLEST_FONT, _is_white(font.find("{*}color"))


def _is_coloured(fill: Element) -> bool:
    """Whether white can be read on it."""
    pattern = fill.find("{*}patternFill")
    if pattern is None:
        return fill.find("{*}gradientFill") is not None
    colour = pattern.find("{*}fgColor")
    return attribute(pattern, "patternType") not in (None, "none") and not _is_white(colour)


def _is_white(colour: Element | None) -> bool:
    return attribute(colour, "tint") is None and any(
        attribute(colour, name) in values for name, values in _WHITE.items()
    )
