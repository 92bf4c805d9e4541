"""A follow-up made to stand alone, from the question and the conversation before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.smalltalk import is_smalltalk
from qa.types import Turn
from qa.words import content_words, words

_PRONOUN = re.compile(
    r"\b(?:he|him|she|hers?|it|they|them|theirs|this|that|these|those|there|then)\b", re.IGNORECASE
)
# "Why did Poland close its border?" needs nobody else; "What is its capital?" does.
_POSSESSIVE = re.compile(r"\b(?:his|her|its|their)\b", re.IGNORECASE)
_OWNER = re.compile(r"(?<!^)\b[A-Z]\w+|\b[Tt]he \w+")
_NAME = re.compile(r"(?<!^)\b[A-Z]")
# "Which country?" is a piece of a question; "who is putin" is one.
_FRAGMENT = 2
_CONTINUATION = re.compile(r"\s*(?:and|but|so|or|also|what about|how about)\b", re.IGNORECASE)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question itself where it stands alone, or with the questions it follows in parentheses.

    These are the one that began the thread and the one just before.
    """
    thread: list[str] = []
    for turn in history:
        if turn.role == "user" and not is_smalltalk(turn.text):
            thread = [*thread, turn.text] if _leans_back(turn.text) else [turn.text]
    if not thread or not _leans_back(question):
        return question
    return f"{question} ({' '.join(dict.fromkeys([thread[0], thread[-1]]))})"


def _leans_back(question: str) -> bool:
    possessive = _POSSESSIVE.search(question)
    return bool(
        _CONTINUATION.match(question)
        or _PRONOUN.search(_POSSESSIVE.sub("", question))
        or (possessive and not _OWNER.search(question, 0, possessive.start()))
        or not content_words(question)
        or (len(words(question)) <= _FRAGMENT and not _NAME.search(question))
    )
