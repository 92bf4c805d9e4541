"""Sentences to tagged words: a thin face over a part-of-speech tagger."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.rewriting.repairs import repaired
from qa.rewriting.tokens import Token

# A word with its hyphens and points ("Tu-160", "U.S."); "n't" and what follows an apostrophe stand alone.
_TOKEN = re.compile(
    r"(?:\w\.){2,}|\b(?:Mr|Mrs|Ms|Dr|St|Prof)\."
    r"|\w+(?=n['’]t\b)|n['’]t\b|['’](?:s|re|m|ve|d|ll)\b"
    r"|\w+(?:[-.,/&]\w+|\s&\s(?=[A-Z])\w+)*"
    r"|[^\w\s]"
)


@lru_cache(maxsize=1024)
def tag(sentence: str) -> tuple[Token, ...]:
    """The tokens of a sentence, tagged. The time goes with its length: 25 µs a word."""
    from denckring_en_pos import tagger

    matches = list(_TOKEN.finditer(sentence))
    # The tagger has learnt from words alone: marks would lead it astray.
    words = [m for m in matches if any(map(str.isalnum, m[0]))]
    labels = dict(zip(words, tagger().tag([m[0].replace("’", "'") for m in words]), strict=True))
    tokens = []
    for match in matches:
        word_class, _, form = labels.get(match, "PUNCT|-").partition("|")
        tokens.append(Token(match[0], match.start(), match.end(), word_class, form))
    return tuple(repaired(tokens))
