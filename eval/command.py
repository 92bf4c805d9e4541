"""The `eval` command: a data set, a folder of documents, and what came of asking the one of the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Protocol

from eval import examples as data
from eval import report
from eval.examples import Example
from eval.provenance import provenance
from eval.run import Answerer, Progress, evaluate
from index import DatasetError, UsageError
from qa import Assistant

Part = Literal["all", "dev", "test"]


class Subject(Answerer, Protocol):
    """What the command needs of an assistant: what a run does, and its settings for the record."""

    @property
    def settings(self) -> Any:
        """The settings it answers with."""
        ...


def run(
    dataset: Path,
    docs: Path,
    out: Path | None = None,
    split: Part = "all",
    *,
    open_assistant: Callable[[Path], AbstractContextManager[Subject]] = Assistant.open,
) -> int:
    """Ask a data set of a folder, print the scores and write them; returns the exit status.

    `split` picks one half of the data set. `out` is `runs/<name of the data set>` if not given.
    Whatever is wrong with the data set raises `DatasetError` before the first question.
    """
    every = data.load(dataset)
    chosen = _part(every, split, dataset)
    folder = _writable(Path("runs") / dataset.stem if out is None else out)
    with open_assistant(docs) as assistant:
        ids = assistant.document_ids()
        data.check_evidence(every, (assistant.document(one).text for one in ids))
        result = evaluate(assistant, chosen, _progress())
        record = {"split": split, **provenance(dataset, assistant.settings)}
    report.write(folder, result, record)
    print(report.table(result.scores()))
    if losses := result.twin_losses():
        print(f"\n{report.loss_table(losses)}")
    print(f"\nwritten to {folder / 'scores.json'} and {folder / 'predictions.jsonl'}")
    return 0


def _part(examples: Sequence[Example], part: Part, dataset: Path) -> Sequence[Example]:
    chosen = [e for e in examples if part in ("all", data.split(e))]
    if not chosen:
        raise DatasetError(f"{dataset.name}: no example is in {part!r}; run it with all of them")
    return chosen


def _writable(folder: Path) -> Path:
    """Make the folder before the run: a long run must not end with nowhere to write to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise UsageError(f"{folder}: cannot be made ({reason}); choose another --out") from None
    return folder


def _progress() -> Progress | None:
    """One line on a terminal that counts up, and goes when it is done; nothing in a log."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        line = f"{done}/{total} questions"
        end = f"\r{' ' * len(line)}\r" if done == total else ""
        print(f"\r{line}{end}", end="", file=sys.stderr, flush=True)

    return show
