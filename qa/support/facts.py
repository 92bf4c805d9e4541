"""The facts a sentence states that can be compared as such: its numbers, its names, its negations."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from fractions import Fraction

from qa.words import STOPWORDS

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
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’'-]*(?:\.(?=\w)\w+)*")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|cannot|without|only|n[o]t"
    r"|refus\w+|forbid\w*|forbad\w*|deni\w+|fail\w*|lack\w*|reject\w+|prevent\w*|unable)\b|n['’]t\b",
    re.IGNORECASE,
)
# One country by its several names, where their letters do not show it.
_ALIASES = (
    ("us", "usa", "america", "american", "americans"),
    ("uk", "britain", "british", "briton", "britons"),
    ("france", "french", "frenchman"),
    ("poland", "polish", "pole", "poles"),
    ("spain", "spanish", "spaniard"),
    ("netherlands", "dutch", "holland"),
    ("switzerland", "swiss"),
    ("denmark", "danish", "dane", "danes"),
    ("sweden", "swedish", "swede", "swedes"),
    ("wales", "welsh"),
    ("greece", "greek", "greeks"),
    ("ireland", "irish"),
    ("turkey", "turkish", "turks"),
    ("norway", "norwegian"),
)
_ALIAS = {name: number for number, names in enumerate(_ALIASES) for name in names}
_COMMON_ENDING = 3
_COMMON_START = 4


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


def names(text: str) -> list[str]:
    """The words of a text that are written with a capital, but for a function word that begins it."""
    found = []
    for match in _NAME.finditer(text):
        word = re.sub(r"['’]s$", "", match[0])
        if word.lower() not in STOPWORDS:
            found.append(word)
    return found


def same_name(one: str, other: str) -> bool:
    """Whether two words in lower case may name the same: "Russia" and "Russian", "US" and "American"."""
    if one == other:
        return True
    if one in _ALIAS and _ALIAS.get(other) == _ALIAS[one]:
        return True
    shorter, longer = sorted((one, other), key=len)
    common = next(
        (at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter)
    )
    return (
        common >= _COMMON_START
        and len(longer) - common <= _COMMON_ENDING + 1
        and (len(shorter) - common <= 1)
    )


def is_named(name: str, words: Collection[str]) -> bool:
    """Whether any of `words`, in lower case, names what `name` does."""
    plain = name.lower().replace(".", "")
    return any(same_name(plain, word) for word in words)


def negations(text: str) -> int:
    """How often a text denies."""
    return len(_NEGATION.findall(text))
