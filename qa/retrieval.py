"""From a question to the passages worth reading: by meaning and by words, both scores of each combined."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from index import Candidate, Hit, Searchable
from qa.words import content_words, word_pairs

# How deep each search goes before the two are combined.
_DEPTH = 50
# What the cosine counts for, the rest is BM25. Chosen on the mean over collections that nothing else is
# measured with (`make bench-retrieval`; SQuAD train, MLQA, Natural Questions, TyDi, FairytaleQA, COVID-QA,
# TAT-QA, one hop of HotpotQA and others): R@1 0.820, against 0.778 for the reciprocal ranks, summed.
_MEANING = 0.5
# What a passage found for a question as it was typed counts beside one found for what that was rewritten
# to. However wrong the rewriting, what comes first in both searches for what was typed is among the first
# so many.
_TYPED_WEIGHT = 0.51
_TYPED_AMONG = 5


def retrieve(library: Searchable, question: str, k: int, *, typed: str | None = None) -> list[Hit]:
    """The `k` passages that fit `question` best, scored in (0, 1] as `combine` does.

    A score of 1 means first in every search, or in the only one that found anything. Where `question`
    was made of something else, `typed`, that is searched for too: it may be the better of the two. A
    passage keeps the score of the form that found it better, so that one means as much with two forms.
    """
    forms = list(dict.fromkeys([question, typed or question]))
    vectors = library.embedder.embed(forms)
    first, *others = (
        combine(library.candidates(vector, content_words(form), word_pairs(form), _DEPTH))
        for form, vector in zip(forms, vectors, strict=True)
    )
    for other in others:
        first = _with_typed(first, other)
    return first[:k]


def combine(candidates: Sequence[Candidate]) -> list[Hit]:
    """The candidates best first, scored by the mean of their cosine and BM25, each over its largest.

    A convex combination of scores that all candidates have, also those that one search alone found: see
    Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (TOIS 42(1), 2023). Of
    two measures of which one has nothing above 0 to say, the other counts alone.
    """
    cosines = _over_largest([one.cosine for one in candidates])
    words = _over_largest([one.bm25 for one in candidates])
    weight = _MEANING if cosines and words else float(bool(cosines))
    scores = [
        weight * cosine + (1 - weight) * word
        for cosine, word in zip(
            cosines or [0.0] * len(candidates), words or [0.0] * len(candidates), strict=True
        )
    ]
    found = zip(candidates, scores, strict=True)
    return _best_first(Hit(one.chunk, score) for one, score in found if score > 0)


def _over_largest(values: Sequence[float]) -> list[float]:
    """Values below 0 as 0, all divided by the largest; nothing where that is 0."""
    largest = max(values, default=0.0)
    return [max(value, 0.0) / largest for value in values] if largest > 0 else []


def _with_typed(hits: Sequence[Hit], typed: Sequence[Hit]) -> list[Hit]:
    """What was found for the rewritten question, and what for the typed one, in one order."""
    found = {hit.chunk.id: hit for hit in hits}
    for hit in typed:
        lower = Hit(hit.chunk, _TYPED_WEIGHT * hit.score)
        if hit.chunk.id not in found or lower.score > found[hit.chunk.id].score:
            found[hit.chunk.id] = lower
    order = _best_first(found.values())
    if typed and typed[0].score == 1.0:
        last = order[:_TYPED_AMONG][-1]
        if all(hit.chunk.id != typed[0].chunk.id for hit in order[:_TYPED_AMONG]):
            raised = Hit(typed[0].chunk, math.nextafter(last.score, 1.0))
            order = _best_first([*(h for h in order if h.chunk.id != raised.chunk.id), raised])
    return order


def _best_first(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))
