"""What is published: an immutable listing of documents, and the one row that says which listing holds.

A value too large for a row is compressed and cut into parts.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Self

from index.errors import StoreError
from index.progress import Failure
from index.types import Document, Entry, Line, Page, Section

FORMAT = 1
_PART = 60_000  # characters, of base64, well below what a row takes


@dataclass(frozen=True, slots=True)
class Head:
    """The publication that holds now; whoever reads this row at two moments and finds it the same has
    seen nothing change in between.

    `number` grows by one with each; `token` is its own. `writer` names the index that is published,
    `state` what it held, `fingerprint` its embedder. `era` changes when all is published anew, into
    another collection `passages`, which holds `count`. `last_chunk` is the highest id ever given to a
    passage; `parts` are those of the listing, `parts_before` of the one that it replaced in the same era.
    """

    number: int
    token: str
    writer: str
    state: str
    fingerprint: str
    era: str
    passages: str
    count: int
    last_chunk: int
    parts: int
    parts_before: int
    format: int = FORMAT

    @classmethod
    def parse(cls, body: str) -> Self:
        """The head that `body`, as `text` gives it, holds.

        Raises:
            StoreError: it is none, or another version's.
        """
        try:
            fields = json.loads(body)
            if fields["format"] == FORMAT:
                return cls(**fields)
        except (KeyError, TypeError, ValueError):
            pass
        raise StoreError(
            "what is published was written by another version of Citewise: use that one, or publish "
            "it anew with `citewise sync FOLDER --rebuild`"
        )

    def text(self) -> str:
        """What is stored of it."""
        return json.dumps(asdict(self))

    @property
    def created(self) -> str:
        """Names the catalogue that is published: keys of another mean other documents."""
        return self.state.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a listing: the paths of its files, in order; its own title; and its parts."""

    paths: tuple[str, ...]
    title: str | None
    parts: int

    @property
    def id(self) -> str:
        """The document's id."""
        return self.paths[0]


@dataclass(frozen=True)
class Listing:
    """All documents by their keys, and all files as they are listed."""

    documents: Mapping[int, Listed]
    entries: tuple[Entry, ...]
    failures: tuple[Failure, ...]

    @cached_property
    def keys(self) -> dict[str, int]:
        """The key of the document that each file holds."""
        return {path: key for key, listed in self.documents.items() for path in listed.paths}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The documents' ids, in order."""
        return tuple(sorted(listed.id for listed in self.documents.values()))

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The documents' titles, in the order of their ids."""
        listed = sorted(self.documents.values(), key=lambda listed: listed.id)
        return tuple(_title(one.title, one.id) for one in listed)

    def pack(self) -> list[str]:
        """Its parts."""
        return pack(
            {
                "documents": [[k, d.paths, d.title, d.parts] for k, d in self.documents.items()],
                "entries": [
                    [e.path, e.title, e.kind, e.pages, e.passages, e.size, e.reason]
                    for e in self.entries
                ],
                "failures": [[f.path, f.reason] for f in self.failures],
            }
        )

    @classmethod
    def unpack(cls, parts: Sequence[str]) -> Self:
        """The listing that `pack` made the parts of; ValueError where they are damaged."""
        value = unpack(parts)
        return cls(
            {key: Listed(tuple(paths), *rest) for key, paths, *rest in value["documents"]},
            tuple(Entry(*entry) for entry in value["entries"]),
            tuple(Failure(*failure) for failure in value["failures"]),
        )


def pack_document(document: Document) -> list[str]:
    """The parts of a document's content; its names and title are the listing's."""
    return pack(
        {
            "text": document.text,
            "pages": [[p.number, p.start, p.end, p.lines] for p in document.pages],
            "sections": [[s.title, s.start, s.end] for s in document.sections],
            "media_type": document.media_type,
            "sha256": document.sha256,
        }
    )


def unpack_document(parts: Sequence[str], listed: Listed, root: Path) -> Document:
    """The document whose content `pack_document` made the parts of; its files lie below `root`.

    Raises:
        ValueError: they are damaged.
    """
    value = unpack(parts)
    return Document(
        id=listed.id,
        path=root / listed.id,
        title=_title(listed.title, listed.id),
        text=value["text"],
        pages=tuple(
            Page(number, start, end, tuple(Line(*line) for line in lines))
            for number, start, end, lines in value["pages"]
        ),
        media_type=value["media_type"],
        sha256=value["sha256"],
        sections=tuple(Section(*section) for section in value["sections"]),
        copies=listed.paths[1:],
    )


def pack(value: Any) -> list[str]:
    """A value of JSON, compressed and cut up."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    text = base64.b64encode(zlib.compress(data)).decode("ascii")
    return [text[at : at + _PART] for at in range(0, len(text), _PART)]


def unpack(parts: Sequence[str]) -> Any:
    """The value that `pack` cut up; ValueError where some of it is damaged."""
    try:
        return json.loads(zlib.decompress(base64.b64decode("".join(parts), validate=True)))
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from None


def _title(title: str | None, path: str) -> str:
    return PurePosixPath(path).stem if title is None else title
