"""A run beside an earlier one, question by question: what got better, what worse, and whether by chance."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.aggregates import Interval
from eval.significance import mcnemar, paired_bootstrap
from index import UsageError

_FILE = "predictions.jsonl"
_SCORES = "scores.json"
_COMPARED = {
    "data set": "dataset",
    "documents": "documents",
    "settings": "settings",
    "models": "models",
    "judges": "judge",
}
# Where things are kept changes no answer.
_PLACES = ("home", "cache")


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose answer was right in one run and wrong in the other, and what was said."""

    id: str
    question: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from an earlier run `against`, over the `questions` that both asked.

    `p_value` is that of McNemar's exact test. The gains are of the share of right answers and of F1,
    this run's less the earlier one's, with their 95 % intervals; None where none is in both.
    `warnings` say what else is not the same in both.
    """

    against: str
    questions: int
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    p_value: float
    gain: float | None
    gain_interval: Interval | None
    f1_gain: float | None
    f1_gain_interval: Interval | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier run as it was written: its predictions by id, and where it came from."""

    name: str
    rows: Mapping[str, Mapping[str, Any]]
    provenance: Mapping[str, Any]


def read(path: Path) -> Earlier:
    """The run in a folder that `citewise eval` wrote.

    Raises:
        UsageError: there is none.
    """
    file = path / _FILE
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
        document = json.loads((path / _SCORES).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"{path}: holds no run that can be read ({reason}); give a folder that "
            f"`citewise eval` wrote, with {_FILE} and {_SCORES}"
        ) from None
    rows: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows[str(row["id"])] = {
                "question": str(row["question"]),
                "text": str(row["text"]),
                "right": bool(row["right"]),
                "f1": float(row["f1"]),
            }
        except (ValueError, TypeError, KeyError, RecursionError):
            raise UsageError(
                f"{file}: line {number} is no prediction; give a folder that `citewise eval` wrote"
            ) from None
    provenance = document.get("provenance") if isinstance(document, dict) else None
    return Earlier(path.name, rows, provenance if isinstance(provenance, dict) else {})


def compare(
    earlier: Earlier, rows: Sequence[Mapping[str, Any]], provenance: Mapping[str, Any]
) -> Comparison:
    """The rows of this run's predictions against those of the earlier, paired by id and question."""
    pairs = [
        (before, now)
        for now in rows
        if (before := earlier.rows.get(now["id"])) and before["question"] == now["question"]
    ]
    better = [(b, n) for b, n in pairs if n["right"] and not b["right"]]
    worse = [(b, n) for b, n in pairs if b["right"] and not n["right"]]
    gains = [float(n["right"]) - float(b["right"]) for b, n in pairs]
    f1_gains = [n["f1"] - b["f1"] for b, n in pairs]
    return Comparison(
        against=earlier.name,
        questions=len(pairs),
        better=tuple(map(_change, better)),
        worse=tuple(map(_change, worse)),
        p_value=mcnemar(len(better), len(worse)),
        gain=sum(gains) / len(gains) if gains else None,
        gain_interval=paired_bootstrap(
            [float(b["right"]) for b, _ in pairs], [float(n["right"]) for _, n in pairs]
        ),
        f1_gain=sum(f1_gains) / len(f1_gains) if f1_gains else None,
        f1_gain_interval=paired_bootstrap([b["f1"] for b, _ in pairs], [n["f1"] for _, n in pairs]),
        warnings=tuple(_differences(earlier, provenance, len(rows) - len(pairs))),
    )


def _change(pair: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Change:
    before, now = pair
    return Change(now["id"], now["question"], before["text"], now["text"])


def _differences(earlier: Earlier, provenance: Mapping[str, Any], unpaired: int) -> list[str]:
    differ = [
        f"the {name} differ{'s' if name == 'data set' else ''}"
        for name, key in _COMPARED.items()
        if _told(earlier.provenance.get(key)) != _told(provenance.get(key))
    ]
    if unpaired:
        differ.append(f"{unpaired} questions of this run are not in the earlier one")
    return differ


def _told(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {name: inner for name, inner in value.items() if name not in _PLACES}
