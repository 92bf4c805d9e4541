"""From where on the vector index is compressed, and how."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """From where on an index is compressed, and how. The defaults are measured by `make bench-scale`.

    `large` is the number of passages above which the index is no longer exact; `lists` times the root
    of their number is that of the clusters, each trained on `sample` passages, of which a search looks
    into `probes`; `candidates` times as many passages as are asked for are scored exactly; `share` is
    the part of an index that may be deleted or added beside it until it is made anew. By words, `pool`
    passages are scored by their texts.
    """

    large: int = 50_000
    lists: float = 2.0
    sample: int = 50
    probes: int = 256
    candidates: int = 8
    share: float = 0.05
    pool: int = 600

    def clusters(self, count: int) -> int:
        """How many clusters so many passages are put into."""
        return max(1, min(count, round(self.lists * math.sqrt(count))))
