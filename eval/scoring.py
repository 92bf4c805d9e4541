"""Many judged answers to one set of scores, and the groups that are scored apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from eval import aggregates, evidence, selective
from eval.aggregates import Interval, ReliabilityBin
from eval.examples import split
from eval.judging import Prediction
from eval.retrieving import retrieval
from eval.selective import CoveragePoint, RiskPoint

RANKS = (1, 3, 5)
Statistic = Callable[[Sequence[float], Sequence[bool]], float | None]


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one group; None where it has nothing to measure.

    Answers are measured on the answerable examples that have gold answers, retrieval on those that
    have evidence or relevant documents, a refusal counting as wrong. `accuracy` is over all: right
    and cited, or rightly refused; so are `squad_exact` and `squad_f1`, as SQuAD 2.0 has them.
    `citations_with_answer` is the share of citations whose quote holds
    a gold answer; `citation_recall` and `citation_precision` are those of `eval.citing`, over the
    statements and citations of all answers at once. `right_auroc`, `calibration_error`, `aurc` and
    `reliability` compare the confidence of what was answered with whether it was right;
    `answerable_auroc` asks whether confidence tells answerable from unanswerable questions.
    `retrieval` is of documents, `recall_at` of passages. `intervals` are 95 % bootstrap intervals, by
    the figure's name.
    """

    examples: int
    answerable: int
    right_and_cited: float | None
    accuracy: float | None
    contained: float | None
    exact_match: float | None
    f1: float | None
    squad_exact: float | None
    squad_f1: float | None
    recall_at: dict[int, float | None]
    mrr: float | None
    retrieval: dict[str, float | None]
    citation_recall: float | None
    citation_precision: float | None
    citations_with_answer: float | None
    citation_validity: float | None
    false_answer_rate: float | None
    false_refusal_rate: float | None
    coverage: CoveragePoint
    aurc: float | None
    coverage_at_5_risk: float | None
    right_auroc: float | None
    answerable_auroc: float | None
    calibration_error: float | None
    reliability: tuple[ReliabilityBin, ...]
    risk_coverage: tuple[RiskPoint, ...]
    intervals: dict[str, Interval]


def score(predictions: Sequence[Prediction], *, whole: bool = False) -> Scores:
    """The scores of a group of predictions.

    Of the `whole` run the figures that compare confidences, such as AUROC, have intervals too; of all
    groups that would take long.
    """
    judged = [p for p in predictions if p.example.judged]
    kept = [p for p in judged if p.answered]
    sought = [p for p in predictions if p.example.evidence or p.relevant]
    values = _values(predictions)
    recalls = {k: [evidence.recall_at(k, p.rank) for p in sought] for k in RANKS}
    ranked = retrieval([(p.documents, p.relevant) for p in sought if p.relevant])
    ratios = _ratios(predictions)
    compared = _compared(predictions)
    confidences, right = [p.answer.confidence for p in kept], [p.right for p in kept]
    curve = selective.risk_coverage(confidences, right, len(judged))
    sampled: dict[str, Sequence[float]] = {
        **values,
        **{f"recall_at_{k}": found for k, found in recalls.items()},
        **ranked,
        "answered": [p.answered for p in judged],
        "answered_right": right,
    }
    return Scores(
        examples=len(predictions),
        answerable=len([p for p in predictions if p.example.answerable]),
        **{name: aggregates.mean(found) for name, found in values.items()},
        recall_at={k: aggregates.mean(found) for k, found in recalls.items()},
        retrieval={name: aggregates.mean(found) for name, found in ranked.items()},
        **{name: aggregates.ratio(*pairs) for name, pairs in ratios.items()},
        **{name: statistic(sure, so) for name, (statistic, sure, so) in compared.items()},
        coverage=selective.coverage_point([p.answered for p in judged], [p.right for p in judged]),
        coverage_at_5_risk=selective.coverage_at_risk(curve, 0.05) if judged else None,
        reliability=aggregates.reliability(confidences, right),
        risk_coverage=curve,
        intervals=_intervals(sampled, ratios, compared if whole else {}),
    )


