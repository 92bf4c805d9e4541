"""A library whose index lies on a Milvus server: searched from many machines, and synced on one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from index.embedding import Embedder, Vectors
from index.errors import MissingError
from index.folder import require_folder
from index.library import Library, store_of
from index.milvus.address import Address
from index.milvus.publisher import Publisher
from index.milvus.reader import Reader
from index.milvus.server import Server
from index.progress import Failure, Progress, SyncReport
from index.readers import Reader as FileReader
from index.types import Candidate, Document, Entry, Hit
from index.workers import Workers

_WRITER = "published-by"


class MilvusLibrary:
    """What is published of one folder's documents. Safe to search from many threads; use it in a `with`.

    All reading is from the server, and no folder is needed for it. A sync fills the local index of the
    folder, as `Library` does, and then publishes it.
    """

    def __init__(
        self,
        folder: Path,
        home: Path,
        embedder: Embedder,
        server: Server,
        rebuild: bool,
        readers: Mapping[str, FileReader] | None,
    ) -> None:
        """Use `MilvusLibrary.open`."""
        self.folder = folder
        self.embedder = embedder
        self.store = store_of(folder, home)
        self.was_synced = True
        """Always: what is published is complete."""
        self._home, self._readers, self._rebuild = home, readers, rebuild
        self._server = server
        self._reader = Reader(server, embedder.fingerprint)

    @classmethod
    def open(
        cls,
        folder: Path,
        home: Path,
        embedder: Embedder,
        address: Address,
        rebuild: bool = False,
        readers: Mapping[str, FileReader] | None = None,
    ) -> Self:
        """Connect to the server, on which there need not be anything yet; `sync` fills it.

        Args:
            folder: with the documents; it may be missing as long as it is not synced.
            home: where the local index lies, once it is synced.
            embedder: for the documents and the questions.
            address: of the server and the collection.
            rebuild: let the next sync begin anew, and put this index in the place of any other. Until it
                is complete, what is published stays in use.
            readers: as for `Library.open`.

        Raises:
            SettingsError: pymilvus is not installed.
            StoreError: the server cannot be used.
            CatalogueError: what is published are another model's vectors.
        """
        library = cls(folder, home, embedder, Server(address), rebuild, readers)
        try:
            if not rebuild:
                library._reader.check()
        except BaseException:
            library.close()
            raise
        return library

    def sync(
        self,
        progress: Progress | None = None,
        *,
        wait: float = 0.0,
        retry: bool = False,
        may_be_empty: bool = False,
        workers: Workers | None = None,
    ) -> SyncReport:
        """Make the local index equal to the folder, as `Library.sync` does, and publish it.

        Raises:
            StoreError: the server cannot be used, or holds what another index has published; whatever
                was stored locally stays, and the next sync publishes it.
            FolderError, BusyError, CatalogueError: as `Library.sync` does.
        """
        name = self.store / _WRITER
        embedder = self.embedder
        publisher = Publisher(self._server, name, embedder.fingerprint, embedder.dim, self._rebuild)
        try:
            with Library.open(
                self.folder,
                self._home,
                embedder,
                self._rebuild,
                self._readers,
                mirror=publisher,
            ) as local:
                report = local.sync(
                    progress, wait=wait, retry=retry, may_be_empty=may_be_empty, workers=workers
                )
        finally:
            publisher.close()
        self._rebuild = False
        return report

    def require_folder(self) -> None:
        """Raise FolderError unless the folder is there."""
        require_folder(self.folder)

    @contextmanager
    def trial(self) -> Iterator[Callable[[bytes, str], None]]:
        """Files can be tried here, as with `Library.trial`."""
        with (
            Library.open(self.folder, self._home, self.embedder, False, self._readers) as local,
            local.trial() as try_reading,
        ):
            yield try_reading

    def search_vectors(self, vector: Vectors, k: int) -> list[Hit]:
        """The `k` passages nearest to `vector`, shape (dim,), scored by their cosine; at most 16,384."""
        return self._reader.search_vectors(vector, k)

    def search_words(self, words: Sequence[str], k: int) -> list[Hit]:
        """The `k` best passages that hold any of the words, scored by the server's BM25 above 0."""
        return self._reader.search_words(words, k)

    def candidates(
        self, vector: Vectors, words: Sequence[str], phrases: Sequence[str], k: int
    ) -> list[Candidate]:
        """See `Library.candidates`; the server's BM25 knows no `phrases`, which count for nothing."""
        return self._reader.candidates(vector, words, k)

    def document(self, document_id: str) -> Document:
        """The published document of that id, or of which a copy has that path.

        Raises:
            MissingError: there is none.
        """
        document = self._reader.document(document_id, self.folder)
        if document is None:
            raise MissingError(
                f"there is no document {document_id!r} in the index: sync the folder"
            )
        return document

    def document_ids(self) -> tuple[str, ...]:
        """The ids of all published documents, in order."""
        return self._reader.read(lambda _, listing: listing.ids)

    def titles(self) -> tuple[str, ...]:
        """The titles of all published documents, in the order of their ids."""
        return self._reader.read(lambda _, listing: listing.titles)

    def failures(self) -> tuple[Failure, ...]:
        """The files that could not be read when the folder was last synced, and why, in order."""
        return self._reader.read(lambda _, listing: listing.failures)

    def entries(self) -> tuple[Entry, ...]:
        """Every file that was known at the last sync, whether it could be read or not, in order of path."""
        return self._reader.read(lambda _, listing: listing.entries)

    @property
    def revision(self) -> int:
        """A number that grows with every change to `entries`, by whichever process."""
        return self._reader.read(lambda head, _: 0 if head is None else head.number)

    def close(self) -> None:
        """Close the connection; what is published stays."""
        self._reader.close()
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
