"""Metrics of what was found and cited against the gold evidence. Pure functions.

Gold evidence is a quote, not a place: wherever a document holds the quote, it is evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from eval.metrics import contains
from index import Hit, Span
from qa import Citation

TextOf = Callable[[str], str]
"""From a document's id to its canonical text."""


def occurrences(quote: str, text: str) -> list[Span]:
    """Everywhere `text` holds `quote`, overlaps included."""
    places = []
    start = text.find(quote)
    while start != -1:
        places.append(Span(start, start + len(quote)))
        start = text.find(quote, start + 1)
    return places


def holds_evidence(
    hit: Hit, evidence: Iterable[str], answers: Sequence[str], text_of: TextOf
) -> bool:
    """Whether a hit's passage holds a gold quote whole, or the part of one that holds an answer.

    The second is for a quote that the end of the passage cuts: what the passage has of it must still
    hold a gold answer.
    """
    chunk = hit.chunk
    return any(
        quote in chunk.text or _holds_part(hit, quote, answers, text_of) for quote in evidence
    )


def _holds_part(hit: Hit, quote: str, answers: Sequence[str], text_of: TextOf) -> bool:
    chunk = hit.chunk
    text = text_of(chunk.document_id)
    parts = (
        text[max(chunk.start, place.start) : min(chunk.end, place.end)]
        for place in occurrences(quote, text)
    )
    return any(contains(part, answers) for part in parts)


def first_rank(
    hits: Sequence[Hit], evidence: Sequence[str], answers: Sequence[str], text_of: TextOf
) -> int | None:
    """The rank, from 1, of the first hit that holds evidence; None where none does."""
    for rank, hit in enumerate(hits, start=1):
        if holds_evidence(hit, evidence, answers, text_of):
            return rank
    return None


def recall_at(k: int, rank: int | None) -> float:
    """1 where one of the first `k` hits holds evidence, else 0.

    Its mean is the recall@k of open-domain question answering (Karpukhin et al. 2020, "Dense Passage
    Retrieval", top-k accuracy).
    """
    return float(rank is not None and rank <= k)


def reciprocal_rank(rank: int | None) -> float:
    """`1 / rank`, or 0 where nothing was found; its mean is the MRR (Voorhees 1999, TREC-8)."""
    return 0.0 if rank is None else 1 / rank


def is_valid(citation: Citation, text_of: TextOf) -> bool:
    """Whether the quote is exactly what the document holds there: `text[start:end] == quote`."""
    text = text_of(citation.document_id)
    in_range = 0 <= citation.start < citation.end <= len(text)
    return in_range and text[citation.start : citation.end] == citation.quote


def holds_answer(citation: Citation, answers: Sequence[str]) -> bool:
    """Whether the cited quote holds a gold answer; its share of all citations is their precision."""
    return contains(citation.quote, answers)


def overlaps_evidence(citation: Citation, evidence: Iterable[str], text_of: TextOf) -> bool:
    """Whether the cited range shares at least half of the shorter of the two with a gold quote.

    A neighbouring sentence that only touches the evidence is not on it.
    """
    text = text_of(citation.document_id)
    cited = Span(citation.start, citation.end)
    places = (place for quote in evidence for place in occurrences(quote, text))
    return any(_half_shared(cited, place) for place in places)


def _half_shared(one: Span, other: Span) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return shared > 0 and 2 * shared >= shorter
