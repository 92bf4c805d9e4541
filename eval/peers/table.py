"""What the programs did, as Markdown tables."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eval.aggregates import Interval, bootstrap_interval, mean, percentile
from eval.metrics import contains, squad_scores
from eval.peers.contest import Measured
from eval.significance import paired_bootstrap

_BASELINE = "llama-index"
_FOUND = "| | R@1 (95 %) | we gain | nDCG@10 (95 %) | we gain |"
_COST = (
    "| | folder taken in | times as fast as llama-index | passages/s | index | memory | cold search "
    "| warm search, p50 | p95 |"
)
_SAID = (
    "| | answered | exact match | F1 (95 %) | holds a gold answer | cites the right file | p50 |"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the file that is to be found, and the answers that are right."""

    text: str
    file: str
    answers: tuple[str, ...] = ()


def recall_at_1(found: Sequence[str], wanted: str) -> float:
    """1 where the wanted file is first."""
    return float(list(found[:1]) == [wanted])


def ndcg(found: Sequence[str], wanted: str) -> float:
    """nDCG with one relevant file: 1 / log2(1 + rank), 0 where it is not found.

    Järvelin and Kekäläinen, TOIS 20(4), 2002; the ideal is the file at rank 1, which gives 1.
    """
    return 1 / math.log2(2.0 + list(found).index(wanted)) if wanted in found else 0.0


def tables(
    everyone: Sequence[Measured], questions: Sequence[Question], answering: Sequence[Question]
) -> Iterator[str]:
    """Three tables, line by line: what is found, what it costs, what is answered; then what is missing."""
    searched = [each for each in everyone if each.searched and not each.failure]
    yield from _table(_FOUND, (_found(each, searched, questions) for each in searched))
    yield from _table(_COST, (_cost(each, searched) for each in searched))
    answered = [each for each in everyone if each.answered]
    if answered:
        yield from _table(_SAID, (_said(each, answering) for each in answered))
    yield from _not_measured(everyone)


def _table(head: str, rows: Iterable[str]) -> Iterator[str]:
    yield head
    yield "| --- |" + " --- |" * (head.count("|") - 2)
    yield from rows
    yield ""


def _found(each: Measured, everyone: Sequence[Measured], questions: Sequence[Question]) -> str:
    cells = [each.contender.name]
    for measure in (recall_at_1, ndcg):
        ours, theirs = (
            [
                measure(found, q.file)
                for found, q in zip(one.searched[0]["found"], questions, strict=True)
            ]
            for one in (everyone[0], each)
        )
        cells.append(_with_interval(theirs))
        cells.append("" if each is everyone[0] else _gain(ours, theirs))
    return _row(cells)


def _with_interval(values: Sequence[float]) -> str:
    between = bootstrap_interval(values) or Interval(0.0, 0.0)
    return f"{statistics.mean(values):.3f} ({between.low:.3f} to {between.high:.3f})"


def _gain(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """How much we are above, with the paired bootstrap's interval; bold where we are below."""
    gain = statistics.mean(ours) - statistics.mean(theirs)
    between = paired_bootstrap(theirs, ours) or Interval(0.0, 0.0)
    said = f"{gain:+.3f} ({between.low:+.3f} to {between.high:+.3f})".replace("-", "−")
    return f"**{said}**" if gain < 0 else said


def _cost(each: Measured, everyone: Sequence[Measured]) -> str:
    seconds = _seconds(each)
    baseline = next((one for one in everyone if one.contender.name == _BASELINE), None)
    times = f"{_seconds(baseline) / seconds:.1f}" if baseline else "–"
    peak = max(one["peak_memory"] for one in (*each.ingested, *each.searched))
    warm = [one["warm_seconds"] for one in each.searched]
    half, most = (
        1000 * statistics.median(percentile(one, share) or 0.0 for one in warm)
        for share in (50, 95)
    )
    cold = statistics.median(one["cold_seconds"] for one in each.searched)
    return _row(
        [
            each.contender.name,
            f"{seconds:.1f} s",
            times,
            f"{each.ingested[0]['passages'] / seconds:.0f}",
            f"{each.ingested[0]['bytes'] / 1e6:.2f} MB",
            f"{peak / 1e6:.0f} MB",
            f"{cold:.2f} s",
            f"{half:.1f} ms",
            f"{most:.1f} ms",
        ]
    )


def _seconds(each: Measured) -> float:
    return float(statistics.median(one["seconds"] for one in each.ingested))


def _said(each: Measured, questions: Sequence[Question]) -> str:
    said = list(zip(each.answered["said"], questions, strict=True))
    scores = [squad_scores(short, q.answers) for (short, _), q in said]
    shares = [
        mean([bool(short) for (short, _), _ in said]),
        mean([exact for exact, _ in scores]),
        mean([bool(short) and contains(short, q.answers) for (short, _), q in said]),
        mean([bool(short) and file == q.file for (short, file), q in said]),
    ]
    answered, exact, held, cited = (f"{value or 0.0:.3f}" for value in shares)
    half = 1000 * statistics.median(each.answered["answer_seconds"])
    f1 = _with_interval([f1 for _, f1 in scores])
    return _row([each.contender.name, answered, exact, f1, held, cited, f"{half:.0f} ms"])


def _not_measured(everyone: Sequence[Measured]) -> Iterator[str]:
    for each in everyone:
        name = each.contender.name
        if each.failure:
            yield f"- {name}: not measured: {each.failure}"
        elif each.answer_failure:
            yield f"- {name}: does not answer: {each.answer_failure}"
        elif each.contender.mute:
            yield f"- {name}: {each.contender.mute}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
