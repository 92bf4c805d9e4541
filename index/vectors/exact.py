"""Exact inner product over unit vectors: every vector is looked at, none is missed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np

from index.embedding import Vectors
from index.vectors.files import load_indexes, save_index
from index.vectors.protocol import Ids
from index.vectors.threads import one_thread


class ExactIndex:
    """An immutable snapshot in memory, of 4 bytes a dimension; see `VectorIndex`."""

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
    def load(cls, folder: Path, name: str, dim: int, ids: Ids) -> Self | None:
        """The snapshot saved in `folder` under `name`; None unless it is whole and of these very `ids`.

        `ids` are in ascending order.
        """
        import faiss

        for index in load_indexes(folder, name):
            held = faiss.vector_to_array(index.id_map)
            if index.d == dim and np.array_equal(np.sort(held), ids):
                return cls(index)
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
        """See `VectorIndex.search`."""
        if not len(self):
            return []
        with one_thread():
            scores, ids = self._index.search(vector.reshape(1, -1), min(k, len(self)))
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True)]
