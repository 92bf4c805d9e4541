"""What is said of a part, with the whole that it belongs to: "Who took part?", "a member"."""

from __future__ import annotations

from collections.abc import Sequence

from qa.rewriting.focus import Focus
from qa.rewriting.mentions import Mention
from qa.rewriting.naming import LEAST
from qa.rewriting.nouns import is_light
from qa.rewriting.phrases import Phrase
from qa.rewriting.tokens import Token, end_of_words
from qa.words import stem

_ANYONE = frozenset("anyone anybody everyone everybody someone somebody others people".split())
# "How many people lost their homes?"
_BOUND = frozenset("who their".split())


def as_member(
    question: str, tokens: Sequence[Token], phrases: Sequence[Phrase], focus: Focus
) -> tuple[str, Mention, str] | None:
    """ "Why is Batman not a member?", of those who were spoken of."""
    if not phrases or phrases[-1].bare != "member" or phrases[-1].end != end_of_words(tokens):
        return None
    many = [(weight, mention) for weight, mention in focus.weighed() if mention.plural]
    weight, group = max(many, key=lambda pair: pair[0], default=(0.0, None))
    if group is None or weight < LEAST:
        return None
    at = phrases[-1].words[-1].end
    return f"{question[:at]} of {group.text}{question[at:]}", group, ""


def in_what(
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


def counted_within(
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
    if not (acts or anyone) or pronouns or (counted and words[-1].end == _weighty_end(weighty)):
        return None
    weight, topic = max(
        (pair for pair in focus.weighed() if not _is_of_people(pair[1])),
        key=lambda pair: pair[0],
        default=(0.0, None),
    )
    if topic is None or weight < LEAST:
        return None
    at = words[-1].end
    return f"{question[:at]} in {topic.text}{question[at:]}", topic, ""


def _weighty_end(phrases: Sequence[Phrase]) -> int:
    """Where the last of the phrases ends in its sentence; -1 where there is none."""
    return phrases[-1].words[-1].end if phrases else -1


def _is_adverbial(phrase: Phrase) -> bool:
    """Whether it is one word behind a preposition, and no name: "on board"."""
    hangs = phrase.before is not None and phrase.before.tag == "ADP"
    return hangs and len(phrase.words) == 1 and not phrase.is_proper and not phrase.is_plural


def _is_of_people(mention: Mention) -> bool:
    return bool(mention.person) or mention.noun in _ANYONE
