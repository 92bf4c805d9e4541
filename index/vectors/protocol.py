"""What every index of vectors can do, whatever it is made of."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

Ids = NDArray[np.int64]


class VectorIndex(Protocol):
    """Searched from any number of threads, replaced and never changed under a search."""

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest ids to `vector`, shape (dim,), with their cosines in [-1, 1], best first."""
        ...

    def __len__(self) -> int:
        """How many vectors it holds, those of passages that were deleted since included."""
        ...
