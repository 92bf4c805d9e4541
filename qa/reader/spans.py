"""The trained reader: the best span of every sentence, and how likely the best of all is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from index import Hit, Span, sentence_spans
from qa.reader.confidence import CALIBRATION, Calibration, features
from qa.reader.model import WEIGHTS, SpanModel, Window
from qa.reading import Evidence, Reading
from qa.spelling import correct
from qa.words import is_question, words


class SpanReader:
    """Reads each passage with the span model; see `qa.reading.Reader`."""

    def __init__(self, model: SpanModel, calibration: Calibration) -> None:
        self._model = model
        self._calibration = calibration

    @classmethod
    def open(cls, folder: Path = WEIGHTS) -> Self:
        """The reader whose weights and calibration lie in `folder`; the one that ships by default.

        Raises:
            ModelError: they are missing or damaged.
        """
        return cls(SpanModel(folder), Calibration.load(folder / CALIBRATION))

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """See `qa.reading.Reader`."""
        evidence, seen = self.examine(question, hits)
        return Reading(evidence, self._calibration.probability(seen) if evidence else 0.0)

    def examine(
        self, question: str, hits: Sequence[Hit]
    ) -> tuple[tuple[Evidence, ...], dict[str, float]]:
        """The evidence, best first, and the features of the best, by name (none without evidence)."""
        nearby = {word for hit in hits for word in words(hit.chunk.text)}
        question = correct(question, nearby, self._model.knows)
        evidence = self.evidence(question, hits)
        return evidence, features(question, evidence, hits) if evidence else {}

    def evidence(self, question: str, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
        """The best span of every sentence, best first; a score is a logit, "not here" being 0."""
        windows = self._model.read(question, [hit.chunk.text for hit in hits])
        found: dict[tuple[str, int], Evidence] = {}
        for hit, of_hit in zip(hits, windows, strict=True):
            for item in _evidence(hit, of_hit):
                # Neighbouring passages overlap: their common sentences are read twice.
                place = item.document_id, item.span.start
                if place not in found or item.score > found[place].score:
                    found[place] = item
        return tuple(sorted(found.values(), key=lambda item: -item.score))


def _evidence(hit: Hit, windows: Iterable[Window]) -> Iterator[Evidence]:
    chunk = hit.chunk
    sentences = sentence_spans(chunk.text)
    best = [(-np.inf, Span(0, 0))] * len(sentences)
    starts = np.array([sentence.start for sentence in sentences])
    ends = np.array([sentence.end for sentence in sentences])
    for window in windows:
        first, last, scores = window.spans()
        begins, stops = window.offsets[first, 0], window.offsets[last, 1]
        owner = np.searchsorted(starts, begins, side="right") - 1
        scores = np.where(stops <= ends[owner], scores, -np.inf)  # an answer ends with its sentence
        for number in np.unique(owner):
            mine = np.where(owner == number, scores, -np.inf)
            at = int(mine.argmax())
            if mine[at] > best[number][0]:
                best[number] = float(mine[at]), Span(int(begins[at]), int(stops[at]))
    for (start, end), (score, span) in zip(sentences, best, strict=True):
        if np.isfinite(score) and not is_question(chunk.text[start:end]):
            yield Evidence(
                document_id=chunk.document_id,
                span=Span(chunk.start + start, chunk.start + end),
                text=chunk.text[start:end],
                answer=Span(chunk.start + span.start, chunk.start + span.end),
                score=score,
            )
