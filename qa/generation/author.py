"""A language model at work on one question: asked, waited for, asked again, read by the sentence."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from index import Hit
from qa.generation import prompts
from qa.generation.cache import Cache, Key, Sentence
from qa.generation.models import (
    LONGEST_ANSWER,
    GenerationError,
    LengthError,
    Model,
    TransientError,
)
from qa.generation.passages import Numbered, fitted, tokens
from qa.generation.pump import pumped
from qa.generation.writing import Draft, Written

_TRIES = 3
_PAUSE = 0.5
# For what a chat template adds to a prompt.
_FRAME = 64


class Author:
    """Has a model write, within `seconds` for all its tries together."""

    def __init__(self, model: Model, seconds: float, cache: Cache) -> None:
        """Ask nothing yet."""
        self.model = model
        self._seconds = seconds
        self._cache = cache

    def write(self, question: str, hits: Sequence[Hit]) -> Iterator[Sentence | None]:
        """The sentences as they come, and None while there is none.

        Raises:
            GenerationError: the model gave no answer, or no more of it.
        """
        key = self._key(question, hits)
        if (kept := self._cache.get(key)) is not None:
            yield from kept
            return
        written: list[Sentence] = []
        for sentence in self._written(question, hits):
            if sentence is not None:
                written.append(sentence)
            yield sentence
        if not written:
            raise GenerationError("said nothing")
        self._cache.put(key, written)

    def _written(self, question: str, hits: Sequence[Hit]) -> Iterator[Sentence | None]:
        end = time.monotonic() + self._seconds
        frame = tokens(prompts.SYSTEM) + tokens(prompts.user(question, ()))
        budget = max(1, self.model.context - LONGEST_ANSWER - frame - _FRAME)
        for tries_left in reversed(range(_TRIES)):
            passages = fitted(hits, budget)
            draft = Draft([item.number for item in passages])
            try:
                yield from self._once(question, passages, draft, end)
                return
            except LengthError:
                if not tries_left or draft.raw:
                    raise
                budget //= 2
            except TransientError:
                if not tries_left or draft.raw or time.monotonic() + _PAUSE >= end:
                    raise
                yield from _rest(_PAUSE)

    def _once(
        self, question: str, passages: Sequence[Numbered], draft: Draft, end: float
    ) -> Iterator[Sentence | None]:
        rank = {item.number: at for at, item in enumerate(passages)}

        def ranked(found: Sequence[Written]) -> Iterator[Sentence]:
            return (Sentence(item.text, tuple(rank[n] for n in item.numbers)) for item in found)

        asked = prompts.user(question, passages)
        pieces = pumped(
            lambda: self.model.stream(prompts.SYSTEM, asked), max(0.0, end - time.monotonic())
        )
        try:
            for piece in pieces:
                # Whoever listens can stop in the middle of a sentence as well.
                yield None
                if piece is not None:
                    yield from ranked(draft.feed(piece))
                if draft.full:
                    break
        except TimeoutError:
            raise GenerationError(f"did not answer within {self._seconds:g} seconds") from None
        finally:
            # Also where this one is closed: the request ends with it.
            getattr(pieces, "close", lambda: None)()
        yield from ranked(draft.finish())

    def _key(self, question: str, hits: Sequence[Hit]) -> Key:
        read = tuple((hit.chunk.document_id, hit.chunk.start, hit.chunk.text) for hit in hits)
        return self.model.name, prompts.VERSION, question, read


def _rest(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.1)
        yield None
