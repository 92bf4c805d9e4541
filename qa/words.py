"""Words that carry the meaning of a question."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_POSSESSIVE = re.compile(r"['’]s$")
STOPWORDS = frozenset(
    """a about above after again all also am an and any are aren't as at be because been before being
    between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down
    during each few for from further had hadn't has hasn't have haven't having he he's her here hers
    herself him himself his how i i'm if in into is isn't it it's its itself just let's me more most my
    myself no nor not of off on once only or other our ours ourselves out over own please same she
    she's should shouldn't so some such tell than that that's the their theirs them themselves then
    there there's these they they're this those through to too under until up very was wasn't we were
    weren't what what's when where which while who who's whom whose why will with won't would
    wouldn't you you're your yours yourself""".split()
)


def words(text: str) -> list[str]:
    """The words of `text` in order, in lower case and without a possessive ending."""
    found = (_POSSESSIVE.sub("", match[0].lower()) for match in _WORD.finditer(text))
    return [word.replace("’", "'") for word in found]


def content_words(text: str) -> list[str]:
    """The distinct words of `text` that are not function words, in order."""
    return list(dict.fromkeys(word for word in words(text) if word not in STOPWORDS))


def word_pairs(text: str) -> list[str]:
    """The distinct pairs of words side by side of which one at least is no function word, in order."""
    found = [match[0] for match in _WORD.finditer(text)]
    telling = [_POSSESSIVE.sub("", word.lower()) not in STOPWORDS for word in found]
    return list(
        dict.fromkeys(
            f"{one} {other}".lower()
            for (one, other), both in zip(pairwise(found), pairwise(telling), strict=True)
            if any(both)
        )
    )


def stem(word: str) -> str:
    """The word without its commonest English endings: enough to match "bombers" with "bomber"."""
    for ending in ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def cover(question: str, texts: Sequence[str]) -> list[float]:
    """The share in [0, 1] of the question's content words that each text holds, by their stems.

    A word weighs log(1 + n / (1 + its number of texts)): one that no text holds weighs most.
    """
    asked = {stem(word) for word in content_words(question)}
    held = [{stem(word) for word in words(text)} for text in texts]
    weight = {
        word: math.log(1 + len(texts) / (1 + sum(word in text for text in held))) for word in asked
    }
    # Exact sums: those of sets would depend on the order of words, which differs from process to process.
    total = math.fsum(weight.values()) or 1.0
    return [math.fsum(weight[word] for word in asked & text) / total for text in held]


def is_question(sentence: str) -> bool:
    """Whether a sentence asks: what asks is never evidence for an answer."""
    return sentence.rstrip("\"'”’)]").endswith("?")
