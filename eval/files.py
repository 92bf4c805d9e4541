"""A run as files. Two runs of the same commit write the same predictions and scores; only times differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.comparison import Comparison
from eval.costs import peak_memory
from eval.examples import split
from eval.judging import Prediction
from eval.run import Run

PREDICTIONS, SCORES, TIMINGS = "predictions.jsonl", "scores.json", "timings.json"
COMPARISON, REPORT = "comparison.json", "report.html"


def rows(predictions: Sequence[Prediction]) -> list[dict[str, Any]]:
    """The predictions as JSON values, without what differs from run to run."""
    return [_row(prediction) for prediction in predictions]


def scores(run: Run, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """The scores of each group as JSON values; the risk-coverage curve is that of all alone."""
    groups = {name: asdict(one) for name, one in run.scores().items()}
    for name, group in groups.items():
        if name != "all":
            del group["risk_coverage"]
    losses = {name: asdict(loss) for name, loss in run.twin_losses().items()}
    return {
        "provenance": provenance,
        "figures": run.figures(),
        "scores": groups,
        "twin_losses": losses,
    }


def cost(run: Run, started: datetime) -> dict[str, Any]:
    """What the run took: seconds in all and by stage, and the most memory of this process."""
    return {
        "started": started.astimezone(UTC).isoformat(timespec="seconds"),
        "seconds": (datetime.now(UTC) - started).total_seconds(),
        "peak_memory_bytes": peak_memory(),
        "latency": {stage: asdict(one) for stage, one in run.latencies().items()},
        "questions": {
            p.example.id: dict(timing)
            for p, timing in zip(run.predictions, run.timings(), strict=True)
        },
    }


def write(
    out: Path,
    predictions: Sequence[Mapping[str, Any]],
    scored: Mapping[str, Any],
    spent: Mapping[str, Any],
    comparison: Comparison | None,
    page: str,
) -> None:
    """Write a run into the folder `out`, which is made if need be."""
    out.mkdir(parents=True, exist_ok=True)
    _put(
        out / PREDICTIONS,
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in predictions),
    )
    _put(out / SCORES, _json(scored))
    _put(out / TIMINGS, _json(spent))
    if comparison is None:
        (out / COMPARISON).unlink(missing_ok=True)  # of a run that was here before
    else:
        _put(out / COMPARISON, _json(asdict(comparison)))
    _put(out / REPORT, page)


def _put(file: Path, text: str) -> None:
    # Half a character, as a damaged document may hold, must not cost a whole run.
    file.write_bytes(text.encode("utf-8", errors="replace"))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


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
        "documents": list(prediction.documents),
        "right": prediction.right,
        "right_and_cited": prediction.right_and_cited,
        "contained": prediction.contained,
        "exact": prediction.exact,
        "f1": prediction.f1,
        "squad_exact": prediction.squad[0],
        "squad_f1": prediction.squad[1],
        "cited": prediction.cited,
        "rank": prediction.rank,
        "support": asdict(prediction.support),
    }
