"""From what was read to what is said: an answer in the document's words, or an honest refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import Hit, Library
from qa.citations import cite
from qa.reading import Evidence, Reader
from qa.types import Citation, Status

REFUSAL = "Your documents do not seem to answer this. The nearest passages are shown beside it."
# A second sentence is quoted as well when it is nearly as good as the first.
_NEARLY = 0.5
_MARKER = re.compile(r"\s?\[\d+\]")


@dataclass(frozen=True, slots=True)
class Reply:
    """The part of an Answer that an answerer decides; the fields are Answer's own."""

    text: str
    short: str | None
    status: Status
    confidence: float
    citations: tuple[Citation, ...]


class ExtractiveAnswerer:
    """Answers with the evidence itself, quoted and cited; refuses below a confidence."""

    def __init__(self, library: Library, reader: Reader, min_confidence: float) -> None:
        self._library = library
        self._reader = reader
        self._min_confidence = min_confidence

    def answer(self, question: str, hits: Sequence[Hit]) -> Reply:
        """Answer a standalone question from the passages found for it."""
        reading = self._reader.read(question, hits)
        if reading.confidence >= self._min_confidence:
            chosen = _choose(reading.evidence)
            documents = [self._library.document(item.document_id) for item in chosen]
            if citations := cite(chosen, documents):
                text = " ".join(f"{_as_said(c.quote)} [{c.marker}]" for c in citations)
                short = _short(chosen[0])
                return Reply(text, short, "answered", reading.confidence, citations)
        return Reply(REFUSAL, None, "not_in_documents", reading.confidence, ())


def _choose(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The best sentence, and the second where it is nearly as good; in the order of the document."""
    chosen = [item for item in evidence[:2] if item.score >= evidence[0].score - _NEARLY]
    return sorted(chosen, key=lambda item: (item.document_id, item.span.start))


def _short(item: Evidence) -> str | None:
    if item.answer is None:
        return None
    return item.text[item.answer.start - item.span.start : item.answer.end - item.span.start]


def _as_said(quote: str) -> str:
    """The quote on one line, without the document's own [1]s: they would pass for our markers."""
    return " ".join(_MARKER.sub("", quote).split())
