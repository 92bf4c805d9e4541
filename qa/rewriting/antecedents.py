"""What a pronoun stands for: the thing that stands out and agrees with it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.rewriting.focus import Focus
from qa.rewriting.mentions import Mention
from qa.rewriting.nouns import is_agent
from qa.rewriting.phrases import plural_text, singular
from qa.rewriting.pronouns import Pronoun
from qa.rewriting.tokens import Token

_MOVING = ("go", "went", "mov", "travel", "com", "came", "return", "fly", "flew", "sail", "emigrat")
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
# A candidate must stand out this much, agreement included.
_LEAST = 0.2
# How much better a place fits behind "in" and its like.
_PLACE = 1.6


def antecedent(
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


def worded(mention: Mention, pronoun: Pronoun, focus: Focus, tokens: Sequence[Token]) -> str:
    """How the question speaks of the thing in the place of the pronoun."""
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
