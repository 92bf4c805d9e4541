"""Things that are spoken of: how much they stand out, and how they are spoken of again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.rewriting.nouns import FEMALE, LOCATIVE, MALE, TITLES, is_light
from qa.rewriting.phrases import Phrase, is_plural, small
from qa.rewriting.tokens import Token
from qa.words import stem

TOPIC = 1.0
_SPOKEN_ABOUT = 1.05
_OBJECT = 0.8
_OBLIQUE = 0.6
_OWNER = 0.55
PREDICATE = 0.2
_PROPER = 1.15
# A definition asks about its complement: after "What is the history of toilets?" they are the toilets.
_ATTRIBUTE = 0.6
_ASKED_FOR = 0.8
_VAGUE = frozenset("more less most enough".split())
_DEMONYM = re.compile(r"(?:an|ish|ese|ch|ic|i)$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that was spoken of.

    `weight` says how much it stood out in its turn, `asked` which question that was, counted from 0.
    `person` and `female` are None where nothing tells. `key`, the words without the article, is what
    makes two mentions the same; `stem` is that of the noun.
    """

    text: str
    noun: str
    weight: float
    asked: int
    plural: bool
    proper: bool
    determiner: str
    place: bool
    person: bool | None
    female: bool | None
    phrase: Phrase
    key: str
    stem: str


def mention_of(phrase: Phrase, asked: int) -> Mention | None:
    """The thing that a phrase of the question number `asked` speaks of; None where it names nothing."""
    noun = phrase.noun.lower
    if is_light(phrase) or phrase.determiner == "whose" or phrase.words[0].lower in _VAGUE:
        return None
    words = {token.lower.rstrip(".") for token in phrase.words}
    female = True if words & FEMALE else False if words & MALE else None
    before = phrase.before
    place = bool(before and before.lower in LOCATIVE and phrase.is_proper)
    person: bool | None = None
    if words & TITLES or female is not None or _asked_who(phrase):
        person = True
    elif place or (phrase.is_proper and phrase.determiner == "the"):
        person = False
    elif not phrase.is_proper:
        person = True if noun in TITLES else None
    return Mention(
        text=as_spoken_of(phrase),
        noun=noun,
        weight=_place_weight(phrase) * (_PROPER if phrase.is_proper else 1),
        asked=asked,
        plural=phrase.is_plural or _asked_who_are(phrase),
        proper=phrase.is_proper,
        determiner=phrase.determiner,
        place=place,
        person=person,
        female=female,
        phrase=phrase,
        key=phrase.bare.casefold(),
        stem=stem(noun),
    )


def as_spoken_of(phrase: Phrase) -> str:
    """How to speak of it again: what was asked for ("which planes") is known by now ("the planes")."""
    first, before = phrase.words[0], phrase.before
    counted = before is not None and before.lower == "many" and phrase.start == 2
    counted = counted or (first.tag == "NUM" and phrase.is_plural)
    introduced = phrase.determiner in ("a", "an") and phrase.has_complement
    if phrase.determiner in ("which", "what", "any") or counted or introduced:
        return f"the {small(phrase.bare) if first.tag == 'NUM' else phrase.bare}"
    if phrase.start == 0 and _is_small_within(phrase):
        return first.text[0].lower() + phrase.text[1:]
    return phrase.text


def is_defined(phrase: Phrase) -> bool:
    """Whether the question is what it is: "What is the difference between A and B?"."""
    asked = phrase.start == 2 and phrase.tokens[0].lower == "what" and phrase.tokens[1].is_copula
    return asked and phrase.determiner == "the"


def _asked_who(phrase: Phrase) -> bool:
    """Whether the question is "Who is …?"."""
    first, after = phrase.tokens[0], phrase.after
    owner = after is not None and after.lower in ("'s", "'")
    asked = first.lower == "who" and phrase.start == 2 and phrase.tokens[1].is_copula
    return asked and not owner


