"""What the last question asked, so that other asking words can stand before it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.rewriting.clauses import clause, statement
from qa.rewriting.focus import Focus
from qa.rewriting.mentions import as_spoken_of
from qa.rewriting.phrases import Phrase, between, noun_phrases, small
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token, end_of_words

_ASKS_FOR_A_THING = frozenset("what which who whom".split())
ASKING = frozenset("who whom whose what which where when why how".split())
_MEASURES = frozenset(
    "many much long often far big old fast soon large tall high deep late early".split()
)
_HEDGES = frozenset(
    "about around some over nearly almost more less fewer than at least most".split()
)
_LONGEST_PHRASE = 7
_VAGUE = frozenset(
    "anything anyone anybody something someone somebody ever any it they he she".split()
)


def framed(last: tuple[Token, ...], focus: Focus) -> str | None:
    """What the last question asked, so that other asking words can stand before it."""
    if not last:
        return None
    if last[0].is_auxiliary:
        vague = any(token.lower in _VAGUE for token in last)
        return statement(focus.said if vague else focus.answer) or lowered(last, 0)
    opening = 1 if last[0].tag in ("ADP", "SCONJ") else 0
    if len(last) == opening or last[opening].lower not in ASKING:
        return None
    if defined := _defined(last, focus.answer):
        return defined
    if _asks_what_was_done(last) and (told := statement(focus.answer)):
        return told
    return _filled(last, opening, focus.answer) or (
        _frame(last, opening) or _answered(last, opening, focus.answer)
    )


def asked_of_subject(last: tuple[Token, ...]) -> str | None:
    """What the things did that "Which animals live there?" asks for, or "How many ships were lost?"."""
    if not last or last[0].lower not in ("which", "what", "how"):
        return None
    end = end_of_asking(last, 0)
    verbal = end < len(last) and (last[end].tag == "VERB" or last[end].is_auxiliary)
    follows = last[end + 1] if end + 1 < len(last) else None
    inverted = verbal and last[end].is_support
    passive = follows is not None and follows.tag in ("VERB", "ADV", "ADJ", "ADP")
    subject = end > 1 and last[end - 1].is_noun and verbal and not inverted
    return (
        between(last, end, end_of_words(last))
        if subject and (passive or last[end].tag == "VERB")
        else None
    )


def defines(last: tuple[Token, ...], phrases: Sequence[Phrase]) -> Phrase | None:
    """The phrase that is all of "Who is the head of the clinic?"."""
    asked = len(last) > 2 and last[0].lower in ("who", "what") and last[1].is_copula
    found = next((phrase for phrase in phrases if phrase.start == 2), None)
    return found if asked and found and found.end == end_of_words(last) else None


def end_of_asking(tokens: tuple[Token, ...], start: int) -> int:
    """Where the words that ask end: "how many prisoners", "in which year"."""
    at = start + 1
    while at < len(tokens):
        token = tokens[at]
        manner = token.tag == "ADV" and tokens[start].lower == "how"
        nominal = token.is_noun or token.tag in ("ADJ", "NUM") or token.lower in _MEASURES or manner
        if not nominal or token.is_auxiliary:
            return at
        at += 1
    return at


def lowered(tokens: tuple[Token, ...], start: int, end: int | None = None) -> str:
    """The tokens as text that begins small, unless with a name."""
    text = between(tokens, start, end_of_words(tokens) if end is None else end)
    return text if tokens[start].tag == "PROPN" else small(text)


def _defined(last: tuple[Token, ...], answer: str) -> str | None:
    """After "Who is Maria Sandoval?" and "The first woman at sea": "is Maria Sandoval the first …"."""
    said = tag(answer)
    given = next(iter(noun_phrases(said)), None)
    if not defines(last, noun_phrases(last)) or given is None or given.start:
        return None
    if any(token.form == "Fin" or token.is_auxiliary or token.text in ",;:—" for token in said):
        return None
    predicate = (
        as_spoken_of(given)
        + between(said, given.end - 1, end_of_words(said))[len(said[given.end - 1].text) :]
    )
    return f"{between(last, 1, end_of_words(last))} {predicate}"


def _asks_what_was_done(last: tuple[Token, ...]) -> bool:
    """Whether a sentence can answer it: "What did the ministry announce?", "What happened?"."""
    done = any(token.tag == "VERB" or token.lower == "do" for token in last[2:])
    if last[0].lower != "what":
        return False
    return (last[1].is_support and done) or last[1].lower.startswith("happen")


def _filled(last: tuple[Token, ...], opening: int, answer: str) -> str | None:
    """After "What did they build in 1990?" and its short answer: "did they build a ship in 1990"."""
    end = end_of_asking(last, opening)
    stop = end_of_words(last)
    asked = last[opening].lower in _ASKS_FOR_A_THING or last[opening + 1].lower in ("many", "much")
    verb = next((at for at in range(end + 1, stop) if last[at].tag == "VERB"), None)
    given = _as_phrase(answer) or _as_number(answer, last, opening, end)
    if opening or not asked or verb is None or not last[end].is_support or given is None:
        return None
    if last[end + 1].tag == "VERB":  # it asked for the subject
        return None
    at = stop if last[stop - 1].tag == "ADP" else verb + 1
    if at < stop and last[at].tag not in ("ADP", "SCONJ", "ADV"):  # there is an object already
        return None
    return " ".join(filter(None, (between(last, end, at), given, between(last, at, stop))))


def _as_number(answer: str, last: tuple[Token, ...], opening: int, end: int) -> str | None:
    """An answer that is a number, with what "how many" asked to be counted."""
    words = [token for token in tag(answer) if token.is_word]
    if not words or words[-1].tag != "NUM" or last[opening].lower != "how" or opening + 2 >= end:
        return None
    if any(word.lower not in _HEDGES for word in words[:-1]):
        return None
    return f"{' '.join(small(word.text) for word in words)} {between(last, opening + 2, end)}"


def _as_phrase(answer: str) -> str | None:
    """An answer that is one noun phrase and no more, as it stands within a sentence."""
    said, end = tag(answer), end_of_words(tag(answer))
    phrase = next(iter(noun_phrases(said)), None)
    if phrase is None or phrase.start or end > _LONGEST_PHRASE or clause(answer):
        return None
    rest = said[phrase.end : end]
    joined = not rest or (rest[0].tag == "ADP" and all(_is_nominal(token) for token in rest))
    tail = f" {between(said, phrase.end, end)}" if rest else ""
    return as_spoken_of(phrase) + tail if joined else None


def _is_nominal(token: Token) -> bool:
    return token.is_noun or token.tag in ("ADP", "DET", "ADJ", "NUM")


def _answered(last: tuple[Token, ...], opening: int, answer: str) -> str | None:
    """After "Who escorted the bombers?" and an answer of a few words: "is it that jets escorted …"."""
    end = end_of_asking(last, opening)
    verbal = end < len(last) and (last[end].tag == "VERB" or last[end].is_auxiliary)
    given = _as_number(answer, last, opening, end) or _as_phrase(answer)
    if opening or not verbal or given is None:
        return None
    return f"is it that {given} {between(last, end, end_of_words(last))}"


def _frame(last: tuple[Token, ...], opening: int) -> str | None:
    """What follows the asking words, so that others can stand before it; None after "Who fled?"."""
    end = end_of_asking(last, opening)
    if end >= len(last) or not last[end].is_auxiliary:
        return None
    follows = last[end + 1] if end + 1 < len(last) else None
    if follows is None or not follows.is_word:
        return None
    nouns = [at for at in range(opening, end) if last[at].is_noun]
    nominal = follows.tag in ("DET", "PRON", "NUM") or follows.is_noun
    asked_for_subject = follows.tag == "VERB" or follows.is_auxiliary or (nouns and not nominal)
    if not asked_for_subject:
        return between(last, end, end_of_words(last))
    if not nouns:
        return None
    first = opening + 1 + (last[opening + 1].lower in _MEASURES)
    subject = between(last, first, end)
    return f"{last[end].lower} the {subject} {between(last, end + 1, end_of_words(last))}"
