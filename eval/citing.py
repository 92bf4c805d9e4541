"""Citation recall and precision of an answer, statement by statement. Pure functions.

The measures are those of ALCE (Gao et al. 2023, "Enabling Large Language Models to Generate Text with
Citations"). There a model of inference judges whether passages support a statement; who does here is said
by whoever asks, see `eval.judges`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index import sentence_spans
from qa.words import content_words, stem

_MARKER = re.compile(r"\[(\d+)\]")
_MARKERS_AHEAD = re.compile(r"(?:\s*\[\d+\])+")
Supports = Callable[[Sequence[str], str], bool]
"""Whether quotes together bear a statement out; none bear nothing out."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer without its markers, and the citations that these name, in order."""

    text: str
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """How many statements there are and how many are borne out; the same of the citations."""

    statements: int
    supported: int
    citations: int
    needed: int


def statements(text: str, markers: Sequence[int]) -> tuple[Statement, ...]:
    """The statements of an answer whose citations have those markers; other `[n]` are its own words.

    >>> statements("She left. [1][2] Nobody was lost.", [1, 2])
    (Statement(text='She left.', markers=(1, 2)), Statement(text='Nobody was lost.', markers=()))
    """
    known = set(markers)
    found: list[Statement] = []
    for start, end in sentence_spans(text):
        sentence = text[start:end].strip()
        # Markers that follow a full stop belong to what stands before it.
        if found and (ahead := _MARKERS_AHEAD.match(sentence)):
            last = found[-1]
            found[-1] = Statement(last.text, last.markers + _named(ahead[0], known))
            sentence = sentence[ahead.end() :].strip()
        bare = _MARKER.sub(lambda m: " " if int(m[1]) in known else m[0], sentence)
        bare = " ".join(bare.split())
        if content_words(bare):
            found.append(Statement(bare, _named(sentence, known)))
    return tuple(found)


def _named(text: str, known: set[int]) -> tuple[int, ...]:
    return tuple(number for match in _MARKER.finditer(text) if (number := int(match[1])) in known)


def supports(quotes: Sequence[str], statement: str) -> bool:
    """Whether the quotes together hold every content word of the statement, by its stem."""
    held = {stem(word) for quote in quotes for word in content_words(quote)}
    return bool(quotes) and all(stem(word) in held for word in content_words(statement))


def support(text: str, quotes: Mapping[int, str], bears_out: Supports = supports) -> Support:
    """The support of an answer by the quotes of its citations, by marker, as `bears_out` judges it.

    A statement counts as supported if it has citations and their quotes together bear it out. A
    citation counts as needed if its statement is supported, and it either bears that out by itself or
    the others do not without it. A citation named twice in one statement counts once.
    """
    supported = citations = needed = 0
    every = statements(text, list(quotes))
    for statement in every:
        named = list(dict.fromkeys(statement.markers))
        citations += len(named)
        if not bears_out([quotes[marker] for marker in named], statement.text):
            continue
        supported += 1
        for marker in named:
            others = [quotes[other] for other in named if other != marker]
            alone = bears_out([quotes[marker]], statement.text)
            needed += alone or not bears_out(others, statement.text)
    return Support(len(every), supported, citations, needed)
