"""Bounds that a run must keep to, such as `right_and_cited=0.9`: a gate for continuous integration.

A floor is written after `--min`, a ceiling, for what is better the lower it is, after `--max`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.costs import Latency
from eval.scoring import figures, score
from index import UsageError

_SECONDS = ("seconds_p50", "seconds_p95")


@dataclass(frozen=True, slots=True)
class Bound:
    """The least that a figure may be, or the most where it is a ceiling."""

    metric: str
    value: float
    is_ceiling: bool = False

    @property
    def wanted(self) -> str:
        """The bound in words."""
        return f"at {'most' if self.is_ceiling else 'least'} {self.value:g} wanted"

    def admits(self, figure: float) -> bool:
        """Whether the figure keeps to it; the bound itself does."""
        return figure <= self.value if self.is_ceiling else figure >= self.value


def parse(floors: Iterable[str], ceilings: Iterable[str] = ()) -> tuple[Bound, ...]:
    """The bounds that are written `METRIC=VALUE`.

    Raises:
        UsageError: a metric that there is not, or no number.
    """
    return (
        *(_bound(text, is_ceiling=False) for text in floors),
        *(_bound(text, is_ceiling=True) for text in ceilings),
    )


def _bound(text: str, *, is_ceiling: bool) -> Bound:
    option = "--max" if is_ceiling else "--min"
    metric, _, value = text.partition("=")
    known = [*figures(score(())), *_SECONDS]
    if metric not in known:
        raise UsageError(f"{option} {text}: there is no metric {metric!r}; use {', '.join(known)}")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        example = 0.1 if is_ceiling else 0.9
        raise UsageError(f"{option} {text}: {value!r} is no number; write {metric}={example}")
    return Bound(metric, number, is_ceiling)


def gated(found: Mapping[str, float | None], total: Latency | None) -> dict[str, float | None]:
    """The figures that can be bounded: those of a run, and the seconds that whole answers take."""
    seconds = (None, None) if total is None else (total.p50, total.p95)
    return {**found, **dict(zip(_SECONDS, seconds, strict=True))}


def missed(bounds: Sequence[Bound], found: Mapping[str, float | None]) -> tuple[str, ...]:
    """A line for each bound that is missed; what has nothing to measure is missed as well."""
    lines = []
    for bound in bounds:
        value = found[bound.metric]
        if value is None:
            lines.append(f"{bound.metric}: nothing to measure, {bound.wanted}")
        elif not bound.admits(value):
            lines.append(f"{bound.metric}: {value:.4f}, {bound.wanted}")
    return tuple(lines)
