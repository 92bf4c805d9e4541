"""Floors that a run must reach, such as `right_and_cited=0.9`: a gate for continuous integration."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.scoring import figures, score
from index import UsageError


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a figure may be."""

    metric: str
    least: float


def parse(texts: Iterable[str]) -> tuple[Floor, ...]:
    """The floors that are written `METRIC=VALUE`.

    Raises:
        UsageError: a metric that there is not, or no number.
    """
    return tuple(map(_floor, texts))


def _floor(text: str) -> Floor:
    metric, _, value = text.partition("=")
    known = list(figures(score(())))
    if metric not in known:
        raise UsageError(f"--min {text}: there is no metric {metric!r}; use {', '.join(known)}")
    try:
        least = float(value)
    except ValueError:
        least = math.nan
    if not math.isfinite(least):
        raise UsageError(f"--min {text}: {value!r} is no number; write {metric}=0.9")
    return Floor(metric, least)


def missed(floors: Sequence[Floor], found: Mapping[str, float | None]) -> tuple[str, ...]:
    """A line for each floor that is missed; what has nothing to measure is missed as well."""
    lines = []
    for floor in floors:
        value = found[floor.metric]
        if value is None:
            lines.append(f"{floor.metric}: nothing to measure, at least {floor.least:g} wanted")
        elif value < floor.least:
            lines.append(f"{floor.metric}: {value:.4f}, at least {floor.least:g} wanted")
    return tuple(lines)
