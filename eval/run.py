"""A run: every example asked of an assistant, one after the other, and judged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Protocol

from eval import squad
from eval.citing import Supports, supports
from eval.costs import TOTAL, Latency, latencies
from eval.examples import Example
from eval.judging import Prediction, judge
from eval.scoring import Scores, TwinLoss, figures, group, score, twin_loss
from index import Document, Hit
from qa import Answer, Assistant, Settings, Turn

DEPTH = 100
Progress = Callable[[int, int], None]
"""Called after each example with how many are done and how many there are."""


class Answerer(Protocol):
    """What a run needs of an assistant."""

    def ask(self, question: str, history: Sequence[Turn]) -> Answer:
        """Answer one question after a conversation."""
        ...

    def search(self, question: str, k: int) -> Sequence[Hit]:
        """The `k` passages that fit a question best, best first."""
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
        groups = group(self.predictions)
        return {name: score(members, whole=name == "all") for name, members in groups.items()}

    def figures(self) -> dict[str, float | None]:
        """Every single figure of all examples, by its name."""
        return figures(score(self.predictions))

    def timings(self) -> tuple[Mapping[str, float], ...]:
        """The seconds of each prediction by stage, `total` the last."""
        stages = (
            {k: v for k, v in p.answer.timings.items() if k != TOTAL} for p in self.predictions
        )
        return tuple(
            {**stage, TOTAL: p.seconds} for stage, p in zip(stages, self.predictions, strict=True)
        )

    def latencies(self) -> dict[str, Latency]:
        """The latency of each stage."""
        return latencies(self.timings())

    def twin_losses(self) -> dict[str, TwinLoss]:
        """What follow-ups lose against their twins, by part of the data set; only where there are any."""
        parts = {name: group(self.predictions).get(name, ()) for name in ("all", "dev", "test")}
        losses = {name: twin_loss(members) for name, members in parts.items()}
        return {name: loss for name, loss in losses.items() if loss is not None}


def evaluate(
    assistant: Answerer,
    examples: Sequence[Example],
    progress: Progress | None = None,
    bears_out: Supports = supports,
) -> Run:
    """Ask every example and judge what comes back; `bears_out` judges what quotes support."""
    known = frozenset(assistant.document_ids())

    @cache
    def text_of(document_id: str) -> str:
        # A citation of a document that is not there is a wrong citation, not the end of a run.
        return assistant.document(document_id).text if document_id in known else ""

    @cache
    def holders(quote: str) -> tuple[str, ...]:
        return tuple(one for one in sorted(known) if quote in text_of(one))

    predictions = []
    for done, example in enumerate(examples, start=1):
        began = perf_counter()
        answer = assistant.ask(example.question, history=list(example.history))
        seconds = perf_counter() - began
        # The passages that are read are few; where documents are judged, the ranking is looked at deeper.
        found = assistant.search(example.question, DEPTH) if example.relevant else answer.hits
        relevant = example.relevant or {
            one: 1 for quote in example.evidence for one in holders(quote)
        }
        predictions.append(judge(example, answer, seconds, text_of, relevant, found, bears_out))
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
