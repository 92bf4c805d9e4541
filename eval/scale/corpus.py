"""Real passages with their vectors, read and embedded once, and kept in a folder to be used again."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from index import CitewiseError, Embedder, Span, Vectors
from index.chunking import chunk_spans
from index.readers import MAX_BYTES, READERS
from index.readers.sandbox import Sandbox

_DOCUMENTS, _VECTORS = "documents.jsonl", "vectors.f32"
# One document must not make up a small sample alone.
_MOST_OF_ONE = 400
_SEED = 9


@dataclass(frozen=True, slots=True)
class Source:
    """One document that was read: its text, and its passages as ranges of it."""

    name: str
    title: str
    text: str
    spans: tuple[Span, ...]

    def texts(self) -> list[str]:
        """Its passages."""
        return [self.text[span.start : span.end] for span in self.spans]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, and the vectors of all their passages in order, shape (passages, dim)."""

    documents: tuple[Source, ...]
    vectors: Vectors

    @classmethod
    def load(cls, cache: Path, dim: int) -> Self:
        """What `gather` has put into `cache`."""
        documents = tuple(map(_source, _whole_lines(cache / _DOCUMENTS)))
        rows = sum(len(document.spans) for document in documents)
        shape = (rows, dim)
        return cls(documents, np.memmap(cache / _VECTORS, np.float32, mode="r", shape=shape))

    def first(self, passages: int) -> Corpus:
        """The first whole documents that together have at least so many passages, or all."""
        taken, rows = 0, 0
        while taken < len(self.documents) and rows < passages:
            rows += len(self.documents[taken].spans)
            taken += 1
        return Corpus(self.documents[:taken], self.vectors[:rows])


def gather(folder: Path, cache: Path, passages: int, embedder: Embedder) -> Iterator[int]:
    """Read and embed documents below `folder`, in a seeded order, until there are so many passages.

    It may be stopped at any time, and goes on from there. Left out are documents that cannot be read,
    that have the very text of another, and that have more than 400 passages.

    Yields:
        How many passages there are, after each document.
    """
    cache.mkdir(parents=True, exist_ok=True)
    known, rows = _resume(cache, embedder.dim)
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in READERS and p.is_file())
    random.Random(_SEED).shuffle(paths)
    texts = {_digest(source.text) for source in known}
    done = {source.name for source in known}
    with (
        Sandbox() as sandbox,
        (cache / _DOCUMENTS).open("a", encoding="utf-8") as documents,
        (cache / _VECTORS).open("ab") as vectors,
    ):
        for path in paths:
            if rows >= passages:
                return
            name = path.relative_to(folder).as_posix()
            if name in done or path.stat().st_size > MAX_BYTES:
                continue
            try:
                document = sandbox.parse(path.read_bytes(), name, path)
            except CitewiseError:
                continue
            if (digest := _digest(document.text)) in texts:
                continue
            texts.add(digest)
            spans = chunk_spans(document.text, embedder.count_tokens)
            if not 0 < len(spans) <= _MOST_OF_ONE:
                continue
            source = Source(name, document.title, document.text, tuple(spans))
            # The vectors first: a document whose line is there is complete.
            vectors.write(embedder.embed(source.texts()).tobytes())
            vectors.flush()
            documents.write(json.dumps(_record(source)) + "\n")
            documents.flush()
            rows += len(spans)
            yield rows


def _resume(cache: Path, dim: int) -> tuple[list[Source], int]:
    """What is complete; what was broken off is cut off."""
    documents, vectors = cache / _DOCUMENTS, cache / _VECTORS
    documents.touch()
    vectors.touch()
    lines = _whole_lines(documents)
    os.truncate(documents, sum(len(line) for line in lines))
    known = list(map(_source, lines))
    rows = sum(len(source.spans) for source in known)
    os.truncate(vectors, rows * dim * np.dtype(np.float32).itemsize)
    return known, rows


def _whole_lines(path: Path) -> list[bytes]:
    """All but a last one that is being written, or whose writer was stopped."""
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _record(source: Source) -> dict[str, object]:
    return {
        "name": source.name,
        "title": source.title,
        "text": source.text,
        "spans": source.spans,
    }


def _source(line: bytes) -> Source:
    row = json.loads(line)
    spans = tuple(Span(*span) for span in row["spans"])
    return Source(row["name"], row["title"], row["text"], spans)
