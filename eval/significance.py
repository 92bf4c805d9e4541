"""Whether one run is better than another on the same questions. Pure functions, in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np

from eval.aggregates import RESAMPLES, SEED, Interval


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided p-value of McNemar's test, which is the sign test of those that changed.

    The chance that fair coin tosses, one for each question that changed, come out at least as uneven:
    `2 * sum over i <= min(better, worse) of C(n, i) / 2^n`, at most 1, with `n = better + worse`
    (McNemar 1947, exact by the binomial distribution).
    """
    n = better + worse
    tail = sum(comb(n, i) for i in range(min(better, worse) + 1))
    return min(1.0, float(2 * tail / 2**n))


def paired_bootstrap(before: Sequence[float], now: Sequence[float]) -> Interval | None:
    """The 95 % interval of the mean gain per question (Efron and Tibshirani 1993), seeded.

    Each sample draws questions, and with a question its value in both runs. None without questions.
    """
    if not now:
        return None
    gains = np.asarray(now, dtype=float) - np.asarray(before, dtype=float)
    draws = np.random.default_rng(SEED)
    picked = draws.integers(0, len(gains), (RESAMPLES, len(gains)))
    low, high = np.percentile(gains[picked].mean(axis=1), [2.5, 97.5])
    return Interval(float(low), float(high))
