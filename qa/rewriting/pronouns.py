"""Pronouns, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.rewriting.clauses import clause
from qa.rewriting.focus import LOCATIVE, Focus, Mention, is_agent, is_light, is_time
from qa.rewriting.phrases import Phrase, noun_phrases, plural_text, singular
from qa.rewriting.tagging import tag
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
_DEMONSTRATIVE = frozenset("this that these those".split())
# "Is it possible to …", "How long does it take to …": this "it" stands for nothing.
_EMPTY_IT_BEFORE = frozenset("to that for if".split())
_WEATHER_AND_TIME = frozenset(
    "rain rained raining snow snowed snowing time take takes took".split()
)
_CLAUSE_MARKS = frozenset((",", ":", ";", "–", "—", "when", "that", "who", "which"))
_RELATIVE = frozenset("that who which".split())
_TIMES = (
    (3, (["in", "that", "year"], ["at", "that", "time"])),
    (2, (["that", "year"], ["back", "then"])),
    (1, (["then"],)),
)
_MOVING = ("go", "went", "mov", "travel", "com", "came", "return", "fly", "flew", "sail", "emigrat")
_TIMED = frozenset("before after since until".split())
_TOGETHER = (
    "differ",
    "compar",
    "between",
    "both",
    "same",
    "similar",
    "common",
    "together",
    "versus",
)
# What is done to something that happened.
_HAPPENING = ("caus", "trigger", "prevent", "provok", "justif", "explain")
# A candidate must stand out this much, agreement included.
_LEAST = 0.2
# How much better a place fits behind "in" and its like.
_PLACE = 1.6


@dataclass(frozen=True, slots=True)
class Substitution:
    """`question[start:end]` becomes `text`, which speaks of `mention`, or else of a time."""

    start: int
    end: int
    text: str
    mention: Mention | None


@dataclass(frozen=True, slots=True)
class _Pronoun:
    at: int
    end: int
    kind: str
    possessive: bool


def resolve(question: str, focus: Focus) -> list[Substitution]:
    """What to put in place of the pronouns of `question`, in order."""
    tokens = tag(question)
    found: list[Substitution] = []
    taken: dict[str, str] = {}
    named = frozenset(phrase.bare.casefold() for phrase in noun_phrases(tokens))
    for pronoun in _pronouns(tokens):
        if _is_event(pronoun, tokens) and (event := clause(focus.answer)):
            first, last = tokens[pronoun.at], tokens[pronoun.end - 1]
            found.append(Substitution(first.start, last.end, f"the fact that {event}", None))
            continue
        if pronoun.kind in taken or _within(pronoun, tokens):
            continue
        before = tokens[pronoun.at - 1].lower if pronoun.at and not pronoun.possessive else ""
        # Nobody says "it" of what the same question names: "Is it popular in Brazil?"
        others = frozenset(taken.values()) | (frozenset() if pronoun.possessive else named)
        mention = _antecedent(pronoun.kind, focus, others, before in LOCATIVE)
        if mention is None:
            continue
        taken[pronoun.kind] = mention.key
        if pronoun.kind in ("male", "female"):
            focus.know_person(mention.key, female=pronoun.kind == "female")
        first, last = tokens[pronoun.at], tokens[pronoun.end - 1]
        text = _worded(mention, pronoun, focus, tokens)
        found.append(Substitution(first.start, last.end, text, mention))
    return [*found, *_times(tokens, focus)]


def _is_event(pronoun: _Pronoun, tokens: Sequence[Token]) -> bool:
    """Whether it stands for what was said to have happened: "react to that", "caused it"."""
    before = tokens[pronoun.at - 1] if pronoun.at else None
    if before is None or pronoun.kind != "thing" or pronoun.possessive:
        return False
    pointing = tokens[pronoun.at].lower in _DEMONSTRATIVE
    return (pointing and before.tag == "ADP") or before.lower.startswith(_HAPPENING)


def _times(tokens: Sequence[Token], focus: Focus) -> Iterator[Substitution]:
    """ "Then" or "that year" at the end of a question, after one that named a year."""
    words = [token for token in tokens if token.is_word]
    if len(words) > 1 and words[-1].lower in ("that", "then") and words[-2].lower in _TIMED:
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


def _both(mention: Mention, focus: Focus, question: Sequence[Token]) -> str | None:
    """ "A and B", where two like things were compared and the question is about them together."""
    together = any(token.lower.startswith(_TOGETHER) for token in question)
    partners = [
        m for m in reversed(focus.mentions) if m.key != mention.key and m.plural == mention.plural
    ]
    same_turn = [m for m in reversed(partners) if m.asked == mention.asked and not m.plural]
    alike = [m for m in same_turn if m.noun == mention.noun]
    alike += [m for m in same_turn if together and m.proper == mention.proper]
    if mention.plural and together:
        alike = [m for m in partners if m.asked >= mention.asked - 1 and m.proper == mention.proper]
    return f"{mention.text} and {alike[0].text}" if alike else None


def _pronouns(tokens: Sequence[Token]) -> Iterator[_Pronoun]:
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
            or (token.lower in _DEMONSTRATIVE and not _stands_alone(tokens, at))
            or (token.lower == "there" and _is_existential(tokens, at))
            or (token.lower in ("one", "ones") and not _is_one_of_a_kind(tokens, at))
        ):
            continue
        yield _Pronoun(at, end, kind, possessive)


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
    if before is not None and before.lower in _TIMED:
        return False
    ends = after is None or not after.is_word
    opens = before is None or before.tag == "ADP" or before.is_auxiliary
    return ends or opens


def _is_existential(tokens: Sequence[Token], at: int) -> bool:
    near = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
    return any(token.is_auxiliary for token in near)


def _within(pronoun: _Pronoun, tokens: tuple[Token, ...]) -> bool:
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


def _antecedent(
    kind: str, focus: Focus, taken: frozenset[str], located: bool = False
) -> Mention | None:
    """The mention that fits best; one that is a place, where something is `located` in it."""
    scored = [
        (weight * _agreement(mention, kind) * (_PLACE if located and mention.place else 1), mention)
        for weight, mention in focus.weighed()
        if mention.key not in taken
    ]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= _LEAST else None


def _agreement(mention: Mention, kind: str) -> float:
    """How well a mention fits a kind of pronoun, from 0; 1 where nothing speaks against it."""
    match kind:
        case "thing":
            if mention.person:
                return 0.1 if mention.proper else 0.3
            return 0.25 if mention.plural else 1.0
        case "many":
            if mention.plural:
                return 0.5 if mention.place else 1.0
            if mention.place:
                return 0.2
            if mention.determiner in ("a", "an"):
                return 0.75  # one of a kind, and now the kind
            return 0.5 if mention.proper else 0.35
        case "one":
            if mention.proper or mention.person:
                return 0.0
            return 1.0 if mention.determiner in ("a", "an") else 0.6 if mention.plural else 0.1
        case "place":
            if mention.place:
                return 1.0
            if mention.proper and not mention.person:
                return 0.5
            return 0.3 if mention.plural or mention.determiner else 0.1  # nobody stays in "success"
        case _:
            return _agreement_of_person(mention, kind == "female")


def _agreement_of_person(mention: Mention, female: bool) -> float:
    if mention.plural or (mention.female is not None and mention.female != female):
        return 0.03
    if mention.person:
        known = 1.2 if mention.female == female else 1.0
        definite = mention.determiner == "the" or mention.phrase.has_owner
        return known if mention.proper else 0.6 if definite else 0.4
    if mention.person is False:
        return 0.05
    if not mention.proper and is_agent(mention.noun):
        return 0.4
    return 0.7 if mention.proper and not mention.place else 0.1


def _worded(mention: Mention, pronoun: _Pronoun, focus: Focus, tokens: Sequence[Token]) -> str:
    if pronoun.kind == "place":
        moves = any(token.lower.startswith(_MOVING) for token in tokens[: pronoun.at])
        return f"{'to' if moves else 'in'} {mention.text}"
    text = mention.text
    if pronoun.kind == "one":
        noun = singular(mention.noun) if mention.plural else mention.phrase.bare
        if tokens[pronoun.at].lower == "ones":
            return mention.phrase.bare if mention.plural else plural_text(mention.phrase)
        if tokens[pronoun.at - 1].tag == "ADJ" or tokens[pronoun.at - 1].lower == "which":
            return noun
        return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
    if pronoun.kind == "many" and (both := _both(mention, focus, tokens)):
        text = both
    elif pronoun.kind == "many" and not mention.plural and mention.determiner in ("a", "an"):
        text = plural_text(mention.phrase)
    if pronoun.possessive:
        text += "'" if text.endswith("s") and (mention.plural or pronoun.kind == "many") else "'s"
    return text
