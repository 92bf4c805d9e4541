"""Pronouns, times and what happened, put in the words of the conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.rewriting.antecedents import antecedent, worded
from qa.rewriting.clauses import clause
from qa.rewriting.focus import Focus
from qa.rewriting.mentions import Mention
from qa.rewriting.nouns import LOCATIVE, is_time
from qa.rewriting.phrases import noun_phrases
from qa.rewriting.pronouns import DEMONSTRATIVE, TIMED, Pronoun, pronouns, within
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token

_TIMES = (
    (3, (["in", "that", "year"], ["at", "that", "time"])),
    (2, (["that", "year"], ["back", "then"])),
    (1, (["then"],)),
)
# What is done to something that happened.
_HAPPENING = ("caus", "trigger", "prevent", "provok", "justif", "explain")


@dataclass(frozen=True, slots=True)
class Substitution:
    """`question[start:end]` becomes `text`, which speaks of `mention`, or else of a time."""

    start: int
    end: int
    text: str
    mention: Mention | None


def resolve(question: str, focus: Focus) -> list[Substitution]:
    """What to put in place of the pronouns of `question`, in order."""
    tokens = tag(question)
    found: list[Substitution] = []
    taken: dict[str, str] = {}
    named = frozenset(phrase.bare.casefold() for phrase in noun_phrases(tokens))
    for pronoun in pronouns(tokens):
        if _is_event(pronoun, tokens) and (event := clause(focus.answer)):
            first, last = tokens[pronoun.at], tokens[pronoun.end - 1]
            found.append(Substitution(first.start, last.end, f"the fact that {event}", None))
            continue
        if pronoun.kind in taken or within(pronoun, tokens):
            continue
        before = tokens[pronoun.at - 1].lower if pronoun.at and not pronoun.possessive else ""
        # Nobody says "it" of what the same question names: "Is it popular in Brazil?"
        others = frozenset(taken.values()) | (frozenset() if pronoun.possessive else named)
        mention = antecedent(pronoun.kind, focus, others, before in LOCATIVE)
        if mention is None:
            continue
        taken[pronoun.kind] = mention.key
        if pronoun.kind in ("male", "female"):
            focus.know_person(mention.key, female=pronoun.kind == "female")
        first, last = tokens[pronoun.at], tokens[pronoun.end - 1]
        text = worded(mention, pronoun, focus, tokens)
        found.append(Substitution(first.start, last.end, text, mention))
    return [*found, *_times(tokens, focus)]


def _is_event(pronoun: Pronoun, tokens: Sequence[Token]) -> bool:
    """Whether it stands for what was said to have happened: "react to that", "caused it"."""
    before = tokens[pronoun.at - 1] if pronoun.at else None
    if before is None or pronoun.kind != "thing" or pronoun.possessive:
        return False
    pointing = tokens[pronoun.at].lower in DEMONSTRATIVE
    return (pointing and before.tag == "ADP") or before.lower.startswith(_HAPPENING)


def _times(tokens: Sequence[Token], focus: Focus) -> Iterator[Substitution]:
    """ "Then" or "that year" at the end of a question, after one that named a year."""
    words = [token for token in tokens if token.is_word]
    if len(words) > 1 and words[-1].lower in ("that", "then") and words[-2].lower in TIMED:
        if date := _date(focus.answer):
            yield Substitution(words[-1].start, words[-1].end, date, None)
        return
    year = focus.last_year()
    if year is None or any(token.text == year for token in tokens):
        return
    for length, named in _TIMES:
        last = words[-length:]
        if len(words) > length and [token.lower for token in last] in named:
            yield Substitution(last[0].start, last[-1].end, f"in {year}", None)
            return


def _date(answer: str) -> str | None:
    """A short answer that is a time, without its preposition: "March 1963" of "In March 1963."."""
    words = [token for token in tag(answer) if token.is_word]
    if words and words[0].tag == "ADP":
        del words[0]
    dated = any(is_time(token.lower) for token in words)
    return " ".join(token.text for token in words) if dated and len(words) < 5 else None
