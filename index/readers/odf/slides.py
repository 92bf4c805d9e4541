"""OpenDocument presentations: a page and a section for each slide, its text in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator

from index.readers.content import Content
from index.readers.looks import Look
from index.readers.odf.package import OdfPackage, points
from index.readers.odf.text import OdfFlow
from index.readers.placing import Placed, in_reading_order
from index.readers.xmltree import Element, attribute, local_name

_MEDIA_TYPE = "application/vnd.oasis.opendocument.presentation"
# What stands on every slide, and says nothing of it.
_FURNITURE = ("date-time", "footer", "header", "page-number", "page")
_UNREAD = ("notes", "forms", "annotation")
_ON_COLOUR = Look(shaded=True)


def read_odf_slides(data: bytes) -> Content:
    """Read an OpenDocument presentation.

    Each slide is a page, and with a title a section too; hidden slides are left out, and so is what lies
    beside its slide. The speaker's notes follow the slide, after `Notes: `.

    Raises:
        DocumentError: it is damaged, encrypted or no OpenDocument presentation.
    """
    package = OdfPackage(data, "OpenDocument presentation")
    flow = OdfFlow(package)
    composer, size = flow.composer, package.slide_size()
    for position, slide in enumerate(package.body("presentation").iterfind("{*}page")):
        if package.is_invisible("drawing-page", attribute(slide, "style-name")):
            continue
        composer.page(position + 1)
        seen = _in_order(slide, size)
        titles = [shape for shape in seen if attribute(shape, "class") == "title"]
        for shape in titles:
            composer.heading(" ".join(p.text for p in flow.paragraphs(shape, _ON_COLOUR)))
        flow.blocks([shape for shape in seen if shape not in titles], _ON_COLOUR)
        for place, text in enumerate(_notes(flow, slide)):
            composer.paragraph(text if place else f"Notes: {text}")
    return composer.content(package.title() or composer.first_heading, _MEDIA_TYPE)


def _in_order(slide: Element, size: tuple[float, float] | None) -> list[Element]:
    """The shapes of a slide that can be seen, in the order of reading."""
    return in_reading_order(
        box for box in map(_placed, _shapes(slide)) if size is None or not _is_apart(box, *size)
    )


def _shapes(element: Element) -> Iterator[Element]:
    """The shapes of a slide; groups are dissolved, for what is in them says itself where it is."""
    for child in element:
        if local_name(child) == "g":
            yield from _shapes(child)
        elif local_name(child) not in _UNREAD and _is_shown(child):
            yield child


def _is_shown(shape: Element) -> bool:
    return (
        attribute(shape, "class") not in _FURNITURE
        and attribute(shape, "placeholder") != "true"
        and attribute(shape, "display") not in ("none", "printer")
    )


def _placed(shape: Element) -> Placed[Element]:
    left, top, width, height = (points(attribute(shape, n)) for n in ("x", "y", "width", "height"))
    return Placed(shape, left, top, width, height)


def _is_apart(box: Placed[Element], width: float, height: float) -> bool:
    return (
        box.left >= width
        or box.top >= height
        or box.left + box.width < 0
        or box.top + box.height < 0
    )


def _notes(flow: OdfFlow, slide: Element) -> list[str]:
    return [
        paragraph.text
        for shape in slide.iterfind("{*}notes/{*}frame")
        if attribute(shape, "class") == "notes" and _is_shown(shape)
        for paragraph in flow.paragraphs(shape, _ON_COLOUR)
        if paragraph.text
    ]
