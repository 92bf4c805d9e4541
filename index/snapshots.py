"""The vector index of a catalogue, and of a large one the words: in memory, on the disk, or made anew.

While it is small it is exact, and made anew with every change. A large one is compressed, and what changes
is put beside it: a passage keeps its vector for life and its id is never given out again, so that a
snapshot made once stays true. What it lacks are the passages with higher ids than its own, which are
searched exactly; what it has too many of are those that are no longer stored, which are left out. When
there are too many of both, whoever writes the catalogue makes it anew. The words of the same passages, as
`Postings`, come and go with it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

from index.catalogue import Catalogue
from index.embedding import Vectors
from index.lock import writer_lock
from index.postings import Postings
from index.ranking import Ranking
from index.tuning import Tuning
from index.vectors import CompressedIndex, ExactIndex, Ids, LayeredIndex, VectorIndex

_LOCK = "vectors.lock"
# Somebody else makes a large index: longer than that takes for some millions of passages.
_PATIENCE = 1800.0
_ROWS = 32_768
# As a part of a large index, what is added beside it before it is made anew even in mid-sync.
_FAR_TOO_MUCH = 0.25
_LARGE_NAME = re.compile(r"large-([0-9a-f]+)-([0-9]+)-([0-9]+)-[0-9a-f]{8}\.faiss")
_SNAPSHOT = re.compile(
    r"(?:vectors|large)-([0-9a-f]+)-([0-9]+)-(?:[0-9]+-)?[0-9a-f]{8}\.(?:faiss|words)"
)
_SEED = 9


class _Name(NamedTuple):
    """Of a compressed index: of the passages up to the id `last`, made at that `generation`."""

    generation: int
    last: int
    lineage: str

    def __str__(self) -> str:
        return f"large-{self.lineage}-{self.generation}-{self.last}"

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """None where the file is called otherwise."""
        found = _LARGE_NAME.fullmatch(path.name)
        return cls(int(found[2]), int(found[3]), found[1]) if found else None


@dataclass(frozen=True, slots=True)
class _Large:
    """An index of very many passages and, unless it could not be kept, their words."""

    name: _Name
    index: CompressedIndex
    words: Ranking | None


class Snapshots:
    """Gives the index of a catalogue as it is now; safe to use from many threads and processes."""

    def __init__(self, folder: Path, catalogue: Catalogue, dim: int, tuning: Tuning) -> None:
        """Nothing is read or made yet; what is made is kept in `folder`."""
        self._folder, self._catalogue, self._dim, self._tuning = folder, catalogue, dim, tuning
        self._passages = catalogue.passages
        self._refresh = threading.Lock()
        self._current: tuple[str, VectorIndex] | None = None
        self._large: _Large | None = None

    def current(self) -> VectorIndex:
        """The index of all passages that are stored now.

        Raises:
            CatalogueError: another process has put another model's vectors into the catalogue, or it is
                damaged.
        """
        with self._refresh:
            edition = self._catalogue.edition
            if self._current is None or self._current[0] != edition:
                self._catalogue.check()
                self._current = edition, self._made(edition)
            return self._current[1]

    def words(self) -> Ranking | None:
        """What ranks the passages by words; None where there are not very many.

        Raises:
            CatalogueError: see `current`.
        """
        self.current()
        large = self._large
        return large.words if large else None

    def settle(self) -> None:
        """Leave on the disk what the next start needs and no more; called by the only writer.

        A large index that has changed too much is made anew, which takes minutes for a million passages;
        whoever reads meanwhile goes on with what was there. A small one is left to who asks first.
        """
        count, large = self._passages.count(), None
        if self._is_large(count):
            large = self._large_of(self._catalogue.lineage)
            if large is None or self._outgrown(large, count):
                large = self._make_large()
        with self._refresh:
            self._large = large
            self._sweep(self._catalogue.edition)

    def _is_large(self, count: int) -> bool:
        return count > self._tuning.large

    def _made(self, edition: str) -> VectorIndex:
        if self._is_large(self._passages.count()):
            return self._layered()
        self._large = None
        return self._exact(edition)

    def _exact(self, edition: str) -> ExactIndex:
        name = _small_name(edition)
        stored = ExactIndex.load(self._folder, name, self._dim, self._passages.ids())
        if stored is not None:
            return stored
        index = ExactIndex.build(*self._passages.vectors(self._dim))
        if self._catalogue.edition == edition:
            self._sweep(edition)
            # Without the file the next start builds the snapshot again, and nothing is lost.
            with suppress(OSError):
                index.save(self._folder, name)
        return index

    def _layered(self) -> LayeredIndex:
        large = self._large_of(self._catalogue.lineage)
        if large is None or self._overgrown(large):
            large = self._make_large()
        self._large = large
        side = ExactIndex.build(*self._passages.vectors(self._dim, after=large.name.last))
        return LayeredIndex(large.index, side)

    def _overgrown(self, large: _Large) -> bool:
        """Whether so much was added that whoever reads cannot wait for the end of a long sync."""
        added = self._passages.count(after=large.name.last)
        return added > max(self._tuning.large, _FAR_TOO_MUCH * len(large.index))

    def _outgrown(self, large: _Large, count: int) -> bool:
        """Whether what was added and deleted since is too much of a large index."""
        added = self._passages.count(after=large.name.last)
        deleted = len(large.index) - (count - added)
        return added + deleted > self._tuning.share * len(large.index)

    def _large_of(self, lineage: str) -> _Large | None:
        """The newest large index: the one in memory, or one on the disk that is whole."""
        held = self._large if self._large and self._large.name.lineage == lineage else None
        for name in sorted(self._stored(lineage), reverse=True):
            if held is not None and held.name >= name:
                break
            if (large := self._load_large(name)) is not None:
                return large
        return held

    def _load_large(self, name: _Name) -> _Large | None:
        postings = Postings.load(self._folder, str(name))
        index = CompressedIndex.load(
            self._folder, str(name), self._dim, self._vectors_of, self._tuning
        )
        if postings is None or index is None:
            return None
        return _Large(name, index, self._passages.ranking(postings, name.last, self._tuning.pool))

    def _stored(self, lineage: str) -> Iterator[_Name]:
        """The large indexes on the disk.

        One of ids or changes that were never made is of a catalogue that was since put back to an earlier
        state: its ids may mean something else by now.
        """
        generation, limit = self._catalogue.generation, self._passages.last_id()
        for path in self._folder.glob("large-*"):
            if (name := _Name.of(path)) is None or name.lineage != lineage:
                continue
            if name.generation <= generation and name.last <= limit:
                yield name

    def _make_large(self) -> _Large:
        """Train and fill a large index, and write its words, unless another process has just done so."""
        with writer_lock(self._folder / _LOCK, _PATIENCE):
            catalogue, count = self._catalogue, self._passages.count()
            other = self._large_of(catalogue.lineage)
            if other is not None and not self._outgrown(other, count):
                return other
            name = _Name(catalogue.generation, self._passages.last_id(), catalogue.lineage)
            # What the snapshot knows must not be lost with the power while the snapshot stays.
            catalogue.to_disk()
            index = CompressedIndex.build(
                count,
                self._sample(name.last),
                self._blocks(name.last),
                self._vectors_of,
                self._tuning,
            )
            # Left in their files they are shared with whoever else reads them.
            with suppress(OSError):
                Postings.save(
                    self._folder,
                    str(name),
                    self._passages.lengths(name.last),
                    self._passages.holders(),
                )
                index.save(self._folder, str(name))
                if (large := self._load_large(name)) is not None:
                    return large
            return _Large(name, index, None)

    def _sample(self, last: int) -> Vectors:
        """Vectors of passages drawn by chance, to train with."""
        ids = self._passages.ids()
        ids = ids[ids <= last]
        wanted = self._tuning.sample * self._tuning.clusters(len(ids))
        drawn = np.random.default_rng(_SEED).choice(ids, min(wanted, len(ids)), replace=False)
        starts = range(0, max(1, len(drawn)), _ROWS)
        return np.concatenate(
            [self._vectors_of(drawn[start : start + _ROWS].tolist())[1] for start in starts]
        )

    def _blocks(self, last: int) -> Iterator[tuple[Ids, Vectors]]:
        """All vectors up to an id, some at a time: together they may be more than fits into memory."""
        after = 0
        while True:
            ids, vectors = self._passages.vectors(self._dim, after=after, limit=_ROWS)
            kept = int(np.searchsorted(ids, last, side="right"))
            if kept:
                yield ids[:kept], vectors[:kept]
            if len(ids) < _ROWS or kept < len(ids):
                return
            after = int(ids[-1])

    def _vectors_of(self, ids: Sequence[int]) -> tuple[Ids, Vectors]:
        return self._passages.vectors_of(ids, self._dim)

    def _sweep(self, edition: str) -> None:
        """Delete the snapshots that nobody will ask for again, and what was left lying aside.

        Those of a later generation stay: another process was faster.
        """
        lineage, _, generation = edition.rpartition("-")
        kept = f"{self._large.name if self._large else _small_name(edition)}-"
        for pattern in ("vectors-*", "large-*"):
            for path in self._folder.glob(pattern):
                found = _SNAPSHOT.fullmatch(path.name)
                later = found and found[1] == lineage and int(found[2]) > int(generation)
                if not later and not (found and path.name.startswith(kept)):
                    with suppress(OSError):
                        path.unlink()


def _small_name(edition: str) -> str:
    return f"vectors-{edition}"
