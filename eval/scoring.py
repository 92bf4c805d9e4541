"""Many judged answers to one set of scores, and the groups that are scored apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval import aggregates, evidence
from eval.aggregates import CoveragePoint, Interval, ReliabilityBin
from eval.examples import split
from eval.judging import Prediction

_RANKS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one group; None where it has nothing to measure.

    Answers, retrieval and citation precision are measured on the answerable examples, a refusal
    counting as wrong. `accuracy` is over all: right and cited, or rightly refused. `right_auroc`,
    `calibration_error` and `reliability` compare the confidence of what was answered with whether it
    was right; `answerable_auroc` asks whether confidence tells answerable from unanswerable questions.
    """

    examples: int
    answerable: int
    right_and_cited: float | None
    right_and_cited_interval: Interval | None
    accuracy: float | None
    contained: float | None
    exact_match: float | None
    f1: float | None
    recall_at: dict[int, float | None]
    mrr: float | None
    citation_precision: float | None
    citation_validity: float | None
    false_answer_rate: float | None
    false_refusal_rate: float | None
    coverage: CoveragePoint
    right_auroc: float | None
    answerable_auroc: float | None
    calibration_error: float | None
    reliability: tuple[ReliabilityBin, ...]
    p50_seconds: float | None
    p95_seconds: float | None


def score(predictions: Sequence[Prediction]) -> Scores:
    """The scores of a group of predictions."""
    gold = [p for p in predictions if p.example.answerable]
    kept = [p for p in predictions if p.answered]
    answered = [p.answered for p in predictions]
    answerable = [p.example.answerable for p in predictions]
    headline = [p.right_and_cited for p in gold]
    kept_confidence = [p.answer.confidence for p in kept]
    kept_right = [p.right for p in kept]
    seconds = [p.seconds for p in predictions]
    return Scores(
        examples=len(predictions),
        answerable=len(gold),
        right_and_cited=aggregates.mean(headline),
        right_and_cited_interval=aggregates.bootstrap_interval(headline),
        accuracy=aggregates.mean([p.right for p in predictions]),
        contained=aggregates.mean([p.contained for p in gold]),
        exact_match=aggregates.mean([p.exact for p in gold]),
        f1=aggregates.mean([p.f1 for p in gold]),
        recall_at={
            k: aggregates.mean([evidence.recall_at(k, p.rank) for p in gold]) for k in _RANKS
        },
        mrr=aggregates.mean([evidence.reciprocal_rank(p.rank) for p in gold]),
        citation_precision=_share_of_citations(gold, lambda p: p.supporting),
        citation_validity=_share_of_citations(predictions, lambda p: p.valid),
        false_answer_rate=aggregates.false_answer_rate(answered, answerable),
        false_refusal_rate=aggregates.false_refusal_rate(answered, answerable),
        coverage=aggregates.coverage_point(answered, [p.right for p in predictions]),
        right_auroc=aggregates.auroc(kept_confidence, kept_right),
        answerable_auroc=aggregates.auroc([p.answer.confidence for p in predictions], answerable),
        calibration_error=aggregates.expected_calibration_error(kept_confidence, kept_right),
        reliability=aggregates.reliability(kept_confidence, kept_right),
        p50_seconds=aggregates.percentile(seconds, 50),
        p95_seconds=aggregates.percentile(seconds, 95),
    )


@dataclass(frozen=True, slots=True)
class TwinLoss:
    """What is lost by asking in a conversation: the same questions as follow-ups and standing alone.

    The figures are of the pairs of which both were asked, in [0, 1]; a loss is the twins' figure less
    that of the follow-ups, so it is negative where these are better.
    """

    pairs: int
    follow_up: float
    twin: float
    loss: float
    recall_loss_at: dict[int, float]


def twin_loss(predictions: Sequence[Prediction]) -> TwinLoss | None:
    """The loss of right and cited answers, and of evidence recall; None where no pair was asked."""
    by_id = {p.example.id: p for p in predictions}
    asked = [p for p in predictions if p.example.answerable and p.example.twin in by_id]
    pairs = [(p, by_id[str(p.example.twin)]) for p in asked]
    if not pairs:
        return None
    follow_up = sum(p.right_and_cited for p, _ in pairs) / len(pairs)
    twin = sum(t.right_and_cited for _, t in pairs) / len(pairs)
    recalls = {
        k: sum(evidence.recall_at(k, t.rank) - evidence.recall_at(k, p.rank) for p, t in pairs)
        for k in _RANKS
    }
    return TwinLoss(
        pairs=len(pairs),
        follow_up=follow_up,
        twin=twin,
        loss=twin - follow_up,
        recall_loss_at={k: total / len(pairs) for k, total in recalls.items()},
    )


def group(predictions: Sequence[Prediction]) -> dict[str, tuple[Prediction, ...]]:
    """The groups that are scored apart, by name, in the order of a report; none of them empty.

    An example is in several: all, its half of the data set, with or without a history, its kind, and
    its sort of unanswerable. A follow-up's twin is with those that stand alone, and apart as well.
    """
    twins = {p.example.twin for p in predictions}
    tests: dict[str, Callable[[Prediction], bool]] = {
        "all": lambda p: True,
        "dev": lambda p: split(p.example) == "dev",
        "test": lambda p: split(p.example) == "test",
        "standalone": lambda p: not p.example.history,
        "follow-up": lambda p: bool(p.example.history),
        "twins of follow-ups": lambda p: p.example.id in twins,
        "unanswerable, false premise": lambda p: (
            not p.example.answerable and p.example.false_premise
        ),
        "unanswerable, other": lambda p: not p.example.answerable and not p.example.false_premise,
    }
    groups = {name: tuple(filter(test, predictions)) for name, test in tests.items()}
    for kind in sorted({p.example.kind for p in predictions}):
        groups[f"kind {kind}"] = tuple(p for p in predictions if p.example.kind == kind)
    return {name: members for name, members in groups.items() if members}


def _share_of_citations(
    predictions: Sequence[Prediction], count: Callable[[Prediction], int]
) -> float | None:
    """The share over all their citations at once: an answer with many weighs more."""
    total = sum(len(p.answer.citations) for p in predictions)
    return sum(map(count, predictions)) / total if total else None