def _asked_who_are(phrase: Phrase) -> bool:
    """Whether the question is "Who are The Avengers?"."""
    return _asked_who(phrase) and phrase.tokens[1].lower in ("are", "were")


def _is_small_within(phrase: Phrase) -> bool:
    """Whether the first word of a sentence has its capital from there alone."""
    first = phrase.words[0]
    if first.tag in ("DET", "PRON") or (first.tag == "NUM" and first.text.istitle()):
        return True
    if first.text != first.text.capitalize() or not first.text.isalpha():  # "MiG-31 jets"
        return False
    described = len(phrase.words) > 1 and phrase.words[1].text.islower()
    if first.tag == "ADJ":
        return described and not _DEMONYM.search(first.lower)
    return first.tag == "NOUN" and (described or is_plural(first.lower))


def _before(phrase: Phrase) -> Token | None:
    """The token before it, or before the names that it is joined to by "and"."""
    at = phrase.start - 1
    while at > 0 and phrase.tokens[at].tag == "CCONJ":
        at -= 1
        while at >= 0 and phrase.tokens[at].tag == "PROPN":
            at -= 1
    return phrase.tokens[at] if at >= 0 else None


def _place_weight(phrase: Phrase) -> float:
    before = _before(phrase)
    after = phrase.after
    if after is not None and after.lower in ("'s", "'") and not phrase.is_proper:
        return _OWNER  # "a physician's assistant" is about the assistant
    asked_of = is_defined(phrase) and after is not None and after.tag == "ADP"
    partial = phrase.has_complement and not phrase.is_name
    rank = _ATTRIBUTE if partial or phrase.is_owned or asked_of else 1
    if phrase.words[0].lower in ("what", "which"):
        return _ASKED_FOR * rank
    if before is not None and before.lower == "of" and _within_asked_for(phrase):
        return _ASKED_FOR * _ATTRIBUTE
    if phrase.determiner in ("a", "an") and before is not None and _is_sought(phrase):
        return _ASKED_FOR * _ATTRIBUTE
    if before is not None and _is_predicate(phrase):
        return PREDICATE
    if before is None or before.lower == "about":
        return (TOPIC if before is None else _SPOKEN_ABOUT) * rank
    if before.lower == "of":
        return TOPIC
    if before.tag == "ADP":
        return _OBLIQUE
    if phrase.after is not None and phrase.after.lower == "of":
        return _OBLIQUE
    if _is_object(phrase):
        return _OBJECT
    return TOPIC * rank


def _within_asked_for(phrase: Phrase) -> bool:
    """Whether it is the complement of "what style" or "how many kinds"."""
    return not any(t.is_auxiliary or t.tag == "VERB" for t in phrase.tokens[: phrase.start]) and (
        phrase.tokens[0].lower in ("what", "which", "how")
    )


def _is_sought(phrase: Phrase) -> bool:
    """Whether the question is who is one: "Who was a judge on the series?"."""
    return phrase.start == 2 and phrase.tokens[0].lower == "who" and phrase.tokens[1].is_copula


def _is_predicate(phrase: Phrase) -> bool:
    """Whether it says what something is, as in "Was Harald a sailor?": nothing new is spoken of."""
    front = phrase.tokens[: phrase.start]
    return (
        phrase.determiner in ("a", "an")
        and front[-1].tag != "ADP"
        and any(token.is_copula for token in front)
        and any(token.is_noun for token in front)
        and not any(token.tag == "VERB" for token in front)
    )


def _is_object(phrase: Phrase) -> bool:
    """Whether a full verb stands before it, and not only what asks."""
    asked_with = phrase.tokens[0].lower.startswith("wh") or phrase.tokens[0].lower == "how"
    verbs = [t for t in phrase.tokens[: phrase.start] if t.tag == "VERB"]
    subject_verb = phrase.start == 2 and asked_with
    return bool(verbs) and not subject_verb
