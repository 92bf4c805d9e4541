"""A language model's answer, each sentence of it checked against the passages before it is shown."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from index import Document, Hit, Searchable
from qa.answering import ExtractiveAnswerer, Reply, exact_answer, refusal
from qa.citations import cite
from qa.generation.author import Author
from qa.generation.cache import Cache, Sentence
from qa.generation.models import GenerationError, Model, open_model
from qa.generation.prompts import ABSENT
from qa.reading import Evidence, Reading
from qa.settings import Settings
from qa.support.checker import Checker, Support
from qa.types import Citation

NOT_FOUND = "(not found in your documents)"
"""Stands behind a sentence that no passage bears out, where those are marked."""
# What a model says in words of its own where it finds no answer.
_ABSENT = re.compile(
    r"not (?:in|mentioned in|stated in|given in) the (?:passage|document|text)"
    r"|\b(?:passages?|documents?|texts?|context|report|article)\b.{0,40}\b(?:do|does|did)(?: not|n['’]t)"
    r" (?:\w+ )?(?:mention|say|state|specify|provide|contain|hold|give|include|answer|tell|name|discuss)"
    r"|\bno (?:information|mention|indication|answer)\b",
    re.IGNORECASE,
)
_DECLINED = re.compile(
    r"(?:I['’]m |I am )?(?:very )?sorry\b|I apologi[sz]e|I (?:can(?:no|['’])t|am (?:not able|unable))\b"
    r"|I['’]m (?:not able|unable)\b|As an AI\b",
    re.IGNORECASE,
)
_SHIFTED = re.compile(r"\[(\d+)\]")


class Writer(Protocol):
    """Has a model write, sentence by sentence; see `qa.generation.author.Author`."""

    @property
    def model(self) -> Model:
        """The model that writes."""
        ...

    def write(self, question: str, hits: Sequence[Hit]) -> Iterator[Sentence | None]:
        """The sentences as they come, and None while there is none.

        Raises:
            GenerationError: the model gave no answer, or no more of it.
        """
        ...


class SupportChecker(Protocol):
    """Measures how well passages bear a sentence out."""

    def check(self, sentence: str, hits: Sequence[Hit]) -> list[Support]:
        """The support of each passage, best first."""
        ...


def open_answerers(
    library: Searchable, quoting: ExtractiveAnswerer, settings: Settings
) -> dict[str, GenerativeAnswerer]:
    """An answerer for each model that the settings name, by the model's name, in order.

    No model is loaded before its first question.

    Raises:
        SettingsError: the setting `llm` is wrong.
        ModelError: the checker's weights are missing or damaged.
    """
    checker, cache = Checker.open(), Cache(settings.llm_cache)
    made = {}
    for setting in settings.llm.split():
        model = open_model(setting, settings.llm_context, settings.llm_timeout)
        made[model.name] = GenerativeAnswerer(
            library,
            Author(model, settings.llm_timeout, cache),
            checker,
            quoting,
            min_confidence=settings.min_confidence,
            mark=settings.unsupported == "mark",
        )
    return made


class GenerativeAnswerer:
    """Has a model write from the passages, and shows what they bear out; see `qa.answering.Answerer`.

    Its confidence is derived, not fitted: the geometric mean of two probabilities, that the passages hold
    the answer, as the reader sees it, and that they bear out the best sentence written. Where the model
    fails, the answer is quoted from the passages instead, and its note says so.
    """

    def __init__(
        self,
        library: Searchable,
        writer: Writer,
        checker: SupportChecker,
        quoting: ExtractiveAnswerer,
        *,
        min_confidence: float,
        mark: bool,
    ) -> None:
        """`mark` shows a sentence that is not borne out, and says so; otherwise it is left out."""
        self._library = library
        self._writer = writer
        self._checker = checker
        self._quoting = quoting
        self._min_confidence = min_confidence
        self._mark = mark

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Reply]:
        """See `qa.answering.Answerer`."""
        ids = {hit.chunk.document_id for hit in hits}
        documents = {document_id: self._library.document(document_id) for document_id in ids}
        reading = self._quoting.read(question, hits)
        if not hits or math.sqrt(reading.confidence) < self._min_confidence:
            # Whatever a model wrote, it would not be sure enough.
            yield from _rest(refusal(reading.confidence))
            return
        composition = Composition(documents, reading, self._min_confidence, self._mark)
        try:
            for sentence in self._writer.write(question, hits):
                yield "" if sentence is None else self._checked(sentence, hits, composition)
        except GenerationError as error:
            yield from self._instead(question, reading, composition, str(error))
            return
        yield from _rest(composition.reply(self._writer.model.note), composition.text)

    def _checked(self, sentence: Sentence, hits: Sequence[Hit], composition: Composition) -> str:
        """What the sentence adds to what is shown."""
        if ABSENT in sentence.text:
            return ""
        if not composition.sentences and _DECLINED.match(sentence.text):
            raise GenerationError("declined to answer")
        cited = [hits[rank] for rank in sentence.cited]
        enough = [s for s in self._checker.check(sentence.text, cited) if s.enough]
        if not enough:
            others = [hit for rank, hit in enumerate(hits) if rank not in sentence.cited]
            enough = [s for s in self._checker.check(sentence.text, others) if s.enough][:1]
        if not enough and _ABSENT.search(sentence.text):
            return ""
        return composition.add(sentence.text, enough)

    def _instead(
        self, question: str, reading: Reading, composition: Composition, reason: str
    ) -> Iterator[str | Reply]:
        """The documents' own words, after what was shown before the model failed."""
        quoted = self._quoting.reply(question, reading)
        note = f"{self._writer.model.name} {reason}: this is quoted from the documents instead."
        yield from _rest(composition.with_quoted(quoted, note), composition.text)


