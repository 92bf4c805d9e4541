"""The passages in the catalogue: their places, vectors and full text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from index.database import REBUILD, Database
from index.embedding import Vectors
from index.errors import CatalogueError
from index.types import Chunk, Hit, Span
from index.words import MIN_BM25, MOST_ROWS, PHRASE_WEIGHT, Words, any_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.postings import Postings
    from index.ranking import Ranking

Ids: TypeAlias = "NDArray[np.int64]"

# A document that no file holds any more is kept until it is collected, but found by nobody.
_NAME = "(SELECT min(path) FROM files WHERE files.document = c.document)"
_CHUNK = f"c.id, {_NAME} AS name, c.start, c.end, p.text, c.page"
_CHUNKS = "chunks c JOIN passages p ON p.rowid = c.id"
# The orphans are looked up once and are few: to look at the document of each passage takes twice as long.
_ORPHANS = (
    "SELECT c.id FROM documents d JOIN chunks c ON c.document = d.id "
    "WHERE d.id NOT IN (SELECT document FROM files)"
)
_FOUND = (
    "SELECT rowid AS id, ? * -bm25(passages) AS score FROM passages "
    f"WHERE passages MATCH ? AND rowid NOT IN ({_ORPHANS})"
)


class Stored(NamedTuple):
    """A passage as it is stored; its vector has the shape (dim,)."""

    id: int
    span: Span
    page: int | None
    text: str
    vector: Vectors


class Passages:
    """What is stored of all passages; a document is meant by its key, a number of the database."""

    def __init__(self, database: Database, most_rows: int = MOST_ROWS) -> None:
        """Those of `database`; for `most_rows` see `Words`."""
        self._database = database
        self._words = Words(database, most_rows)

    def ranking(self, postings: Postings, last: int, pool: int) -> Ranking:
        """Ranks them by words, of which `postings` has those of the passages with ids up to `last`."""
        from index.ranking import Ranking

        return Ranking(self._database, postings, last, pool)

    def lengths(self, last: int) -> tuple[Ids, NDArray[np.uint32]]:
        """The ids up to `last`, shape (n,), in order, and how many words each passage has."""
        ids, lengths = self._words.lengths()
        return ids[ids <= last], lengths[ids <= last]

    def holders(self) -> Iterator[tuple[str, Ids]]:
        """Every word's stem and the ids of the passages that hold it; see `Words.holders`."""
        return self._words.holders()

    def count(self, *, after: int = 0) -> int:
        """How many passages are stored, or of them those with ids above `after`."""
        # Without a condition SQLite counts in an index, which is many times smaller than the table.
        which = "WHERE id > ?" if after else ""
        sql = f"SELECT count(*) FROM chunks {which}"
        return int(self._database.rows(sql, (after,) if after else ())[0][0])

    def last_id(self) -> int:
        """The highest id that was ever given out."""
        rows = self._database.rows("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'")
        return int(rows[0][0]) if rows else 0

    def ids(self) -> Ids:
        """Every passage's id, shape (n,), in order."""
        import numpy as np

        rows = self._database.rows("SELECT id FROM chunks")
        return np.sort(np.array([row[0] for row in rows], dtype=np.int64))

    def vectors(self, dim: int, *, after: int = 0, limit: int = -1) -> tuple[Ids, Vectors]:
        """Every passage's id, shape (n,), and vector, shape (n, dim), in the order of the ids.

        Args:
            dim: the length of a vector.
            after: only of ids above this.
            limit: only of so many; of all if negative.

        Raises:
            CatalogueError: they are not of that length.
        """
        sql = "SELECT id, vector FROM chunks WHERE id > ? ORDER BY id LIMIT ?"
        return self._stacked(self._database.rows(sql, (after, limit)), dim)

    def vectors_of(self, ids: Iterable[int], dim: int) -> tuple[Ids, Vectors]:
        """Those of `ids` that are stored, shape (n,), in order, and their vectors, shape (n, dim).

        Raises:
            CatalogueError: they are not of that length.
        """
        sql = (
            "SELECT id, vector FROM chunks WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
        )
        return self._stacked(self._database.rows(sql, (json.dumps(list(ids)),)), dim)

    def _stacked(self, rows: Sequence[tuple[int, bytes]], dim: int) -> tuple[Ids, Vectors]:
        import numpy as np

        ids = np.array([row[0] for row in rows], dtype=np.int64)
        data = b"".join(row[1] for row in rows)
        if len(data) != len(rows) * dim * np.dtype(np.float32).itemsize:
            raise CatalogueError(f"the index {self._database.path} is damaged (vectors): {REBUILD}")
        return ids, np.frombuffer(data, dtype=np.float32).reshape(len(rows), dim)

    def of(self, document: int) -> list[Stored]:
        """A document's passages, in the order of their ids."""
        import numpy as np

        rows = self._database.rows(
            f"SELECT c.id, c.start, c.end, c.page, p.text, c.vector FROM {_CHUNKS} "
            "WHERE c.document = ? ORDER BY c.id",
            (document,),
        )
        return [
            Stored(id_, Span(start, end), page, text, np.frombuffer(vector, dtype=np.float32))
            for id_, start, end, page, text, vector in rows
        ]

    def go_on_after(self, id_: int) -> None:
        """Give no id to a new passage that is not higher."""
        if id_ > self.last_id():
            self._database.run("UPDATE sqlite_sequence SET seq = ? WHERE name = 'chunks'", (id_,))

    def vectors_by_text(self, path: str) -> dict[str, Vectors]:
        """The vectors of a file's passages, each of shape (dim,), by the passage's text."""
        import numpy as np

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
        """The `k` best passages by Okapi BM25 that hold any of the words; see `Words.search`."""
        wanted = k
        with self._database.reading():  # or a passage found may be replaced before it is looked up
            while True:
                found = self._words.search(words, wanted)
                chunks = self.chunks(id_ for id_, _ in found)
                hits = [Hit(chunks[id_], score) for id_, score in found if id_ in chunks]
                # Those of documents that no file holds any more are not among the chunks.
                if len(hits) >= k or len(found) < wanted:
                    return hits[:k]
                wanted *= 2

    def score_words(
        self, words: Sequence[str], phrases: Sequence[str], ids: Iterable[int], k: int
    ) -> dict[int, float]:
        """The scores of the `k` best passages and of those with these ids, as far as they are above 0.

        That of a passage is its BM25 by `words`, see `search_words`, and half of that by `phrases`:
        words that it must hold side by side. Words and ordered pairs of them are the features of the
        sequential dependence model (Metzler and Croft, SIGIR 2005), here with weights of 2 to 1. Where
        too many passages hold any of the words to be looked at, those are scored that are among the best
        by words or by phrases alone; see `Words`.
        """
        if not self._words.are_few(words):
            return self._score_candidates(words, phrases, ids, k)
        parts = [(words, 1.0), (phrases, PHRASE_WEIGHT)]
        queries = [(any_of(terms), weight) for terms, weight in parts if terms]
        if not queries:
            return {}
        found = " UNION ALL ".join([_FOUND] * len(queries))
        rows = self._database.rows(
            f"WITH found AS ({found}), scored AS MATERIALIZED (SELECT id, sum(score) AS score "
            "FROM found GROUP BY id) "
            "SELECT * FROM (SELECT id, score FROM scored ORDER BY score DESC, id LIMIT ?) "
            "UNION SELECT id, score FROM scored WHERE id IN (SELECT value FROM json_each(?))",
            (*(v for query, weight in queries for v in (weight, query)), k, json.dumps(list(ids))),
        )
        return {id_: score for id_, score in rows if score > MIN_BM25}

    def _score_candidates(
        self, words: Sequence[str], phrases: Sequence[str], ids: Iterable[int], k: int
    ) -> dict[int, float]:
        by_words = {hit.chunk.id: hit.score for hit in self.search_words(words, k)}
        by_phrases = self._words.best_of_any(phrases, k)
        every = {*by_words, *by_phrases, *ids}
        by_words |= self._words.scores(words, sorted(every - by_words.keys()))
        if phrases:
            by_phrases |= self._words.scores_of_any(phrases, sorted(every - by_phrases.keys()))
        scored = {
            id_: by_words.get(id_, 0.0) + PHRASE_WEIGHT * by_phrases.get(id_, 0.0) for id_ in every
        }
        return {id_: score for id_, score in scored.items() if score > MIN_BM25}

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
