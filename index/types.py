"""The nouns of the index: what flows between its stages. Frozen, and nothing but the standard library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple


class Span(NamedTuple):
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int


class Line(NamedTuple):
    """One printed line of a page: its range in the document's text, and its box on the page.

    The sides of the box are shares in [0, 1] of the page's width (`left`, `right`) and of its height
    (`top`, `bottom`), measured from the page's top left corner.
    """

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paginated document: its number from 1, and its range in the document's text.

    `lines` tell where on the page the text is printed, where the format knows.
    """

    number: int
    start: int
    end: int
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a document, from its heading to the next one of any level.

    A heading, a slide, a sheet and a chapter make one each; sections are in order and do not overlap.
    """

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was read.

    `text` is the canonical text that every offset refers to. `id` is the file's path relative to the
    synced folder, with forward slashes; `path` is where the file lies; `sha256` is the digest of its
    bytes in hexadecimal. Files of the same content are one document: its id is the first of their
    paths, and `copies` are the others, in order.
    """

    id: str
    path: Path
    title: str
    text: str
    pages: tuple[Page, ...]
    media_type: str
    sha256: str
    sections: tuple[Section, ...] = ()
    copies: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The number of the page that the character at `offset` stands on; None without pages."""
        held = (page.number for page in self.pages if page.start <= offset < page.end)
        return next(held, None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: `document.text[start:end] == text`, always.

    `id` is a positive 64-bit integer allotted by the catalogue and never reused. `page` is the number
    of the page it starts on, or None where the document has no pages.
    """

    id: int
    document_id: str
    start: int
    end: int
    text: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found by a search; a higher score is better, and only comparable within one search."""

    chunk: Chunk
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that some search found, scored by all of them.

    `cosine` lies in [-1, 1]; `bm25` is 0 where the chunk holds none of the words, or none that says
    anything.
    """

    chunk: Chunk
    cosine: float
    bm25: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the folder as the index knows it.

    `path` is relative to the folder, with forward slashes; copies of a document have one each. `kind`
    is a person's word, such as "PDF". `pages` is None where the format has none; `passages` are those
    stored and `size` is in bytes. `reason` says why the file cannot be read, and is empty where it is
    indexed; what was stored of it before is still answered from where the reason may pass.
    """

    path: str
    title: str
    kind: str
    pages: int | None
    passages: int
    size: int
    reason: str = ""

    @property
    def state(self) -> Literal["indexed", "failed"]:
        """Whether it is answered from, or cannot be read."""
        return "failed" if self.reason else "indexed"
