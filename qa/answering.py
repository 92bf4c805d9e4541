"""From what was read to what is said: an answer in the document's words, or an honest refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index import Hit, Searchable, Span
from qa.citations import cite
from qa.intent import Intent, intent_of, topic_of
from qa.phrasing import widen
from qa.reading import Evidence, Reader, Reading
from qa.types import Citation, Status
from qa.words import words

REFUSAL = "Your documents do not seem to answer this. The nearest passages are shown with this."
RIVALS = "There is more than one answer."
_MAX_SENTENCES = 5
# Scores are logits. A sentence 3 behind the best is some twenty times less likely to be the answer.
_CLOSE = 3.0
# Two answers stand side by side when the second is nearly as good and well above "not here".
_RIVAL = 1.5
_WELL_ABOVE = 2.0
# A span that is most of its sentence need not be said twice.
_MOST = 0.6
_MARKER = re.compile(r"\s?\[\d+\]")
_PIECE = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Reply:
    """The part of an Answer that an answerer decides; the fields are Answer's own."""

    text: str
    short: str | None
    status: Status
    confidence: float
    citations: tuple[Citation, ...]
    note: str = ""


class Answerer(Protocol):
    """Makes an answer of passages."""

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Reply]:
        """The text of the answer to a standalone question piece by piece, then the reply, once.

        The pieces together are the reply's text. An empty one says nothing: it gives whoever listens
        the chance to stop.

        Raises:
            MissingError: before the first piece, a document of `hits` is no longer there.
        """
        ...


class ExtractiveAnswerer:
    """Answers with the evidence itself, quoted and cited; refuses below a confidence."""

    def __init__(
        self, library: Searchable, reader: Reader, summariser: Reader, min_confidence: float
    ) -> None:
        """`reader` finds what answers a question, `summariser` what speaks of a topic."""
        self._library = library
        self._reader = reader
        self._summariser = summariser
        self._min_confidence = min_confidence

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Reply]:
        """See `Answerer`."""
        reply = self.answer(question, hits)
        yield from _PIECE.findall(reply.text)
        yield reply

    def answer(self, question: str, hits: Sequence[Hit]) -> Reply:
        """Answer a standalone question from the passages found for it."""
        return self.reply(question, self.read(question, hits))

    def reply(self, question: str, reading: Reading) -> Reply:
        """The answer that was read, or a refusal where it is not sure enough."""
        intent = intent_of(question)
        if reading.evidence and reading.confidence >= self._min_confidence:
            chosen = _choose(reading.evidence, intent)
            documents = [self._library.document(item.document_id) for item in chosen]
            if citations := cite(chosen, documents):
                best = max(chosen, key=lambda item: item.score)
                return Reply(
                    text=_say(chosen, citations, intent),
                    short=None
                    if intent in (Intent.SUMMARY, Intent.VERDICT)
                    else exact_answer(best),
                    status="answered",
                    confidence=reading.confidence,
                    citations=citations,
                )
        return refusal(reading.confidence)

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """What the passages say to the question."""
        if intent_of(question) is not Intent.SUMMARY or not hits:
            return self._reader.read(question, hits)
        # A summary of everything is one of what the best document is called.
        topic = topic_of(question) or self._library.document(hits[0].chunk.document_id).title
        return self._summariser.read(topic, hits)


def refusal(confidence: float) -> Reply:
    """What is said where the documents do not hold the answer."""
    return Reply(REFUSAL, None, "not_in_documents", confidence, ())


def _choose(evidence: Sequence[Evidence], intent: Intent) -> list[Evidence]:
    """What is quoted, in the order of the documents."""
    best, *others = evidence[:_MAX_SENTENCES]
    if intent is Intent.SPAN:
        chosen = [best, *(item for item in others[:1] if _rivals(best, item))]
    else:
        chosen = [best, *(item for item in others if item.score >= best.score - _CLOSE)]
    return sorted(chosen, key=lambda item: (item.document_id, item.span.start))


def _rivals(best: Evidence, other: Evidence) -> bool:
    """Whether two sentences answer the question, each in its own way."""
    one, two = exact_answer(best), exact_answer(other)
    if one is None or two is None:
        return False
    said, also = set(words(one)), set(words(two))
    return (
        other.score >= max(best.score - _RIVAL, _WELL_ABOVE)
        and not said <= also
        and not also <= said
    )


def _say(chosen: Sequence[Evidence], citations: Sequence[Citation], intent: Intent) -> str:
    """The quotes with their markers, each led by its exact answer where one was asked for."""
    lead = intent is Intent.SPAN
    by_place = {(item.document_id, item.span.start): item for item in chosen}
    said = [
        _quoted(by_place[citation.document_id, citation.start], citation.marker, lead)
        for citation in citations
    ]
    if lead and len(said) > 1:
        return f"{RIVALS} {' '.join(said)}"
    return " ".join(said)


def _quoted(item: Evidence, marker: int, lead: bool) -> str:
    # The document's own [1]s would pass for our markers.
    sentence = " ".join(_MARKER.sub("", item.text).split())
    short = exact_answer(item)
    if not lead or short is None or len(short) > _MOST * len(sentence):
        return f"{sentence} [{marker}]"
    return f"{' '.join(short.split())} — {in_quotes(sentence)} [{marker}]"


def in_quotes(sentence: str) -> str:
    """A sentence of a document between quotation marks; one that begins with its own needs no others."""
    return sentence if sentence.startswith("“") else f"“{sentence}”"


def exact_answer(item: Evidence) -> str | None:
    """The shortest whole answer that a piece of evidence holds; None where it is a sentence only."""
    if item.answer is None:
        return None
    offset = item.span.start
    start, end = widen(item.text, Span(item.answer.start - offset, item.answer.end - offset))
    return item.text[start:end]
