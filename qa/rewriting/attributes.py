"""Nouns that say too little alone: "the main themes", "the first", "the experiment"."""

from __future__ import annotations

from collections.abc import Sequence

from qa.rewriting.focus import Focus, Mention
from qa.rewriting.phrases import Phrase, noun_phrases, singular
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token
from qa.words import stem

_OTHERS = frozenset("other others similar".split())
_ASKING = frozenset("what who which".split())
_DEFINITE = frozenset("the this that these those".split())
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
_LEAST = 0.3


def name_again(question: str, focus: Focus) -> list[tuple[Mention, int, int]]:
    """Where "the experiment" is one that was called something fuller before, and what."""
    found = []
    for phrase in noun_phrases(tag(question)):
        bare = len(phrase.words) == 2 and phrase.determiner in _DEFINITE
        after = phrase.after
        ends = after is None or after.tag != "ADP" or phrase.end + 1 == len(phrase.tokens)
        if bare and ends and not phrase.is_proper and (mention := focus.fuller(phrase)):
            found.append((mention, phrase.words[0].start, phrase.words[-1].end))
    return found


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
    if any(phrase.is_proper for phrase in phrases):
        return None
    if at := _bare_ordinal(tokens):
        return f"{question[:at]} {_one(topic)}{question[at:]}", topic, ""
    if at := _bare_asking(tokens, topic):
        return f"{question[:at]} {topic.phrase.bare}{question[at:]}", topic, ""
    if at := _bare_sort(phrases):
        return f"{question[:at]} of {topic.phrase.bare}{question[at:]}", topic, ""
    wanting = next((phrase for phrase in phrases if _wants(tokens, phrase)), None)
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
        return defined and (not rest or rest[0].lower == "on")
    if len(front) == 2 and tokens[0].is_copula and front[1] == "there":
        return not rest
    return front[0] == "how" and [token.lower for token in rest] in _EXISTS


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
    return best if weight >= _LEAST else None
