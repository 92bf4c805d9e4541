"""XML read without trust: no document type, no entities, no network, no deeper than a document goes.

Names are local ones throughout: the office formats write the same names in several name spaces, by
edition and by program.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

from index.errors import DocumentError

# A table in a table in a table takes a dozen levels each; readers walk the tree by recursion.
MAX_DEPTH = 160
_STRICT: Mapping[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_BROKEN = "it is damaged: the XML in it breaks off or is wrong; save it anew"
_TOO_DEEP = f"boolean({'/*' * (MAX_DEPTH + 1)})"
_DOCTYPE = "it holds a document type definition, as no document of its kind does; save it anew"
_DEEP = "it is nested too deeply to be a document for people; save it anew or convert it"


class Element(Protocol):
    """What readers use of an element."""

    tag: str
    text: str | None
    tail: str | None

    @property
    def attrib(self) -> Mapping[str, str]:
        """The attributes by their full names."""

    def __iter__(self) -> Iterator[Element]: ...
    def __len__(self) -> int: ...
    def get(self, name: str) -> str | None:
        """The attribute of this full name; None where there is none."""

    def getparent(self) -> Element | None:
        """The element that it is in."""

    def find(self, path: str) -> Element | None:
        """The first element at the path; `{*}name` is one of any name space."""

    def iterfind(self, path: str) -> Iterator[Element]:
        """The elements at the path."""

    def iter(self, *tags: str) -> Iterator[Element]:
        """The elements of these names within it, at any depth."""


def parse_xml(data: bytes) -> Element:
    """The root of the XML document `data`, without its comments and processing instructions.

    Raises:
        DocumentError: it is not well formed, has a document type, or is nested deeper than `MAX_DEPTH`.
    """
    from lxml import etree

    try:
        root = etree.fromstring(data, etree.XMLParser(**_STRICT))
    except (etree.LxmlError, ValueError) as error:
        raise DocumentError(_fault(error)) from None
    if root.getroottree().docinfo.doctype:
        raise DocumentError(_DOCTYPE)
    if root.xpath(_TOO_DEEP):
        raise DocumentError(_DEEP)
    return cast(Element, root)


def stream_xml(data: bytes, *names: str) -> Iterator[Element]:
    """The elements of these names as they end, each forgotten before the next: a sheet can be huge.

    Raises:
        DocumentError: while it goes on, for the same reasons as `parse_xml`.
    """
    from lxml import etree

    is_deep = etree.XPath(_TOO_DEEP.replace("/*", "*", 1))
    tags = [f"{{*}}{name}" for name in names]
    try:
        for _, element in etree.iterparse(io.BytesIO(data), tag=tags, **_STRICT):
            if element.getroottree().docinfo.doctype:
                raise DocumentError(_DOCTYPE)
            if is_deep(element):
                raise DocumentError(_DEEP)
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except (etree.LxmlError, ValueError) as error:
        raise DocumentError(_fault(error)) from None


def _fault(error: Exception) -> str:
    """What to say of an error of the parser, which stops at some depth by itself."""
    return _DEEP if "depth" in str(error) else _BROKEN


def local_name(element: Element) -> str:
    """The element's name without its name space."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element | None, name: str) -> str | None:
    """The attribute of this local name; None where there is no such one, or no element."""
    if element is not None:
        for key, value in element.attrib.items():
            if key.rpartition("}")[2] == name:
                return value
    return None


def number(text: str | None, default: float = 0) -> float:
    """The number that an attribute holds; `default` where it is missing or none."""
    try:
        value = default if text is None else float(text)
    except ValueError:
        return default
    return value if math.isfinite(value) else default
