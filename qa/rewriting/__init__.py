"""A follow-up made to stand alone, from the question and the conversation before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering import REFUSAL, RIVALS
from qa.rewriting.attributes import attach, name_again
from qa.rewriting.ellipsis import complete, is_whole
from qa.rewriting.focus import Focus, Mention
from qa.rewriting.pronouns import resolve
from qa.smalltalk import is_smalltalk
from qa.types import Turn

# What is further back, or further down in a turn, is not looked at: a rewrite takes milliseconds,
# whatever the history.
_TURNS = 40
_CHARACTERS = 400
_LEAD = re.compile(r"(?:and|but|so|or)\b[\s,]*", re.IGNORECASE)
_MARKER = re.compile(r"\s?\[\d+\]")
_LED = " — “"


def standalone(question: str, history: Sequence[Turn]) -> str:
    """`question` as it would be asked without the conversation; itself, to the byte, if it already is."""
    if len(question) > _CHARACTERS:  # who writes so much leaves nothing out
        return question
    focus = Focus()
    listening = False
    for turn in history[-_TURNS:]:
        text = _readable(turn.text[:_CHARACTERS])
        if turn.role == "assistant":
            if listening:
                _hear_answer(text, focus)
        elif listening := bool(text) and not is_smalltalk(text):
            rewrite = _rewrite(text, focus)
            focus.hear_question(rewrite.text, rewrite.frame, rewrite.continued)
    return _rewrite(question, focus).text if focus.mentions or focus.question else question


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """A question that stands alone; see `Focus.hear_question`."""

    text: str
    frame: str
    continued: tuple[Mention, ...]


def _rewrite(question: str, focus: Focus) -> _Rewrite:
    whole = complete(question, focus)
    text = whole.text if whole else question
    continued: list[Mention] = []
    substitutions = resolve(text, focus)
    for one in reversed(substitutions):
        text = text[: one.start] + one.text + text[one.end :]
        continued.append(one.mention)
    fuller = name_again(text, focus)
    for mention, start, end in reversed(fuller):
        text = text[:start] + mention.text + text[end:]
    if whole is None and not substitutions and (attached := attach(text, focus)):
        text = attached[0]
        continued.append(attached[1])
    if text != question:
        lead = _LEAD.match(text)
        text = text[lead.end() if lead else 0 :]
        text = text[:1].upper() + text[1:]
    frame = whole.frame if whole else text if is_whole(text) else focus.question
    return _Rewrite(text, text if frame is None else frame, tuple(continued))


def _readable(text: str) -> str:
    """Words and marks with single spaces: no control characters, no half characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _hear_answer(text: str, focus: Focus) -> None:
    plain = _MARKER.sub("", text).removeprefix(RIVALS).strip()
    if plain.startswith(REFUSAL):
        return
    short, led, sentence = plain.partition(_LED)
    if led:
        focus.hear_answer(sentence, short)
    else:
        few = len(plain.split()) <= 12
        focus.hear_answer(plain, plain if few else "")
