"""Metrics of ranked documents against relevance judgements, as `trec_eval` computes them.

The one place that meets `ir_measures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

NAMES = ("nDCG@10", "AP@100", "RR@10", "R@10", "R@100")
Ranking = tuple[Sequence[str], Mapping[str, int]]
"""The ids of documents, best first, and the grade of each one that is relevant: above 0."""


def retrieval(rankings: Sequence[Ranking]) -> dict[str, list[float]]:
    """The value of each ranking in their order, by the measure's name.

    nDCG@10 is that of Järvelin and Kekäläinen 2002 with the grade itself as gain, AP@100 average
    precision, RR@10 reciprocal rank, R recall. A document that is ranked twice counts where it comes
    first. All lie in [0, 1].
    """
    found = {name: [0.0] * len(rankings) for name in NAMES}
    if not rankings:
        return found
    import ir_measures

    measures = [ir_measures.parse_measure(name) for name in NAMES]
    qrels = {str(n): dict(relevant) for n, (_, relevant) in enumerate(rankings)}
    # A run of scores: what is ranked first scores most. trec_eval drops what ranks nothing at all.
    run = {str(n): _scores(documents) for n, (documents, _) in enumerate(rankings)}
    for metric in ir_measures.iter_calc(measures, qrels, run):
        found[str(metric.measure)][int(metric.query_id)] = metric.value
    return found


def _scores(documents: Iterable[str]) -> dict[str, float]:
    ranked = list(dict.fromkeys(documents))
    return {document: float(len(ranked) - place) for place, document in enumerate(ranked)}
