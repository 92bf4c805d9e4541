"""Passages by their words where there are very many: chosen from arrays, then scored as FTS5 would.

The scores of some hundred passages cost FTS5 as much as those of all that hold any of the words. Here their
texts are put through its tokenizer again, and the formula is ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.bm25 import damping, frequency, rarity
from index.database import Database
from index.postings import Postings
from index.stems import TEXT, Places, Stemmer, Stems, numbers
from index.words import MIN_BM25, PHRASE_WEIGHT, as_string

# Of the passages that hold the rarest word of a phrase so many are looked at, in so many places.
_LOOKED_AT = 1000
_RANGES = 2
_MOST_KNOWN = 50_000
_EVERY_ID = 2**62
_NOBODY = np.empty(0, np.int64)
# Of those added beside the arrays, which are few.
_MOST_ADDED = 100
_TEXTS = "SELECT p.rowid, p.text FROM json_each(?) JOIN passages p ON p.rowid = value"
# Of documents that some file holds.
_ALIVE = (
    "SELECT c.id FROM json_each(?) JOIN chunks c ON c.id = value "
    "WHERE EXISTS (SELECT 1 FROM files WHERE document = c.document)"
)


class _Term(NamedTuple):
    """A word or a phrase, its stems, what it counts for, and of a word who was added that holds it."""

    text: str
    stems: Stems
    part: float
    added: NDArray[np.int64]


class Ranking:
    """Okapi BM25 of very many passages; safe to use from many threads.

    The best by words are chosen from `Postings`, and scored by their texts. A word's weight is exact, but
    for passages deleted since the arrays were made; that of a phrase which many passages may hold is
    estimated.
    """

    def __init__(self, database: Database, postings: Postings, last: int, pool: int) -> None:
        """Of the passages in `database`.

        Args:
            database: with the full text.
            postings: of the passages with ids up to `last`; those with higher ids were added since.
            last: see there.
            pool: how many are scored by their texts.
        """
        self._database, self._postings, self._last, self._pool = database, postings, last, pool
        self._stemmer = Stemmer()
        self._known: dict[Stems, float] = {}

    def best(self, words: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The `k` best ids by `words` with their scores above 0, best first."""
        scores = self.scores(words, (), (), k)
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))

    def scores(
        self, words: Sequence[str], phrases: Sequence[str], ids: Iterable[int], k: int
    ) -> dict[int, float]:
        """What `Passages.score_words` gives, of the passages that are chosen and those with these ids."""
        words, phrases = list(dict.fromkeys(words)), list(dict.fromkeys(phrases))
        wanted, terms = set(ids), self._terms(words, phrases)
        chosen = self._chosen(terms[: len(words)], max(k, self._pool))
        texts = self._texts({*chosen, *wanted})
        return self._kept(self._scored(texts, terms), wanted, k)

    def _terms(self, words: Sequence[str], phrases: Sequence[str]) -> list[_Term]:
        stems = self._stemmer.stems([*words, *phrases])
        parts = [1.0] * len(words) + [PHRASE_WEIGHT] * len(phrases)
        added = self._added(words) + [_NOBODY] * len(phrases)
        return list(map(_Term, [*words, *phrases], stems, parts, added))

    def _chosen(self, words: Sequence[_Term], k: int) -> list[int]:
        """The `k` best by words, and some of those that were added since."""
        best = self._postings.best([word.stems for word in words], k)
        return best + _most_held([word.added for word in words])

    def _scored(self, texts: Mapping[int, str], terms: Sequence[_Term]) -> dict[int, float]:
        """The scores above 0 of passages with these texts, by their ids."""
        lengths, places = self._stemmer.places(
            list(texts.values()), {stem for term in terms for stem in term.stems}
        )
        passages, mean = self._totals()
        damped, scores = damping(lengths, mean), np.zeros(len(texts))
        for term in terms:
            times = _times(term.stems, places, len(texts))
            if times.any():
                # Never fewer than there are among these.
                holders = max(self._holders(term), float(np.count_nonzero(times)))
                weight = term.part * rarity(passages, holders)
                scores += weight * frequency(times, damped)
        found = zip(texts, scores.tolist(), strict=True)
        return {id_: score for id_, score in found if score > MIN_BM25}

    def _texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Those that are stored, in the order of their ids."""
        return dict(sorted(self._database.rows(_TEXTS, (json.dumps(sorted(ids)),))))

    def _kept(self, scores: Mapping[int, float], wanted: set[int], k: int) -> dict[int, float]:
        """The `k` best and those that are wanted, without those that no file holds any more."""
        order = sorted(scores, key=lambda id_: (-scores[id_], id_))
        likely = {*order[:k], *wanted.intersection(scores)}
        alive = self._alive(likely)
        if len(alive) < len(likely):
            alive = self._alive(order)
        living = [id_ for id_ in order if id_ in alive]
        kept = [*living[:k], *wanted.intersection(living[k:])]
        return {id_: scores[id_] for id_ in kept}

    def _alive(self, ids: Iterable[int]) -> set[int]:
        return {id_ for (id_,) in self._database.rows(_ALIVE, (json.dumps(list(ids)),))}

    def _totals(self) -> tuple[int, float]:
        """How many passages there are, and how many words each has on average."""
        # FTS5 keeps both in the first record of its data.
        ((record,),) = self._database.rows("SELECT block FROM passages_data WHERE id = 1")
        passages, words = (*numbers(record), 0, 0)[:2]
        return passages, max(words, 1) / max(passages, 1)

    def _added(self, words: Sequence[str]) -> list[NDArray[np.int64]]:
        """Of each word the ids above `last` of the passages that hold it."""
        ((last,),) = self._database.rows("SELECT max(rowid) FROM passages")
        if last is None or last <= self._last:
            return [_NOBODY] * len(words)
        sql = "SELECT group_concat(rowid) FROM passages WHERE passages MATCH ? AND rowid > ?"
        rows = [self._database.rows(sql, (as_string(word), self._last)) for word in words]
        return [np.fromstring(ids or "", np.int64, sep=",") for ((ids,),) in rows]

    def _holders(self, term: _Term) -> float:
        """How many passages hold a word, or about how many a phrase."""
        if len(term.stems) == 1:
            return self._postings.holders(*term.stems) + len(term.added)
        known = self._known.get(term.stems)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[term.stems] = self._estimate(term.text, term.stems)
        return known

    def _estimate(self, term: str, stems: Stems) -> float:
        """About how many passages hold a phrase: counted in some parts of the ids.

        Where its rarest word is rare all are looked at. One that is found in no part counts half.
        """
        fewest = min(map(self._postings.holders, stems))
        if fewest <= _LOOKED_AT:
            return self._count(term, 0, _EVERY_ID)
        share, part = _LOOKED_AT / fewest, self._last / _RANGES
        found = sum(
            self._count(term, int(number * part), int((number + share) * part))
            for number in range(_RANGES)
        )
        return max(found, 0.5) / share

    def _count(self, term: str, after: int, last: int) -> int:
        """How many passages hold the term, of those with ids above `after` and up to `last`."""
        sql = "SELECT count(*) FROM passages WHERE passages MATCH ? AND rowid > ? AND rowid <= ?"
        return int(self._database.rows(sql, (as_string(term), after, last))[0][0])


def _most_held(holders: Iterable[NDArray[np.int64]]) -> list[int]:
    """The ids with the rarest and most of the words, as far as that can be told without their texts."""
    every = [ids for ids in holders if len(ids)]
    if not every:
        return []
    found, at = np.unique(np.concatenate(every), return_inverse=True)
    weights = np.bincount(
        at, np.repeat([rarity(len(found), len(ids)) for ids in every], [*map(len, every)])
    )
    best: list[int] = found[np.argsort(-weights, kind="stable")[:_MOST_ADDED]].tolist()
    return best


def _times(stems: Stems, places: Mapping[str, Places], texts: int) -> NDArray[np.float64]:
    """How often each text holds the stems side by side, shape (texts,)."""
    if not stems:
        return np.zeros(texts)
    at = places[stems[0]]
    for distance, stem in enumerate(stems[1:], start=1):
        at = at[np.isin(at + distance, places[stem], assume_unique=True)]
    return np.bincount(at >> TEXT, minlength=texts).astype(np.float64)
