"""The package that Word, PowerPoint and Excel files are: parts in an archive, and their relations."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from index.errors import DocumentError
from index.readers.archives import open_archive, read_member
from index.readers.composing import sensible_title
from index.readers.xmltree import Element, attribute, local_name, parse_xml


class Relation(NamedTuple):
    """How one part refers to another: `kind` is the last word of the type, `target` a part's name."""

    id: str
    kind: str
    target: str


class Package:
    """The parts of an office file, read when asked for."""

    def __init__(self, data: bytes) -> None:
        """Open the file's bytes.

        Raises:
            DocumentError: they are no archive that can be read.
        """
        self._archive = open_archive(data)

    def data(self, part: str) -> bytes | None:
        """The part's bytes; None where there is no such part."""
        return read_member(self._archive, part)

    def root(self, part: str | None) -> Element | None:
        """The root of the part's XML; None where there is no such part."""
        data = None if part is None else self.data(part)
        return None if data is None else parse_xml(data)

    def main(self, expected: str, kind: str) -> tuple[str, Element]:
        """The name and the root of the part that the package is about.

        Args:
            expected: the root's name.
            kind: what such a file is called, for the message.

        Raises:
            DocumentError: there is none, or it is of another kind.
        """
        part = self.related("", "officeDocument")
        root = self.root(part)
        if part is None or root is None:
            raise DocumentError(f"it is no {kind}, or a damaged one: its main part is missing")
        if local_name(root) != expected:
            raise DocumentError(f"it is no {kind}, whatever its name says; rename it")
        return part, root

    def relations(self, part: str) -> Iterator[Relation]:
        """The relations of a part to others within the package; those of the package itself for `""`."""
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        for item in root if root is not None else ():
            if attribute(item, "TargetMode") == "External":
                continue
            target = posixpath.normpath(
                posixpath.join("/", folder, attribute(item, "Target") or "")
            )
            kind = (attribute(item, "Type") or "").rpartition("/")[2]
            yield Relation(attribute(item, "Id") or "", kind, target.lstrip("/"))

    def related(self, part: str, kind: str) -> str | None:
        """The name of the first part that `part` has a relation of this kind to."""
        return next((item.target for item in self.relations(part) if item.kind == kind), None)

    def title(self) -> str | None:
        """The title in the file's properties, if a person gave it one."""
        root = self.root(self.related("", "core-properties"))
        title = None if root is None else root.find("{*}title")
        return None if title is None else sensible_title(title.text)


def relation_id(element: Element, name: str = "id") -> str | None:
    """The relation that an element refers to by its attribute of this name.

    Many such elements have an `id` of their own beside it, in no name space.
    """
    for key, value in element.attrib.items():
        if key.endswith(f"/relationships}}{name}"):
            return value
    return None


def is_on(element: Element | None) -> bool:
    """Whether a property that needs no value is set: it stands there, and does not say no."""
    return element is not None and (attribute(element, "val") or "true").lower() not in (
        "0",
        "false",
        "off",
    )