class Composition:
    """An answer as it grows: nothing is shown until one sentence is sure enough to be an answer."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        reading: Reading,
        min_confidence: float,
        mark: bool,
    ) -> None:
        """Nothing is written yet."""
        self.text = ""
        self.sentences = 0
        self._documents = documents
        self._reading = reading
        self._min_confidence = min_confidence
        self._mark = mark
        self._held: list[str] = []
        self._citations: list[Citation] = []
        self._best = 0.0

    @property
    def confidence(self) -> float:
        """See `GenerativeAnswerer`."""
        return math.sqrt(self._reading.confidence * self._best)

    def add(self, sentence: str, supports: Sequence[Support]) -> str:
        """Take a sentence with what bears it out, if anything does; the text that can be shown now."""
        self.sentences += 1
        markers = "".join(f"[{marker}]" for marker in self._markers(supports))
        if markers:
            self._best = max(self._best, supports[0].score)
            self._held.append(f"{sentence} {markers}")
        elif self._mark:
            self._held.append(f"{sentence} {NOT_FOUND}")
        if self.confidence < self._min_confidence or not self._best:
            return ""
        piece = " ".join([*([""] if self.text else []), *self._held])
        self._held.clear()
        self.text += piece
        return piece

    def _markers(self, supports: Sequence[Support]) -> list[int]:
        """The markers of the quotes, each quote with one of its own."""
        evidence = [support.evidence for support in supports]
        made = cite(evidence, [self._documents[item.document_id] for item in evidence])
        markers = []
        for new in made:
            known = next((c for c in self._citations if _same_place(c, new)), None)
            if known is None:
                known = replace(new, marker=len(self._citations) + 1)
                self._citations.append(known)
            if known.marker not in markers:
                markers.append(known.marker)
        return sorted(markers)

    def reply(self, note: str) -> Reply:
        """The answer as it is, or the refusal where nothing of it is sure enough."""
        if not self.text:
            return refusal(self.confidence)
        best = self._reading.evidence[0] if self._reading.evidence else None
        return Reply(
            text=self.text,
            short=_short(best, self.text),
            status="answered",
            confidence=self.confidence,
            citations=tuple(self._citations),
            note=note,
        )

    def with_quoted(self, quoted: Reply, note: str) -> Reply:
        """What was shown so far, then an answer in the documents' words, its markers counted on."""
        if not self.text:
            return replace(quoted, note=note)
        if quoted.status != "answered":
            return self.reply(note)
        shift = len(self._citations)
        shifted = tuple(replace(item, marker=item.marker + shift) for item in quoted.citations)
        own = {item.marker for item in quoted.citations}
        text = _SHIFTED.sub(
            lambda m: f"[{int(m[1]) + shift}]" if int(m[1]) in own else m[0], quoted.text
        )
        return Reply(
            text=f"{self.text}\n\n{text}",
            short=quoted.short,
            status="answered",
            confidence=max(self.confidence, quoted.confidence),
            citations=(*self._citations, *shifted),
            note=note,
        )


def _same_place(one: Citation, other: Citation) -> bool:
    return (one.document_id, one.start, one.end) == (other.document_id, other.start, other.end)


def _short(best: Evidence | None, text: str) -> str | None:
    """The reader's exact answer, where the model gives it in the same words."""
    exact = exact_answer(best) if best is not None else None
    return exact if exact and exact in text else None


def _rest(reply: Reply, shown: str = "") -> Iterator[str | Reply]:
    """The reply's text after what was shown of it already, then the reply."""
    yield reply.text.removeprefix(shown)
    yield reply
