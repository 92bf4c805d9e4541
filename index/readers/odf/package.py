"""The package that an OpenDocument file is: its content, its title, and what its styles hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from index.errors import DocumentError
from index.readers.archives import open_archive, read_member
from index.readers.composing import sensible_title
from index.readers.looks import Look
from index.readers.xmltree import Element, attribute, number, parse_xml

_MISSING = "it is no {kind}, or a damaged one: its content is missing"
_OTHER = "it is no {kind}, whatever its name says; rename it"
_PROTECTED = "it is password-protected; save it without a password"
# In points: what is smaller is there for machines only.
_SMALLEST = 1.0
_POINTS = {"pt": 1.0, "px": 0.75, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pc": 12.0}
_LENGTH = re.compile(r"(-?[\d.]+)([a-z]{2})")
_LONGEST_CHAIN = 20


class OdfPackage:
    """An OpenDocument file, opened and checked."""

    def __init__(self, data: bytes, kind: str) -> None:
        """Open the file's bytes; `kind` is what such a file is called, for the messages.

        Raises:
            DocumentError: it is damaged or encrypted, or no OpenDocument file.
        """
        archive = open_archive(data)
        if b"encryption-data" in (read_member(archive, "META-INF/manifest.xml") or b""):
            raise DocumentError(_PROTECTED)
        content = read_member(archive, "content.xml")
        if content is None:
            raise DocumentError(_MISSING.format(kind=kind))
        self.content: bytes = content
        self._kind = kind
        meta, styles = (read_member(archive, name) for name in ("meta.xml", "styles.xml"))
        self._meta = None if meta is None else parse_xml(meta)
        self._shared = None if styles is None else parse_xml(styles)
        self._styles: dict[tuple[str, str], Element] = {}
        self._looks: dict[tuple[str, str | None, Look], Look] = {}
        for group in self._shared if self._shared is not None else ():
            self.add_styles(group)

    def body(self, name: str) -> Element:
        """The element that all of the content is in.

        Raises:
            DocumentError: the XML is damaged, or the file is of another kind.
        """
        root = parse_xml(self.content)
        for group in root.iterfind("{*}automatic-styles"):
            self.add_styles(group)
        found = root.find(f"{{*}}body/{{*}}{name}")
        return self.of_its_kind(found)

    def of_its_kind(self, body: Element | None) -> Element:
        """The same element.

        Raises:
            DocumentError: there is none, so that the file is of another kind.
        """
        if body is None:
            raise DocumentError(_OTHER.format(kind=self._kind))
        return body

    def add_styles(self, group: Element) -> None:
        """Take over a group of styles; those of the content go before shared ones of the same name."""
        for item in group.iterfind("{*}style"):
            self._styles[attribute(item, "family") or "", attribute(item, "name") or ""] = item

    def title(self) -> str | None:
        """The title in the file's properties, if a person gave it one."""
        found = None if self._meta is None else self._meta.find("{*}meta/{*}title")
        return None if found is None else sensible_title(found.text)

    def look(self, family: str, style: str | None, before: Look) -> Look:
        """The look that a style gives to what would look like `before` without it."""
        key = family, style, before
        if key not in self._looks:
            after = before
            for item in reversed(self._chain(family, style)):
                after = _look(after, item)
            self._looks[key] = after
        return self._looks[key]

    def is_title(self, style: str | None) -> bool:
        """Whether a paragraph of this style is a document's title."""
        return any(
            "Title" in (attribute(item, "name"), attribute(item, "display-name"))
            for item in self._chain("paragraph", style)
        )

    def is_invisible(self, family: str, style: str | None) -> bool:
        """Whether a table or a slide of this style is not shown at all."""
        for item in self._chain(family, style):
            for properties in _properties(item):
                if properties.get("display") == "false" or properties.get("visibility") == "hidden":
                    return True
        return False

    def slide_size(self) -> tuple[float, float] | None:
        """The width and height of slides in points, where the file tells."""
        path = "{*}automatic-styles/{*}page-layout/{*}page-layout-properties"
        sizes = set()
        for properties in self._shared.iterfind(path) if self._shared is not None else ():
            width = points(attribute(properties, "page-width"))
            sizes.add((width, points(attribute(properties, "page-height"))))
        # Notes and handouts have layouts too: the slides' is the one that is wider than high.
        wide = [size for size in sizes if size[0] > size[1] > 0]
        return max(wide) if wide else None

    def _chain(self, family: str, style: str | None) -> list[Element]:
        chain: list[Element] = []
        item = self._styles.get((family, style or ""))
        while item is not None and item not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(item)
            item = self._styles.get((family, attribute(item, "parent-style-name") or ""))
        return chain


def points(length: str | None) -> float:
    """A length in points; 0 where there is none."""
    match = _LENGTH.fullmatch(length or "")
    return number(match[1]) * _POINTS.get(match[2], 0) if match else 0


def _properties(style: Element) -> Iterator[Mapping[str, str]]:
    """The properties of each kind, by their local names."""
    for child in style:
        yield {key.rpartition("}")[2]: value for key, value in child.attrib.items()}


def _look(before: Look, style: Element) -> Look:
    after = before
    for properties in _properties(style):
        if (display := properties.get("display")) is not None:
            after = replace(after, hidden=display == "none")
        if (colour := properties.get("color")) is not None:
            after = replace(after, white=colour.lower() == "#ffffff")
        if (weight := properties.get("font-weight")) is not None:
            after = replace(after, bold=weight == "bold")
        if (fill := properties.get("background-color", "transparent")) != "transparent":
            after = replace(after, shaded=fill.lower() != "#ffffff")
        if (size := properties.get("font-size")) is not None and not size.endswith("%"):
            after = replace(after, tiny=points(size) <= _SMALLEST)
    return after
