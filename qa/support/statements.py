"""Statements that a passage bears out or not, made from questions whose answers are known in it.

A question with its answer put in, sentences of the passage whole and in part, and both of them in
other words, are statements that hold. With another answer, one thing changed, or held against sentences
of the passage that say nothing of it, they are such as do not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import sentence_spans
from qa.reader.examples import Example
from qa.support.declaring import declare, sentence
from qa.support.falsifying import NAME, Falsifier
from qa.support.rewording import Rewording

_MOST_NAMES = 400
# Questions of one passage that statements are made from.
_OF_PASSAGE = 6
_PRONOUNS = frozenset("it he she they this that these those its his her their him them".split())


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, the sentences it is held against, and whether they bear it out."""

    text: str
    evidence: str
    supported: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """A question's statement, its answer, and where in the passage that stands."""

    text: str
    question: str
    answer: str
    start: int


class Maker:
    """Makes statements; the same ones from the same examples, words and random numbers."""

    def __init__(self, rewording: Rewording, rng: random.Random) -> None:
        self._rewording = rewording
        self._falsifier = Falsifier(rewording, rng)
        self._rng = rng
        self._names: list[str] = []

    def statements(self, examples: Sequence[Example]) -> Iterator[Statement]:
        """Statements made from examples that stand in the order of their paragraphs."""
        by_context: dict[str, list[Example]] = {}
        for example in examples:
            if example.start is not None:
                by_context.setdefault(example.context, []).append(example)
        before: list[str] = []
        for context, asked in by_context.items():
            said = [one for example in asked if (one := _declared(example)) is not None]
            said = self._rng.sample(said, min(len(said), _OF_PASSAGE))
            yield from self._of_passage(context, said, before)
            before = [one.text for one in said] or before
            self._names = (self._names + [m[0] for m in NAME.finditer(context)])[-_MOST_NAMES:]

    def _of_passage(
        self, context: str, said: Sequence[_Said], before: Sequence[str]
    ) -> Iterator[Statement]:
        rng = self._rng
        spans = sentence_spans(context)
        for one in said:
            evidence = self._evidence(context, spans, one.start)
            right = self._worded(one.text)
            yield Statement(right, evidence, True)
            others = [o for o in said if _other(o.answer, one.answer)]
            here = [o for o in others if o.answer in evidence] or others
            mistaken = rng.choice(here).answer if here and rng.random() < 0.6 else None
            if mistaken and (false := declare(one.question, mistaken)):
                yield Statement(self._worded(false), evidence, False)
            yield from self._wrong(one.text, evidence, 1)
            if rng.random() < 0.25:
                yield from self._elsewhere(context, spans, one)
            if here and rng.random() < 0.12:
                yield from self._denial_that_holds(one, rng.choice(here).answer, evidence)
            if before and rng.random() < 0.08:
                yield Statement(self._worded(rng.choice(before)), evidence, False)
            if rng.random() < 0.5:
                yield from self._of_sentence(evidence, one.text, before)

    def _of_sentence(self, evidence: str, said: str, before: Sequence[str]) -> Iterator[Statement]:
        """A sentence of the evidence, by itself or with a statement, and each of them spoilt."""
        rng = self._rng
        copied = self._copied(evidence)
        yield Statement(self._worded(copied), evidence, True)
        false = next(self._falsifier.falsified(copied, evidence, self._names), None)
        if false:
            yield Statement(self._worded(false), evidence, False)
        if rng.random() < 0.5:
            yield Statement(self._joined(said, copied), evidence, True)
            spoilt = false or (rng.choice(before) if before else None)
            if spoilt:
                yield Statement(self._joined(said, spoilt), evidence, False)

    def _wrong(self, said: str, evidence: str, most: int) -> Iterator[Statement]:
        found = self._falsifier.falsified(said, evidence, self._names)
        for _, false in zip(range(most), found, strict=False):
            yield Statement(self._worded(false), evidence, False)

    def _elsewhere(
        self, context: str, spans: Sequence[tuple[int, int]], one: _Said
    ) -> Iterator[Statement]:
        """Held against sentences of the same passage that do not hold the answer."""
        far = [
            (start, end)
            for start, end in spans
            if not start <= one.start < end and one.answer.lower() not in context[start:end].lower()
        ]
        if far:
            start, end = self._rng.choice(far)
            yield Statement(self._worded(one.text), context[start:end], False)

    def _denial_that_holds(self, one: _Said, other: str, evidence: str) -> Iterator[Statement]:
        false = declare(one.question, other)
        if false and (denied := self._falsifier.denied(false)) and " not " in denied:
            yield Statement(denied, evidence, True)

    def _worded(self, said: str) -> str:
        """Mostly in other words: right and wrong statements alike, so that these tell nothing."""
        rng = self._rng
        if rng.random() < 0.75:
            said = self._rewording.same(said)
        return self._rewording.opened(said) if rng.random() < 0.06 else said

    def _evidence(self, context: str, spans: Sequence[tuple[int, int]], start: int) -> str:
        """One to three sentences around the answer."""
        at = max((i for i, (begin, _) in enumerate(spans) if begin <= start), default=0)
        first = max(0, at - self._rng.choice((0, 0, 1, 1, 2)))
        last = min(len(spans) - 1, at + self._rng.choice((0, 0, 1)))
        return context[spans[first][0] : spans[last][1]]

    def _copied(self, evidence: str) -> str:
        """A sentence of the evidence, or a part of one that is long enough to say something."""
        rng = self._rng
        spans = sentence_spans(evidence)
        start, end = rng.choice(spans) if spans else (0, len(evidence))
        whole = evidence[start:end].strip()
        pieces = re.split(r"(?<=[;,]) ", whole)
        if len(pieces) > 2 and rng.random() < 0.4:
            # What stands between two commas can mostly go.
            del pieces[rng.randrange(1, len(pieces) - 1)]
            return sentence(" ".join(pieces))
        parts = [part for part in re.split(r"[;,] ", whole) if len(part.split()) >= 6]
        return sentence(rng.choice(parts) if parts and rng.random() < 0.4 else whole)

    def _joined(self, one: str, other: str) -> str:
        """Two statements in one, in any order."""
        parts = [one.rstrip("."), other.rstrip(".")]
        self._rng.shuffle(parts)
        link = self._rng.choice((", and ", " and ", ", while ", "; "))
        return f"{parts[0]}{link}{parts[1]}."


def _declared(example: Example) -> _Said | None:
    answer = example.answer or ""
    if not 0 < len(answer.split()) <= 10 or answer.lower() in _PRONOUNS or example.loose:
        return None
    text = declare(example.question, answer)
    if text is None or len(text.split()) < 4:
        return None
    return _Said(text, example.question, answer, example.start or 0)


def _other(one: str, answer: str) -> bool:
    """Whether it is another answer, of a kind that could be mistaken for this one."""
    plain, said = one.lower(), answer.lower()
    same_kind = one[:1].isdigit() == answer[:1].isdigit() and (
        one[:1].isupper() == answer[:1].isupper()
    )
    shared = set(plain.split()) & set(said.split()) - {"the", "a", "of", "and", "in"}
    return not shared and plain not in said and said not in plain and same_kind
