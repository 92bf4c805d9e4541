"""Library: a folder of documents made searchable. What the rest of the program sees of the index."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Protocol, Self

from index.catalogue import Catalogue, can_renew
from index.embedding import Embedder, Vectors
from index.errors import CatalogueError, DocumentError, FolderError, MissingError
from index.folder import IGNORE_FILE, ignores, list_folder, require_folder
from index.lock import writer_lock
from index.progress import Failure, Progress, SyncReport
from index.readers import MAX_BYTES, READERS, READERS_VERSION, Reader
from index.readers.sandbox import Sandbox
from index.tuning import Tuning
from index.types import Candidate, Document, Entry, Hit
from index.workers import Workers

_LOCK = "writer.lock"
_CATALOGUE = "catalogue.sqlite"


class Mirror(Protocol):
    """A copy of what is stored, elsewhere, for others to search; called by the one that writes."""

    def begin(self, catalogue: Catalogue) -> None:
        """Get ready, before anything is stored."""
        ...

    def publish(self, catalogue: Catalogue, entries: Sequence[Entry]) -> None:
        """Make the copy equal to the catalogue, whose files are listed as `entries`."""
        ...


class Library:
    """One folder's documents and their index. Safe to search from many threads; use it in a `with`.

    Any number of processes may read one index while one of them syncs it.
    """

    def __init__(
        self,
        folder: Path,
        store: Path,
        catalogue: Catalogue,
        embedder: Embedder,
        readers: Mapping[str, Reader],
        renewing: bool,
        tuning: Tuning,
        mirror: Mirror | None,
    ) -> None:
        """Use `Library.open`."""
        self.folder = folder
        """The folder with the documents."""
        self.embedder = embedder
        """The model for documents and questions."""
        self.store = store
        self.was_synced = False
        """Whether a sync has ended since the index was opened, well or not."""
        self._home = store.parent
        self._catalogue = catalogue
        self._readers = readers
        self._renewing = renewing
        self._mirror = mirror
        self._outdated = catalogue.was_outdated
        from index.snapshots import Snapshots

        self._tuning = tuning
        self._snapshots = Snapshots(store, catalogue, embedder.dim, tuning)

    @classmethod
    def open(
        cls,
        folder: Path,
        home: Path,
        embedder: Embedder,
        rebuild: bool = False,
        readers: Mapping[str, Reader] | None = None,
        tuning: Tuning = Tuning(),  # noqa: B008 - frozen
        mirror: Mirror | None = None,
    ) -> Self:
        """Open the index of `folder`, empty where there is none yet; `sync` fills it.

        Args:
            folder: with the documents; it may be missing as long as it is not synced.
            home: where indexes live, each folder's in one of its own.
            embedder: for the documents and the questions.
            rebuild: let the next sync begin anew. Until it is complete, what is stored stays in use.
            readers: by suffix, for further kinds of files or instead of the readers that are built in.
            tuning: from where on, and how, the index is no longer exact.
            mirror: made equal to the index at the end of each sync.

        Raises:
            CatalogueError: what is stored is damaged, or `home` cannot be written.
        """
        store = store_of(folder, home)
        try:
            store.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogueError(
                f"the index cannot be kept in {home}: {error.strerror}; set CITEWISE_HOME to a "
                "folder that can be written"
            ) from error
        path = store / _CATALOGUE
        renewing = rebuild and path.exists()
        if renewing:
            with writer_lock(store / _LOCK):
                renewing = can_renew(path)
                if not renewing:
                    for useless in store.glob(f"{_CATALOGUE}*"):
                        useless.unlink()
        catalogue = Catalogue(path, embedder.fingerprint, renewing=renewing)
        merged = {**READERS, **{key.lower(): value for key, value in (readers or {}).items()}}
        return cls(folder, store, catalogue, embedder, merged, renewing, tuning, mirror)

    def sync(
        self,
        progress: Progress | None = None,
        *,
        wait: float = 0.0,
        retry: bool = False,
        may_be_empty: bool = False,
        workers: Workers | None = None,
    ) -> SyncReport:
        """Make the index equal to the folder; see `index.sync.sync` for the files that fail.

        Args:
            progress: called for each file.
            wait: for another process that is writing the index, in seconds.
            retry: try all files again that failed before and have not changed.
            may_be_empty: a folder with nothing to read, when nothing is stored, is as good as any.
            workers: read and embed files elsewhere; left alone where there are other readers than those
                built in, which they have not.

        Raises:
            FolderError: the folder cannot be listed, or there is nothing to read and nothing stored.
            BusyError: another process is writing the index.
            CatalogueError: the index is damaged or cannot be written.
        """
        try:
            return self._sync(progress, wait, retry, may_be_empty, workers)
        finally:
            self.was_synced = True

    def _sync(
        self,
        progress: Progress | None,
        wait: float,
        retry: bool,
        may_be_empty: bool,
        workers: Workers | None,
    ) -> SyncReport:
        from index.sync import sync  # here, for NumPy takes as long to import as all the rest

        began = time.perf_counter()
        with writer_lock(self.store / _LOCK, wait) as broken_off:
            listing = list_folder(self.folder, self._readers, apart=self._home)
            notes = self._mended(broken_off)
            if self._mirror is not None:
                self._mirror.begin(self._catalogue)
            nothing_stored = self._renewing or not self.document_ids()
            if listing.is_empty() and nothing_stored and not may_be_empty:
                suffixes = ", ".join(self._readers)
                raise FolderError(f"{self.folder} holds no documents: put files in it ({suffixes})")
            edition = self._catalogue.edition
            with (
                Sandbox(self._readers) as sandbox,
                self._catalogue.transaction() if self._renewing else nullcontext(),
            ):
                if self._renewing:
                    self._catalogue.renew()
                report = sync(
                    listing,
                    self._catalogue,
                    self.embedder,
                    sandbox.parse,
                    readers=f"{READERS_VERSION}: {' '.join(sorted(self._readers))}",
                    progress=progress,
                    retry=retry,
                    workers=workers if self._readers == READERS else None,
                )
            self._renewing = False
            if self._catalogue.edition != edition:
                # It takes minutes where very much is stored; the words then go with later merges.
                small = report.passages <= self._tuning.large
                self._catalogue.shrink(purge=report.removed > 0 and small)
            self._snapshots.settle()
            if self._mirror is not None:
                self._mirror.publish(self._catalogue, self.entries())
        return replace(report, notes=notes, seconds=time.perf_counter() - began)

    def require_folder(self) -> None:
        """Raise FolderError unless the folder is there."""
        require_folder(self.folder)

    @contextmanager
    def trial(self) -> Iterator[Callable[[bytes, str], None]]:
        """Files can be tried here before they are put into the folder; nothing is stored.

        Yields:
            A function of a file's bytes and its path below the folder, to be called from one thread at
            a time. It raises DocumentError where a sync would leave the file out.
        """
        with Sandbox(self._readers) as sandbox:

            def try_reading(data: bytes, path: str) -> None:
                suffix = PurePosixPath(path).suffix.lower()
                if suffix not in self._readers:
                    kinds = ", ".join(self._readers)
                    raise DocumentError(f"files of its kind are not read; those are: {kinds}")
                if ignores(self.folder, path):
                    raise DocumentError(f"{IGNORE_FILE} leaves out files of that name; rename it")
                if len(data) > MAX_BYTES:
                    raise DocumentError(
                        f"it has {len(data):,} bytes and the limit is {MAX_BYTES:,}"
                    )
                sandbox.parse(data, path, Path(path))

            yield try_reading

    def search_vectors(self, vector: Vectors, k: int) -> list[Hit]:
        """The `k` passages nearest to `vector`, shape (dim,), scored by cosine in [-1, 1]."""
        found = self._snapshots.current().search(vector, k)
        chunks = self._catalogue.passages.chunks(id_ for id_, _ in found)
        # A passage that was deleted since the snapshot was taken is no longer in the catalogue.
        return [Hit(chunks[id_], score) for id_, score in found if id_ in chunks]

    def search_words(self, words: Sequence[str], k: int) -> list[Hit]:
        """The `k` best passages that hold any of the words, scored by BM25 above 0."""
        passages = self._catalogue.passages
        if (ranking := self._snapshots.words()) is None:
            return passages.search_words(words, k)
        found = ranking.best(words, k)
        chunks = passages.chunks(id_ for id_, _ in found)
        return [Hit(chunks[id_], score) for id_, score in found if id_ in chunks]

    def candidates(
        self, vector: Vectors, words: Sequence[str], phrases: Sequence[str], k: int
    ) -> list[Candidate]:
        """The `k` passages nearest to `vector` and the `k` best by words, each scored both ways.

        Args:
            vector: shape (dim,), of length 1.
            words: passages that hold any of them are found.
            phrases: words side by side; passages that hold them score higher.
            k: how deep each search goes; up to twice as many are found.

        Returns:
            In the order of their ids.
        """
        passages = self._catalogue.passages
        nearest = dict(self._snapshots.current().search(vector, k))
        score = ranking.scores if (ranking := self._snapshots.words()) else passages.score_words
        lexical = score(words, phrases, nearest, k)
        others, vectors = passages.vectors_of(lexical.keys() - nearest.keys(), self.embedder.dim)
        cosines = nearest | dict(zip(others.tolist(), (vectors @ vector).tolist(), strict=True))
        # What was deleted since is not in the catalogue, what was added not in the snapshot.
        chunks = passages.chunks(sorted(nearest.keys() | lexical.keys()))
        return [
            Candidate(chunk, cosines.get(id_, 0.0), lexical.get(id_, 0.0))
            for id_, chunk in sorted(chunks.items())
        ]

    def document(self, document_id: str) -> Document:
        """The stored document of that id, or of which a copy has that path.

        Raises:
            MissingError: there is none.
        """
        document = self._catalogue.document(document_id, self.folder)
        if document is None:
            raise MissingError(
                f"there is no document {document_id!r} in the index: sync the folder"
            )
        return document

    def document_ids(self) -> tuple[str, ...]:
        """The ids of all stored documents, in order."""
        return self._catalogue.document_ids()

    def titles(self) -> tuple[str, ...]:
        """The titles of all stored documents, in the order of their ids."""
        return self._catalogue.titles()

    def failures(self) -> tuple[Failure, ...]:
        """The files that could not be read when the folder was last synced, and why, in order."""
        failed = self._catalogue.ledger.failures()
        return tuple(Failure(path, file.reason) for path, file in failed.items())

    def entries(self) -> tuple[Entry, ...]:
        """Every file that is known, whether it could be read or not, in order of path."""
        return tuple(
            entry if entry.size else replace(entry, size=self._size(entry.path))
            for entry in self._catalogue.entries()
        )

    @property
    def revision(self) -> int:
        """A number that grows with every change to `entries`, in whichever process."""
        return self._catalogue.revision

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

    def _size(self, path: str) -> int:
        """The size in bytes of a file below the folder, 0 where that cannot be told."""
        try:
            return (self.folder / path).lstat().st_size
        except OSError:
            return 0

    def _mended(self, broken_off: bool) -> tuple[str, ...]:
        """Put right what the last writer may have left behind; gives what there is to say of it."""
        notes = []
        if self._outdated:
            notes.append("the index was made by an earlier version: every document is read again")
            self._outdated = False
        if broken_off and not self._renewing:
            self._catalogue.verify()
            mended = self._catalogue.mend_words()
            found = "its full text had to be made anew" if mended else "nothing is lost"
            notes.append(f"the sync before was broken off: the index was checked, and {found}")
        return tuple(notes)


def store_of(folder: Path, home: Path) -> Path:
    """Where in `home` a folder's index lies: a name that people recognise and no two folders share."""
    real = folder.resolve()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", real.name).strip("-.") or "root"
    distinct = hashlib.sha256(os.fsencode(real)).hexdigest()
    return home / f"{readable[:40]}-{distinct[:8]}"
