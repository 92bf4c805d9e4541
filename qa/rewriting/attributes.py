"""Nouns that say too little alone: "the main themes", "the first", "the experiment"."""

from __future__ import annotations

from collections.abc import Sequence

from qa.rewriting.focus import PLACES, Focus, Mention, is_light
from qa.rewriting.phrases import Phrase, noun_phrases, singular
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token, end_of_words
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
_GROUPS_AND_WORKS = frozenset(
    """airline album band bank book company film firm group league magazine movie newspaper novel opera
    party song team""".split()
)
_SAYS_WHOSE = frozenset("of in for on to between from with by among".split())
_ANYONE = frozenset("anyone anybody everyone everybody someone somebody others people".split())
# "How many people lost their homes?"
_BOUND = frozenset("who their".split())
_LEAST = 0.3


def name_again(question: str, focus: Focus) -> list[tuple[Mention, int, int]]:
    """Where "the experiment" is one that was called something fuller before, and what."""
    found = []
    for phrase in noun_phrases(tag(question)):
        bare = len(phrase.words) == 2 and phrase.determiner in _DEFINITE
        after = phrase.after
        ends = (
            after is None
            or after.tag not in ("ADP", "PROPN")
            or phrase.end + 1 == len(phrase.tokens)
        )
        if not (bare and ends) or phrase.is_proper:
            continue
        if mention := focus.fuller(phrase) or _of_that_sort(phrase, focus):
            found.append((mention, phrase.words[0].start, phrase.words[-1].end))
    return found


def _of_that_sort(phrase: Phrase, focus: Focus) -> Mention | None:
    """What "the city" or "the company" is, if no city was spoken of but a name that can be one's."""
    noun = phrase.noun.lower
    if noun not in PLACES | _GROUPS_AND_WORKS or focus.mentioned(phrase):
        return None
    fitting = [
        (weight, mention)
        for weight, mention in focus.weighed()
        if mention.proper and mention.place == (noun in PLACES)
        if mention.plural or not mention.person
    ]
    weight, best = max(fitting, key=lambda pair: pair[0], default=(0.0, None))
    return best if weight >= _LEAST else None


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
    if joined := _as_member(question, tokens, phrases, focus):
        return joined
    if any(phrase.is_proper for phrase in phrases):
        return None
    if at := _bare_ordinal(tokens):
        return f"{question[:at]} {_one(topic)}{question[at:]}", topic, ""
    if at := _bare_asking(tokens, topic):
        return f"{question[:at]} {topic.phrase.bare}{question[at:]}", topic, ""
    if at := _bare_sort(phrases):
        return f"{question[:at]} of {topic.phrase.bare}{question[at:]}", topic, ""
    if joined := _counted_within(question, tokens, phrases, focus):
        return joined
    if joined := _in_what(question, tokens, phrases, topic):
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


def _as_member(
    question: str, tokens: Sequence[Token], phrases: Sequence[Phrase], focus: Focus
) -> tuple[str, Mention, str] | None:
    """ "Why is Batman not a member?", of those who were spoken of."""
    if not phrases or phrases[-1].bare != "member" or phrases[-1].end != end_of_words(tokens):
        return None
    many = [(weight, mention) for weight, mention in focus.weighed() if mention.plural]
    weight, group = max(many, key=lambda pair: pair[0], default=(0.0, None))
    if group is None or weight < _LEAST:
        return None
    at = phrases[-1].words[-1].end
    return f"{question[:at]} of {group.text}{question[at:]}", group, ""


def _in_what(
    question: str, tokens: Sequence[Token], phrases: Sequence[Phrase], topic: Mention
) -> str | None:
    """ "What is the role of sunlight?", with what it plays the role in, and "the most powerful" of whom."""
    last = end_of_words(tokens)
    role = phrases[0] if phrases else None
    if role and role.noun.lower == "role" and role.has_complement and role.end == last:
        alike = topic.stem in {stem(token.lower) for token in role.words}
        return None if alike else f"{question[: role.words[-1].end]} in {topic.text}?"
    if phrases or not (topic.plural or (topic.determiner == "the" and not topic.person)):
        return None
    for at in range(2, last):
        best = tokens[at].lower.endswith("est") or tokens[at - 1].lower == "most"
        bare = at + 1 >= last or not tokens[at + 1].is_noun
        who = tokens[0].lower in ("who", "which") and tokens[1].is_copula
        if who and best and bare and tokens[2].lower == "the" and at > 2:
            return f"{question[: tokens[at].end]} of {topic.text}{question[tokens[at].end :]}"
    return None


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


def _counted_within(
    question: str, tokens: Sequence[Token], phrases: Sequence[Phrase], focus: Focus
) -> tuple[str, Mention, str] | None:
    """ "How many people took part?" and "Was anyone hurt?", with what they took part in."""
    words = [token for token in tokens if token.is_word]
    counted = [word.lower for word in words[:2]] == ["how", "many"]
    weighty = [phrase for phrase in phrases if not (is_light(phrase) or _is_adverbial(phrase))]
    weighty = [phrase for phrase in weighty if not phrase.has_owner]
    anybody = words[0].lower == "who" and not words[-1].is_auxiliary
    anybody = anybody and (not words[1].is_copula or words[-1].form in ("Ger", "Part"))
    anybody = anybody or any(word.lower in _ANYONE for word in words)
    anyone = not counted and not weighty and anybody
    said = [phrase for phrase in weighty if phrase.start != 2 or focus.mentioned(phrase)]
    acts = counted and not said and words[-1].tag in ("VERB", "NOUN") and len(words) > 2
    pronouns = any(word.tag == "PRON" and word.lower not in _ANYONE | _BOUND for word in words)
    if not (acts or anyone) or pronouns or (counted and words[-1].end == weighty_end(weighty)):
        return None
    weight, topic = max(
        (pair for pair in focus.weighed() if not _is_of_people(pair[1])),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    if topic is None or weight < _LEAST:
        return None
    at = words[-1].end
    return f"{question[:at]} in {topic.text}{question[at:]}", topic, ""


def weighty_end(phrases: Sequence[Phrase]) -> int:
    """Where the last of the phrases ends in its sentence; -1 where there is none."""
    return phrases[-1].words[-1].end if phrases else -1


def _is_adverbial(phrase: Phrase) -> bool:
    """Whether it is one word behind a preposition, and no name: "on board"."""
    hangs = phrase.before is not None and phrase.before.tag == "ADP"
    return hangs and len(phrase.words) == 1 and not phrase.is_proper and not phrase.is_plural


def _is_of_people(mention: Mention) -> bool:
    return bool(mention.person) or mention.noun in _ANYONE


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
