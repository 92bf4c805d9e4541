"""Passages by their words: Okapi BM25 by FTS5, and the work it does for common words kept within bounds.

FTS5 looks at every passage that holds any of the words, which for common words is most of them. A passage
that holds none of the rare ones is hardly ever among the best, though: where all together are too many to
look at, only those are that hold a rare word. Their scores are the same as ever. Of so many passages that
the vector index is compressed, words are ranked by `index.ranking` instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index.database import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# FTS5 gives a word that stands in half of the passages or more a weight of nearly zero: such a hit
# says nothing, and fused by rank it would count as much as a real one.
MIN_BM25 = 1e-4
# Chosen with what `qa.retrieval` does with the scores; see there.
PHRASE_WEIGHT = 0.5
# Looked at in about a millisecond for a thousand. Of the ten best of 300,000 passages 0.97 are found.
MOST_ROWS = 12_000
_MOST_KNOWN = 50_000


class Words:
    """The full text of the passages. Words are compared by their stems, without case and diacritics."""

    def __init__(self, database: Database, most_rows: int = MOST_ROWS) -> None:
        """Search `database`; of more than `most_rows` passages those with a rare word are looked at."""
        self._database = database
        self._most_rows = most_rows
        self._frequencies: dict[str, int] = {}

    def search(self, words: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The `k` best ids by Okapi BM25 (FTS5's, k1 = 1.2, b = 0.75) with their scores above 0.

        All scores are true. Where not all that hold any of the words were looked at, a few of the best
        may be missing.
        """
        scores: dict[int, float] = {}
        left: Sequence[str] = sorted(dict.fromkeys(words), key=self._frequency)
        while left and len(scores) < k:
            rare, common = self._split(left)
            for id_, score in self._found(rare, common, k):
                scores[id_] = max(score, scores.get(id_, 0.0))
            left = common
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k]

    def are_few(self, words: Sequence[str]) -> bool:
        """Whether all passages that hold any of the words can be looked at."""
        return sum(map(self._frequency, set(words))) <= self._most_rows

    def scores(self, words: Sequence[str], ids: Sequence[int]) -> dict[int, float]:
        """The scores above 0 of the passages with these ids, by the words that weigh something."""
        rare, common = self._split(sorted(dict.fromkeys(words), key=self._frequency))
        weighty = [*rare, *common]
        return self.scores_of_any(weighty, ids) if weighty else {}

    def scores_of_any(self, terms: Sequence[str], ids: Sequence[int]) -> dict[int, float]:
        """The scores above 0 of the passages with these ids, by all terms, which are words or phrases."""
        if not ids:
            return {}
        rows = self._database.rows(
            "SELECT rowid, -bm25(passages) AS score FROM passages "
            # The plus keeps SQLite from asking the full text once for each id.
            "WHERE passages MATCH ? AND +rowid IN (SELECT value FROM json_each(?))",
            (any_of(terms), json.dumps(ids)),
        )
        return {id_: score for id_, score in rows if score > MIN_BM25}

    def best_of_any(self, terms: Sequence[str], k: int) -> dict[int, float]:
        """The `k` best ids by all terms, which are words or phrases, with their scores above 0."""
        return dict(self._best(any_of(terms), k)) if terms else {}

    def lengths(self) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """The passages' ids, shape (n,), in order, and how many words each has."""
        import numpy as np

        from index.stems import numbers

        rows = self._database.rows("SELECT id, sz FROM passages_docsize ORDER BY id")
        lengths = [next(numbers(size)) for _, size in rows]
        return np.array([id_ for id_, _ in rows], np.int64), np.array(lengths, np.uint32)

    def holders(self) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """Every stem, in the order of their bytes, and the ids of its passages.

        They are in order, and each is there as often as the stem stands in the passage.
        """
        import numpy as np

        self._database.run(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems USING fts5vocab(main, passages, instance)"
        )
        # The table is in that order by itself.
        for stem, ids in self._database.each(
            "SELECT term, group_concat(doc) FROM temp.stems GROUP BY term"
        ):
            yield stem, np.fromstring(ids, np.int64, sep=",")

    def _split(self, by_rarity: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """The rare words, of which one stands somewhere, and those too common to be looked at as well."""
        rows = 0
        for at, word in enumerate(by_rarity):
            rows, before = rows + self._frequency(word), rows
            if rows > self._most_rows:
                cut = at if before else at + 1
                return by_rarity[:cut], self._weighty(by_rarity[cut:])
        return by_rarity, ()

    def _weighty(self, words: Sequence[str]) -> Sequence[str]:
        """Those in less than a third of the passages: the others weigh next to nothing, and cost most."""
        every = self._last_id()
        return [word for word in words if 3 * self._frequency(word) < every]

    def _found(
        self, rare: Sequence[str], common: Sequence[str], k: int
    ) -> Iterator[tuple[int, float]]:
        """The best that hold a rare word; some of them twice, once with too low a score."""
        # Every word stands once in a query, or it would count twice: those with a common word have
        # their full score from the first, and all others from the second.
        both = self._best(f"({any_of(rare)}) AND ({any_of(common)})", k) if common else []
        yield from both
        if len(both) < k or sum(map(self._frequency, rare)) <= self._most_rows:
            yield from self._best(any_of(rare), k)

    def _frequency(self, word: str) -> int:
        """In about how many passages a word stands, or stood when it was first asked for.

        It decides what is looked at, and is no part of a score. Of a common word's passages the first are
        counted: the others will lie as close.
        """
        known = self._frequencies.get(word)
        if known is None:
            sql = (
                "SELECT count(*), max(rowid) FROM "
                "(SELECT rowid FROM passages WHERE passages MATCH ? LIMIT ?)"
            )
            ((known, reached),) = self._database.rows(sql, (as_string(word), self._most_rows))
            if known == self._most_rows:
                known = max(known, known * self._last_id() // reached)
            if len(self._frequencies) >= _MOST_KNOWN:
                self._frequencies.clear()
            self._frequencies[word] = known
        return known

    def _last_id(self) -> int:
        return int(self._database.rows("SELECT max(rowid) FROM passages")[0][0])

    def _best(self, query: str, k: int) -> list[tuple[int, float]]:
        rows = self._database.rows(
            "SELECT rowid, -bm25(passages) AS score FROM passages WHERE passages MATCH ? "
            "ORDER BY score DESC, rowid LIMIT ?",
            (query, k),
        )
        return [(id_, score) for id_, score in rows if score > MIN_BM25]


def any_of(words: Sequence[str]) -> str:
    """FTS5's query for the passages that hold any of the words, or of the words side by side."""
    return " OR ".join(map(as_string, words))


def as_string(word: str) -> str:
    """A word as FTS5 quotes it, so that nothing in it is search language."""
    return '"' + word.replace("\0", " ").replace('"', '""') + '"'
