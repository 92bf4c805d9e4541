"""Pieces of questions, made whole with the words of the question before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.rewriting.exchange import exchange, exchange_infinitive, unmarked
from qa.rewriting.focus import Focus
from qa.rewriting.frames import ASKING, asked_of_subject, end_of_asking, framed, lowered
from qa.rewriting.phrases import between, noun_phrases, small
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token, end_of_words

_LEAD = re.compile(
    r"(?:(?:and|but|so|or|ok(?:ay)?|then|also|well)\b[\s,]*)*(?:(?:what|how)\s+about\b\s*|and\b\s*)?",
    re.IGNORECASE,
)
# "Why was that?" asks no more than "Why?".
_NO_MORE = re.compile(
    r"|not|so|(?:is|was|'s) that|(?:are|were) there|did (?:that|it|this) happen"
    r"|(?:do|does|did) (?:he|she|it|they|we|you) do (?:that|it|this|so)"
)
_PAST = frozenset("did had was were".split())
_LONGEST_PIECE = 8
_LONGEST_UNANNOUNCED = 4


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
        exchanged = exchange_infinitive(piece, focus)
        return Completion(exchanged) if exchanged else None
    if tokens[0].lower == "any" and not is_whole(piece):
        be = "Were" if any(token.lower in _PAST for token in tag(focus.question)) else "Are"
        return Completion(f"{be} there {small(piece)}?")
    if tokens[0].lower in ASKING or is_whole(piece):
        return None
    if announced or (question.rstrip().endswith("?") and len(tokens) <= _LONGEST_UNANNOUNCED):
        exchanged = exchange(lowered(tokens, 0), tokens, focus)
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
    if tokens[start].lower not in ASKING:
        return False
    end = end_of_asking(tokens, start)
    rest = [token.lower for token in tokens[end:] if token.is_word]
    return bool(_NO_MORE.fullmatch(" ".join(rest)))


def _start_of_asking(tokens: tuple[Token, ...]) -> int:
    """Where the words that ask begin: behind "since", or "in return for"."""
    at = next((n for n, token in enumerate(tokens[:4]) if token.lower in ASKING), 0)
    led = all(token.tag in ("ADP", "SCONJ") or token.is_noun for token in tokens[:at])
    return at if at and led and tokens[0].tag in ("ADP", "SCONJ") else 0


def _ask_of(tokens: tuple[Token, ...], focus: Focus) -> Completion | None:
    """The last question, asked after something else."""
    start = _start_of_asking(tokens)
    end = end_of_asking(tokens, start)
    asking = between(tokens, 0, end)
    asking = asking[0].upper() + asking[1:]
    last = tag(focus.question)
    if counted := _counted(tokens, start, last):
        return Completion(f"{asking} {counted}?")
    if tokens[-1].lower == "there":
        return None
    if not start and tokens[end - 1].is_noun and (did := asked_of_subject(last)):
        return Completion(f"{asking} {did}?")
    if frame := framed(last, focus):
        return Completion(f"{asking} {frame}?")
    if end < len(tokens):  # "Why did that happen?" stands alone but for its pronoun
        return None
    joined = f"{unmarked(focus.question)}, and {small(asking)}?"
    return Completion(joined, frame=focus.question)


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
    front = lowered(last, 0, many.start)
    return " ".join(filter(None, (many.bare, front, rest)))


def _begins_with_auxiliary(tokens: tuple[Token, ...]) -> bool:
    return bool(tokens) and tokens[0].is_auxiliary
