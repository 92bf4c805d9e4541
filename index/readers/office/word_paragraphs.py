"""The paragraphs of a Word document: what a person reads in each, and what hangs on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from index.readers.composing import tidy
from index.readers.looks import Look
from index.readers.office.word_styles import Styles, paragraph_style, run_look, shaded_look
from index.readers.symbols import symbol
from index.readers.xmltree import Element, attribute, local_name

_MARKS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Properties; what was deleted or moved away; what fields calculate from; readings over ruby text.
_UNREAD = frozenset(
    "rPr pPr sdtPr del moveFrom delText instrText delInstrText rt annotationRef".split()
)
_CODE = re.compile(r"[0-9A-Fa-f]{1,4}")
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


@dataclass(slots=True)
class Paragraph:
    """A paragraph as it is read, and what belongs after it.

    `notes` are the kinds and ids of its foot- and endnotes, `boxes` the contents of its text boxes.
    """

    parts: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    heading: bool = False
    bold: bool = True

    @property
    def text(self) -> str:
        """What a person sees of it."""
        return tidy("".join(self.parts))


def read_paragraph(element: Element, styles: Styles, on_colour: bool) -> Paragraph:
    """Read a `w:p`.

    Args:
        element: the paragraph.
        styles: the document's.
        on_colour: whether what lies behind it may be dark, so that white text can be read.
    """
    properties = element.find("{*}pPr")
    paragraph = Paragraph(heading=styles.is_heading(properties))
    if styles.is_contents(properties):  # it says where the headings are; they are there as well
        return paragraph
    look = shaded_look(styles.paragraph_look(paragraph_style(properties)), properties)
    _Walk(styles, paragraph).read(element, replace(look, shaded=look.shaded or on_colour))
    return paragraph


class _Walk:
    """The walk through one paragraph."""

    def __init__(self, styles: Styles, paragraph: Paragraph) -> None:
        self._styles, self._paragraph = styles, paragraph
        # Of each field around, whether its result has begun: what stands before is its code.
        self._fields: list[bool] = []

    def read(self, element: Element, seen: Look) -> None:
        for child in element:
            name = local_name(child)
            if name in _UNREAD:
                continue
            if name == "fldChar":
                self._field(attribute(child, "fldCharType"))
            elif name == "txbxContent":
                self._paragraph.boxes.append(child)
            elif name == "AlternateContent":
                self._alternative(child, seen)
            elif name == "r":
                self.read(child, self._look(child, seen))
            elif name in _NOTES or name in _MARKS or name in ("t", "sym"):
                self._take(child, name, seen)
            else:
                self.read(child, seen)

    def _take(self, element: Element, name: str, seen: Look) -> None:
        if seen.unseen or not all(self._fields):
            return
        if name in _NOTES:
            self._paragraph.notes.append((_NOTES[name], attribute(element, "id") or ""))
            return
        if name == "t":
            text = (element.text or "").replace("\n", " ")
        else:
            text = _MARKS[name] if name in _MARKS else _symbol(attribute(element, "char"))
        if text.strip() and not seen.bold:
            self._paragraph.bold = False
        self._paragraph.parts.append(text)

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif self._fields and kind == "separate":
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self._fields.pop()

    def _alternative(self, element: Element, seen: Look) -> None:
        """Read the first of several forms of the same content."""
        for child in element:
            self.read(child, seen)
            return

    def _look(self, run: Element, seen: Look) -> Look:
        properties = run.find("{*}rPr")
        if properties is None:
            return seen
        style = attribute(properties.find("{*}rStyle"), "val")
        return run_look(seen if style is None else self._styles.look(style, seen), properties)


def _symbol(code: str | None) -> str:
    """The character of a `w:sym`, given by its code in a font, in hexadecimal."""
    return symbol(int(code, 16)) if code and _CODE.fullmatch(code) else ""
