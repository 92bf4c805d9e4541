"""What is asked, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Sequence

from index import QuestionError
from qa.types import Turn


def checked_question(question: str, most: int) -> str:
    """The question without the spaces around it.

    Raises:
        QuestionError: it is empty, longer than `most` characters or no text.
    """
    if not isinstance(question, str):
        raise QuestionError(f"a question is a text, and not {type(question).__name__}")
    question = question.strip()
    if not any(map(str.isalnum, question)):
        raise QuestionError("the question is empty: ask something in words")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("the question holds bytes that are no text: type it again")
    if len(question) > most:
        raise QuestionError(
            f"the question has {len(question):,} characters and the limit is {most:,}: "
            "ask for one thing at a time"
        )
    return question


def checked_history(history: Sequence[Turn]) -> Sequence[Turn]:
    """The turns; QuestionError where there is something else among them."""
    turns = tuple(history or ())
    if not all(isinstance(turn, Turn) for turn in turns):
        raise QuestionError('a history is a list of turns, each of them a Turn("user", "…")')
    return turns