def _values(predictions: Sequence[Prediction]) -> dict[str, list[float]]:
    """The values whose mean is a figure, by its name."""
    judged = [p for p in predictions if p.example.judged]
    gold = [p for p in judged if p.example.answerable]
    sought = [p for p in predictions if p.example.evidence or p.relevant]
    return {
        "right_and_cited": [p.right_and_cited for p in gold],
        "accuracy": [p.right for p in judged],
        "contained": [p.contained for p in gold],
        "exact_match": [p.exact for p in gold],
        "f1": [p.f1 for p in gold],
        "squad_exact": [p.squad[0] for p in judged],
        "squad_f1": [p.squad[1] for p in judged],
        "mrr": [evidence.reciprocal_rank(p.rank) for p in sought],
        "false_answer_rate": [p.answered for p in predictions if not p.example.answerable],
        "false_refusal_rate": [not p.answered for p in predictions if p.example.answerable],
    }


def _ratios(predictions: Sequence[Prediction]) -> dict[str, tuple[list[int], list[int]]]:
    """Parts and wholes of each answer whose sums make a figure: one with many citations weighs more."""
    gold = [p for p in predictions if p.example.judged and p.example.answerable]
    kept = [p.support for p in predictions if p.example.judged and p.answered]
    return {
        "citation_recall": ([s.supported for s in kept], [s.statements for s in kept]),
        "citation_precision": ([s.needed for s in kept], [s.citations for s in kept]),
        "citations_with_answer": ([p.supporting for p in gold], list(map(_citations, gold))),
        "citation_validity": (
            [p.valid for p in predictions],
            list(map(_citations, predictions)),
        ),
    }


def _compared(
    predictions: Sequence[Prediction],
) -> dict[str, tuple[Statistic, list[float], list[bool]]]:
    """The figures that compare confidences with outcomes, and what they compare."""
    kept = [p for p in predictions if p.example.judged and p.answered]
    confidences, right = [p.answer.confidence for p in kept], [p.right for p in kept]
    every = [p.answer.confidence for p in predictions]
    answerable = [p.example.answerable for p in predictions]
    return {
        "aurc": (selective.aurc, confidences, right),
        "right_auroc": (aggregates.auroc, confidences, right),
        "answerable_auroc": (aggregates.auroc, every, answerable),
        "calibration_error": (aggregates.expected_calibration_error, confidences, right),
    }


def _intervals(
    sampled: Mapping[str, Sequence[float]],
    ratios: Mapping[str, tuple[list[int], list[int]]],
    compared: Mapping[str, tuple[Statistic, list[float], list[bool]]],
) -> dict[str, Interval]:
    """The intervals of all figures that have one."""
    found = {name: aggregates.bootstrap_interval(values) for name, values in sampled.items()}
    found |= {name: aggregates.ratio_interval(*pairs) for name, pairs in ratios.items()}
    found |= {name: aggregates.statistic_interval(*three) for name, three in compared.items()}
    return {name: interval for name, interval in found.items() if interval is not None}


def figures(scores: Scores) -> dict[str, float | None]:
    """Every single figure by its name, those of ranks and measures as `recall_at_5` and `nDCG@10`."""
    single = {name: value for name, value in asdict(scores).items() if name not in _COMPOUND}
    return {
        **single,
        **{f"recall_at_{k}": value for k, value in scores.recall_at.items()},
        **scores.retrieval,
        "answered": scores.coverage.coverage,
        "answered_right": scores.coverage.precision,
    }


_COMPOUND = ("recall_at", "retrieval", "coverage", "reliability", "risk_coverage", "intervals")


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
        for k in RANKS
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


def _citations(prediction: Prediction) -> int:
    return len(prediction.answer.citations)
