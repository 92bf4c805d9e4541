"""How well follow-ups are made to stand alone, against what a person made of them.

The measure is on words alone and needs no documents: a rewrite is as good as the content words it adds.
The file is that of TREC CAsT 2019 (Dalton, Xiong and Callan 2020), as JSON: a list of conversations
`{"id": …, "turns": [{"raw": …, "resolved": …}, …]}`. A turn may have its `answer`, which CAsT's have not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import DatasetError
from qa import Turn
from qa.words import content_words

Rewriter = Callable[[str, Sequence[Turn]], str]
"""From a question and the turns before it to a question that stands alone."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question as it was asked, and as a person resolved it; what was answered, where that is known."""

    raw: str
    resolved: str
    answer: str = ""

    @property
    def stands_alone(self) -> bool:
        """Whether the person left it as it was."""
        return self.raw == self.resolved


Conversation = tuple[Resolved, ...]


@dataclass(frozen=True, slots=True)
class RewritingFigures:
    """Over all questions: each figure in [0, 1].

    With A the content words that a rewrite adds to a question and G those that the person added, summed
    over the questions: precision is |A ∩ G| / |A|, recall |A ∩ G| / |G|, and F1 their harmonic mean; 0
    where nothing is added. `untouched` is the share of the questions that stand alone which came back
    byte for byte, `untouched_later` that of those which have a history.
    """

    questions: int
    precision: float
    recall: float
    f1: float
    untouched: float
    untouched_later: float


def as_typed(question: str, history: Sequence[Turn]) -> str:
    """The first baseline: no rewriting."""
    return question


def with_previous_words(question: str, history: Sequence[Turn]) -> str:
    """The second baseline: the content words of the question before, at the end."""
    asked = [turn.text for turn in history if turn.role == "user"]
    return " ".join([question, *content_words(asked[-1])]) if asked else question


def read_cast(path: Path) -> tuple[Conversation, ...]:
    """The conversations of a CAsT file, in order; DatasetError where it is none."""
    try:
        return tuple(
            tuple(
                Resolved(turn["raw"].strip(), turn["resolved"].strip(), turn.get("answer", ""))
                for turn in one["turns"]
            )
            for one in json.loads(path.read_text(encoding="utf-8"))
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = f"is no file of conversations ({type(error).__name__}: {error})"
        raise DatasetError(f"{path}: {reason}; give CAsT's turns as JSON") from None


def added_words(question: str, rewritten: str) -> frozenset[str]:
    """The content words of the rewritten question that the question lacks."""
    return frozenset(content_words(rewritten)) - frozenset(content_words(question))


def measure(conversations: Sequence[Conversation], rewrite: Rewriter) -> RewritingFigures:
    """Rewrite every question with the raw questions before it, and their answers, as its history."""
    common = added = gold = questions = 0
    kept: list[bool] = []
    kept_later: list[bool] = []
    for conversation in conversations:
        history: list[Turn] = []
        for turn in conversation:
            rewritten = rewrite(turn.raw, history)
            ours = added_words(turn.raw, rewritten)
            theirs = added_words(turn.raw, turn.resolved)
            common, added, gold = common + len(ours & theirs), added + len(ours), gold + len(theirs)
            questions += 1
            if turn.stands_alone:
                kept.append(rewritten == turn.raw)
                kept_later += [kept[-1]] if history else []
            history.append(Turn("user", turn.raw))
            history += [Turn("assistant", turn.answer)] if turn.answer else []
    return RewritingFigures(
        questions=questions,
        precision=common / added if added else 0.0,
        recall=common / gold if gold else 0.0,
        f1=2 * common / (added + gold) if added + gold else 0.0,
        untouched=sum(kept) / len(kept) if kept else 0.0,
        untouched_later=sum(kept_later) / len(kept_later) if kept_later else 0.0,
    )
