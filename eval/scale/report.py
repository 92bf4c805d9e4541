"""The figures of all sizes as a table, as JSON and as curves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.html.markup import escape
from eval.scale.filling import Filled
from eval.scale.measuring import Measured

_WIDTH, _HEIGHT = 440, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 96, 30, 34
_COLOURS = ("#2563a8", "#b4540a", "#3f7d3a", "#7a3f9d")
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One size: how many of its passages are real, what they are stored in, and what was measured."""

    size: int
    real: int
    filled: Filled
    measured: Measured
    catalogue_bytes: int
    index_bytes: int

    def per_passage(self) -> float:
        """Bytes on the disk for a passage, texts included."""
        return (self.catalogue_bytes + self.index_bytes) / self.filled.passages


def write_report(rows: Sequence[Row], out: Path) -> None:
    """Write `scale.json`, `scale.txt` and the curves into `out`."""
    data = json.dumps([asdict(row) for row in rows], indent=1)
    (out / "scale.json").write_text(data + "\n", encoding="utf-8")
    (out / "scale.txt").write_text(_table(rows), encoding="utf-8")
    for name, picture in _curves(rows).items():
        (out / f"{name}.svg").write_text(picture, encoding="utf-8")


def _table(rows: Sequence[Row]) -> str:
    def times(name: str) -> Callable[[Row], str]:
        return lambda row: (
            f"{1000 * row.measured.p50[name]:.1f} / {1000 * row.measured.p95[name]:.1f}"
        )

    lines: Mapping[str, Callable[[Row], str]] = {
        "passages": lambda r: f"{r.filled.passages:,}",
        "of them real": lambda r: f"{r.real:,}",
        "stored, s (when filled)": lambda r: f"{r.filled.seconds:.1f}",
        "indexes made, s": lambda r: f"{r.measured.built:.1f}",
        "bytes a passage, all": lambda r: f"{r.per_passage():,.0f}",
        "… of the indexes": lambda r: f"{r.index_bytes / r.filled.passages:,.0f}",
        "memory of its own, MB": lambda r: f"{r.measured.anonymous / _MB:,.0f}",
        "… and mapped, MB": lambda r: f"{r.measured.mapped / _MB:,.0f}",
        "start to first answer, s": lambda r: f"{r.measured.start:.2f}",
        "vectors p50 / p95, ms": times("vectors"),
        "words p50 / p95, ms": times("words"),
        "hybrid p50 / p95, ms": times("fused"),
        "whole answer p50 / p95, ms": times("answer"),
        "recall@10 of exact: vectors": lambda r: f"{r.measured.recall['vectors']:.3f}",
        "… words": lambda r: f"{r.measured.recall['words']:.3f}",
        "… hybrid": lambda r: f"{r.measured.recall['fused']:.3f}",
        "sync, nothing changed, s": lambda r: f"{r.measured.unchanged:.2f}",
        "sync, one file edited, s": lambda r: f"{r.measured.edited:.2f}",
        "… and the next search, s": lambda r: f"{r.measured.after_edit:.2f}",
    }
    return "".join(
        f"{name:30}" + "".join(f"{figure(row):>18}" for row in rows) + "\n"
        for name, figure in lines.items()
    )


def _curves(rows: Sequence[Row]) -> dict[str, str]:
    def p95(name: str) -> list[float]:
        return [1000 * row.measured.p95[name] for row in rows]

    sizes = [row.filled.passages for row in rows]
    own = [row.measured.anonymous / _MB for row in rows]
    mapped = [row.measured.mapped / _MB for row in rows]
    found = {name: [row.measured.recall[name] for row in rows] for name in ("vectors", "words")}
    hybrid = [row.measured.recall["fused"] for row in rows]
    return {
        "latency": _chart(
            "95th percentile, milliseconds",
            sizes,
            {
                "vectors": p95("vectors"),
                "words": p95("words"),
                "hybrid": p95("fused"),
                "answer": p95("answer"),
            },
        ),
        "memory": _chart("Memory, megabytes", sizes, {"its own": own, "mapped files": mapped}),
        "recall": _chart("Recall@10 of exact search", sizes, {**found, "hybrid": hybrid}, top=1.0),
    }


def _chart(
    title: str, sizes: Sequence[int], lines: Mapping[str, Sequence[float]], top: float = 0.0
) -> str:
    """Lines over the number of passages, which is drawn by its logarithm."""
    from math import log10

    top = top or max(max(values) for values in lines.values()) * 1.1
    first, last = log10(min(sizes)), max(log10(max(sizes)), log10(min(sizes)) + 1)
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(size: int) -> float:
        return _LEFT + across * (log10(size) - first) / (last - first)

    def y(value: float) -> float:
        return _TOP + up * (1 - value / top)

    parts = [f'<text x="{_LEFT}" y="16" font-weight="600">{escape(title)}</text>']
    for level in (0.0, top / 2, top):
        parts.append(
            f'<line x1="{_LEFT}" x2="{_LEFT + across}" y1="{y(level):.1f}" y2="{y(level):.1f}" '
            f'stroke="#8884"/><text x="{_LEFT - 6}" y="{y(level) + 4:.1f}" text-anchor="end">'
            f"{level:,.3g}</text>"
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{_HEIGHT - 12}" text-anchor="middle">{_short(size)}</text>'
        )
    for colour, (name, values) in zip(_COLOURS, lines.items(), strict=False):
        points = " ".join(f"{x(s):.1f},{y(v):.1f}" for s, v in zip(sizes, values, strict=True))
        end = y(values[-1])
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{_LEFT + across + 6}" y="{end + 4:.1f}" fill="{colour}">{escape(name)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="system-ui, sans-serif" font-size="11" fill="#777" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>\n"
    )


def _short(size: int) -> str:
    return f"{size / 1e6:.2g}M" if size >= 1_000_000 else f"{round(size / 1000)}k"
