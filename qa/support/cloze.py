"""A statement as questions: each of its terms asked for in turn, and what a passage gives back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index import Span
from qa.reader.model import SpanModel, Window
from qa.words import STOPWORDS, stem

_WORD = re.compile(r"\w[\w’'.,:-]*\w|\w")
_YEAR = re.compile(r"1\d{3}|20\d\d")
_LONGEST_TERM = 4
# A term that the passage does not hold at all is as far off as one can be.
FAR = 12.0


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of content words of a statement, and the statement as a question for it."""

    text: str
    question: str
    stems: frozenset[str]
    fact: bool
    """Whether it is a name or a number."""


def terms(statement: str) -> list[Term]:
    """The terms of a statement in order: the runs of words between its function words."""
    return [_term(statement, run) for run in _runs(statement)]


def _runs(statement: str) -> Iterator[Span]:
    start = end = None
    length = 0
    kind = ""
    for match in _WORD.finditer(statement):
        word = match[0]
        content = word.lower() not in STOPWORDS
        this = "number" if word[0].isdigit() else "name" if word[0].isupper() else "word"
        gap = statement[end : match.start()] if end is not None else ""
        if (
            start is not None
            and end is not None
            and (not content or this != kind or gap.strip() or length == _LONGEST_TERM)
        ):
            yield Span(start, end)
            start = None
        if content:
            if start is None:
                start, length, kind = match.start(), 0, this
            end, length = match.end(), length + 1
        elif start is None:
            end = None
    if start is not None and end is not None:
        yield Span(start, end)


def _term(statement: str, span: Span) -> Term:
    text = statement[span.start : span.end]
    before, after = statement[: span.start], statement[span.end :].rstrip(" .!")
    if _YEAR.fullmatch(text):
        asks = "what year"
    elif text[0].isdigit():
        asks = "how many" if re.match(r" [a-z]", after) else "what"
    elif text[0].isupper() and not before.strip():
        asks = "Who" if after and not after.startswith((" is", " was")) else "What"
    else:
        asks = "what"
    return Term(
        text=text,
        question=f"{before}{asks}{after}?",
        stems=frozenset(stem(word.lower()) for word in re.findall(r"\w+", text)),
        fact=text[0].isupper() or text[0].isdigit(),
    )


def gaps(model: SpanModel, asked: Sequence[Term], passage: str) -> list[float]:
    """For each term, by how many logits another answer to its question beats it, from 0 to `FAR`."""
    places = [(stem(m[0].lower()), m.start(), m.end()) for m in re.finditer(r"\w+", passage)]
    return [_gap(model.read(term.question, [passage])[0], term, places) for term in asked]


def _gap(windows: Sequence[Window], term: Term, places: Sequence[tuple[str, int, int]]) -> float:
    held = [(start, end) for word, start, end in places if word in term.stems]
    best = of_term = -np.inf
    for window in windows:
        first, last, scores = window.spans()
        if not len(scores):
            continue
        begins, stops = window.offsets[first, 0], window.offsets[last, 1]
        best = max(best, float(scores.max()))
        for start, end in held:
            fits = (begins <= start) & (stops >= end)
            if fits.any():
                of_term = max(of_term, float(scores[fits].max()))
    return min(FAR, best - of_term) if np.isfinite(of_term) else FAR
