"""Okapi BM25 as SQLite's FTS5 computes it, with k1 = 1.2 and b = 0.75.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); for the choices,
the documentation of FTS5 (https://www.sqlite.org/fts5.html#the_bm25_function).
"""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.floating[Any]]

_K1 = 1.2
_B = 0.75
_LEAST = 1e-6
MOST = _K1 + 1


def rarity(passages: int, holders: float) -> float:
    """The weight of a word that so many of the passages hold: log((N - n + 0.5) / (n + 0.5)), above 0."""
    odds = (passages - holders + 0.5) / (holders + 0.5)
    return max(log(odds), _LEAST) if odds > 0 else _LEAST


def damping(lengths: Reals, mean: float) -> Reals:
    """What the length of a passage, in words, adds below: k1 (1 - b + b length / mean)."""
    return _K1 * (1 - _B + _B * lengths / mean)


def frequency(times: Reals, damped: Reals) -> Reals:
    """What it counts for that a word stands in a passage so many times: below `MOST`."""
    return times * MOST / (times + damped)
