"""Metrics of answering only when sure: risk, coverage, and what lies between. Pure functions.

An answer is kept while its confidence is at or above a threshold. A refused question has no answer
whose risk could be known, so a curve ends at the share that was answered; ask with
`CITEWISE_MIN_CONFIDENCE=0` to see all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.aggregates import mean


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """One point of the risk-coverage curve: how much was answered, and how much of that was right."""

    coverage: float | None
    precision: float | None


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What is answered at or above `confidence`: its share of all in (0, 1], and how much is wrong."""

    confidence: float
    coverage: float
    risk: float


def coverage_point(answered: Sequence[bool], right: Sequence[bool]) -> CoveragePoint:
    """`coverage = answered / all`, `precision = right and answered / answered`, `risk = 1 - precision`.

    El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification".
    """
    kept = [r for a, r in zip(answered, right, strict=True) if a]
    return CoveragePoint(coverage=mean(answered), precision=mean(kept))


def risk_coverage(
    confidences: Sequence[float], right: Sequence[bool], questions: int
) -> tuple[RiskPoint, ...]:
    """The curve of the answers to `questions`, a point for each confidence, the surest first.

    Answers equally sure are kept or dropped together: no threshold lies between them.
    """
    points = []
    kept = wrong = 0
    for confidence in sorted(set(confidences), reverse=True):
        group = [r for c, r in zip(confidences, right, strict=True) if c == confidence]
        kept += len(group)
        wrong += group.count(False)
        points.append(RiskPoint(confidence, kept / questions, wrong / kept))
    return tuple(points)


def aurc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """The area under the risk-coverage curve of what was answered: 0 is best.

    The mean, over k = 1 to n, of the risk of the k surest answers; among equally sure ones, that of
    all their orders. Geifman, Uziel and El-Yaniv 2019, "Bias-Reduced Uncertainty Estimation for Deep
    Neural Classifiers".
    """
    if not confidences:
        return None
    order = np.argsort(-np.asarray(confidences, dtype=float), kind="stable")
    sure = np.asarray(confidences, dtype=float)[order]
    wrong = 1 - np.asarray(right, dtype=float)[order]
    _, groups, counts = np.unique(sure, return_inverse=True, return_counts=True)
    shares = np.bincount(groups, weights=wrong) / counts
    risks = np.cumsum(shares[groups]) / np.arange(1, len(sure) + 1)
    return float(risks.mean())


def coverage_at_risk(curve: Sequence[RiskPoint], risk: float) -> float:
    """The largest coverage of the curve with no more than that risk; 0 where it is always higher."""
    return max((point.coverage for point in curve if point.risk <= risk), default=0.0)
