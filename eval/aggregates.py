"""From values per question to one figure. Pure functions; None where there is nothing to measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BINS = 10
RESAMPLES = 1000
SEED = 0


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that the figure of another such sample would mostly lie in."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The answers whose confidence lies in [low, high): how sure they were, and how many were right.

    The last bin holds 1 as well.
    """

    low: float
    high: float
    count: int
    confidence: float
    right: float


def mean(values: Sequence[float]) -> float | None:
    """`sum / n`; of booleans, their share. Accuracy and every rate here are such means."""
    return sum(values) / len(values) if values else None


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> float | None:
    """`sum of parts / sum of wholes`: a share over all answers at once."""
    total = sum(wholes)
    return sum(parts) / total if total else None


def false_answer_rate(answered: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """The share of the unanswerable questions that were answered."""
    return mean([a for a, can in zip(answered, answerable, strict=True) if not can])


def false_refusal_rate(answered: Sequence[bool], answerable: Sequence[bool]) -> float | None:
    """The share of the answerable questions that were refused."""
    return mean([not a for a, can in zip(answered, answerable, strict=True) if can])


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """The chance that a positive scores above a negative, a tie counting half.

    `(sum of the positives' ranks - p (p + 1) / 2) / (p n)`, where equal scores share their mean rank:
    the Mann-Whitney U (Hanley and McNeil 1982). None unless there are both.
    """
    is_positive = np.asarray(positive, dtype=bool)
    p = int(is_positive.sum())
    n = len(positive) - p
    if p == 0 or n == 0:
        return None
    _, group, counts = np.unique(
        np.asarray(scores, dtype=float), return_inverse=True, return_counts=True
    )
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[group]
    return float((ranks[is_positive].sum() - p * (p + 1) / 2) / (p * n))


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> tuple[ReliabilityBin, ...]:
    """The bins of a reliability diagram, ten of equal width, those without an answer left out.

    DeGroot and Fienberg 1983, "The Comparison and Evaluation of Forecasters".
    """
    values = np.asarray(confidences, dtype=float)
    truth = np.asarray(right, dtype=float)
    bins = np.minimum((values * _BINS).astype(int), _BINS - 1)
    return tuple(
        ReliabilityBin(
            low=int(number) / _BINS,
            high=(int(number) + 1) / _BINS,
            count=int((bins == number).sum()),
            confidence=float(values[bins == number].mean()),
            right=float(truth[bins == number].mean()),
        )
        for number in np.unique(bins)
    )


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """`sum over bins of (share of all) * |mean confidence - share right|`; see `reliability`.

    Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    bins = reliability(confidences, right)
    gaps = sum(one.count * abs(one.confidence - one.right) for one in bins)
    return gaps / len(confidences) if confidences else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value that `share` per cent lie at or below, linear between neighbours."""
    return float(np.percentile(values, share)) if values else None


def bootstrap_interval(values: Sequence[float]) -> Interval | None:
    """The 95 % interval of the mean by the percentile bootstrap (Efron 1979).

    1,000 samples drawn with replacement; seeded, so the same values give the same interval.
    """
    if not values:
        return None
    sample = np.asarray(values, dtype=float)
    means = np.concatenate([sample[picks].mean(axis=1) for picks in _samples(len(sample))])
    return _middle(means)


def ratio_interval(parts: Sequence[float], wholes: Sequence[float]) -> Interval | None:
    """The 95 % interval of `sum of parts / sum of wholes`, bootstrapped like `bootstrap_interval`.

    Each sample draws pairs; one whose wholes sum to 0 says nothing and is left out.
    """
    if not sum(wholes):
        return None
    part, whole = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    sums = [(part[picks].sum(axis=1), whole[picks].sum(axis=1)) for picks in _samples(len(part))]
    ratios = [above[below > 0] / below[below > 0] for above, below in sums]
    return _middle(np.concatenate(ratios))


def statistic_interval(
    statistic: Callable[[Sequence[float], Sequence[bool]], float | None],
    scores: Sequence[float],
    outcomes: Sequence[bool],
) -> Interval | None:
    """The 95 % interval of a statistic of pairs such as `auroc`, bootstrapped like the others.

    A sample in which there is nothing to measure is left out; None where that is so of the pairs.
    """
    if statistic(list(scores), list(outcomes)) is None:
        return None
    every, known = np.asarray(scores, dtype=float), np.asarray(outcomes, dtype=bool)
    values = (
        statistic(every[row].tolist(), known[row].tolist())
        for picks in _samples(len(every))
        for row in picks
    )
    return _middle(np.array([value for value in values if value is not None]))


def _samples(size: int) -> Iterator[NDArray[np.int64]]:
    """The places that 1,000 samples draw, in blocks of shape (samples, size), always the same."""
    draws = np.random.default_rng(SEED)
    # Many samples at a time, and of long ones fewer: a million values are eight megabytes.
    for block in np.array_split(range(RESAMPLES), 1 + size // 1000):
        yield draws.integers(0, size, (len(block), size))


def _middle(values: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(float(low), float(high))
