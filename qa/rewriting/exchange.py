"""A piece of a question put in the place of what is most like it in the question before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.rewriting.focus import Focus
from qa.rewriting.frames import ASKING, asked_of_subject, defines
from qa.rewriting.nouns import is_light
from qa.rewriting.phrases import Phrase, between, noun_phrases
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token, end_of_words
from qa.words import stem

_YEAR = re.compile(r"(?:1\d|20)\d\d$")
# A piece takes the place of a phrase that is this much like it.
_ALIKE = 3


def exchange(piece: str, tokens: tuple[Token, ...], focus: Focus) -> str | None:
    """The last question with the piece in the place of what is most like it."""
    last = tag(focus.question)
    phrases = list(noun_phrases(last))
    if tokens[0].tag in ("ADP", "SCONJ") and len(tokens) > 1:
        return _exchange_adverbial(piece, tokens, last, phrases)
    if len(tokens) == 1 and _YEAR.match(piece):
        return _exchange_year(piece, last, focus.question)
    new = next(iter(noun_phrases(tokens)), None)
    if (
        new
        and is_light(new)
        and not new.start
        and tokens[-1].lower in ("before", "after", "earlier")
    ):
        return f"{between(last, 0, end_of_words(last))} {piece}?"
    if new is None or new.start or new.end < len(tokens):
        return None
    if is_light(new):  # "the last time"
        return f"{between(last, 0, end_of_words(last))} {piece}?"
    alike = [
        (_likeness(old, new), focus.weight_of(old), old)
        for old in phrases
        if not (_is_asked_for(old) and new.determiner)
    ]
    best = max(alike, key=lambda item: item[:2], default=None)
    if best is None or best[0] < (_ALIKE if new.is_proper else _ALIKE - 1):
        subject = next((p for p in phrases if p.start == 1 and last[0].is_auxiliary), None)
        if whole := defines(last, phrases):
            return _replaced(focus.question, last, whole.start, whole.end, piece)
        if subject is None or subject.is_proper != new.is_proper:
            return None
        old = subject
    else:
        old = best[2]
    if old.determiner in ("which", "what"):
        if old.is_plural != new.is_plural or not asked_of_subject(last):
            return None
        return _replaced(focus.question, last, old.start + 1, old.end, piece)
    keep = old.has_complement and not new.has_complement and not new.is_proper
    return _replaced(focus.question, last, old.start, old.head + 1 if keep else old.end, piece)


def _exchange_year(year: str, last: Sequence[Token], question: str) -> str:
    old = next((token for token in last if _YEAR.match(token.text)), None)
    if old is None:
        return f"{unmarked(question)} in {year}?"
    return question[: old.start] + year + question[old.end :]


def exchange_infinitive(piece: str, focus: Focus) -> str | None:
    """ "And to study?" after "Are they allowed to work?"."""
    last = tag(focus.question)
    at = next(
        (n for n, t in enumerate(last[1:-1], 1) if t.lower == "to" and last[n + 1].tag == "VERB"),
        None,
    )
    return f"{between(last, 0, at)} {piece}?" if at else None


def _exchange_adverbial(
    piece: str, tokens: tuple[Token, ...], last: tuple[Token, ...], phrases: Sequence[Phrase]
) -> str:
    """ "in 2019" in the place of "in 2018", or else at the end."""
    question = between(last, 0, end_of_words(last))
    timed = any(_YEAR.match(token.text) for token in tokens)
    for at, token in enumerate(last[:-1]):
        old = next((p for p in phrases if p.start == at + 1), None)
        year = bool(_YEAR.match(last[at + 1].text))
        if token.lower != tokens[0].lower or timed != year or (old is None and not year):
            continue
        end = at + 2 if old is None else old.end
        return (
            f"{between(last, 0, at)} {piece} {between(last, end, end_of_words(last))}".strip() + "?"
        )
    return f"{question} {piece}?"


def _likeness(old: Phrase, new: Phrase) -> int:
    definite = ("the", "this", "that", "these", "those")
    return (
        2 * (old.is_proper == new.is_proper and old.is_proper)
        + 2 * (old.is_plural == new.is_plural)
        + ((old.determiner in definite) == (new.determiner in definite))
        + 2 * (not old.determiner and not new.determiner and _alike_in_form(old, new))
        + 3 * (stem(old.noun.lower) == stem(new.noun.lower))
        - 3 * (old.is_proper != new.is_proper and old.noun.lower != new.noun.lower)
    )


def _alike_in_form(old: Phrase, new: Phrase) -> bool:
    return old.is_proper == new.is_proper and old.is_plural == new.is_plural


def _is_asked_for(phrase: Phrase) -> bool:
    return phrase.words[0].lower in ASKING or (
        phrase.before is not None and phrase.before.lower in ("many", "much")
    )


def _replaced(question: str, tokens: tuple[Token, ...], start: int, end: int, new: str) -> str:
    return question[: tokens[start].start] + new + question[tokens[end - 1].end :]


def unmarked(question: str) -> str:
    """The question without the mark at its end."""
    return question.rstrip(" ?!.\t\n")
