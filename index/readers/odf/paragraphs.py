"""The paragraphs of an OpenDocument file: what a person reads in each, and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.readers.composing import tidy
from index.readers.looks import Look
from index.readers.odf.package import OdfPackage
from index.readers.xmltree import Element, attribute, local_name

_MARKS = {"s": " ", "tab": " ", "line-break": "\n"}
# Comments, numbers of list items, readings over ruby text, and what programs note in passing.
_UNREAD = frozenset(
    "annotation annotation-end number ruby-text note-citation script title desc event-listeners".split()
)
_SHAPES = frozenset(
    "frame custom-shape rect ellipse circle line polyline polygon path regular-polygon caption"
    " connector g".split()
)


@dataclass(slots=True)
class OdfParagraph:
    """A paragraph as it is read, and the notes and shapes that belong after it."""

    parts: list[str] = field(default_factory=list)
    attached: list[Element] = field(default_factory=list)
    heading: bool = False
    bold: bool = True
    hidden: bool = False

    @property
    def text(self) -> str:
        """What a person sees of it."""
        return "" if self.hidden else tidy("".join(self.parts))


def read_odf_paragraph(element: Element, package: OdfPackage, around: Look) -> OdfParagraph:
    """Read a `text:p` or a `text:h`.

    Args:
        element: the paragraph.
        package: its styles.
        around: the look of what the paragraph stands in.
    """
    style = attribute(element, "style-name")
    paragraph = OdfParagraph(heading=local_name(element) == "h" or package.is_title(style))
    _read(element, package, package.look("paragraph", style, around), paragraph)
    return paragraph


def _read(element: Element, package: OdfPackage, look: Look, paragraph: OdfParagraph) -> None:
    _add(_spaced(element.text), look, paragraph)
    for child in element:
        name = local_name(child)
        if name in _MARKS:
            _add(_MARKS[name], look, paragraph)
        elif name in _SHAPES or name == "note":
            if not look.unseen:
                paragraph.attached.append(child)
        elif name == "span":
            style = attribute(child, "style-name")
            _read(child, package, package.look("text", style, look), paragraph)
        elif name in ("hidden-text", "hidden-paragraph"):
            is_hidden = attribute(child, "is-hidden") == "true"
            paragraph.hidden = paragraph.hidden or (is_hidden and name == "hidden-paragraph")
            if not is_hidden:
                _read(child, package, look, paragraph)
        elif name not in _UNREAD:
            _read(child, package, look, paragraph)
        _add(_spaced(child.tail), look, paragraph)


def _spaced(text: str | None) -> str:
    """Text of the file, in which a line end is but a space."""
    return (text or "").replace("\n", " ")


def _add(text: str, look: Look, paragraph: OdfParagraph) -> None:
    if not text or look.unseen:
        return
    if text.strip() and not look.bold:
        paragraph.bold = False
    paragraph.parts.append(text)
