"""A large snapshot, and what was added since it was made."""

from __future__ import annotations

from heapq import nsmallest

from index.embedding import Vectors
from index.vectors.protocol import VectorIndex


class LayeredIndex:
    """Two indexes of different ids searched as one; see `VectorIndex`."""

    def __init__(self, base: VectorIndex, side: VectorIndex) -> None:
        self.base, self.side = base, side

    def __len__(self) -> int:
        return len(self.base) + len(self.side)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """See `VectorIndex.search`."""
        found = self.base.search(vector, k) + self.side.search(vector, k)
        return nsmallest(k, found, key=lambda pair: (-pair[1], pair[0]))
