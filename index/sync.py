"""A folder and its index made equal: new files added, changed ones replaced, missing ones deleted."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index.catalogue import Catalogue, FileState
from index.chunking import chunk_spans
from index.embedding import Embedder, Vectors
from index.errors import DocumentError, FolderError
from index.folder import find_files
from index.readers import READERS, digest, parse, read_bytes
from index.types import Document

Action = Literal["added", "changed", "moved", "removed", "unchanged", "failed"]
# File systems stamp files with a resolution of up to two seconds: a file younger than that when it
# was read may have been written again under the same stamp.
_STAMP_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """One file was dealt with: the `done`-th of `total`."""

    document_id: str
    action: Action
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did.

    The first five count files. `passages` are all that are stored now, `embedded` those that went
    through the model.
    """

    added: int
    changed: int
    moved: int
    removed: int
    unchanged: int
    failed: tuple[Failure, ...]
    passages: int
    embedded: int
    seconds: float


Progress = Callable[[SyncEvent], None]


def sync(
    root: Path, catalogue: Catalogue, embedder: Embedder, progress: Progress | None = None
) -> SyncReport:
    """Make the catalogue equal to the folder `root`, one transaction a document.

    A file that cannot be read is reported and left out, and the others go on. Where the file system
    refuses it, what was stored of it stays; where its content is no text any more, that is removed.

    Raises:
        FolderError: the folder cannot be listed, or there is nothing to read and nothing stored.
        CatalogueError: the index cannot be written.
    """
    return _Sync(root, catalogue, embedder, progress or (lambda event: None)).run()


class _Sync:
    """The state of one run."""

    def __init__(
        self, root: Path, catalogue: Catalogue, embedder: Embedder, progress: Progress
    ) -> None:
        self.catalogue, self.embedder, self.progress = catalogue, embedder, progress
        self.files = find_files(root)
        self.known = catalogue.files()
        if not self.files and not self.known:
            suffixes = ", ".join(READERS)
            raise FolderError(f"{root} holds no documents: put files in it ({suffixes})")
        # Whose content may turn up under another name.
        self.missing: defaultdict[str, list[str]] = defaultdict(list)
        for id_, state in self.known.items():
            if id_ not in self.files:
                self.missing[state.sha256].append(id_)
        self.total = len(self.files)
        self.counts: Counter[Action] = Counter()
        self.failures: list[Failure] = []
        self.embedded = 0

    def run(self) -> SyncReport:
        started = time.perf_counter()
        for document_id, path in self.files.items():
            try:
                self.count(document_id, self.take(document_id, path))
            except DocumentError as error:
                self.failures.append(Failure(_printable(document_id), str(error)))
                self.count(document_id, "failed")
        self.drop([id_ for id_ in self.catalogue.files() if id_ not in self.files])
        return SyncReport(
            added=self.counts["added"],
            changed=self.counts["changed"],
            moved=self.counts["moved"],
            removed=self.counts["removed"],
            unchanged=self.counts["unchanged"],
            failed=tuple(self.failures),
            passages=self.catalogue.chunk_count(),
            embedded=self.embedded,
            seconds=time.perf_counter() - started,
        )

    def count(self, document_id: str, action: Action) -> None:
        self.counts[action] += 1
        done = self.total if action == "removed" else self.counts.total()
        self.progress(SyncEvent(_printable(document_id), action, done, self.total))

    def take(self, document_id: str, path: Path) -> Action:
        """Bring one file's document up to date."""
        if document_id != _printable(document_id):
            raise DocumentError("its name is not valid UTF-8: rename it")
        known = self.known.get(document_id)
        if known is not None and _surely_same(known, path):
            return "unchanged"
        data, state = self.read(path)
        if known is not None and known.sha256 == state.sha256:
            with self.catalogue.transaction():
                self.catalogue.touch(document_id, state)
            return "unchanged"
        try:
            document = parse(data, document_id, path)
        except DocumentError:
            if known is not None:
                self.drop([document_id])
            raise
        if known is not None:
            self.store(document, state, replaced=document_id)
            return "changed"
        if old_ids := self.missing[state.sha256]:
            # Read anew all the same: another name may mean another title, or another reader.
            self.store(document, state, replaced=old_ids.pop())
            return "moved"
        self.store(document, state, replaced=None)
        return "added"

    def read(self, path: Path) -> tuple[bytes, FileState]:
        seen_ns = time.time_ns()
        data = read_bytes(path)
        try:
            stat = path.stat()
        except OSError as error:
            raise DocumentError(f"it cannot be read: {error.strerror or error}") from None
        return data, FileState(digest(data), stat.st_size, stat.st_mtime_ns, seen_ns)

    def store(self, document: Document, state: FileState, replaced: str | None) -> None:
        """Put a document in place of the one with the id `replaced`, and embed what is new in it."""
        spans = chunk_spans(document.text, self.embedder.count_tokens)
        before = self.catalogue.vectors_by_text(replaced) if replaced is not None else {}
        vectors = self.embed([document.text[span.start : span.end] for span in spans], before)
        with self.catalogue.transaction():
            if replaced is not None and replaced != document.id:
                self.catalogue.remove(replaced)
            self.catalogue.put(document, state, spans, vectors)

    def embed(self, texts: list[str], before: Mapping[str, Vectors]) -> Vectors:
        """The passages' vectors, those of unchanged passages taken from the version before."""
        new = [text for text in dict.fromkeys(texts) if text not in before]
        fresh = dict(zip(new, self.embedder.embed(new), strict=True))
        self.embedded += len(new)
        rows = [fresh[text] if text in fresh else before[text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.embedder.dim)

    def drop(self, document_ids: list[str]) -> None:
        if not document_ids:
            return
        with self.catalogue.transaction():
            for document_id in document_ids:
                self.catalogue.remove(document_id)
        for document_id in document_ids:
            if document_id not in self.files:
                self.count(document_id, "removed")


def _surely_same(known: FileState, path: Path) -> bool:
    """Whether size and time stamp alone prove that a file was not written since it was read."""
    try:
        stat = path.stat()
    except OSError:
        return False
    return (stat.st_size, stat.st_mtime_ns) == (
        known.size,
        known.modified_ns,
    ) and known.seen_ns - known.modified_ns > _STAMP_NS


def _printable(name: str) -> str:
    """The name with whatever is no valid Unicode in it written as escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
