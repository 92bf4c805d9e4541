"""The truth: documents, passages, vectors and full text in one SQLite file, changed in transactions.

Everything else (the FAISS index) can be rebuilt from here.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors
from index.errors import CatalogueError
from index.types import Chunk, Document, Hit, Page, Span

Ids = NDArray[np.int64]

SCHEMA_VERSION = 1
_SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE documents (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, media_type TEXT NOT NULL, sha256 TEXT NOT NULL,
        text TEXT NOT NULL, pages TEXT NOT NULL,
        size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL
    )""",
    # AUTOINCREMENT: an id is never given out twice.
    """CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER,
        vector BLOB NOT NULL
    )""",
    "CREATE INDEX chunks_by_document ON chunks(document_id)",
    """CREATE VIRTUAL TABLE passages USING fts5(
        text, tokenize = 'porter unicode61 remove_diacritics 2'
    )""",
    """CREATE TRIGGER chunk_deleted AFTER DELETE ON chunks BEGIN
        DELETE FROM passages WHERE rowid = old.id;
    END""",
)
_TRIES = 100
_PAUSE = 0.05  # seconds
_CHUNK = "c.id, c.document_id, c.start, c.end, p.text, c.page"
_CHUNKS = "chunks c JOIN passages p ON p.rowid = c.id"
# FTS5 gives a word that stands in half of the passages or more a weight of nearly zero: such a hit
# says nothing, and fused by rank it would count as much as a real one.
_MIN_BM25 = 1e-4


@dataclass(frozen=True, slots=True)
class FileState:
    """What was known of a file when it was last read: enough to see whether it changed.

    `modified_ns` is the file's own time stamp and `seen_ns` when it was read, both in nanoseconds.
    """

    sha256: str
    size: int
    modified_ns: int
    seen_ns: int


