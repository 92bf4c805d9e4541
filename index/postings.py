"""The full text of very many passages as arrays: for each stem, which of them hold it and what that counts.

FTS5 takes a microsecond to score a passage, and for the weight of each word looks once more at all that
hold it. Added up from arrays, the scores of a million passages take some milliseconds. The arrays are read
from FTS5's own index, and can be made again at any time. For impacts in whole numbers see Anh and Moffat,
"Impact Transformation: Effective and Efficient Web Retrieval" (SIGIR 2002).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.bm25 import MOST, damping, frequency, rarity
from index.stems import Stems
from index.vectors import Ids
from index.whole import save_whole, whole_files

SUFFIX = ".words"
_WIDTH = 4  # of a row's number, in bytes
_STEPS = 255
# A word in a third of the passages weighs next to nothing, and takes most of the time.
_COMMON = 3


class Held(NamedTuple):
    """The rows of the passages that hold something, in order, and its impacts there, both shape (n,).

    An impact is BM25 without the weight of the word, in 255ths of the most that it can be.
    """

    rows: NDArray[np.uint32]
    impacts: NDArray[np.uint8]


class Postings:
    """An immutable snapshot of about 350 bytes a passage, left in its file.

    The file begins with a block for each stem, in the order of their bytes: the rows of the passages that
    hold it, then its impacts, filled up to a multiple of four bytes. Behind follow the ids of the rows, in
    order; of each stem how many rows its block has, and how many bytes its name; the names; and how many
    rows, stems and bytes of names there are.
    """

    def __init__(self, data: NDArray[np.uint8]) -> None:
        """Of the bytes of a whole file."""
        self._data = data
        rows, stems, names = (int(number) for number in _array(data[-24:], np.int64))
        sizes = np.array([8 * rows, 4 * stems, 4 * stems, names, 24])
        starts = (len(data) - np.cumsum(sizes[::-1])[::-1]).tolist()
        ids, counts, lengths, spelt = (data[start:stop] for start, stop in pairwise(starts))
        self._ids: Ids = _array(ids, np.int64)
        self._counts = _array(counts, np.uint32).astype(np.int64)
        self._block_ends = np.cumsum(_WIDTH * self._counts + _filled(self._counts))
        self._names = spelt.tobytes()
        self._name_ends = np.cumsum(_array(lengths, np.uint32), dtype=np.int64)

    @classmethod
    def save(
        cls,
        folder: Path,
        name: str,
        lengths: tuple[Ids, NDArray[np.uint32]],
        holders: Iterable[tuple[str, Ids]],
    ) -> None:
        """Write a snapshot into `folder`, to be loaded by `name`.

        Args:
            folder: where it is kept.
            name: what names it there.
            lengths: the passages' ids, shape (n,), in order, and how many words each has.
            holders: each stem, in the order of their bytes, with the ids of the passages that hold it, in
                order, each as often as it does. Those that are not among `lengths` are left out.

        Raises:
            OSError: it cannot be written.
        """

        def write(path: Path) -> None:
            with path.open("wb") as file:
                for part in _parts(*lengths, holders):
                    file.write(part)

        save_whole(folder, name, SUFFIX, write)

    @classmethod
    def load(cls, folder: Path, name: str) -> Self | None:
        """The snapshot saved in `folder` under `name`; None unless it is whole."""
        for path in whole_files(folder, name, SUFFIX):
            return cls(np.memmap(path, np.uint8, mode="r").view(np.ndarray))
        return None

    def __len__(self) -> int:
        return len(self._ids)

    def holders(self, stem: str) -> int:
        """How many passages hold the stem."""
        at = self._find(stem)
        return 0 if at is None else int(self._counts[at])

    def best(self, words: Sequence[Stems], k: int) -> list[int]:
        """The ids of the `k` best passages by Okapi BM25, or of all with any of the words; in no order.

        Words in a third of the passages are left out where there are enough with the others. Of a word of
        several stems it is enough that a passage holds all of them.
        """
        held = sorted((self._held(word) for word in words if word), key=lambda one: len(one.rows))
        rare = [one for one in held if _COMMON * len(one.rows) < len(self)]
        scores = np.zeros(len(self), np.float32)
        self._add(rare, scores)
        found = _best(scores, rare, k)
        if len(found) < k:
            self._add(held[len(rare) :], scores)
            found = _best(scores, held, k)
        best: list[int] = self._ids[found].tolist()
        return best

    def _add(self, held: Iterable[Held], scores: NDArray[np.float32]) -> None:
        for rows, impacts in held:
            unit = np.float32(rarity(len(self), len(rows)) * MOST / _STEPS)
            scores[rows] += unit * impacts.astype(np.float32)

    def _held(self, word: Stems) -> Held:
        """Who holds all stems of a word, with the impacts of the rarest."""
        first, *others = sorted(
            map(self._block, dict.fromkeys(word)), key=lambda one: len(one.rows)
        )
        for other in others:
            kept = np.isin(first.rows, other.rows, assume_unique=True)
            first = Held(first.rows[kept], first.impacts[kept])
        return first

    def _block(self, stem: str) -> Held:
        at = self._find(stem)
        if at is None:
            return Held(np.empty(0, np.uint32), np.empty(0, np.uint8))
        count = int(self._counts[at])
        start = int(self._block_ends[at - 1]) if at else 0
        middle = start + _WIDTH * count
        return Held(self._data[start:middle].view(np.uint32), self._data[middle : middle + count])

    def _find(self, stem: str) -> int | None:
        wanted = stem.encode()
        at = bisect_left(range(len(self._counts)), wanted, key=self._name)
        return at if at < len(self._counts) and self._name(at) == wanted else None

    def _name(self, at: int) -> bytes:
        return self._names[self._name_ends[at - 1] if at else 0 : self._name_ends[at]]


def _best(scores: NDArray[np.float32], held: Iterable[Held], k: int) -> NDArray[np.int64]:
    """The rows of the `k` highest scores above 0."""
    # So high are `k` of those with one word alone, the rarest of so many: to sort out the rest is quick.
    least = next((np.partition(scores[h.rows], -k)[-k] for h in held if len(h.rows) >= k), None)
    found = np.flatnonzero(scores if least is None else scores >= least)
    if len(found) <= k:
        return found
    return found[np.argpartition(scores[found], -k)[-k:]]


def _parts(
    ids: Ids, lengths: NDArray[np.uint32], holders: Iterable[tuple[str, Ids]]
) -> Iterator[bytes]:
    """The file, from its beginning to its end."""
    damped = damping(lengths.astype(np.float32), max(lengths.sum(), 1) / max(len(ids), 1))
    counts, names = [], []
    for stem, held in holders:
        distinct, times = np.unique(held, return_counts=True)
        rows = np.searchsorted(ids, distinct)
        known = np.isin(distinct, ids[rows[rows < len(ids)]], assume_unique=True)
        if not known.any():
            continue
        rows = rows[known]
        impacts = frequency(times[known].astype(np.float32), damped[rows]) * (_STEPS / MOST)
        counts.append(len(rows))
        names.append(stem.encode())
        yield rows.astype(np.uint32).tobytes()
        # None of 0, which would be no score.
        yield impacts.round().clip(1, _STEPS).astype(np.uint8).tobytes()
        yield bytes(-len(rows) % _WIDTH)
    yield ids.astype(np.int64).tobytes()
    yield np.array(counts, np.uint32).tobytes()
    yield np.array([len(name) for name in names], np.uint32).tobytes()
    yield b"".join(names)
    yield np.array([len(ids), len(counts), sum(map(len, names))], np.int64).tobytes()


def _filled(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bytes of so many impacts, up to a multiple of a row's."""
    return -(-counts // _WIDTH) * _WIDTH


def _array(data: NDArray[np.uint8], dtype: type[np.generic]) -> NDArray[Any]:
    """A copy in memory, wherever in the file the bytes lie."""
    return np.frombuffer(data.tobytes(), dtype)
