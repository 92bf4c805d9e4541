"""What was decided about files and waits to be stored: many small things together, in their order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from index.catalogue import Catalogue
from index.embedding import Embedder, Vectors
from index.files import FileState
from index.progress import Action, Meter
from index.types import Document, Span

# So many passages of small documents go through the model together, each document still being
# committed by itself; and so many changes that need no model are committed together.
_PASSAGES_AT_ONCE = 64
_CHANGES_AT_ONCE = 1000
_LONGEST_WAIT = 1.0  # seconds
# Of a larger document it is told how far it is after so many passages.
_PASSAGES_BETWEEN_NEWS = 256


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done about a file that needs no model.

    `size` is of what was read of it, in bytes; `write` is None where nothing is to be stored.
    """

    name: str
    action: Action
    size: int = 0
    write: Callable[[], None] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document on its way through the model, in place of what the file `replaced` held.

    `titled` is whether the file says its title itself. `vectors` are those of its passages, shape
    (n, dim), where they are known already.
    """

    document: Document
    titled: bool
    state: FileState
    spans: list[Span]
    vectors: Vectors | None
    replaced: str | None
    action: Action

    def texts(self) -> list[str]:
        """Its passages."""
        return [self.document.text[span.start : span.end] for span in self.spans]


class Pending:
    """Two queues, of which one is always empty so that files keep their order. `flush` stores all.

    A file is told of when what belongs to it is committed, and not before.
    """

    def __init__(self, catalogue: Catalogue, embedder: Embedder, meter: Meter) -> None:
        self._catalogue, self._embedder, self._meter = catalogue, embedder, meter
        self._changes: list[Change] = []
        self._parsed: list[Parsed] = []
        self._flushed_at = time.monotonic()

    def change(self, change: Change) -> None:
        """Take a change; it waits for more of its kind if there is something to store."""
        self.flush_parsed()
        self._changes.append(change)
        nothing_to_store = len(self._changes) == 1 and change.write is None
        if nothing_to_store or len(self._changes) >= _CHANGES_AT_ONCE or self._waited_long():
            self._flush_changes()

    def embed(self, parsed: Parsed) -> None:
        """Take a document; it waits for more if it is small."""
        self._flush_changes()
        self._parsed.append(parsed)
        passages = sum(len(parsed.spans) for parsed in self._parsed)
        if passages >= _PASSAGES_AT_ONCE or self._waited_long():
            self.flush_parsed()

    def has(self, sha256: str) -> bool:
        """Whether a document of these bytes waits."""
        return any(parsed.document.sha256 == sha256 for parsed in self._parsed)

    def flush(self) -> None:
        """Store all that waits."""
        self._flush_changes()
        self.flush_parsed()

    def _waited_long(self) -> bool:
        return time.monotonic() - self._flushed_at > _LONGEST_WAIT

    def _flush_changes(self) -> None:
        if not self._changes:
            return
        changes, self._changes = self._changes, []
        writes = [change.write for change in changes if change.write is not None]
        if writes:
            with self._catalogue.transaction():
                for write in writes:
                    write()
        for change in changes:
            self._meter.tell(change.name, change.action, change.size, change.reason)
        self._flushed_at = time.monotonic()

    def flush_parsed(self) -> None:
        """Store the documents that wait."""
        if not self._parsed:
            return
        waiting, self._parsed = self._parsed, []
        known = self._vectors(waiting)
        for parsed in waiting:
            rows = [known[text] for text in parsed.texts()]
            vectors = np.array(rows, dtype=np.float32).reshape(len(rows), self._embedder.dim)
            with self._catalogue.transaction():
                self._catalogue.put(
                    parsed.document,
                    parsed.state,
                    parsed.spans,
                    vectors,
                    replaced=parsed.replaced,
                    titled=parsed.titled,
                )
            self._meter.tell(parsed.document.id, parsed.action, parsed.state.size)
        self._flushed_at = time.monotonic()

    def _vectors(self, waiting: list[Parsed]) -> dict[str, Vectors]:
        """The vector of every passage, shape (dim,), by its text; of unchanged ones those from before."""
        known: dict[str, Vectors] = {}
        for parsed in waiting:
            if parsed.replaced is not None:
                known.update(self._catalogue.passages.vectors_by_text(parsed.replaced))
            if parsed.vectors is not None:
                given = dict(zip(parsed.texts(), parsed.vectors, strict=True))
                self._meter.embedded += len(given.keys() - known.keys())
                known = {**given, **known}
        texts = dict.fromkeys(text for parsed in waiting for text in parsed.texts())
        new = [text for text in texts if text not in known]
        for start in range(0, len(new), _PASSAGES_BETWEEN_NEWS):
            if start:
                last = waiting[-1]  # so many belong to one large document, which ended the waiting
                self._meter.reading(last.document.id, last.state.size, start / len(new))
            some = new[start : start + _PASSAGES_BETWEEN_NEWS]
            known.update(zip(some, self._embedder.embed(some), strict=True))
            self._meter.embedded += len(some)
        return known
