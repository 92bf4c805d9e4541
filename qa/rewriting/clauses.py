"""Answers that are sentences, as they go on within the next question."""

from __future__ import annotations

import re

from qa.rewriting.phrases import between, small
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token, end_of_words

_REPLY = re.compile(r"^(?:yes|no|that)\b[\s,]*", re.IGNORECASE)
_OF_A_COUNTRY = re.compile(r"(?:an|ish|ese)s?$")
_BREAKS = "—–;:.?!"
_LONGEST = 24


def without_reply(answer: str) -> str:
    """The answer without the "yes", "no" or "that" that it begins with."""
    return _REPLY.sub("", answer)


def clause(answer: str) -> str | None:
    """An answer that is one sentence, as it stands within another: "Poland has closed its border"."""
    found = _subject_and_verb(answer)
    if found is None:
        return None
    tokens, _ = found
    return _opened(tokens, 0, end_of_words(tokens))


def statement(answer: str) -> str | None:
    """An answer that is one sentence, as a question goes on: "has Poland closed its border"."""
    found = _subject_and_verb(answer)
    if found is None:
        return None
    tokens, verb = found
    subject, end = _opened(tokens, 0, verb), end_of_words(tokens)
    if tokens[verb].is_auxiliary:
        return f"{tokens[verb].lower} {subject} {between(tokens, verb + 1, end)}"
    return f"is it that {subject} {between(tokens, verb, end)}"


def _subject_and_verb(answer: str) -> tuple[tuple[Token, ...], int] | None:
    """The tokens of one sentence, and the place of its first verb."""
    tokens = tag(without_reply(answer))
    end = end_of_words(tokens)
    if end > _LONGEST or any(not t.is_word and t.text in _BREAKS for t in tokens[:end]):
        return None
    verb = next((n for n, t in enumerate(tokens) if t.tag == "VERB" or t.is_auxiliary), 0)
    named = any(token.is_noun or token.tag == "PRON" for token in tokens[:verb])
    finite = named and (tokens[verb].is_auxiliary or _is_past(tokens, verb))
    return (tokens, verb) if finite and verb + 1 < end else None


def _is_past(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether it is a finite verb, or looks like a participle and has no agent: "missiles made by …"."""
    by = at + 1 < len(tokens) and tokens[at + 1].lower == "by"
    return tokens[at].form == "Fin" or (tokens[at].form == "Part" and not by)


def _opened(tokens: tuple[Token, ...], start: int, end: int) -> str:
    text = between(tokens, start, end)
    first = tokens[start]
    kept = first.tag in ("PROPN", "ADJ") or (first.is_noun and _OF_A_COUNTRY.search(first.lower))
    return text if kept else small(text)
