"""Pieces of questions, made whole with the words of the question before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.rewriting.clauses import clause, statement
from qa.rewriting.focus import Focus, as_spoken_of, is_light
from qa.rewriting.phrases import Phrase, between, noun_phrases, small
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token, end_of_words
from qa.words import stem

_LEAD = re.compile(
    r"(?:(?:and|but|so|or|ok(?:ay)?|then|also|well)\b[\s,]*)*(?:(?:what|how)\s+about\b\s*|and\b\s*)?",
    re.IGNORECASE,
)
_ASKING = frozenset("who whom whose what which where when why how".split())
_ASKS_FOR_A_THING = frozenset("what which who whom".split())
_MEASURES = frozenset(
    "many much long often far big old fast soon large tall high deep late early".split()
)
# "Why was that?" asks no more than "Why?".
_NO_MORE = re.compile(
    r"|not|so|(?:is|was|'s) that|(?:are|were) there|did (?:that|it|this) happen"
    r"|(?:do|does|did) (?:he|she|it|they|we|you) do (?:that|it|this|so)"
)
_PAST = frozenset("did had was were".split())
_HEDGES = frozenset(
    "about around some over nearly almost more less fewer than at least most".split()
)
_LONGEST_PHRASE = 7
_LONGEST_PIECE = 8
_LONGEST_UNANNOUNCED = 4
_YEAR = re.compile(r"(?:1\d|20)\d\d$")
_VAGUE = frozenset(
    "anything anyone anybody something someone somebody ever any it they he she".split()
)
# A piece takes the place of a phrase that is this much like it.
_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Completion:
    """A piece made whole.

    `frame` is what the next piece is completed from, None for `text` itself; `about` is what the piece
    itself named, in small letters.
    """

    text: str
    frame: str | None = None
    about: str = ""


def is_whole(question: str) -> bool:
    """Whether a verb makes it a question that others can be completed from."""
    return any(token.tag == "VERB" or token.is_auxiliary for token in tag(question))


def complete(question: str, focus: Focus) -> Completion | None:
    """The whole question that a piece of one stands for; None where it is no piece."""
    if not focus.question:
        return None
    lead = _LEAD.match(question)
    announced = question[: lead.end() if lead else 0].strip()
    piece = question[lead.end() if lead else 0 :].strip(" ?!.\t\n")
    piece = "why" if piece.lower() == "what for" else piece
    tokens = tag(piece)
    if not tokens or len(tokens) > _LONGEST_PIECE:
        return None
    if _only_asks(tokens):
        return _ask_of(tokens, focus)
    if stranded := _did_so(piece, tokens, focus):
        return Completion(stranded)
    if announced and tokens[0].lower == "to":
        return _exchange_infinitive(piece, focus)
    if tokens[0].lower == "any" and not is_whole(piece):
        be = "Were" if any(token.lower in _PAST for token in tag(focus.question)) else "Are"
        return Completion(f"{be} there {small(piece)}?")
    if tokens[0].lower in _ASKING or is_whole(piece):
        return None
    if announced or (question.rstrip().endswith("?") and len(tokens) <= _LONGEST_UNANNOUNCED):
        exchanged = _exchange(_lowered(tokens, 0), tokens, focus)
        named = next((phrase.bare.casefold() for phrase in noun_phrases(tokens)), "")
        return Completion(exchanged, about=named) if exchanged else None
    return None


def _did_so(piece: str, tokens: tuple[Token, ...], focus: Focus) -> str | None:
    """ "Which others have?" after "Has Sweden recognised it?": what they have done joined to it."""
    own = [at for at, token in enumerate(tokens) if token.is_auxiliary or token.tag == "VERB"]
    if len(own) != 1 or tokens[own[0]].is_copula or not tokens[own[0]].is_auxiliary:
        return None
    subject = tokens[1:] if own == [0] else ()
    phrases = noun_phrases(tokens)
    named = [phrase for phrase in phrases if phrase.start == 1 and phrase.end == len(tokens)]
    somebody = all(token.tag in ("PRON", "ADV", "ADJ") for token in subject)
    if own != [len(tokens) - 1] and not (subject and (somebody or named)):
        return None
    last = tag(focus.question)
    auxiliary = next((at for at, token in enumerate(last) if token.is_auxiliary), None)
    verb = next(
        (at for at, token in enumerate(last) if token.tag == "VERB" and not token.is_auxiliary),
        None,
    )
    if auxiliary is None or verb is None or verb < auxiliary or last[auxiliary].is_copula:
        return None
    return f"{piece[:1].upper()}{piece[1:]} {between(last, verb, end_of_words(last))}?"


def _only_asks(tokens: tuple[Token, ...]) -> bool:
    """Whether the piece is "Why?", "Since when?", "In which year?" or "And why was that?"."""
    start = _start_of_asking(tokens)
    if tokens[start].lower not in _ASKING:
        return False
    end = _end_of_asking(tokens, start)
    rest = [token.lower for token in tokens[end:] if token.is_word]
    return bool(_NO_MORE.fullmatch(" ".join(rest)))


def _start_of_asking(tokens: tuple[Token, ...]) -> int:
    """Where the words that ask begin: behind "since", or "in return for"."""
    at = next((n for n, token in enumerate(tokens[:4]) if token.lower in _ASKING), 0)
    led = all(token.tag in ("ADP", "SCONJ") or token.is_noun for token in tokens[:at])
    return at if at and led and tokens[0].tag in ("ADP", "SCONJ") else 0


def _end_of_asking(tokens: tuple[Token, ...], start: int) -> int:
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


def _ask_of(tokens: tuple[Token, ...], focus: Focus) -> Completion | None:
    """The last question, asked after something else."""
    start = _start_of_asking(tokens)
    end = _end_of_asking(tokens, start)
    asking = between(tokens, 0, end)
    asking = asking[0].upper() + asking[1:]
    last = tag(focus.question)
    if counted := _counted(tokens, start, last):
        return Completion(f"{asking} {counted}?")
    if tokens[-1].lower == "there":
        return None
    if not start and tokens[end - 1].is_noun and (did := _asked_of_subject(last)):
        return Completion(f"{asking} {did}?")
    if framed := _framed(last, focus):
        return Completion(f"{asking} {framed}?")
    if end < len(tokens):  # "Why did that happen?" stands alone but for its pronoun
        return None
    joined = f"{_unmarked(focus.question)}, and {small(asking)}?"
    return Completion(joined, frame=focus.question)


def _asked_of_subject(last: tuple[Token, ...]) -> str | None:
    """What the things did that "Which animals live there?" asks for, or "How many ships were lost?"."""
    if not last or last[0].lower not in ("which", "what", "how"):
        return None
    end = _end_of_asking(last, 0)
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


def _framed(last: tuple[Token, ...], focus: Focus) -> str | None:
    """What the last question asked, so that other asking words can stand before it."""
    if not last:
        return None
    if last[0].is_auxiliary:
        vague = any(token.lower in _VAGUE for token in last)
        return statement(focus.said if vague else focus.answer) or _lowered(last, 0)
    opening = 1 if last[0].tag in ("ADP", "SCONJ") else 0
    if len(last) == opening or last[opening].lower not in _ASKING:
        return None
    if defined := _defined(last, focus.answer):
        return defined
    if _asks_what_was_done(last) and (told := statement(focus.answer)):
        return told
    return _filled(last, opening, focus.answer) or (
        _frame(last, opening) or _answered(last, opening, focus.answer)
    )


def _defined(last: tuple[Token, ...], answer: str) -> str | None:
    """After "Who is Maria Sandoval?" and "The first woman at sea": "is Maria Sandoval the first …"."""
    said = tag(answer)
    given = next(iter(noun_phrases(said)), None)
    if not _defines(last, noun_phrases(last)) or given is None or given.start:
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
    end = _end_of_asking(last, opening)
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
    end = _end_of_asking(last, opening)
    verbal = end < len(last) and (last[end].tag == "VERB" or last[end].is_auxiliary)
    given = _as_number(answer, last, opening, end) or _as_phrase(answer)
    if opening or not verbal or given is None:
        return None
    return f"is it that {given} {between(last, end, end_of_words(last))}"


def _counted(tokens: tuple[Token, ...], start: int, last: tuple[Token, ...]) -> str | None:
    """For "How many?" and "Which ones?" after a question with many things: the things and the rest."""
    words = [token.lower for token in tokens[start:]]
    words = words[:-2] if words[-1:] == ["there"] else words
    if last and last[0].lower in ("when", "where", "why", "how"):
        last = last[1:]  # what was asked of them
    if words not in (["how", "many"], ["which"], ["which", "ones"]) or not _begins_with_auxiliary(
        last
    ):
        return None
    many = next((p for p in noun_phrases(last) if p.is_plural and not p.is_proper), None)
    if many is None:
        return None
    rest = between(last, many.end, end_of_words(last))
    if many.start == 1:
        return " ".join(filter(None, (many.bare, last[0].lower, rest)))
    front = _lowered(last, 0, many.start)
    return " ".join(filter(None, (many.bare, front, rest)))


def _begins_with_auxiliary(tokens: tuple[Token, ...]) -> bool:
    return bool(tokens) and tokens[0].is_auxiliary


def _frame(last: tuple[Token, ...], opening: int) -> str | None:
    """What follows the asking words, so that others can stand before it; None after "Who fled?"."""
    end = _end_of_asking(last, opening)
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


def _exchange(piece: str, tokens: tuple[Token, ...], focus: Focus) -> str | None:
    """The last question with the piece in the place of what is most like it."""
    last = tag(focus.question)
    phrases = list(noun_phrases(last))
    if tokens[0].tag in ("ADP", "SCONJ") and len(tokens) > 1:
        return _exchange_adverbial(piece, tokens, last, phrases)
    if len(tokens) == 1 and _YEAR.match(piece):
        return _exchange_year(piece, last, focus.question)
    new = next(iter(noun_phrases(tokens)), None)
    if (
        new
        and is_light(new)
        and not new.start
        and tokens[-1].lower in ("before", "after", "earlier")
    ):
        return f"{between(last, 0, end_of_words(last))} {piece}?"
    if new is None or new.start or new.end < len(tokens):
        return None
    if is_light(new):  # "the last time"
        return f"{between(last, 0, end_of_words(last))} {piece}?"
    alike = [
        (_likeness(old, new), focus.weight_of(old), old)
        for old in phrases
        if not (_is_asked_for(old) and new.determiner)
    ]
    best = max(alike, key=lambda item: item[:2], default=None)
    if best is None or best[0] < (_ALIKE if new.is_proper else _ALIKE - 1):
        subject = next((p for p in phrases if p.start == 1 and last[0].is_auxiliary), None)
        if whole := _defines(last, phrases):
            return _replaced(focus.question, last, whole.start, whole.end, piece)
        if subject is None or subject.is_proper != new.is_proper:
            return None
        old = subject
    else:
        old = best[2]
    if old.determiner in ("which", "what"):
        if old.is_plural != new.is_plural or not _asked_of_subject(last):
            return None
        return _replaced(focus.question, last, old.start + 1, old.end, piece)
    keep = old.has_complement and not new.has_complement and not new.is_proper
    return _replaced(focus.question, last, old.start, old.head + 1 if keep else old.end, piece)


def _defines(last: tuple[Token, ...], phrases: Sequence[Phrase]) -> Phrase | None:
    """The phrase that is all of "Who is the head of the clinic?"."""
    asked = len(last) > 2 and last[0].lower in ("who", "what") and last[1].is_copula
    found = next((phrase for phrase in phrases if phrase.start == 2), None)
    return found if asked and found and found.end == end_of_words(last) else None


def _exchange_year(year: str, last: Sequence[Token], question: str) -> str:
    old = next((token for token in last if _YEAR.match(token.text)), None)
    if old is None:
        return f"{_unmarked(question)} in {year}?"
    return question[: old.start] + year + question[old.end :]


def _exchange_infinitive(piece: str, focus: Focus) -> Completion | None:
    """ "And to study?" after "Are they allowed to work?"."""
    last = tag(focus.question)
    at = next(
        (n for n, t in enumerate(last[1:-1], 1) if t.lower == "to" and last[n + 1].tag == "VERB"),
        None,
    )
    return Completion(f"{between(last, 0, at)} {piece}?") if at else None


def _exchange_adverbial(
    piece: str, tokens: tuple[Token, ...], last: tuple[Token, ...], phrases: Sequence[Phrase]
) -> str:
    """ "in 2019" in the place of "in 2018", or else at the end."""
    question = between(last, 0, end_of_words(last))
    timed = any(_YEAR.match(token.text) for token in tokens)
    for at, token in enumerate(last[:-1]):
        old = next((p for p in phrases if p.start == at + 1), None)
        year = bool(_YEAR.match(last[at + 1].text))
        if token.lower != tokens[0].lower or timed != year or (old is None and not year):
            continue
        end = at + 2 if old is None else old.end
        return (
            f"{between(last, 0, at)} {piece} {between(last, end, end_of_words(last))}".strip() + "?"
        )
    return f"{question} {piece}?"


def _likeness(old: Phrase, new: Phrase) -> int:
    definite = ("the", "this", "that", "these", "those")
    return (
        2 * (old.is_proper == new.is_proper and old.is_proper)
        + 2 * (old.is_plural == new.is_plural)
        + ((old.determiner in definite) == (new.determiner in definite))
        + 2 * (not old.determiner and not new.determiner and _alike_in_form(old, new))
        + 3 * (stem(old.noun.lower) == stem(new.noun.lower))
        - 3 * (old.is_proper != new.is_proper and old.noun.lower != new.noun.lower)
    )


def _alike_in_form(old: Phrase, new: Phrase) -> bool:
    return old.is_proper == new.is_proper and old.is_plural == new.is_plural


def _is_asked_for(phrase: Phrase) -> bool:
    return phrase.words[0].lower in _ASKING or (
        phrase.before is not None and phrase.before.lower in ("many", "much")
    )


def _replaced(question: str, tokens: tuple[Token, ...], start: int, end: int, new: str) -> str:
    return question[: tokens[start].start] + new + question[tokens[end - 1].end :]


def _lowered(tokens: tuple[Token, ...], start: int, end: int | None = None) -> str:
    text = between(tokens, start, end_of_words(tokens) if end is None else end)
    return text if tokens[start].tag == "PROPN" else small(text)


def _unmarked(question: str) -> str:
    return question.rstrip(" ?!.\t\n")
