"""A follow-up made to stand alone, from the question and the conversation before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering import REFUSAL, RIVALS
from qa.rewriting.attributes import attach
from qa.rewriting.clauses import without_reply
from qa.rewriting.ellipsis import complete, is_whole
from qa.rewriting.focus import Focus
from qa.rewriting.mentions import Mention
from qa.rewriting.naming import name_again
from qa.rewriting.resolving import resolve
from qa.smalltalk import is_smalltalk
from qa.types import Turn

# What is further back, or further down in a turn, is not looked at: a rewrite takes milliseconds,
# whatever the history.
_TURNS = 24
_ANSWERS = 6
_FEW = 12
_CHARACTERS = 400
_LEAD = re.compile(r"^(?:and|but|so|or)\b[\s,]*", re.IGNORECASE)
_MARKER = re.compile(r"\s?\[\d+\]")
_LED = " — “"


def standalone(question: str, history: Sequence[Turn]) -> str:
    """`question` as it would be asked without the conversation; itself, to the byte, if it already is."""
    if len(question) > _CHARACTERS:  # who writes so much leaves nothing out
        return question
    focus = Focus()
    listening = False
    recent = list(history[-_TURNS:])
    for number, turn in enumerate(recent):
        text = _readable(turn.text[:_CHARACTERS])
        if turn.role == "assistant":
            if listening:
                _hear_answer(text, focus, briefly=len(recent) - number > _ANSWERS)
        elif listening := bool(text) and not is_smalltalk(text):
            rewrite = _rewrite(text, focus)
            focus.hear_question(rewrite.text, rewrite.frame, rewrite.continued, rewrite.about)
    return _rewrite(question, focus).text if focus.mentions or focus.question else question


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """A question that stands alone; see `Focus.hear_question`."""

    text: str
    frame: str
    continued: tuple[Mention, ...]
    about: str


def _rewrite(question: str, focus: Focus) -> _Rewrite:
    continued: list[Mention] = []
    text, about = question, ""
    whole = complete(text, focus)
    if whole is None and not is_whole(text):  # "And its capital?" is a piece with a pronoun
        text = _resolve(text, focus, continued)
        whole = complete(text, focus)
    if whole is not None:
        text, about = whole.text, whole.about
    text = _resolve(text, focus, continued)
    for mention, start, end in reversed(name_again(text, focus)):
        text = text[:start] + mention.text + text[end:]
    if whole is None and not continued and (attached := attach(text, focus)):
        text, topic, about = attached
        continued.append(topic)
    if text != question:
        text = _opened(text, question)
    frame = focus.question if not is_whole(text) else text
    if whole is not None and whole.frame is not None:
        frame = whole.frame
    return _Rewrite(text, frame, tuple(continued), about)


def _resolve(text: str, focus: Focus, continued: list[Mention]) -> str:
    """The text with its pronouns resolved; what they stand for joins `continued`."""
    for one in reversed(resolve(text, focus)):
        text = text[: one.start] + one.text + text[one.end :]
        if one.mention is not None:
            continued.append(one.mention)
    return text


def _opened(text: str, typed: str) -> str:
    """Without the "And" that joined it to the conversation, and with a capital unless typed small."""
    bare = _LEAD.sub("" if is_whole(text) else "what about ", text)
    return bare if bare == text and typed[:1].islower() else bare[:1].upper() + bare[1:]


def _readable(text: str) -> str:
    """Words and marks with single spaces: no control characters, no half characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _hear_answer(text: str, focus: Focus, *, briefly: bool) -> None:
    """Take in an answer; `briefly` its exact part alone."""
    plain = _MARKER.sub("", text).removeprefix(RIVALS).strip()
    if plain.startswith(REFUSAL):
        return
    short, led, sentence = plain.partition(_LED)
    if not led:
        sentence = _with_subject(plain, focus)
        short = sentence if len(plain.split()) <= _FEW else ""
    focus.hear_answer(short if briefly else sentence, short)


def _with_subject(answer: str, focus: Focus) -> str:
    """The answer with what its first word stands for: "It rejected the offer." after "Did the union …?"."""
    told = without_reply(answer)
    first = next((one for one in resolve(told, focus) if one.start == 0), None)
    if first is None or first.mention is None:
        return answer
    return first.text[:1].upper() + first.text[1:] + told[first.end :]
