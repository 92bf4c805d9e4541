"""Slips of the finger put right, by the words of the passages and of the reader's vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

# Shorter words have too many neighbours, and a capital within, a digit or an accent means a name, a
# number or another language, whose spelling is the asker's business.
_WORD = re.compile(r"(?<![\w'’-])[A-Za-z]?[a-z]{3,}(?![\w'’-])")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# How unlikely a slip is, in steps of no more meaning than their order.
_SWAPPED, _ADDED, _LEFT_OUT, _REPLACED = range(4)
_FIRST_LETTER = 2.0
_NOT_NEARBY = 0.5


def correct(question: str, nearby: Collection[str], known: Callable[[str], bool]) -> str:
    """`question` with each unknown word exchanged for the one it was most likely meant to be.

    A word is one slip away from another where two letters were swapped, one was added, left out or
    replaced. What nothing known is one slip away from stays as it is.

    Args:
        question: as typed.
        nearby: words of the passages found for it, in lower case; they are a little likelier.
        known: whether a word in lower case is one at all.
    """

    def put_right(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in nearby or known(word):
            return match[0]
        meant = [
            (slip + _NOT_NEARBY * (option not in nearby), option)
            for slip, option in _one_slip_from(word)
            if option in nearby or known(option)
        ]
        return min(meant)[1] if meant else match[0]

    return _WORD.sub(put_right, question)


def _one_slip_from(word: str) -> Iterator[tuple[float, str]]:
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        rare = _FIRST_LETTER * (at == 0)
        if len(after) > 1:
            yield _SWAPPED + rare, before + after[1] + after[0] + after[2:]
        if after:
            yield _ADDED + rare, before + after[1:]
        for letter in _LETTERS:
            yield _LEFT_OUT + rare, before + letter + after
            if after:
                yield _REPLACED + rare, before + letter + after[1:]
