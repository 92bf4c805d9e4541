"""How sure to be of an answer: a small logistic model over named features of what was read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index import Hit, ModelError
from qa.reading import Evidence
from qa.words import content_words, cover, stem, words

CALIBRATION = "calibration.json"
_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]*|\b\d[\d.,]*\b")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand"
    r"|million|billion|half)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-Z]")
_ASKS_NUMBER = re.compile(r"\bhow (?:many|much|long|far|old|often)\b|\bwhat year\b", re.IGNORECASE)
_ASKS_NAME = re.compile(r"\b(?:who|whom|whose|where)\b", re.IGNORECASE)


def features(question: str, evidence: Sequence[Evidence], hits: Sequence[Hit]) -> dict[str, float]:
    """What speaks for and against the best evidence, by name.

    - margin: by how many logits its span beats "not here"; soft: the same, squashed to (0, 1)
    - lead: by how many logits it beats the best span of other words, at most 10
    - agreement: the share in (0, 1] of all spans' weight that says the same as it
    - cover: the share of the question's words that its sentence holds; see `qa.words.cover`
    - names: the share of the question's names and numbers that its passage holds; 1 without any
    - rank: the retrieval score of its passage
    - type_clash: 1 where a number or a name is asked for and the answer holds none, else 0
    """
    best = evidence[0]
    answer = _plain(best)
    rivals = [item for item in evidence if _plain(item) != answer]
    weights = [math.exp(min(item.score - best.score, 0.0)) for item in evidence]
    same = [
        weight for item, weight in zip(evidence, weights, strict=True) if _plain(item) == answer
    ]
    hit = next(hit for hit in hits if _holds(hit, best))
    sentences = [item.text for item in evidence]
    return {
        "margin": max(-15.0, min(best.score, 15.0)),
        "soft": 1 / (1 + math.exp(-max(-30.0, min(best.score, 30.0)))),
        "lead": min(best.score - rivals[0].score, 10.0) if rivals else 10.0,
        "agreement": sum(same) / sum(weights),
        "cover": cover(question, sentences)[0],
        "names": _names_held(question, hit.chunk.text),
        "rank": hit.score,
        "type_clash": _type_clash(question, answer_text(best)),
    }


def answer_text(item: Evidence) -> str:
    """The exact answer of a piece of evidence, or the whole of it where it points at no less."""
    if item.answer is None:
        return item.text
    return item.text[item.answer.start - item.span.start : item.answer.end - item.span.start]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over features: `weights` by their names, and a `bias`."""

    weights: Mapping[str, float]
    bias: float

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelError: it is missing or damaged.
        """
        try:
            row = json.loads(file.read_text(encoding="utf-8"))
            return cls({str(k): float(v) for k, v in row["weights"].items()}, float(row["bias"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{file} is missing or damaged: reinstall citewise") from error

    def save(self, file: Path) -> None:
        """Write the calibration as JSON."""
        row = {"weights": dict(self.weights), "bias": self.bias}
        file.write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")

    def probability(self, values: Mapping[str, float]) -> float:
        """The probability in (0, 1) that the answer is right."""
        logit = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(logit, 30.0))))


def _plain(item: Evidence) -> str:
    return " ".join(words(answer_text(item)))


def _holds(hit: Hit, item: Evidence) -> bool:
    chunk = hit.chunk
    return chunk.document_id == item.document_id and chunk.start <= item.span.start < chunk.end


def _names_held(question: str, text: str) -> float:
    names = {stem(word) for match in _NAME.finditer(question) for word in content_words(match[0])}
    held = {stem(word) for word in words(text)}
    return len(names & held) / len(names) if names else 1.0


def _type_clash(question: str, answer: str) -> float:
    for asks, holds in ((_ASKS_NUMBER, _NUMBER), (_ASKS_NAME, _CAPITAL)):
        if asks.search(question):
            return float(not holds.search(answer))
    return 0.0
