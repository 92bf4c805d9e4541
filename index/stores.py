"""Where an index lies: on this machine, or on a server from which many machines search it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from index.embedding import Embedder, Vectors
from index.library import Library
from index.milvus.address import Address
from index.progress import Failure, Progress, SyncReport
from index.readers import Reader
from index.types import Candidate, Document, Entry, Hit
from index.workers import Workers


class Searchable(Protocol):
    """What questions are answered from; `Library` tells what each method does."""

    embedder: Embedder

    def search_vectors(self, vector: Vectors, k: int) -> list[Hit]: ...
    def search_words(self, words: Sequence[str], k: int) -> list[Hit]: ...
    def candidates(
        self, vector: Vectors, words: Sequence[str], phrases: Sequence[str], k: int
    ) -> list[Candidate]: ...
    def document(self, document_id: str) -> Document: ...
    def document_ids(self) -> tuple[str, ...]: ...
    def titles(self) -> tuple[str, ...]: ...


class Syncable(Searchable, AbstractContextManager["Syncable"], Protocol):
    """An index kept in step with a folder; `Library` tells what each method does."""

    folder: Path
    store: Path
    was_synced: bool

    def sync(
        self,
        progress: Progress | None = None,
        *,
        wait: float = 0.0,
        retry: bool = False,
        may_be_empty: bool = False,
        workers: Workers | None = None,
    ) -> SyncReport: ...
    def require_folder(self) -> None: ...
    def trial(self) -> AbstractContextManager[Callable[[bytes, str], None]]: ...
    def failures(self) -> tuple[Failure, ...]: ...
    def entries(self) -> tuple[Entry, ...]: ...
    @property
    def revision(self) -> int: ...
    def close(self) -> None: ...


def check_store(store: str) -> None:
    """Raise SettingsError unless it is empty, for this machine, or the address of a collection."""
    if store:
        Address.parse(store)


def open_index(
    folder: Path,
    home: Path,
    embedder: Embedder,
    store: str = "",
    *,
    rebuild: bool = False,
    readers: Mapping[str, Reader] | None = None,
) -> Syncable:
    """The index of `folder` in `home`, or on the server that `store` names, not synced yet.

    Raises:
        SettingsError: `store` is no address, or what it needs is not installed.
        StoreError: the server cannot be used.
        CatalogueError: what is stored is damaged, cannot be written, or another model's.
    """
    if not store:
        return Library.open(folder, home, embedder, rebuild, readers)
    from index.milvus.library import MilvusLibrary

    return MilvusLibrary.open(folder, home, embedder, Address.parse(store), rebuild, readers)
