"""A bare answer span made whole: the number with its unit, the name with all its parts."""

from __future__ import annotations

import re

from index import Span
from qa.words import STOPWORDS

_NUMBER = re.compile(
    r"(?:[$€£¥]\s?)?\d[\d.,]*\s?%?|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|dozens?|hundreds?|thousands?|millions?|billions?)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"(?:about|around|roughly|approximately|nearly|almost|over|under|at least|at most|up to"
    r"|more than|less than|fewer than|some|only|[$€£¥])\s?$",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"(?:\b[A-Z][\w’'-]*\.? )+$")
_NAME_AFTER = re.compile(r"(?: [A-Z][\w’'-]*)+")
_NEXT_WORD = re.compile(r"[ -](?P<word>[a-z]{3,})\b")
_PAIRS = {"“": "”", "‘": "’", "(": ")", "[": "]", "«": "»", '"': '"'}


def widen(sentence: str, span: Span) -> Span:
    """The span within `sentence`, wide enough to stand alone.

    Cut words are completed, a bare number takes its unit and what hedges it ("about four hours"), part
    of a name the rest of it, and a lone opening or closing quote its partner.
    """
    start, end = _whole_words(sentence, *span)
    if _NUMBER.fullmatch(sentence[start:end]):
        unit = _NEXT_WORD.match(sentence, end)
        if unit and unit["word"] not in STOPWORDS:
            end = unit.end()
    if sentence[start].isdigit() or _NUMBER.match(sentence, start):
        if hedge := _HEDGE.search(sentence, 0, start):
            start = hedge.start()
    elif sentence[start:end].istitle() or sentence[start].isupper():
        start, end = _whole_name(sentence, start, end)
    return Span(*_paired(sentence, start, end))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _whole_name(text: str, start: int, end: int) -> tuple[int, int]:
    before = _NAME_BEFORE.search(text, 0, start)
    # The first word of a sentence has its capital for another reason.
    if before and before.start() > 0 and text[start - 1] == " ":
        start = before.start()
    last_word = text[start:end].rsplit(" ", 1)[-1]
    if last_word[:1].isupper() and (after := _NAME_AFTER.match(text, end)):
        end = after.end()
    return start, end


def _paired(text: str, start: int, end: int) -> tuple[int, int]:
    inside = text[start:end]
    for opening, closing in _PAIRS.items():
        if inside.rfind(opening) > inside.rfind(closing) and text.startswith(closing, end):
            return start, end + 1
        if opening not in inside and closing in inside and text[:start].endswith(opening):
            return start - 1, end
    return start, end
