"""Nouns that say too little alone: "the main themes", "the first"."""

from __future__ import annotations

from collections.abc import Sequence

from qa.rewriting.focus import Focus
from qa.rewriting.mentions import Mention
from qa.rewriting.naming import LEAST
from qa.rewriting.nouns import is_light
from qa.rewriting.phrases import Phrase, noun_phrases, singular
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token
from qa.rewriting.wholes import as_member, counted_within, in_what
from qa.words import stem

_OTHERS = frozenset("other others similar".split())
_ASKING = frozenset("what who which".split())
_ORDINALS = frozenset("first second third last latter former next".split())
# Predicates between two, and how the second is joined when it is left out.
_BETWEEN_TWO = {
    "compare": "to",
    "differ": "from",
    "different": "from",
    "similar": "to",
    "related": "to",
    "relate": "to",
}
_ANYBODY = frozenset("i you we one people".split())
_SORTS = frozenset("kind kinds type types sort sorts".split())
_EXISTS = (["are", "there"], ["were", "there"], ["exist"])
# Nouns that are always somebody's or something's.
_RELATIONAL = frozenset(
    """advantage aftermath aim ancestor author beginning benefit budget cast cause ceo champion consequence
    conclusion cost cure deadline death depth diameter difference director disadvantage dose drawback
    duration
    effect ending episode feature finding founder function goal height highlight impact importance
    inhabitant ingredient inventor leader length limitation location loser meaning member motive objective
    opponent organiser organizer origin outcome owner participant penalty plot population predecessor price
    purpose reaction remains result risk role rule score significance size source sponsor success successor
    survivor symptom target theme treatment use user version victim width winner""".split()
)
_SAYS_WHOSE = frozenset("of in for on to between from with by among".split())


def attach(question: str, focus: Focus) -> tuple[str, Mention, str] | None:
    """The question with the topic put where it is missing; None where nothing is.

    With it the topic, and the key of what the question turns to: "a penalty for theft", not "the themes
    of the film".
    """
    tokens = tag(question)
    phrases = list(noun_phrases(tokens))
    topic = _topic(focus)
    if topic is None:
        return None
    if joined := _second_of_two(question, tokens, phrases, topic):
        return joined, topic, ""
    if member := as_member(question, tokens, phrases, focus):
        return member
    if any(phrase.is_proper for phrase in phrases):
        return None
    if at := _bare_ordinal(tokens):
        return f"{question[:at]} {_one(topic)}{question[at:]}", topic, ""
    if at := _bare_asking(tokens, topic):
        return f"{question[:at]} {topic.phrase.bare}{question[at:]}", topic, ""
    if at := _bare_sort(phrases):
        return f"{question[:at]} of {topic.phrase.bare}{question[at:]}", topic, ""
    if within := counted_within(question, tokens, phrases, focus):
        return within
    if joined := in_what(question, tokens, phrases, topic):
        return joined, topic, ""
    wanting = next((phrase for phrase in phrases if _wants(tokens, phrase)), None)
    wanting = wanting or _relational(phrases)
    if wanting is None or (focus.mentioned(wanting) and not _is_other(wanting)):
        return None
    alike = topic.stem == stem(singular(wanting.noun.lower)) and topic.phrase.bare == topic.noun
    if _is_other(wanting) and alike:
        return None  # "other conductors" than "a conductor"
    at = wanting.words[-1].end
    whole = f"{wanting.text} {_relation(wanting, topic)} {topic.text}"
    turns = (
        next(iter(noun_phrases(tag(whole))), None) if wanting.determiner in ("a", "an") else None
    )
    about = turns.bare.casefold() if turns else ""
    return f"{question[: wanting.words[0].start]}{whole}{question[at:]}", topic, about


def _second_of_two(
    question: str, tokens: Sequence[Token], phrases: Sequence[Phrase], topic: Mention
) -> str | None:
    """ "How does Java compare?", with what it is compared to."""
    last = next((token for token in reversed(tokens) if token.is_word), None)
    joint = _BETWEEN_TWO.get(last.lower) if last else None
    if joint is None or last is None or len(phrases) != 1 or phrases[0].is_plural:
        return None
    return f"{question[: last.end]} {joint} {topic.text}{question[last.end :]}"


