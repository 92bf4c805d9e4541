"""A run for people and for programs: a table for the terminal, JSON files for the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.aggregates import Interval, ReliabilityBin
from eval.examples import split
from eval.judging import Prediction
from eval.run import Run
from eval.scoring import Scores, TwinLoss

_NOTHING = "–"
_RELIABILITY = ["confidence", "answers", "said", "right", "█ right, | said"]
_BAR = 20


def _percent(value: float | None) -> str:
    return _NOTHING if value is None else f"{100 * value:.1f} %"


def _decimal(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.3f}"


def _seconds(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.2f} s"


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
    "p95": lambda s: _seconds(s.p95_seconds),
}

_DETAILS: dict[str, Callable[[Scores], str]] = {
    "right and cited": lambda s: _percent(s.right_and_cited),
    "  95 % interval": lambda s: _interval(s.right_and_cited_interval),
    "holds a gold answer": lambda s: _percent(s.contained),
    "exact match": lambda s: _percent(s.exact_match),
    "recall@1, @3, @5": lambda s: ", ".join(map(_percent, s.recall_at.values())),
    "mean reciprocal rank": lambda s: _decimal(s.mrr),
    "citations with the answer": lambda s: _percent(s.citation_precision),
    "citations quoted exactly": lambda s: _percent(s.citation_validity),
    "answered": lambda s: _percent(s.coverage.coverage),
    "  of these right": lambda s: _percent(s.coverage.precision),
    "AUROC, right or wrong": lambda s: _decimal(s.right_auroc),
    "AUROC, answerable or not": lambda s: _decimal(s.answerable_auroc),
    "calibration error": lambda s: _decimal(s.calibration_error),
    "seconds, p50 and p95": lambda s: f"{_seconds(s.p50_seconds)}, {_seconds(s.p95_seconds)}",
}


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


def write(out: Path, run: Run, provenance: Mapping[str, Any]) -> None:
    """Write `predictions.jsonl` and `scores.json` into the folder `out`, which is made if need be."""
    out.mkdir(parents=True, exist_ok=True)
    rows = (json.dumps(_row(p), ensure_ascii=False) + "\n" for p in run.predictions)
    (out / "predictions.jsonl").write_text("".join(rows), encoding="utf-8", newline="\n")
    scores = {name: asdict(s) for name, s in run.scores().items()}
    losses = {name: asdict(loss) for name, loss in run.twin_losses().items()}
    document = json.dumps(
        {"provenance": provenance, "scores": scores, "twin_losses": losses},
        ensure_ascii=False,
        indent=2,
    )
    (out / "scores.json").write_text(document + "\n", encoding="utf-8", newline="\n")


def _row(prediction: Prediction) -> dict[str, Any]:
    """A prediction as JSON values; of the hits, where they are: their text is in the documents."""
    answer = prediction.answer
    return {
        **asdict(prediction.example),
        "split": split(prediction.example),
        "status": answer.status,
        "text": answer.text,
        "short": answer.short,
        "confidence": answer.confidence,
        "standalone_question": answer.standalone_question,
        "citations": [asdict(citation) for citation in answer.citations],
        "hits": [
            {
                "document_id": hit.chunk.document_id,
                "start": hit.chunk.start,
                "end": hit.chunk.end,
                "score": hit.score,
            }
            for hit in answer.hits
        ],
        "right": prediction.right,
        "right_and_cited": prediction.right_and_cited,
        "contained": prediction.contained,
        "exact": prediction.exact,
        "f1": prediction.f1,
        "cited": prediction.cited,
        "rank": prediction.rank,
        "seconds": prediction.seconds,
    }