class Catalogue:
    """One SQLite file, safe to use from many threads.

    The methods that change it are called within `transaction`; each reading method sees one committed
    state.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        """Open the catalogue at `path`, made anew where there is none.

        Args:
            path: the file.
            fingerprint: of the embedder whose vectors it holds.

        Raises:
            CatalogueError: it is damaged, cannot be opened, or holds another model's vectors.
        """
        self.path = path
        self._fingerprint = fingerprint
        self._threads = threading.local()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}
        with self._explained():
            if self._is_empty():
                self._create()
            self._check()

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection: one that asks never sees the half-done work of one that syncs."""
        if (connection := getattr(self._threads, "connection", None)) is None:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA busy_timeout = 10000")
            _write_ahead(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            self._threads.connection = connection
            self._close_of_ended_threads()
            self._connections[threading.current_thread()] = connection
        return connection

    def _close_of_ended_threads(self) -> None:
        for thread in [thread for thread in list(self._connections) if not thread.is_alive()]:
            if (connection := self._connections.pop(thread, None)) is not None:
                connection.close()

    def close(self) -> None:
        """Close the file; what was committed stays."""
        for connection in self._connections.values():
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the changes within, or none of them; each success moves `generation` on by one."""
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute(
                    "UPDATE meta SET value = value + 1 WHERE key = 'generation'",
                )
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    @property
    def generation(self) -> int:
        """A number that grows with every change."""
        return int(self._meta("generation"))

    def files(self) -> dict[str, FileState]:
        """What is known of every stored file, by document id."""
        rows = self._all("SELECT id, sha256, size, modified_ns, seen_ns FROM documents ORDER BY id")
        return {row[0]: FileState(*row[1:]) for row in rows}

    def document_ids(self) -> tuple[str, ...]:
        """Every stored document's id, in order."""
        return tuple(row[0] for row in self._all("SELECT id FROM documents ORDER BY id"))

    def titles(self) -> tuple[str, ...]:
        """Every stored document's title, in the order of the ids."""
        return tuple(row[0] for row in self._all("SELECT title FROM documents ORDER BY id"))

    def document(self, document_id: str, root: Path) -> Document | None:
        """The stored document, its path below `root`; None where there is none of that id."""
        rows = self._all(
            "SELECT id, title, text, pages, media_type, sha256 FROM documents WHERE id = ?",
            (document_id,),
        )
        for id_, title, text, pages, media_type, sha256 in rows:
            parsed = tuple(Page(*page) for page in json.loads(pages))
            return Document(id_, root / id_, title, text, parsed, media_type, sha256)
        return None

    def vectors_by_text(self, document_id: str) -> dict[str, Vectors]:
        """The vectors of a document's passages, each of shape (dim,), by the passage's text."""
        rows = self._all(
            f"SELECT p.text, c.vector FROM {_CHUNKS} WHERE c.document_id = ?", (document_id,)
        )
        return {text: np.frombuffer(vector, dtype=np.float32) for text, vector in rows}

    def put(
        self, document: Document, state: FileState, spans: Sequence[Span], vectors: Vectors
    ) -> None:
        """Store a document and its passages in place of any of the same id.

        Args:
            document: what was read.
            state: of its file.
            spans: its passages, as ranges of its text.
            vectors: shape (len(spans), dim), float32 unit rows.
        """
        self.remove(document.id)
        pages = json.dumps([[page.number, page.start, page.end] for page in document.pages])
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                document.title,
                document.media_type,
                document.sha256,
                document.text,
                pages,
                state.size,
                state.modified_ns,
                state.seen_ns,
            ),
        )
        for span, vector in zip(spans, vectors, strict=True):
            row = self._db.execute(
                "INSERT INTO chunks (document_id, start, end, page, vector) VALUES (?, ?, ?, ?, ?)",
                (document.id, *span, _page_at(document.pages, span.start), vector.tobytes()),
            )
            self._db.execute(
                "INSERT INTO passages (rowid, text) VALUES (?, ?)",
                (row.lastrowid, document.text[span.start : span.end]),
            )

    def touch(self, document_id: str, state: FileState) -> None:
        """Note that a file was seen again with the same content."""
        self._db.execute(
            "UPDATE documents SET size = ?, modified_ns = ?, seen_ns = ? WHERE id = ?",
            (state.size, state.modified_ns, state.seen_ns, document_id),
        )

    def remove(self, document_id: str) -> None:
        """Forget a document and its passages; nothing happens where there is none of that id."""
        self._db.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def chunk_count(self) -> int:
        """How many passages are stored."""
        return int(self._all("SELECT count(*) FROM chunks")[0][0])

    def vectors(self, dim: int) -> tuple[Ids, Vectors]:
        """Every passage's id, shape (n,), and vector, shape (n, dim), in the order of the ids."""
        rows = self._all("SELECT id, vector FROM chunks ORDER BY id")
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        return ids, matrix.reshape(len(rows), dim)

    def chunks(self, ids: Iterable[int]) -> dict[int, Chunk]:
        """The passages with these ids; ids that are no longer stored are left out."""
        wanted = json.dumps(list(ids))
        rows = self._all(
            f"SELECT {_CHUNK} FROM {_CHUNKS} WHERE c.id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        return {row[0]: Chunk(*row) for row in rows}

    def search_words(self, words: Sequence[str], k: int) -> list[Hit]:
        """The `k` best passages by Okapi BM25 (FTS5's, k1 = 1.2, b = 0.75) that hold any of the words.

        Words are compared by their Porter stems, without case and diacritics.
        """
        if not words:
            return []
        query = " OR ".join(map(_as_string, words))
        rows = self._all(
            f"SELECT {_CHUNK}, -bm25(passages) FROM passages p JOIN chunks c ON c.id = p.rowid "
            "WHERE passages MATCH ? ORDER BY bm25(passages), c.id LIMIT ?",
            (query, k),
        )
        return [Hit(Chunk(*row[:-1]), row[-1]) for row in rows if row[-1] > _MIN_BM25]

    def _create(self) -> None:
        """Make the tables, unless another process was faster."""
        self._db.execute("BEGIN IMMEDIATE")
        if self._is_empty():
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._db.executemany(
                "INSERT INTO meta VALUES (?, ?)",
                [("schema", SCHEMA_VERSION), ("embedder", self._fingerprint), ("generation", 0)],
            )
        self._db.execute("COMMIT")

    def _is_empty(self) -> bool:
        return bool(self._db.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])

    def _check(self) -> None:
        if (schema := int(self._meta("schema"))) != SCHEMA_VERSION:
            raise CatalogueError(
                f"the index was made by another version of Citewise (schema {schema}, this one "
                f"writes {SCHEMA_VERSION}): {_REBUILD}"
            )
        if (embedder := self._meta("embedder")) != self._fingerprint:
            raise CatalogueError(
                f"the index holds vectors of {embedder}, not of {self._fingerprint}: {_REBUILD}"
            )

    def _meta(self, key: str) -> str:
        rows = self._all("SELECT value FROM meta WHERE key = ?", (key,))
        if not rows:
            raise CatalogueError(f"the index {self.path} lacks its {key}: {_REBUILD}")
        return str(rows[0][0])

    def _all(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._explained():
            return self._db.execute(sql, parameters).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn SQLite's errors into one line that says what to do."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise CatalogueError(
                    f"another process is writing the index {self.path}: try again when it is done"
                ) from error
            raise CatalogueError(f"the index {self.path} cannot be used: {error}") from error
        except sqlite3.ProgrammingError as error:
            raise CatalogueError(f"the index {self.path} was closed: open it again") from error
        except sqlite3.DatabaseError as error:
            raise CatalogueError(
                f"the index {self.path} is damaged ({error}): {_REBUILD}"
            ) from error


_REBUILD = "run `citewise sync FOLDER --rebuild`; the documents themselves are not touched"


def _page_at(pages: Sequence[Page], offset: int) -> int | None:
    return next((page.number for page in pages if page.start <= offset < page.end), None)


def _as_string(word: str) -> str:
    """A word as FTS5 quotes it, so that nothing in it is search language."""
    return '"' + word.replace("\0", " ").replace('"', '""') + '"'


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which SQLite refuses, without waiting, while another is at it."""
    for left in reversed(range(_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not left or "locked" not in str(error):
                raise
            time.sleep(_PAUSE)
