"""Questions and passages as wordpieces: what goes into the model, and where its answers stand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from qa.reader.examples import Example
from qa.reader.model import LONGEST_QUESTION


@dataclass(frozen=True, slots=True)
class Features:
    """One input: ``[CLS] question [SEP] context [SEP]``.

    ``context`` is the position of the first wordpiece of the context; ``start`` and ``end`` are
    positions of the answer's first and last wordpiece, both 0 where it is not there; where it is
    ``loose``, the answer is somewhere between them.
    """

    ids: list[int]
    context: int
    start: int
    end: int
    loose: bool = False


def features(
    examples: Sequence[Example], tokenizer: Tokenizer, longest: int, rng: random.Random
) -> list[Features]:
    """Tokenise; of a context too long, take a window that holds the answer, at a random place."""
    cls, sep = special(tokenizer)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    questions = tokenizer.encode_batch([e.question for e in examples], add_special_tokens=False)
    contexts = tokenizer.encode_batch([e.context for e in examples], add_special_tokens=False)
    made = []
    for example, question, context in zip(examples, questions, contexts, strict=True):
        head = [cls, *question.ids[:LONGEST_QUESTION], sep]
        span = None
        if example.start is not None and example.end is not None:
            span = wordpieces(context.offsets, example.start, example.end)
            if span is None:
                continue  # an answer of characters the tokenizer drops
        room = longest - len(head) - 1
        skip = 0
        if len(context.ids) > room:
            low, high = 0, len(context.ids) - room
            if span is not None:
                low, high = max(low, span[1] + 1 - room), min(high, span[0])
            skip = rng.randint(low, max(low, high))
        ids = [*head, *context.ids[skip : skip + room], sep]
        first, last = (0, 0) if span is None else (s - skip + len(head) for s in span)
        if last < len(ids) - 1:
            made.append(Features(ids, len(head), first, last, example.loose))
    return made


def special(tokenizer: Tokenizer) -> tuple[int, int]:
    """The ids of ``[CLS]`` and ``[SEP]``."""
    cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    if cls is None or sep is None:
        raise ValueError("not the tokenizer of a BERT: it has no [CLS] or no [SEP]")
    return cls, sep


def wordpieces(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """First and last wordpiece that overlap the characters ``start:end``."""
    inside = [i for i, (a, b) in enumerate(offsets) if a < end and start < b]
    return (inside[0], inside[-1]) if inside else None
