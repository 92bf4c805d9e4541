"""Questions about documents as people put them, made from titles and sentences by chance with a seed.

One in three asks for what a title names. The others turn a statement around: the words before its first
"is", "can", "must" and the like change places with it, at most ten words after it are kept, and "How",
"When", "Why" or "Where" is put before. Documents of one passage, which are mostly pages that point
elsewhere, are not asked about.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from eval.scale.corpus import Source
from index import sentence_spans

_SEED = 9
_AUXILIARIES = frozenset("is are was were can could must should will would may might".split())
_ASKING = ("How", "When", "Why", "Where")
_TITLES = ("What is {}?", "How do I use {}?", "What does {} do?")
_MOST_WORDS = 10
_WORDS = re.compile(r"[\w’'.-]+")


def make_questions(documents: Sequence[Source], count: int) -> list[str]:
    """So many different questions, or fewer if the documents have no more."""
    rng = random.Random(_SEED)
    order = [source for source in documents if len(source.spans) > 1]
    rng.shuffle(order)
    found: dict[str, None] = {}
    while len(found) < count and order:
        before = len(found)
        for number, source in enumerate(order):
            made = _of_title(source, rng) if number % 3 == 0 else _of_sentence(source, rng)
            if made:
                found[made] = None
            if len(found) == count:
                break
        if len(found) == before:
            break
    return list(found)


def _of_title(source: Source, rng: random.Random) -> str:
    """Of a title that says something: of its first part, where sites put their own name behind."""
    title = re.split(r"\s+[—–|:-]+\s+", source.title)[0]
    words = _WORDS.findall(title)
    return rng.choice(_TITLES).format(" ".join(words)) if 2 <= len(words) <= _MOST_WORDS else ""


def _of_sentence(source: Source, rng: random.Random) -> str:
    span = rng.choice(source.spans)
    text = source.text[span.start : span.end]
    questions = list(_questions(text, rng))
    return rng.choice(questions) if questions else ""


def _questions(text: str, rng: random.Random) -> Iterator[str]:
    for start, end in sentence_spans(text):
        words = _WORDS.findall(text[start:end].rstrip(".!?: \n"))
        at = next((i for i, word in enumerate(words) if word in _AUXILIARIES), 0)
        if 1 <= at <= 6 and len(words) - at > 3:
            subject = [words[0][0].lower() + words[0][1:], *words[1:at]]
            rest = words[at + 1 : at + 1 + _MOST_WORDS]
            yield " ".join([rng.choice(_ASKING), words[at], *subject, *rest]) + "?"
