"""PowerPoint presentations: a page and a section for each slide, its text in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator

from index.readers.composing import Composer
from index.readers.content import Content
from index.readers.office.package import Package, relation_id
from index.readers.office.slide_shapes import Box, Places, paragraphs, placeholder, shapes
from index.readers.rows import Row, make_row, table_sentences
from index.readers.xmltree import Element, attribute, number

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
# What stands on every slide, and says nothing of it.
_FURNITURE = ("dt", "ftr", "hdr", "sldNum", "sldImg")
_OFF = ("0", "false")


def read_slides(data: bytes) -> Content:
    """Read a PowerPoint presentation of 2007 or later.

    Each slide is a page, and with a title a section too; hidden slides and shapes are left out, and so
    are those that lie beside their slide. The speaker's notes follow the slide, after `Notes: `.

    Raises:
        DocumentError: it is damaged, encrypted or no presentation.
    """
    package = Package(data)
    part, root = package.main("presentation", "PowerPoint presentation")
    targets = {item.id: item.target for item in package.relations(part)}
    size = root.find("{*}sldSz")
    within = Box(0, 0, number(attribute(size, "cx")), number(attribute(size, "cy")))
    composer = Composer()
    for position, item in enumerate(root.iterfind("{*}sldIdLst/{*}sldId")):
        name = targets.get(relation_id(item) or "")
        slide = package.root(name)
        if name is None or slide is None or attribute(slide, "show") in _OFF:
            continue
        composer.page(position + 1)
        _slide(composer, package, name, slide, within if within.width and within.height else None)
    return composer.content(package.title() or composer.first_heading, _MEDIA_TYPE)


def _slide(
    composer: Composer, package: Package, name: str, slide: Element, within: Box | None
) -> None:
    layout = package.related(name, "slideLayout")
    master = None if layout is None else package.related(layout, "slideMaster")
    places = Places([package.root(layout), package.root(master)])
    tree = slide.find("{*}cSld/{*}spTree")
    seen = shapes(tree, places, within) if tree is not None else []
    titles = [shape for shape in seen if placeholder(shape) == "title"]
    for shape in titles:
        composer.heading(" ".join(paragraphs(shape.find("{*}txBody"))))
    for shape in seen:
        if shape not in titles and placeholder(shape) not in _FURNITURE:
            for text in _texts(package, name, shape):
                composer.paragraph(text)
    for text in _notes(package, name):
        composer.paragraph(text)


def _texts(package: Package, name: str, shape: Element) -> Iterator[str]:
    """The paragraphs of a shape, a table or a diagram."""
    yield from paragraphs(shape.find("{*}txBody"))
    data = shape.find("{*}graphic/{*}graphicData")
    for table in data.iterfind("{*}tbl") if data is not None else ():
        yield from table_sentences(list(_rows(table)))
    for diagram in data.iterfind("{*}relIds") if data is not None else ():
        target = relation_id(diagram, "dm")
        part = next((r.target for r in package.relations(name) if r.id == target), None)
        root = package.root(part)
        for point in root.iterfind("{*}ptLst/{*}pt") if root is not None else ():
            if attribute(point, "type") in (None, "node"):
                yield from paragraphs(point.find("{*}t"))


def _rows(table: Element) -> Iterator[Row]:
    first_is_header = attribute(table.find("{*}tblPr"), "firstRow") in ("1", "true")
    for position, row in enumerate(table.iterfind("{*}tr")):
        texts = [
            ""
            if attribute(cell, "hMerge") or attribute(cell, "vMerge")
            else " ".join(paragraphs(cell.find("{*}txBody")))
            for cell in row.iterfind("{*}tc")
        ]
        yield make_row(texts, is_header=first_is_header and position == 0)


def _notes(package: Package, name: str) -> Iterator[str]:
    root = package.root(package.related(name, "notesSlide"))
    tree = None if root is None else root.find("{*}cSld/{*}spTree")
    bodies = shapes(tree, Places([])) if tree is not None else []
    texts = [
        text
        for shape in bodies
        if placeholder(shape) == "body"
        for text in paragraphs(shape.find("{*}txBody"))
        if text.strip()
    ]
    for position, text in enumerate(texts):
        yield text if position else f"Notes: {text}"
