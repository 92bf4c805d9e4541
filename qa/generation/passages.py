"""Passages as a language model gets them: under numbers nobody can guess, and as many as fit."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from index import Hit, sentence_spans

_NUMBERS = range(100, 1000)
_BYTES_PER_TOKEN = 3
# What a chat template or our own markers could be mistaken for.
_TAG = re.compile(r"<(?=[|/!\w])")
_BRACKETED = re.compile(r"\[([^\[\]\n]{1,40})\]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff]"
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A passage under the number that the model cites it by in this one request.

    `text` is what of `hit` is shown to the model, with nothing in it that looks like a marker or a turn
    of a conversation.
    """

    number: int
    hit: Hit
    text: str


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few: no tokenizer is at hand."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)


def harmless(text: str) -> str:
    """The text without control characters, tags and markers: nothing in it can end its quotation."""
    text = _CONTROL.sub(" ", text.replace("\r", "\n"))
    return _BRACKETED.sub(r"(\1)", _TAG.sub("< ", text))


def fitted(hits: Sequence[Hit], budget: int) -> tuple[Numbered, ...]:
    """The best passages that fit into `budget` tokens, the last one cut between two sentences.

    At least one sentence of the best is given, whatever the budget.
    """
    numbers = secrets.SystemRandom().sample(_NUMBERS, len(hits))
    chosen: list[Numbered] = []
    for number, hit in zip(numbers, hits, strict=True):
        text = _within(hit.chunk.text, budget, at_least_one=not chosen)
        if not text:
            break
        chosen.append(Numbered(number, hit, harmless(text)))
        budget -= tokens(text)
        if len(text) < len(hit.chunk.text.rstrip()):
            break
    return tuple(chosen)


def _within(text: str, budget: int, at_least_one: bool) -> str:
    if tokens(text) <= budget:
        return text
    ends = [end for _, end in sentence_spans(text)]
    fitting = [end for end in ends if tokens(text[:end]) <= budget]
    if not fitting and at_least_one and ends:
        return text[: ends[0]]
    return text[: fitting[-1]] if fitting else ""
