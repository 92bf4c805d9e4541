"""What a language model writes, taken apart as it comes: plain sentences and the passages they cite."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from index import sentence_spans
from qa.words import words

LONGEST = 6000
"""Characters of an answer that are read; a model that goes on and on is stopped."""
MOST = 12
"""Sentences of an answer at most."""
# Strictly digits, or several numbers with commas between; anything else in brackets is text.
_ONE = r"\[\s*\d{1,4}(?:\s*,\s*\d{1,4})*\s*\]"
_MARKERS = re.compile(rf"{_ONE}(?:\s*{_ONE})*")
_NUMBER = re.compile(r"\d+")
_OPEN = re.compile(r"!?\[[^\[\]\n]{0,200}(?:\](?:\([^()\n]{0,500})?)?$")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+[\"'][^()]*)?\)")
_MARKS = re.compile(r"\*\*|__|`+|^\s*(?:#{1,6}|[-*•]|\d{1,2}[.)])\s+", re.MULTILINE)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff]"
)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_FINISHED = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_ENDS = re.compile(r"[.!?\n]")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence, without its markers, and the numbers it cites that were given out."""

    text: str
    numbers: tuple[int, ...]


class Draft:
    """Collects what a model writes and gives its sentences as soon as each is complete."""

    def __init__(self, numbers: Collection[int]) -> None:
        """Take note of the numbers that were given out: others are dropped."""
        self._numbers = numbers
        self._raw = ""
        self._given = 0
        self._seen: set[tuple[str, ...]] = set()

    @property
    def raw(self) -> str:
        """All that was written so far."""
        return self._raw

    @property
    def full(self) -> bool:
        """Whether there is enough."""
        return len(self._raw) >= LONGEST or len(self._seen) >= MOST

    def feed(self, piece: str) -> list[Written]:
        """The sentences that this piece completes."""
        self._raw += piece
        return list(self._new(finished=False)) if _ENDS.search(piece) else []

    def finish(self) -> list[Written]:
        """The rest; a last sentence that was broken off counts only where it is the only one."""
        return list(self._new(finished=True))

    def _new(self, finished: bool) -> Iterator[Written]:
        found = self._sentences(finished)
        ready = found if finished else found[:-1]
        if finished and len(found) > 1 and not _FINISHED.search(found[-1].text):
            ready = found[:-1]
        for item in ready[self._given :]:
            self._given += 1
            plain = tuple(words(item.text))
            if plain and plain not in self._seen and len(self._seen) < MOST:
                self._seen.add(plain)
                yield item

    def _sentences(self, finished: bool) -> list[Written]:
        raw = _THOUGHT.sub("", self._raw[:LONGEST])
        if not finished:
            raw = _OPEN.sub("", raw)
        text, cited = _without_markers(plain_text(raw))
        spans = sentence_spans(text)
        sentences = []
        for at, (start, end) in enumerate(spans):
            until = spans[at + 1][0] if at + 1 < len(spans) else len(text)
            since = 0 if at == 0 else start
            numbers = [n for place, n in cited if since < place <= until or place == since == 0]
            known = tuple(dict.fromkeys(n for n in numbers if n in self._numbers))
            sentences.append(Written(" ".join(text[start:end].split()), known))
        return sentences


def plain_text(raw: str) -> str:
    """The text without what Markdown would make of it: a link keeps its words, an image its title."""
    return _MARKS.sub("", _IMAGE_OR_LINK.sub(r"\1", _CONTROL.sub("", raw)))


def _without_markers(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without markers, and each number with the place in it where it stood."""
    kept, cited, length, before = [], [], 0, 0
    for match in _MARKERS.finditer(text):
        piece = text[before : match.start()]
        # "hours [101]." is to read "hours."
        if re.match(r"\s*[.,;:!?]", text[match.end() :]):
            piece = piece.rstrip(" ")
        kept.append(piece)
        length += len(piece)
        before = match.end()
        cited += [(length, int(number)) for number in _NUMBER.findall(match[0])]
    return "".join(kept) + text[before:], cited
