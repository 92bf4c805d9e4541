"""Library: a folder of documents made searchable. What the rest of the program sees of the index."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from index.catalogue import Catalogue
from index.embedding import Embedder, Vectors
from index.errors import CatalogueError, CitewiseError
from index.sync import Progress, SyncReport, sync
from index.types import Document, Hit
from index.vectors import VectorIndex


class Library:
    """One folder's documents and their index. Safe to search from many threads; use it in a `with`."""

    def __init__(self, folder: Path, store: Path, catalogue: Catalogue, embedder: Embedder) -> None:
        """Use `Library.open`."""
        self.folder = folder
        self.embedder = embedder
        self._store = store
        self._catalogue = catalogue
        self._refresh = threading.Lock()
        self._snapshot: tuple[int, VectorIndex] | None = None

    @classmethod
    def open(cls, folder: Path, home: Path, embedder: Embedder, rebuild: bool = False) -> Self:
        """Open the index of `folder`, empty where there is none yet; `sync` fills it.

        Args:
            folder: with the documents; it may be missing as long as it is not synced.
            home: where indexes live, each folder's in one of its own.
            embedder: for the documents and the questions.
            rebuild: forget what is stored and begin anew.

        Raises:
            CatalogueError: what is stored is damaged, or `home` cannot be written.
        """
        store = home / _store_name(folder)
        try:
            if rebuild and store.exists():
                shutil.rmtree(store)
            store.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogueError(
                f"the index cannot be kept in {home}: {error.strerror}; set CITEWISE_HOME to a "
                "folder that can be written"
            ) from error
        catalogue = Catalogue(store / "catalogue.sqlite", embedder.fingerprint)
        return cls(folder, store, catalogue, embedder)

    def sync(self, progress: Progress | None = None) -> SyncReport:
        """Make the index equal to the folder; see `index.sync.sync` for what it raises."""
        return sync(self.folder, self._catalogue, self.embedder, progress)

    def search_vectors(self, vector: Vectors, k: int) -> list[Hit]:
        """The `k` passages nearest to `vector`, shape (dim,), scored by cosine in [-1, 1]."""
        found = self._vectors().search(vector, k)
        chunks = self._catalogue.chunks(id_ for id_, _ in found)
        # A passage that was deleted since the snapshot was taken is no longer in the catalogue.
        return [Hit(chunks[id_], score) for id_, score in found if id_ in chunks]

    def search_words(self, words: Sequence[str], k: int) -> list[Hit]:
        """The `k` best passages that hold any of the words, scored by BM25 above 0."""
        return self._catalogue.search_words(words, k)

    def document(self, document_id: str) -> Document:
        """The stored document of that id.

        Raises:
            CitewiseError: there is none.
        """
        document = self._catalogue.document(document_id, self.folder)
        if document is None:
            raise CitewiseError(
                f"there is no document {document_id!r} in the index: sync the folder"
            )
        return document

    def document_ids(self) -> tuple[str, ...]:
        """The ids of all stored documents, in order."""
        return self._catalogue.document_ids()

    def titles(self) -> tuple[str, ...]:
        """The titles of all stored documents, in the order of their ids."""
        return self._catalogue.titles()

    def close(self) -> None:
        """Close the index; what is stored stays."""
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _vectors(self) -> VectorIndex:
        """The snapshot of the catalogue as it is now: the one in memory, on disk, or made anew."""
        with self._refresh:
            generation = self._catalogue.generation
            if self._snapshot is None or self._snapshot[0] != generation:
                self._snapshot = generation, self._load(generation)
            return self._snapshot[1]

    def _load(self, generation: int) -> VectorIndex:
        path = self._store / f"vectors-{generation}.faiss"
        dim, count = self.embedder.dim, self._catalogue.chunk_count()
        if (index := VectorIndex.load(path, dim, count)) is not None:
            return index
        index = VectorIndex.build(*self._catalogue.vectors(dim))
        for old in self._store.glob("vectors-*"):
            old.unlink(missing_ok=True)
        # Without the file the next start builds the snapshot again, and nothing is lost.
        with suppress(OSError, RuntimeError):
            index.save(path)
        return index


def _store_name(folder: Path) -> str:
    """A folder name that a person recognises and that no two folders share."""
    real = folder.resolve()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", real.name).strip("-.") or "root"
    distinct = hashlib.sha256(os.fsencode(real)).hexdigest()
    return f"{readable[:40]}-{distinct[:8]}"
