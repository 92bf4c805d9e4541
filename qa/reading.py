"""What reading passages for an answer yields, and the seam where another reader is put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index import Hit, Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that speaks to the question.

    `span` is its range in the document's text and `text` those characters; `answer` is the range of
    the exact answer within the document, or None where the reader points at the sentence only. A higher
    `score` is better evidence.
    """

    document_id: str
    span: Span
    text: str
    answer: Span | None
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The evidence found, best first, and the probability in [0, 1] that it holds the answer."""

    evidence: tuple[Evidence, ...]
    confidence: float


class Reader(Protocol):
    """Judges what passages say to a question."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Read `hits` for the answer to a standalone question."""
        ...
