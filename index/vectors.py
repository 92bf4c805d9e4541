"""Nearest neighbours by FAISS: exact inner product over unit vectors, rebuildable from the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

Ids = NDArray[np.int64]


class VectorIndex:
    """An immutable snapshot: searched from any number of threads, replaced and never changed."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        """Index `vectors`, shape (n, dim), float32, unit rows, under `ids`, shape (n,), distinct."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index)

    @classmethod
    def load(cls, path: Path, dim: int, count: int) -> Self | None:
        """The snapshot saved at `path`; None unless it is whole and has this shape."""
        import faiss

        try:
            index = faiss.read_index(str(path))
        except (RuntimeError, MemoryError):  # FAISS's word for a missing or a truncated file alike
            return None
        return cls(index) if (index.d, index.ntotal) == (dim, count) else None

    def save(self, path: Path) -> None:
        """Write the snapshot aside and put it at `path` in one step."""
        import faiss

        aside = path.with_suffix(".tmp")
        faiss.write_index(self._index, str(aside))
        aside.replace(path)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest ids to `vector`, shape (dim,), with their cosines in [-1, 1], best first."""
        if not len(self):
            return []
        scores, ids = self._index.search(vector.reshape(1, -1), min(k, len(self)))
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True)]
