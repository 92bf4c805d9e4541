"""Metrics of one answer's text against the gold answers. Pure functions.

Exact match and F1 are those of SQuAD (Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine
Comprehension of Text", the official `evaluate-v2.0.py`), with the Unicode punctuation of MLQA's
evaluation (Lewis et al. 2020). On ASCII text the values are the official ones. Words are what white
space separates.
"""

from __future__ import annotations

import re
import string
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable

_PUNCTUATION = dict.fromkeys(
    {ord(mark) for mark in string.punctuation}
    | {code for code in range(sys.maxunicode) if unicodedata.category(chr(code))[0] == "P"}
)
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_MARKER = re.compile(r"\[(\d+)\]")
_DASH = re.compile(r"[–—]|--+")


def normalise(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces; compatible characters made one.

    >>> normalise("The  Cat's “ﬁrst” nap.")
    'cats first nap'
    """
    bare = unicodedata.normalize("NFKC", text).lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLE.sub(" ", bare).split())


def exact_match(text: str, answers: Iterable[str]) -> bool:
    """Whether the normalised text equals one of the normalised gold answers."""
    normal = normalise(text)
    return any(normal == normalise(answer) for answer in answers)


def token_f1(text: str, answers: Iterable[str]) -> float:
    """The best F1 over the gold answers; 0 where there are none.

    With `c` common words (counted as often as both hold them), `F1 = 2 c / (words of the text + words
    of the answer)`, which is `2 P R / (P + R)`. Where either is empty, 1 if both are, else 0.
    """
    words = normalise(text).split()
    return max((_f1(words, normalise(answer).split()) for answer in answers), default=0.0)


def _f1(words: list[str], gold: list[str]) -> float:
    if not words or not gold:
        return float(words == gold)
    common = (Counter(words) & Counter(gold)).total()
    return 2 * common / (len(words) + len(gold))


def squad_scores(text: str, answers: Iterable[str]) -> tuple[float, float]:
    """Exact match and F1 as SQuAD 2.0 has them: a question without an answer wants an empty text.

    Rajpurkar et al. 2018, "Know What You Don't Know". Of a refusal the text is empty. Gold answers that
    normalise to nothing are none.

    >>> squad_scores("", []), squad_scores("1912", []), squad_scores("in 1912", ["1912"])
    ((1.0, 1.0), (0.0, 0.0), (0.0, 0.6666666666666666))
    """
    golds = [answer for answer in answers if normalise(answer)] or [""]
    return float(exact_match(text, golds)), token_f1(text, golds)


def contains(text: str, answers: Iterable[str]) -> bool:
    """Whether the text holds one of the gold answers: normalised, and as whole words in a row.

    The answer accuracy of open-domain question answering (Chen et al. 2017, "Reading Wikipedia to
    Answer Open-Domain Questions"). A dash is read both ways, as nothing and as a space, so "1914–1918"
    holds "1914" and equals "1914-1918". An answer that normalises to nothing is never held.
    """
    held = [f" {form} " for form in _forms(text)]
    golds = [f" {form} " for answer in answers for form in _forms(answer) if form]
    return any(gold in form for gold in golds for form in held)


def _forms(text: str) -> set[str]:
    return {normalise(text), normalise(_DASH.sub(" ", text))}


def without_markers(text: str, markers: Iterable[int]) -> str:
    """The text without its citation markers: the 1 of `[1]` is no answer to "How many?".

    Only the given markers go; other numbers in brackets are the document's own.
    """
    known = set(markers)
    return _MARKER.sub(lambda match: " " if int(match[1]) in known else match[0], text)
