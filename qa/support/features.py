"""What speaks for a statement's being borne out by a few sentences, as named numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.support import facts
from qa.words import STOPWORDS, content_words, stem, words

# Words that say how much or how sure: what a careless writer adds or turns round.
_DEGREES = frozenset(
    """all every entire entirely whole completely always never none only most majority first last
    more less fewer larger smaller greater lower higher longer shorter bigger cheaper heavier lighter
    earlier later before after largest smallest oldest best worst must may might can could would north
    south east west northern southern eastern western increase decrease rise fall raise reduce up down
    win lose buy sell begin end open close above below inside outside same different early late
    monthly weekly daily yearly""".split()
)


def features(claim: str, evidence: str, passage: str) -> dict[str, float]:
    """What can be read off the words alone.

    - cover, passage_cover: the share in [0, 1] of the claim's content words that the evidence, or the
      whole passage, holds
    - foreign: how many of them the passage does not hold, at most 4
    - numbers, numbers_passage: how many numbers of the claim are not in the evidence, or the passage
    - names, names_passage: likewise, names
    - negation: 1 where one of claim and evidence denies an odd number of times and the other does not
    - degrees: how many words of degree of the claim are not in the evidence
    - order: the share of pairs of common words that stand the other way round
    - passive: 1 where one of the two is passive and the other is not
    - short: 1 / the number of content words of the claim
    """
    mine = [stem(word) for word in content_words(claim)]
    near, far = ({stem(word) for word in words(text)} for text in (evidence, passage))
    near_words, far_words = set(words(evidence)), set(words(passage))
    said = facts.numbers(claim)
    plain = [word for word in mine if not word[0].isdigit()]
    stated = [name for name in facts.names(claim) if name.lower() not in far_words]
    # A first word has its capital for another reason, unless the passage writes it so too.
    distant = [
        name for name in stated if claim.find(name) > 0 and not facts.is_named(name, far_words)
    ]
    missing_near = [
        name
        for name in facts.names(claim)
        if (claim.find(name) > 0 or name in passage) and not facts.is_named(name, near_words)
    ]
    degrees = [word for word in words(claim) if word in _DEGREES]
    return {
        "cover": _share(plain, near, near_words),
        "passage_cover": _share(plain, far, far_words),
        "foreign": float(min(4, sum(not _in(word, far, far_words) for word in plain))),
        "numbers": float(len(said - facts.numbers(evidence))),
        "numbers_passage": float(len(said - facts.numbers(passage))),
        "names": float(len(missing_near)),
        "names_passage": float(len(distant)),
        "negation": float(facts.negations(claim) % 2 != facts.negations(evidence) % 2),
        "denies": float(facts.negations(claim) > 0),
        "degrees": float(sum(word not in near_words for word in degrees)),
        "order": _disorder(claim, evidence),
        "passive": float(_passive(claim) != _passive(evidence)),
        "short": 1 / max(1, len(mine)),
    }


def _in(word: str, stems: set[str], whole: set[str]) -> bool:
    return word in stems or any(facts.same_name(word, other) for other in whole)


def _share(mine: Sequence[str], stems: set[str], whole: set[str]) -> float:
    return sum(_in(word, stems, whole) for word in mine) / len(mine) if mine else 1.0


_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\b(?: \w+)? \w+(?:ed|en|wn|lt|ld|de)\b")


def _passive(text: str) -> bool:
    return bool(_PASSIVE.search(text))


def _disorder(claim: str, evidence: str) -> float:
    order = {stem(word): at for at, word in reversed(list(enumerate(words(evidence))))}
    at = [
        order[stem(word)] for word in words(claim) if word not in STOPWORDS and stem(word) in order
    ]
    pairs = [(a, b) for i, a in enumerate(at) for b in at[i + 1 :] if a != b]
    return sum(a > b for a, b in pairs) / len(pairs) if pairs else 0.0
