"""A run for the terminal: plain tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eval.aggregates import Interval, ReliabilityBin
from eval.comparison import Change, Comparison
from eval.costs import Latency
from eval.run import Run
from eval.scoring import Scores, TwinLoss
from qa.terminal import printable

_NOTHING = "–"
_RELIABILITY = ["confidence", "answers", "said", "right", "█ right, | said"]
_BAR = 20


def _percent(value: float | None) -> str:
    return _NOTHING if value is None else f"{100 * value:.1f} %"


def _decimal(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.3f}"


def _interval(value: Interval | None) -> str:
    return _NOTHING if value is None else f"{100 * value.low:.1f} to {100 * value.high:.1f} %"


_COLUMNS: dict[str, Callable[[Scores], str]] = {
    "n": lambda s: str(s.examples),
    "right+cited": lambda s: _percent(s.right_and_cited),
    "accuracy": lambda s: _percent(s.accuracy),
    "F1": lambda s: _percent(s.f1),
    "R@5": lambda s: _percent(s.recall_at[5]),
    "false answers": lambda s: _percent(s.false_answer_rate),
    "false refusals": lambda s: _percent(s.false_refusal_rate),
}

_DETAILS: dict[str, Callable[[Scores], str]] = {
    "right and cited": lambda s: _percent(s.right_and_cited),
    "  95 % interval": lambda s: _interval(s.intervals.get("right_and_cited")),
    "holds a gold answer": lambda s: _percent(s.contained),
    "exact match": lambda s: _percent(s.exact_match),
    "SQuAD 2.0, exact and F1": lambda s: f"{_percent(s.squad_exact)}, {_percent(s.squad_f1)}",
    "recall@1, @3, @5": lambda s: ", ".join(map(_percent, s.recall_at.values())),
    "mean reciprocal rank": lambda s: _decimal(s.mrr),
    "nDCG@10, documents": lambda s: _decimal(s.retrieval["nDCG@10"]),
    "citation recall": lambda s: _percent(s.citation_recall),
    "citation precision": lambda s: _percent(s.citation_precision),
    "citations with the answer": lambda s: _percent(s.citations_with_answer),
    "citations quoted exactly": lambda s: _percent(s.citation_validity),
    "answered": lambda s: _percent(s.coverage.coverage),
    "  of these right": lambda s: _percent(s.coverage.precision),
    "coverage at 5 % risk": lambda s: _percent(s.coverage_at_5_risk),
    "area under risk-coverage": lambda s: _decimal(s.aurc),
    "AUROC, right or wrong": lambda s: _decimal(s.right_auroc),
    "AUROC, answerable or not": lambda s: _decimal(s.answerable_auroc),
    "calibration error": lambda s: _decimal(s.calibration_error),
}


def whole(
    run: Run, comparison: Comparison | None, missed: Sequence[str], judge: Mapping[str, Any]
) -> str:
    """All that the terminal shows of a run; `missed` are the bounds that were, a line each.

    `judge` is what `eval.judges.record` made.
    """
    parts = [table(run.scores()), judged_by(judge), latency_table(run.latencies())]
    if losses := run.twin_losses():
        parts.append(loss_table(losses))
    if comparison is not None:
        parts.append(compared(comparison))
    if missed:
        parts.append("\n".join(f"MISSED  {line}" for line in missed))
    return "\n\n".join(parts)


def judged_by(judge: Mapping[str, Any]) -> str:
    """Who judged citations, and how far to be relied on, as a sentence."""
    return (
        f"Citation recall and precision are as {judge['name']} judges; of {judge['sentences']} sentences "
        f"labelled by hand that is right on {_percent(judge['accuracy'])}."
    )


def table(scores: Mapping[str, Scores]) -> str:
    """The scores as plain text: a line for each group, the rest of the figures of all, reliability."""
    rows = [["", *_COLUMNS]]
    rows += [[name, *(show(s) for show in _COLUMNS.values())] for name, s in scores.items()]
    details = [[name, show(scores["all"])] for name, show in _DETAILS.items()]
    parts = [_aligned(rows), _aligned(details)]
    if bins := scores["all"].reliability:
        parts.append(_aligned([_RELIABILITY, *map(_reliable, bins)]))
    return "\n\n".join(parts)


def loss_table(losses: Mapping[str, TwinLoss]) -> str:
    """What follow-ups lose against the same questions standing alone: a line for each part."""
    head = ["follow-ups and their twins", "pairs", "right+cited", "twins'", "loss", "R@5 loss"]
    rows = [
        [
            name,
            str(one.pairs),
            _percent(one.follow_up),
            _percent(one.twin),
            _points(one.loss),
            _points(one.recall_loss_at[5]),
        ]
        for name, one in losses.items()
    ]
    return _aligned([head, *rows])


def latency_table(latencies: Mapping[str, Latency]) -> str:
    """The seconds by stage: a line for each."""
    rows = [[name, f"{one.p50:.4f} s", f"{one.p95:.4f} s"] for name, one in latencies.items()]
    return _aligned([["seconds by stage", "p50", "p95"], *rows])


def compared(comparison: Comparison) -> str:
    """What changed from an earlier run, in a few lines and then question by question."""
    gain, f1_gain = (
        "–" if value is None else _points(value) for value in (comparison.gain, comparison.f1_gain)
    )
    lines = [
        f"against {comparison.against}, over {comparison.questions} questions",
        *(f"  mind: {warning}" for warning in comparison.warnings),
        f"  accuracy {gain}, 95 % interval {_gain(comparison.gain_interval)}",
        f"  F1       {f1_gain}, 95 % interval {_gain(comparison.f1_gain_interval)}",
        f"  {len(comparison.better)} better, {len(comparison.worse)} worse, "
        f"p = {comparison.p_value:.4f} (McNemar, exact)",
        *(f"  better  {_question(change)}" for change in comparison.better),
        *(f"  worse   {_question(change)}" for change in comparison.worse),
    ]
    return "\n".join(lines)


def _question(change: Change) -> str:
    return printable(f"{change.id}: {change.question}")


def _gain(value: Interval | None) -> str:
    return _NOTHING if value is None else f"{100 * value.low:+.1f} to {100 * value.high:+.1f}"


def _points(value: float) -> str:
    return f"{100 * value:+.1f} points"


def _reliable(one: ReliabilityBin) -> list[str]:
    """A row of the reliability diagram: `█` up to the share that was right, `|` where it should be."""
    bar = ["█" if place < round(_BAR * one.right) else "·" for place in range(_BAR)]
    bar[min(round(_BAR * one.confidence), _BAR - 1)] = "|"
    values = f"{one.confidence:.2f}", f"{one.right:.2f}", "".join(bar)
    return [f"{one.low:.1f} to {one.high:.1f}", str(one.count), *values]


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows with the first column flush left and the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
