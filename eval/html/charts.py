"""The report's pictures, as SVG whose colours the style sheet gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from eval.aggregates import Interval, ReliabilityBin
from eval.costs import Latency
from eval.html.markup import escape, percent, seconds
from eval.selective import RiskPoint

_WIDTH, _HEIGHT = 440, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 22, 14, 40
_ACROSS = _WIDTH - _LEFT - _RIGHT
_UP = _HEIGHT - _TOP - _BOTTOM
_ROW = 58
_FASTEST, _SLOWEST = -4, 1  # powers of ten of a second
_CELLS = 50
ACCEPTED_RISK = 0.05


def risk_coverage(curve: Sequence[RiskPoint]) -> str:
    """How much is wrong of what is answered, as less and less sure answers are kept."""
    top = max(0.1, *(math.ceil(10 * point.risk) / 10 for point in curve)) if curve else 1.0

    def y(risk: float) -> float:
        return _TOP + _UP * (1 - risk / top)

    steps = [(_x(p.coverage), y(p.risk)) for p in curve]
    path = "M" + " L".join(f"{x:.1f},{up:.1f}" for x, up in steps) if steps else ""
    accepted = (
        f'<line class="guide" x1="{_LEFT}" x2="{_LEFT + _ACROSS}" {_level(y(ACCEPTED_RISK))}/>'
    )
    label = (
        f'<text class="quiet" x="{_LEFT + _ACROSS}" y="{y(ACCEPTED_RISK) - 5:.1f}" '
        'text-anchor="end">5 % risk</text>'
    )
    end = (
        f'<circle class="dot" cx="{steps[-1][0]:.1f}" cy="{steps[-1][1]:.1f}" r="4"/>'
        if steps
        else ""
    )
    return _chart(
        "Risk and coverage",
        _grid([(y(level), percent(level, 0)) for level in _levels(top)])
        + _across("questions answered")
        + accepted
        + label
        + f'<path class="line" d="{path}"/>'
        + end,
    )


def reliability(bins: Sequence[ReliabilityBin]) -> str:
    """How much of what was said with a confidence was right: bars that should reach the diagonal."""
    bars = []
    for one in bins:
        x, width = _x(one.low), _ACROSS * (one.high - one.low)
        height = _UP * one.right
        said = _TOP + _UP * (1 - one.confidence)
        title = f"{one.count} answers, said {percent(one.confidence)}, right {percent(one.right)}"
        bars.append(
            f"<g><title>{title}</title>"
            f'<rect class="bar" x="{x + 2:.1f}" y="{_TOP + _UP - height:.1f}" '
            f'width="{width - 4:.1f}" height="{height:.1f}" rx="2"/>'
            f'<line class="said" x1="{x + 2:.1f}" x2="{x + width - 2:.1f}" {_level(said)}/>'
            f'<text class="count" x="{x + width / 2:.1f}" y="{_TOP + _UP - 7}" '
            f'text-anchor="middle">{one.count}</text></g>'
        )
    diagonal = (
        f'<line class="guide" x1="{_LEFT}" y1="{_TOP + _UP}" x2="{_LEFT + _ACROSS}" y2="{_TOP}"/>'
    )
    levels = [(_TOP + _UP * (1 - n / 4), percent(n / 4, 0)) for n in range(5)]
    return _chart("Reliability", _grid(levels) + _across("confidence") + diagonal + "".join(bars))


def latency(timings: Sequence[Mapping[str, float]], latencies: Mapping[str, Latency]) -> str:
    """A histogram of each stage's seconds, on one logarithmic scale, median and 95th percentile marked."""
    height = _TOP + _ROW * len(latencies) + _BOTTOM
    bottom = _TOP + _ROW * len(latencies)
    scale = [
        f'<line class="grid" y1="{_TOP}" y2="{bottom}" x1="{x:.1f}" x2="{x:.1f}"/>'
        f'<text class="quiet" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{label}</text>'
        for power, label in zip(
            range(_FASTEST, _SLOWEST + 1),
            ("0.1 ms", "1 ms", "10 ms", "0.1 s", "1 s", "10 s"),
            strict=True,
        )
        for x in [_logarithmic(10.0**power)]
    ]
    rows = [
        _stage(name, [t[name] for t in timings if name in t], one, _TOP + _ROW * (n + 1))
        for n, (name, one) in enumerate(latencies.items())
    ]
    return _chart("Latency by stage", "".join(scale + rows), height)


