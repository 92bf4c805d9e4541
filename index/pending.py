"""What was decided about files and waits to be stored: many small things together, in their order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from index.catalogue import Catalogue
from index.embedding import Embedder, Vectors
from index.files import FileState
from index.progress import Action, Meter
from index.types import Document, Span

# So many passages of small documents go through the model together, each document still being
# committed by itself; fewer where the model has nothing else to do. While it is at work the next
# documents are read, as many as make so many batches.
_PASSAGES_AT_ONCE = 64
_PASSAGES_AT_LEAST = 16
_BATCHES_AHEAD = 2
# So many changes that need no model are committed together.
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


@dataclass(frozen=True, slots=True)
class _Batch:
    """Documents whose passages are with the model: the vectors that are known, and those to come.

    Those of passages that an earlier batch holds as well become known when that one is stored.
    """

    documents: list[Parsed]
    known: dict[str, Vectors]
    runs: list[tuple[list[str], Future[Vectors]]]

    def is_done(self) -> bool:
        """Whether the model is through with it."""
        return all(vectors.done() for _, vectors in self.runs)


class Pending:
    """Two queues, of which one is always empty so that files keep their order. `flush` stores all.

    A file is told of when what belongs to it is committed, and not before. The model runs in a thread of
    its own; whoever calls stores, and is told of what went wrong there when it comes to storing. Use it in
    a `with`.
    """

    def __init__(self, catalogue: Catalogue, embedder: Embedder, meter: Meter) -> None:
        self._catalogue, self._embedder, self._meter = catalogue, embedder, meter
        self._changes: list[Change] = []
        self._parsed: list[Parsed] = []
        self._batches: deque[_Batch] = deque()
        self._model = ThreadPoolExecutor(1, thread_name_prefix="citewise-embedding")
        self._flushed_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What is not stored by now never will be: the sync was broken off.
        self._model.shutdown(cancel_futures=True)

    def change(self, change: Change) -> None:
        """Take a change; it waits for more of its kind if there is something to store."""
        self.flush_parsed()
        self._changes.append(change)
        nothing_to_store = len(self._changes) == 1 and change.write is None
        if nothing_to_store or len(self._changes) >= _CHANGES_AT_ONCE or self._waited_long():
            self._flush_changes()

    def embed(self, parsed: Parsed) -> None:
        """Take a document; it waits for more if it is small, and for the model."""
        self._flush_changes()
        self._parsed.append(parsed)
        while self._batches and self._batches[0].is_done():
            self._store_first()
        if self._is_enough():
            self._hand_over()
        while len(self._batches) > _BATCHES_AHEAD:
            self._store_first()

    def has(self, sha256: str) -> bool:
        """Whether a document of these bytes waits."""
        waiting = [self._parsed, *(batch.documents for batch in self._batches)]
        return any(parsed.document.sha256 == sha256 for some in waiting for parsed in some)

    def flush(self) -> None:
        """Store all that waits."""
        self._flush_changes()
        self.flush_parsed()

    def flush_parsed(self) -> None:
        """Store the documents that wait."""
        self._hand_over()
        while self._batches:
            self._store_first()

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

    def _is_enough(self) -> bool:
        """Whether what waits is to be handed to the model now."""
        passages = sum(len(parsed.spans) for parsed in self._parsed)
        if self._batches:
            return passages >= _PASSAGES_AT_ONCE
        return passages >= _PASSAGES_AT_LEAST or self._waited_long()

    def _hand_over(self) -> None:
        """Let the model begin with the documents that wait."""
        if not self._parsed:
            return
        documents, self._parsed = self._parsed, []
        known = self._known(documents)
        texts = dict.fromkeys(text for parsed in documents for text in parsed.texts())
        with_model = {text for batch in self._batches for run, _ in batch.runs for text in run}
        new = [text for text in texts if text not in known and text not in with_model]
        runs = [
            new[start : start + _PASSAGES_BETWEEN_NEWS]
            for start in range(0, len(new), _PASSAGES_BETWEEN_NEWS)
        ]
        submitted = [(run, self._model.submit(self._embedder.embed, run)) for run in runs]
        self._batches.append(_Batch(documents, known, submitted))
        self._flushed_at = time.monotonic()

    def _known(self, documents: list[Parsed]) -> dict[str, Vectors]:
        """The vectors that need no model, shape (dim,), by their passages' texts: from before, or given."""
        known: dict[str, Vectors] = {}
        for parsed in documents:
            if parsed.replaced is not None:
                known.update(self._catalogue.passages.vectors_by_text(parsed.replaced))
            if parsed.vectors is not None:
                given = dict(zip(parsed.texts(), parsed.vectors, strict=True))
                self._meter.embedded += len(given.keys() - known.keys())
                known = {**given, **known}
        return known

    def _store_first(self) -> None:
        """Store the documents of the first batch, once the model is through with it."""
        batch = self._batches.popleft()
        embedded = self._embedded(batch)
        for later in self._batches:
            later.known.update(embedded)
        vector_of = {**batch.known, **embedded}
        for parsed in batch.documents:
            rows = [vector_of[text] for text in parsed.texts()]
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

    def _embedded(self, batch: _Batch) -> dict[str, Vectors]:
        """The vectors that the model makes of a batch, shape (dim,), by their passages' texts."""
        vector_of: dict[str, Vectors] = {}
        total = sum(len(texts) for texts, _ in batch.runs)
        for texts, vectors in batch.runs:
            if vector_of:
                # So many belong to one large document, which ended the waiting.
                last = batch.documents[-1]
                self._meter.reading(last.document.id, last.state.size, len(vector_of) / total)
            vector_of.update(zip(texts, vectors.result(), strict=True))
            self._meter.embedded += len(texts)
        return vector_of
