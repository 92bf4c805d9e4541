"""The numbers that a text states, in digits or in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

_SMALL = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()
    )
}
_TENS = {
    word: value
    for value, word in zip(
        range(20, 100, 10),
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        strict=True,
    )
}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        """third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split(),
        start=3,
    )
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12}
# "One", "first" and "second" are too often no numbers.
_VAGUE = frozenset({Fraction(0), Fraction(1)})
_TOKEN = re.compile(
    r"\d{1,2}:\d\d|\d[\d,]*(?:\.\d+)?(?=(?:st|nd|rd|th|s|[A-Za-z]{1,2})?\b)|[A-Za-z]+", re.ASCII
)


def numbers(text: str) -> frozenset[Fraction | str]:
    """The numbers that a text states in digits or words, and its times of the day as they stand.

    "1.5 million" is one number and so is "twenty-seven"; zero and one are left out.
    """
    return frozenset(_numbers(text)) - _VAGUE


def _numbers(text: str) -> Iterator[Fraction | str]:
    total: Fraction | None = None
    before = 0
    for match in _TOKEN.finditer(text):
        word = match[0].lower()
        gap = text[before : match.start()]
        joined = total is not None and gap.strip(" -\u00a0") == ""
        before = match.end()
        if ":" in word:
            yield word
            continue
        scale = _SCALES.get(word.removesuffix("s"))
        value = _value(word)
        if joined and total is not None and scale:
            total *= scale
        elif joined and total is not None and value is not None and _continues(total, value):
            total += value
        else:
            if total is not None:
                yield total
            total = value if value is not None else (Fraction(scale) if scale else None)
    if total is not None:
        yield total


def _continues(total: Fraction, value: Fraction) -> bool:
    """Whether "twenty" goes on with "seven", or "two hundred" with "five"."""
    if total.denominator != 1 or value.denominator != 1:
        return False
    return (20 <= total < 100 and total % 10 == 0 and 1 <= value < 10) or (
        total >= 100 and total % 100 == 0 and value < 100 and total < 2000 and total % 1000 != 0
    )


def _value(word: str) -> Fraction | None:
    if word[0].isdigit():
        return Fraction(word.replace(",", "").rstrip("."))
    for table in (_SMALL, _TENS, _ORDINALS):
        if word in table:
            return Fraction(table[word])
    return None
