"""Which words of a question stand for something that was spoken of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.rewriting.nouns import is_light
from qa.rewriting.phrases import Phrase, noun_phrases
from qa.rewriting.tokens import Token

_KINDS = {
    **dict.fromkeys(("it", "its"), "thing"),
    **dict.fromkeys(("he", "him", "his"), "male"),
    **dict.fromkeys(("she", "her", "hers"), "female"),
    **dict.fromkeys(("they", "them", "their", "theirs", "these", "those"), "many"),
    **dict.fromkeys(("this", "that"), "thing"),
    "there": "place",
    "one": "one",
    "ones": "one",
}
_POSSESSIVE = frozenset("its his her hers their theirs".split())
DEMONSTRATIVE = frozenset("this that these those".split())
# "Is it possible to …", "How long does it take to …": this "it" stands for nothing.
_EMPTY_IT_BEFORE = frozenset("to that for if".split())
_WEATHER_AND_TIME = frozenset(
    "rain rained raining snow snowed snowing time take takes took".split()
)
_CLAUSE_MARKS = frozenset((",", ":", ";", "–", "—", "when", "that", "who", "which"))
_RELATIVE = frozenset("that who which".split())
TIMED = frozenset("before after since until".split())


@dataclass(frozen=True, slots=True)
class Pronoun:
    """`tokens[at:end]` of a question: "thing", "male", "female", "many", "one" or "place" by its `kind`."""

    at: int
    end: int
    kind: str
    possessive: bool


def pronouns(tokens: Sequence[Token]) -> Iterator[Pronoun]:
    """Those of a question that stand for something, in order."""
    for at, token in enumerate(tokens):
        kind = _KINDS.get(token.lower)
        if kind is None:
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        possessive = token.lower in _POSSESSIVE
        end = at + 1
        if token.lower == "her":
            opens = at > 0 and tokens[at - 1].is_auxiliary
            possessive = opens or (
                after is not None and (after.is_noun or after.tag in ("ADJ", "NUM"))
            )
        elif token.lower in ("it", "they") and _slip_for_owner(tokens, at):
            possessive, end = True, at + 2
        elif (
            (token.lower == "it" and _is_empty(tokens, at))
            or (token.lower in DEMONSTRATIVE and not _stands_alone(tokens, at))
            or (token.lower == "there" and _is_existential(tokens, at))
            or (token.lower in ("one", "ones") and not _is_one_of_a_kind(tokens, at))
        ):
            continue
        yield Pronoun(at, end, kind, possessive)


def _is_one_of_a_kind(tokens: Sequence[Token], at: int) -> bool:
    """Whether "one" stands for a noun: "How is one trained?", "the first one"; not "one of"."""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    opens = before is not None and (
        before.is_auxiliary or before.tag in ("VERB", "ADP", "ADJ") or before.lower == "which"
    )
    counts = after is not None and (after.is_noun or after.tag == "ADJ" or after.lower == "of")
    return opens and not counts


def _slip_for_owner(tokens: Sequence[Token], at: int) -> bool:
    """Whether "it's" was meant for "its": a verb before and a noun behind."""
    if at == 0 or at + 2 >= len(tokens) or tokens[at + 1].lower not in ("'s", "'re"):
        return False
    before, after = tokens[at - 1], tokens[at + 2]
    return before.tag in ("VERB", "ADP") and (after.is_noun or after.tag == "ADJ")


def _is_empty(tokens: Sequence[Token], at: int) -> bool:
    rest = tokens[at + 1 :]
    if any(token.lower in _WEATHER_AND_TIME for token in rest[:1]):
        return any(token.lower == "to" for token in rest) or rest[0].lower.startswith(
            ("rain", "snow")
        )
    copula = at > 0 and tokens[at - 1].is_copula
    if copula and rest and rest[0].lower == "that":
        return True
    if copula and rest and rest[0].tag in ("ADJ", "VERB"):
        behind = rest[1:]
        return any(
            token.lower in _EMPTY_IT_BEFORE and (token.lower != "for" or _has_to(behind[n:]))
            for n, token in enumerate(behind[:3])
            if token.lower != "to" or (n + 1 < len(behind) and behind[n + 1].tag in ("VERB", "AUX"))
        )
    means = rest and rest[0].lower == "mean" and len(rest) > 1 and rest[1].lower == "to"
    return bool(means)


def _has_to(tokens: Sequence[Token]) -> bool:
    return any(
        token.lower == "to" and n + 1 < len(tokens) and tokens[n + 1].tag in ("VERB", "AUX")
        for n, token in enumerate(tokens)
    )


def _stands_alone(tokens: Sequence[Token], at: int) -> bool:
    """Whether "this" or "that" is a pronoun, and neither opens a phrase or a clause."""
    token = tokens[at]
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and (after.tag in ("NOUN", "PROPN", "NUM", "ADJ", "DET", "PRON", "ADV")):
        inverted = before is not None and before.is_auxiliary
        if (after.tag != "ADJ" and after.tag != "ADV") or not inverted:
            return False
    if token.lower != "that":
        return True
    if before is not None and before.lower in TIMED:
        return False
    ends = after is None or not after.is_word
    opens = before is None or before.tag == "ADP" or before.is_auxiliary
    return ends or opens


def _is_existential(tokens: Sequence[Token], at: int) -> bool:
    near = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
    return any(token.is_auxiliary for token in near)


def within(pronoun: Pronoun, tokens: tuple[Token, ...]) -> bool:
    """Whether the pronoun stands for something named before it in the same question.

    An owner may be the subject of its own clause ("Did Poland close its border?"), any other pronoun
    only something of a clause before (Chomsky 1981, binding principle B). What hangs on a preposition
    stands for neither: "At what age did its founder die?".
    """
    if pronoun.kind == "place":
        return False
    for phrase in noun_phrases(tokens):
        if phrase.end > pronoun.at:
            break
        hangs = phrase.before is not None and phrase.before.tag == "ADP"
        if hangs or is_light(phrase) or not _agrees_within(phrase, pronoun.kind):
            continue
        between = tokens[phrase.end : pronoun.at]
        marks = [at for at, _ in enumerate(between) if _parts_clauses(tokens, phrase.end + at)]
        verb = any(t.tag == "VERB" or t.is_auxiliary for t in between)
        asked_for = phrase.words[0].lower in ("what", "which") and len(between) == 1
        told_of = marks == [0] and between[0].lower in _RELATIVE  # "a word that refers to it"
        if (pronoun.possessive and verb and not asked_for) or (marks and verb and not told_of):
            return True
    return False


def _parts_clauses(tokens: Sequence[Token], at: int) -> bool:
    """Whether a clause begins or ends there; "which year" asks and begins none."""
    token = tokens[at]
    if token.lower == "which" and at + 1 < len(tokens) and tokens[at + 1].is_noun:
        return False
    return token.tag in ("SCONJ", "CCONJ") or token.lower in _CLAUSE_MARKS


def _agrees_within(phrase: Phrase, kind: str) -> bool:
    if phrase.before is not None and phrase.before.lower in ("what", "which"):
        return False
    if kind == "many":
        return phrase.is_plural
    if kind == "thing":
        return not phrase.is_plural
    return phrase.is_proper or phrase.determiner in ("a", "an", "the")