def whisker(value: float, interval: Interval | None) -> str:
    """A share on a scale from 0 to 1, with its interval."""
    band = ""
    if interval:
        low, high = 120 * interval.low, 120 * interval.high
        wide = max(high - low, 1)
        band = f'<rect class="band" x="{low:.1f}" y="4" width="{wide:.1f}" height="8" rx="2"/>'
    return (
        '<svg class="whisker" viewBox="-4 0 128 16" aria-hidden="true">'
        f'<line class="grid" x1="0" x2="120" y1="8" y2="8"/>{band}'
        f'<circle class="dot" cx="{120 * value:.1f}" cy="8" r="3.5"/></svg>'
    )


def _stage(name: str, values: Sequence[float], one: Latency, floor: float) -> str:
    cells = [0] * _CELLS
    for value in values:
        place = (_logarithmic(value) - _LEFT) / _ACROSS
        cells[min(int(place * _CELLS), _CELLS - 1)] += 1
    width = _ACROSS / _CELLS
    most = max(cells) or 1
    bars = "".join(
        f'<rect class="bar" x="{_LEFT + n * width + 0.5:.1f}" width="{width - 1:.1f}" '
        f'y="{floor - 28 * count / most:.1f}" height="{28 * count / most:.1f}"/>'
        for n, count in enumerate(cells)
        if count
    )
    said = f"{seconds(one.p50)} median, {seconds(one.p95)} p95"
    ticks = "".join(
        f'<line class="said" x1="{x:.1f}" x2="{x:.1f}" y1="{floor - 30}" y2="{floor}"/>'
        for x in (_logarithmic(one.p50), _logarithmic(one.p95))
    )
    return (
        f'<line class="axis" x1="{_LEFT}" x2="{_LEFT + _ACROSS}" {_level(floor)}/>{bars}{ticks}'
        f'<text class="name" x="{_LEFT}" y="{floor - 34}">{escape(name)}</text>'
        f'<text class="quiet" x="{_LEFT + _ACROSS}" y="{floor - 34}" text-anchor="end">{said}</text>'
    )


def _logarithmic(value: float) -> float:
    power = math.log10(min(max(value, 10.0**_FASTEST), 10.0**_SLOWEST))
    return _LEFT + _ACROSS * (power - _FASTEST) / (_SLOWEST - _FASTEST)


def _x(share: float) -> float:
    return _LEFT + _ACROSS * share


def _level(y: float) -> str:
    return f'y1="{y:.1f}" y2="{y:.1f}"'


def _grid(levels: Sequence[tuple[float, str]]) -> str:
    return "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + _ACROSS}" {_level(y)}/>'
        f'<text class="quiet" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
        for y, label in levels
    )


def _levels(top: float) -> list[float]:
    """Round shares from 0 to `top`, three to six of them."""
    step = 0.05 if top <= 0.25 else 0.1 if top <= 0.5 else 0.2
    return [step * n for n in range(int(top / step + 1e-9) + 1)]


def _across(name: str) -> str:
    ticks = "".join(
        f'<text class="quiet" x="{_x(n / 4):.1f}" y="{_TOP + _UP + 17}" text-anchor="middle">'
        f"{percent(n / 4, 0)}</text>"
        for n in range(5)
    )
    middle = _LEFT + _ACROSS / 2
    return f'{ticks}<text class="name" x="{middle}" y="{_HEIGHT - 5}" text-anchor="middle">{name}</text>'


def _chart(title: str, inside: str, height: float = _HEIGHT) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-label="{title}">'
        f"{inside}</svg>"
    )
