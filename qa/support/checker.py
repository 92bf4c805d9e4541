"""Whether passages bear a sentence out, and which of their sentences does so best."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index import Hit, Span, sentence_spans
from qa.reader.model import SpanModel
from qa.reading import Evidence
from qa.support.numbers import numbers
from qa.words import cover, words

WEIGHTS = Path(__file__).parent / "weights"
THRESHOLD = 0.472
"""A sentence with at least this support is borne out."""
# Sentences of a passage that are read for a sentence, each by itself: those that share most words with it.
_READ = 2
# Words of a sentence that are read at once.
_LONGEST = 28
_CLAUSE = re.compile(r"[^,;:]+[,;:]*")
_ADDRESS = re.compile(
    r"\b(?:https?|ftp|file|data|javascript)\s*:\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+"
    r"|\b[\w-]+(?:\.[\w-]+)+/\S*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Support:
    """How well a passage bears a sentence out: a probability, and its sentence that does so best."""

    score: float
    evidence: Evidence
    hit: Hit

    @property
    def enough(self) -> bool:
        """Whether the sentence may be trusted."""
        return self.score >= THRESHOLD


class Checker:
    """Measures support with a model that reads the sentence and one of a passage's side by side."""

    def __init__(self, model: SpanModel) -> None:
        self._model = model

    @classmethod
    def open(cls, folder: Path = WEIGHTS) -> Self:
        """The checker whose weights lie in `folder`; the one that ships by default.

        Raises:
            ModelError: they are missing or damaged.
        """
        return cls(SpanModel(folder))

    def check(self, sentence: str, hits: Sequence[Hit]) -> list[Support]:
        """The support of each passage, best first."""
        found = [support for hit in hits if (support := self._of(sentence, hit)) is not None]
        return sorted(found, key=lambda support: -support.score)

    def _of(self, sentence: str, hit: Hit) -> Support | None:
        text = hit.chunk.text
        spans = sentence_spans(text)
        if not spans:
            return None
        chosen = _nearest(sentence, text, spans)
        scores = self._scores(sentence, [text[start:end] for start, end in chosen])
        own = [words(text[start:end]) for start, end in chosen]
        if words(sentence) in own:
            scores[own.index(words(sentence))] = 1.0  # the document's own sentence
        if contradicted(sentence, text):
            scores = [0.0] * len(scores)
        best = max(range(len(scores)), key=scores.__getitem__)
        start, end = chosen[best]
        chunk = hit.chunk
        evidence = Evidence(
            document_id=chunk.document_id,
            span=Span(chunk.start + start, chunk.start + end),
            text=text[start:end],
            answer=None,
            score=scores[best],
        )
        return Support(scores[best], evidence, hit)

    def _scores(self, sentence: str, texts: Sequence[str]) -> list[float]:
        """The probability that each text bears the sentence out: that of its least sure part."""
        by_part = [
            [_probability(windows[0].null) for windows in self._model.read(part, texts)]
            for part in parts(sentence)
        ]
        return [min(of_text) for of_text in zip(*by_part, strict=True)]


def parts(sentence: str) -> list[str]:
    """A long sentence in parts that the model reads to their end, cut at its commas where it can be."""
    cut: list[list[str]] = [[]]
    for clause in _CLAUSE.findall(sentence):
        for word in clause.split():
            if len(cut[-1]) >= _LONGEST:
                cut.append([])
            cut[-1].append(word)
        if len(cut[-1]) >= _LONGEST // 2:
            cut.append([])
    return [" ".join(part) for part in cut if part] or [sentence]


def contradicted(sentence: str, passage: str) -> bool:
    """Whether the sentence states a number or an address that the passage does not."""
    if numbers(sentence) - numbers(passage):
        return True
    return any(
        match[0].rstrip(".,;:!?)\"'") not in passage for match in _ADDRESS.finditer(sentence)
    )


def _nearest(sentence: str, text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences of the text that share most with `sentence`, best first, the shorter of two alike."""
    shares = cover(sentence, [text[start:end] for start, end in spans])
    order = sorted(range(len(spans)), key=lambda at: (-shares[at], spans[at][1] - spans[at][0]))
    return [spans[at] for at in order[:_READ]]


def _probability(unsupported: float) -> float:
    return 1 / (1 + math.exp(max(-30.0, min(unsupported, 30.0))))
