"""Compressed vectors in a trained, inverted file; what it proposes is scored exactly by the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from index.embedding import Vectors
from index.tuning import Tuning
from index.vectors.files import load_indexes, save_index
from index.vectors.protocol import Ids
from index.vectors.threads import one_thread

# Gives those of some ids that are stored, shape (n,), and their vectors, shape (n, dim).
VectorsOf = Callable[[Sequence[int]], tuple[Ids, Vectors]]

_ROUNDS = 10  # of k-means
_SEED = 9
# What one search is widened by when too many of the nearest were deleted.
_WIDER = 4


class CompressedIndex:
    """An immutable snapshot of about 72 bytes a passage (dim = 384); see `VectorIndex`.

    Each vector is kept as the signs of its randomly rotated distance from its cluster's centre, a bit a
    dimension (RaBitQ: Gao and Long, SIGMOD 2024). The order of that is good enough to choose who is
    scored by the vectors themselves, which the catalogue has. Whoever it no longer has is left out, and
    the search widened instead.
    """

    def __init__(self, index: Any, vectors_of: VectorsOf, tuning: Tuning) -> None:
        self._index, self._vectors_of, self._tuning = index, vectors_of, tuning

    @classmethod
    def build(
        cls,
        count: int,
        sample: Vectors,
        blocks: Iterable[tuple[Ids, Vectors]],
        vectors_of: VectorsOf,
        tuning: Tuning,
    ) -> Self:
        """Train and fill an index.

        Args:
            count: of the passages, about.
            sample: of their vectors, shape (n, dim), to train with.
            blocks: of ids, shape (n,), distinct, with their vectors, shape (n, dim), float32, unit rows.
            vectors_of: gives those that are still stored.
            tuning: see there.
        """
        import faiss

        dim = sample.shape[1]
        clusters = max(1, min(tuning.clusters(count), len(sample)))
        centres = faiss.IndexFlatIP(dim)
        index = faiss.IndexIVFRaBitQ(centres, dim, clusters, faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.seed = _ROUNDS, _SEED
        index.cp.min_points_per_centroid = 1  # or it would say so on the terminal
        if len(sample):  # of nothing there is nothing to learn, nor to add
            index.train(np.ascontiguousarray(sample))
            for ids, vectors in blocks:
                index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index, vectors_of, tuning)

    @classmethod
    def load(
        cls, folder: Path, name: str, dim: int, vectors_of: VectorsOf, tuning: Tuning
    ) -> Self | None:
        """The snapshot saved in `folder` under `name`, left in its file; None unless it is whole."""
        for index in load_indexes(folder, name, mapped=True):
            if index.d == dim:
                return cls(index, vectors_of, tuning)
        return None

    def save(self, folder: Path, name: str) -> None:
        """Write the snapshot into `folder`.

        Raises:
            OSError: it cannot be written.
        """
        save_index(self._index, folder, name)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """See `VectorIndex.search`; the cosines are exact, and at most few of the nearest are missed."""
        if not len(self) or k < 1:
            return []
        probes, wanted = self._tuning.probes, k * self._tuning.candidates
        while True:
            found = self._candidates(vector, wanted, probes)
            ids, vectors = self._vectors_of(found)
            everything = wanted >= len(self) and probes >= self._index.nlist
            if len(ids) >= k or everything:
                break
            probes, wanted = probes * _WIDER, wanted * _WIDER
        scores = vectors @ vector
        best = np.lexsort((ids, -scores))[:k]
        return [(int(ids[at]), float(scores[at])) for at in best]

    def _candidates(self, vector: Vectors, wanted: int, probes: int) -> list[int]:
        import faiss

        chosen: Any = faiss.SearchParametersIVF()
        chosen.nprobe = min(probes, self._index.nlist)
        with one_thread():
            _, ids = self._index.search(
                vector.reshape(1, -1), min(wanted, len(self)), params=chosen
            )
        found: list[int] = ids[0][ids[0] >= 0].tolist()
        return found
