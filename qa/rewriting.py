"""A follow-up made to stand alone, from the question and the conversation before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.types import Turn
from qa.words import content_words

_REFERENCE = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|theirs|this|that|these|those|there|then)\b",
    re.IGNORECASE,
)
_CONTINUATION = re.compile(r"\s*(?:and|but|so|or|also|what about|how about)\b", re.IGNORECASE)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question itself where it stands alone, or with the question it follows in parentheses."""
    topic: str | None = None
    for turn in history:
        if turn.role == "user":
            topic = _attach(turn.text, topic)
    return _attach(question, topic)


def _attach(question: str, topic: str | None) -> str:
    if topic is None or not _leans_back(question):
        return question
    return f"{question} ({topic})"


def _leans_back(question: str) -> bool:
    return bool(
        _CONTINUATION.match(question)
        or _REFERENCE.search(question)
        or len(content_words(question)) < 2
    )
