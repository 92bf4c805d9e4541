"""The passages in the catalogue: their places, vectors and full text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.database import REBUILD, Database
from index.embedding import Vectors
from index.errors import CatalogueError
from index.types import Chunk, Hit, Span

Ids = NDArray[np.int64]

# A document that no file holds any more is kept until it is collected, but found by nobody.
_NAME = "(SELECT min(path) FROM files WHERE files.document = c.document)"
_CHUNK = f"c.id, {_NAME} AS name, c.start, c.end, p.text, c.page"
_CHUNKS = "chunks c JOIN passages p ON p.rowid = c.id"
# FTS5 gives a word that stands in half of the passages or more a weight of nearly zero: such a hit
# says nothing, and fused by rank it would count as much as a real one.
_MIN_BM25 = 1e-4


class Stored(NamedTuple):
    """A passage as it is stored; its vector has the shape (dim,)."""

    id: int
    span: Span
    page: int | None
    text: str
    vector: Vectors


class Passages:
    """What is stored of all passages; a document is meant by its key, a number of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self) -> int:
        """How many passages are stored."""
        return int(self._database.rows("SELECT count(*) FROM chunks")[0][0])

    def ids(self) -> Ids:
        """Every passage's id, shape (n,), in order."""
        rows = self._database.rows("SELECT id FROM chunks")
        return np.sort(np.array([row[0] for row in rows], dtype=np.int64))

    def vectors(self, dim: int) -> tuple[Ids, Vectors]:
        """Every passage's id, shape (n,), and vector, shape (n, dim), in the order of the ids.

        Raises:
            CatalogueError: they are not of that length.
        """
        rows = self._database.rows("SELECT id, vector FROM chunks ORDER BY id")
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        data = b"".join(row[1] for row in rows)
        if len(data) != len(rows) * dim * np.dtype(np.float32).itemsize:
            raise CatalogueError(f"the index {self._database.path} is damaged (vectors): {REBUILD}")
        return ids, np.frombuffer(data, dtype=np.float32).reshape(len(rows), dim)

    def of(self, document: int) -> list[Stored]:
        """A document's passages, in the order of their ids."""
        rows = self._database.rows(
            f"SELECT c.id, c.start, c.end, c.page, p.text, c.vector FROM {_CHUNKS} "
            "WHERE c.document = ? ORDER BY c.id",
            (document,),
        )
        return [
            Stored(id_, Span(start, end), page, text, np.frombuffer(vector, dtype=np.float32))
            for id_, start, end, page, text, vector in rows
        ]

    @property
    def last_id(self) -> int:
        """The highest id ever given to a passage, 0 before the first."""
        rows = self._database.rows("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'")
        return int(rows[0][0]) if rows else 0

    def go_on_after(self, id_: int) -> None:
        """Give no id to a new passage that is not higher."""
        if id_ > self.last_id:
            self._database.run("UPDATE sqlite_sequence SET seq = ? WHERE name = 'chunks'", (id_,))

    def vectors_by_text(self, path: str) -> dict[str, Vectors]:
        """The vectors of a file's passages, each of shape (dim,), by the passage's text."""
        rows = self._database.rows(
            f"SELECT p.text, c.vector FROM {_CHUNKS} JOIN files f ON f.document = c.document "
            "WHERE f.path = ?",
            (path,),
        )
        return {text: np.frombuffer(vector, dtype=np.float32) for text, vector in rows}

    def chunks(self, ids: Iterable[int]) -> dict[int, Chunk]:
        """The passages with these ids; ids that are no longer stored are left out."""
        rows = self._database.rows(
            f"SELECT {_CHUNK} FROM {_CHUNKS} "
            "WHERE c.id IN (SELECT value FROM json_each(?)) AND name IS NOT NULL",
            (json.dumps(list(ids)),),
        )
        return {row[0]: Chunk(*row) for row in rows}

    def search_words(self, words: Sequence[str], k: int) -> list[Hit]:
        """The `k` best passages by Okapi BM25 (FTS5's, k1 = 1.2, b = 0.75) that hold any of the words.

        Words are compared by their Porter stems, without case and diacritics.
        """
        if not words:
            return []
        query = " OR ".join(map(_as_string, words))
        rows = self._database.rows(
            f"SELECT {_CHUNK}, -bm25(passages) FROM passages p JOIN chunks c ON c.id = p.rowid "
            "WHERE passages MATCH ? AND name IS NOT NULL ORDER BY bm25(passages), c.id LIMIT ?",
            (query, k),
        )
        return [Hit(Chunk(*row[:-1]), row[-1]) for row in rows if row[-1] > _MIN_BM25]

    def ids_by_text(self, document: int | None) -> defaultdict[str, list[int]]:
        """The ids of a document's passages, in order, by the passage's text."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for text, id_ in self._database.rows(
            f"SELECT p.text, c.id FROM {_CHUNKS} WHERE c.document = ? ORDER BY c.id", (document,)
        ):
            found[text].append(id_)
        return found

    def add(self, document: int, text: str, span: Span, page: int | None, vector: Vectors) -> None:
        """Store a passage under a new id."""
        row = self._database.run(
            "INSERT INTO chunks (document, start, end, page, vector) VALUES (?, ?, ?, ?, ?)",
            (document, *span, page, vector.tobytes()),
        )
        self._database.run(
            "INSERT INTO passages (rowid, text) VALUES (?, ?)", (row.lastrowid, text)
        )

    def move(self, id_: int, document: int, span: Span, page: int | None) -> None:
        """Give a passage, whose text stays the same, another place."""
        self._database.run(
            "UPDATE chunks SET document = ?, start = ?, end = ?, page = ? WHERE id = ?",
            (document, *span, page, id_),
        )


def _as_string(word: str) -> str:
    """A word as FTS5 quotes it, so that nothing in it is search language."""
    return '"' + word.replace("\0", " ").replace('"', '""') + '"'
