"""What the styles of a Word document say of a text: whether it is a heading, and whether it is seen."""

from __future__ import annotations

import re
from dataclasses import replace

from index.readers.looks import Look
from index.readers.office.package import is_on
from index.readers.xmltree import Element, attribute, number

_HEADING = re.compile(r"(?:heading [1-9]|title)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc [1-9]|table of figures)", re.IGNORECASE)
_LEVELS = 9
# In half points: what is smaller is there for machines only.
_SMALLEST = 2
_LONGEST_CHAIN = 20


class Styles:
    """The styles of a document, each with all those that it is based on."""

    def __init__(self, root: Element | None) -> None:
        """Take them from the root of the document's styles, if it has any."""
        items = list(root.iterfind("{*}style")) if root is not None else []
        self._items = {attribute(item, "styleId") or "": item for item in items}
        self._default = ""
        for item in items:
            if attribute(item, "type") == "paragraph" and attribute(item, "default") in (
                "1",
                "true",
            ):
                self._default = attribute(item, "styleId") or ""
        defaults = None if root is None else root.find("{*}docDefaults/{*}rPrDefault/{*}rPr")
        self._plain = run_look(Look(), defaults)
        self._looks: dict[tuple[str, Look], Look] = {}
        self._headings = {style: self._has_heading(style) for style in self._items}
        self._contents = {style: self._has_name(style, _CONTENTS) for style in self._items}

    def paragraph_look(self, style: str | None) -> Look:
        """The look of the text in a paragraph of this style, or of none."""
        return self.look(self._default if style is None else style, self._plain)

    def look(self, style: str, before: Look) -> Look:
        """The look that a style gives to what would look like `before` without it."""
        key = style, before
        if key not in self._looks:
            after = before
            for item in reversed(self._chain(style)):
                after = shaded_look(after, item.find("{*}pPr"))
                after = run_look(after, item.find("{*}rPr"))
            self._looks[key] = after
        return self._looks[key]

    def is_heading(self, paragraph: Element | None) -> bool:
        """Whether these properties of a paragraph, or its style, make a heading of it."""
        own = _outlined(paragraph)
        return self._headings.get(self._style(paragraph), False) if own is None else own

    def is_contents(self, paragraph: Element | None) -> bool:
        """Whether a paragraph with these properties is an entry of a table of contents."""
        return self._contents.get(self._style(paragraph), False)

    def _style(self, paragraph: Element | None) -> str:
        return paragraph_style(paragraph) or self._default

    def _has_heading(self, style: str) -> bool:
        for item in self._chain(style):
            outlined = _outlined(item.find("{*}pPr"))
            if outlined is not None:
                return outlined
        return self._has_name(style, _HEADING)

    def _has_name(self, style: str, names: re.Pattern[str]) -> bool:
        named = (attribute(item.find("{*}name"), "val") for item in self._chain(style))
        return any(names.fullmatch(name or "") for name in named)

    def _chain(self, style: str) -> list[Element]:
        chain: list[Element] = []
        item = self._items.get(style)
        while item is not None and item not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(item)
            item = self._items.get(attribute(item.find("{*}basedOn"), "val") or "")
        return chain


def paragraph_style(properties: Element | None) -> str | None:
    """The id of the style that a paragraph with these properties has; None where it has none."""
    return None if properties is None else attribute(properties.find("{*}pStyle"), "val")


def shaded_look(before: Look, properties: Element | None) -> Look:
    """The look of what stands in a paragraph or a run with these properties."""
    shade = None if properties is None else properties.find("{*}shd")
    if shade is None:
        return before
    fill = (attribute(shade, "fill") or "auto").lower()
    if attribute(shade, "val") not in (None, "clear", "nil"):  # a pattern
        return replace(before, shaded=True)
    return before if fill == "auto" else replace(before, shaded=fill != "ffffff")


def run_look(before: Look, properties: Element | None) -> Look:
    """The look of a run with these properties, where it would be `before` without them."""
    if properties is None:
        return before
    after = shaded_look(before, properties)
    if properties.find("{*}highlight") is not None:
        after = replace(after, shaded=True)
    if (switch := properties.find("{*}vanish")) is not None:
        after = replace(after, hidden=is_on(switch))
    if (switch := properties.find("{*}b")) is not None:
        after = replace(after, bold=is_on(switch))
    if (colour := attribute(properties.find("{*}color"), "val")) is not None:
        after = replace(after, white=colour.lower() == "ffffff")
    if (size := attribute(properties.find("{*}sz"), "val")) is not None:
        after = replace(after, tiny=number(size, _SMALLEST + 1) <= _SMALLEST)
    return after


def _outlined(properties: Element | None) -> bool | None:
    """Whether properties of a paragraph make a heading of it; None where they do not say."""
    level = None if properties is None else properties.find("{*}outlineLvl")
    return None if level is None else 0 <= number(attribute(level, "val"), _LEVELS) < _LEVELS