def _bare_ordinal(tokens: Sequence[Token]) -> int | None:
    """Where the noun of "the first" is missing."""
    for at in range(1, len(tokens) - 1):
        follows = tokens[at + 1]
        behind = tokens[at + 2] if at + 2 < len(tokens) else follows
        described = follows.form in ("Part", "Ger") and (behind.is_noun or behind.tag == "ADJ")
        bare = (follows.tag == "VERB" and not described) or follows.is_auxiliary
        if tokens[at].lower in _ORDINALS and tokens[at - 1].lower == "the" and bare:
            return tokens[at].end
    return None


def _bare_asking(tokens: Sequence[Token], topic: Mention) -> int | None:
    """Where the noun is missing behind "Which are the oldest?" or "How much should I take?"."""
    words = [token.lower for token in tokens[:2]]
    if words[0] == "which" and len(tokens) > 2 and tokens[1].is_copula:
        return tokens[0].end if topic.plural and not topic.proper else None
    if words != ["how", "much"] or len(tokens) < 5 or not tokens[2].is_support:
        return None
    verb, follows = tokens[4], tokens[5] if len(tokens) > 5 else None
    has_object = follows is not None and follows.is_word and follows.tag != "ADP"
    fits = not topic.plural and not topic.place and not topic.person
    asks = tokens[3].lower in _ANYBODY and verb.tag == "VERB" and not has_object
    return tokens[1].end if asks and fits else None


def _bare_sort(phrases: Sequence[Phrase]) -> int | None:
    """Where what it is a type of is missing: "Which type is used for images?"."""
    for phrase in phrases[:1]:
        asks = phrase.words[0].lower in ("which", "what") and len(phrase.words) == 2
        if asks and not phrase.start and phrase.noun.lower in _SORTS:
            return phrase.noun.end
    return None


def _one(topic: Mention) -> str:
    return singular(topic.noun) if topic.plural else topic.phrase.bare


def _wants(tokens: Sequence[Token], phrase: Phrase) -> bool:
    """Whether the whole question asks after the noun and says nothing more of it."""
    if phrase.has_complement or phrase.has_owner or not phrase.start:
        return False
    front = [token.lower for token in tokens[: phrase.start]]
    rest = [token for token in tokens[phrase.end :] if token.is_word]
    if len(front) == 2 and front[0] in _ASKING and tokens[1].is_copula:
        defined = phrase.determiner == "the" or (phrase.is_plural and _is_described(phrase))
        return defined and (not rest or rest[0].lower in ("on", "for"))
    if len(front) == 2 and tokens[0].is_copula and front[1] == "there":
        return not rest
    return front[0] == "how" and [token.lower for token in rest] in _EXISTS


def _relational(phrases: Sequence[Phrase]) -> Phrase | None:
    """The only thing a question speaks of, where that is a part of something: "Did the results differ?"."""
    weighty = [phrase for phrase in phrases if not is_light(phrase)]
    if len(weighty) != 1:
        return None
    phrase, after = weighty[0], weighty[0].after
    owned = phrase.has_complement or phrase.has_owner
    said = after is not None and after.lower in _SAYS_WHOSE
    known = phrase.determiner == "the" or (phrase.is_plural and not phrase.determiner)
    part = singular(phrase.noun.lower) in _RELATIONAL
    return phrase if part and known and not owned and not said else None


def _is_described(phrase: Phrase) -> bool:
    return any(token.tag in ("ADJ", "DET") for token in phrase.words[:-1])


def _is_other(phrase: Phrase) -> bool:
    return any(token.lower in _OTHERS for token in phrase.words)


def _relation(phrase: Phrase, topic: Mention) -> str:
    if _is_other(phrase):
        return "to"
    return "in" if topic.place else "of"


def _topic(focus: Focus) -> Mention | None:
    weight, best = max(focus.weighed(), key=lambda pair: pair[0], default=(0.0, None))
    return best if weight >= LEAST else None
