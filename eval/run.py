"""A run: every example asked of an assistant, one after the other, and judged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Protocol

from eval import squad
from eval.examples import Example
from eval.judging import Prediction, judge
from eval.scoring import Scores, TwinLoss, group, score, twin_loss
from index import Document
from qa import Answer, Assistant, Settings, Turn

Progress = Callable[[int, int], None]
"""Called after each example with how many are done and how many there are."""


class Answerer(Protocol):
    """What a run needs of an assistant."""

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        """Answer one question after a conversation."""
        ...

    def document(self, document_id: str) -> Document:
        """The document of that id."""
        ...

    def document_ids(self) -> tuple[str, ...]:
        """The ids of all documents."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """The judged answers, in the order of the examples."""

    predictions: tuple[Prediction, ...]

    def scores(self) -> dict[str, Scores]:
        """The scores of all examples and of each group, by the group's name."""
        return {name: score(members) for name, members in group(self.predictions).items()}

    def twin_losses(self) -> dict[str, TwinLoss]:
        """What follow-ups lose against their twins, by part of the data set; only where there are any."""
        parts = {name: group(self.predictions).get(name, ()) for name in ("all", "dev", "test")}
        losses = {name: twin_loss(members) for name, members in parts.items()}
        return {name: loss for name, loss in losses.items() if loss is not None}


def evaluate(
    assistant: Answerer, examples: Sequence[Example], progress: Progress | None = None
) -> Run:
    """Ask every example and judge what comes back."""
    known = frozenset(assistant.document_ids())

    @cache
    def text_of(document_id: str) -> str:
        # A citation of a document that is not there is a wrong citation, not the end of a run.
        return assistant.document(document_id).text if document_id in known else ""

    predictions = []
    for done, example in enumerate(examples, start=1):
        began = perf_counter()
        answer = assistant.ask(example.question, history=list(example.history))
        predictions.append(judge(example, answer, perf_counter() - began, text_of))
        if progress is not None:
            progress(done, len(examples))
    return Run(tuple(predictions))


def answer_over(corpus: squad.Corpus, examples: Sequence[Example]) -> tuple[Prediction, ...]:
    """Ask the examples of the corpus as one folder; everything is answered, whatever its confidence."""
    with tempfile.TemporaryDirectory() as scratch:
        squad.write(corpus, Path(scratch))
        settings = Settings(home=Path(scratch, "home"), min_confidence=0.0)
        with Assistant.open(Path(scratch, "docs"), settings) as assistant:
            return evaluate(assistant, examples).predictions
