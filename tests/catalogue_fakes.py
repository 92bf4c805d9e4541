"""Documents made of passages, put into a catalogue without a reader or a model."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from index import Document, Page, Section, Span, Vectors
from index.catalogue import Catalogue
from index.files import FileState

DIM = 3


def state(sha256: str = "digest", size: int = 10, modified_ns: int = 20) -> FileState:
    return FileState(sha256, size, modified_ns, 30)


def document(
    id_: str,
    *passages: str,
    pages: tuple[Page, ...] = (),
    sections: tuple[Section, ...] = (),
    title: str = "",
) -> tuple[Document, list[Span]]:
    """A document of these passages, one a line, and their spans."""
    text, spans = "", []
    for passage in passages:
        spans.append(Span(len(text), len(text) + len(passage)))
        text += passage + "\n"
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    path = Path("docs") / id_
    title = title or f"Title of {id_}"
    return Document(id_, path, title, text, pages, "text/plain", sha256, sections), spans


def put(
    catalogue: Catalogue,
    id_: str,
    *passages: str,
    pages: tuple[Page, ...] = (),
    sections: tuple[Section, ...] = (),
    vectors: Vectors | None = None,
    replaced: str | None = None,
    titled: bool = True,
) -> Document:
    value, spans = document(id_, *passages, pages=pages, sections=sections)
    if vectors is None:
        vectors = np.full((len(spans), DIM), 0.5, dtype=np.float32)
    with catalogue.transaction():
        seen = state(value.sha256)
        catalogue.put(value, seen, spans, vectors, replaced=replaced, titled=titled)
    return value


def ids(catalogue: Catalogue) -> list[int]:
    return [int(id_) for id_ in catalogue.passages.ids()]


def found(catalogue: Catalogue, *words: str, k: int = 10) -> list[str]:
    return [hit.chunk.text for hit in catalogue.passages.search_words(words, k)]
