"""The `eval` command: a data set, a folder of documents, and what came of asking the one of the other."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, TextIO

from eval import comparison, examples, files, formats, gates, judges, report, squad
from eval.candidates import candidates
from eval.costs import TOTAL
from eval.examples import Example
from eval.formats import Dataset
from eval.html.page import page
from eval.judges import ByEntailment, ByWords, Judge
from eval.provenance import provenance
from eval.run import Answerer, evaluate
from index import DatasetError, Document, UsageError
from qa import Assistant, Settings
from qa.feedback import FILE as FEEDBACK
from qa.terminal import Countdown

Part = Literal["all", "dev", "test"]
DEFAULT_FOLDER = Path("seeds")


class Subject(Answerer, Protocol):
    """What the command needs of an assistant: what a run does, and its settings for the record."""

    @property
    def settings(self) -> Any:
        """The settings it answers with."""
        ...

    def models(self) -> Mapping[str, str]:
        """The models that it reads and searches with, and what tells them apart."""
        ...


class Library(Protocol):
    """What making a data set needs of an assistant: its documents."""

    def document(self, document_id: str) -> Document:
        """The document of that id."""
        ...

    def document_ids(self) -> tuple[str, ...]:
        """The ids of all documents."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be asked and what of it to be told.

    `docs` is the folder of documents: None for those that the data set brings along, or else `seeds`.
    `out` is `runs/<name of the data set>` if not given. `split` picks one half of the data set.
    `against` is the folder of an earlier run; `floors` and `ceilings` are written `METRIC=VALUE`.
    """

    dataset: Path
    docs: Path | None = None
    out: Path | None = None
    split: Part = "all"
    against: Path | None = None
    floors: Sequence[str] = ()
    ceilings: Sequence[str] = ()


def run(
    request: Request,
    *,
    open_assistant: Callable[[Path], AbstractContextManager[Subject]] = Assistant.open,
    judge: Judge | None = None,
    watched: TextIO | None = None,
) -> int:
    """Ask a data set of a folder, print the scores and write them; 1 if a bound is missed, else 0.

    Whatever is wrong with the request or the data set raises `UsageError` before the first question.
    `judge` says what quotes bear out: one that the answers do not depend on, if not given. `watched` is
    where the progress is shown, if that is a terminal: standard error if not given.
    """
    bounds = gates.parse(request.floors, request.ceilings)
    earlier = comparison.read(request.against) if request.against else None
    dataset = formats.open_dataset(request.dataset)
    chosen = _part(dataset, request.split)
    out = _writable(request.out or Path("runs") / request.dataset.name.split(".")[0])
    started = datetime.now(UTC)
    with open_assistant(_folder(request, dataset, out)) as assistant:
        documents = [assistant.document(one) for one in assistant.document_ids()]
        examples.check_evidence(dataset.examples, (d.text for d in documents), dataset.places)
        settings = assistant.settings
        judge = judge or (ByWords() if settings.llm else ByEntailment())
        with Countdown(watched or sys.stderr, "questions") as countdown:
            result = evaluate(assistant, chosen, countdown, judge.supports)
        record = {
            "split": request.split,
            **provenance(
                {"name": dataset.name, "sha256": dataset.digest},
                documents,
                settings,
                assistant.models(),
            ),
            "judge": judges.record(judge, settings.cache),
        }
    rows, spent = files.rows(result.predictions), files.cost(result, started)
    compared = comparison.compare(earlier, rows, record) if earlier else None
    texts = {document.id: document.text for document in documents}
    html = page(result, lambda id: texts.get(id, ""), record, spent, compared)
    files.write(out, rows, files.scores(result, record), spent, compared, html)
    missed = gates.missed(bounds, gates.gated(result.figures(), result.latencies().get(TOTAL)))
    print(report.whole(result, compared, missed, record["judge"]))
    print(f"\nwritten to {out}{os.sep}: {files.REPORT}, {files.SCORES}, {files.PREDICTIONS}")
    return 1 if missed else 0


def make_dataset(
    folder: Path,
    out: Path | None,
    settings: Settings,
    *,
    open_assistant: Callable[[Path], AbstractContextManager[Library]] = Assistant.open,
) -> int:
    """Write question candidates from the documents in `folder`, and what visitors said of answers.

    `out` is `candidates.jsonl` if not given. What is there already is not written over: somebody may
    have reviewed it.
    """
    file = Path("candidates.jsonl") if out is None else out
    if file.exists():
        raise UsageError(f"{file}: is there already; choose another --out, or move it away")
    with open_assistant(folder) as assistant:
        rows = candidates(assistant.document(one) for one in assistant.document_ids())
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    feedback = settings.home / FEEDBACK
    said = feedback.read_text("utf-8").splitlines() if feedback.is_file() else []
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in [*lines, *said]), "utf-8", newline="\n")
    except OSError as error:
        raise UsageError(
            f"{file}: cannot be written ({error.strerror}); choose another --out"
        ) from None
    print(
        f"{len(lines)} candidates and {len(said)} rows of feedback in {file}.\n"
        "Review each: correct it, delete what is no good, and delete `review` from what is right. Then:\n"
        f"    citewise eval {file} --docs {folder}"
    )
    return 0


def _part(dataset: Dataset, part: Part) -> Sequence[Example]:
    chosen = [e for e in dataset.examples if part in ("all", examples.split(e))]
    if not chosen:
        raise DatasetError(f"{dataset.name}: no example is in {part!r}; run it with all of them")
    return chosen


def _folder(request: Request, dataset: Dataset, out: Path) -> Path:
    """The folder that is asked; documents that came with the data set are written there first."""
    if dataset.texts is None:
        return request.docs or DEFAULT_FOLDER
    if request.docs is not None:
        if any(example.relevant for example in dataset.examples):
            raise UsageError(f"{dataset.name}: brings its own documents; leave --docs out")
        return request.docs
    # Named by the digest: what another version left is not asked.
    folder = out / f"documents-{dataset.digest[:12]}"
    squad.write_texts(dataset.texts, folder)
    return folder


def _writable(folder: Path) -> Path:
    """Make the folder before the run: a long run must not end with nowhere to write to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise UsageError(f"{folder}: cannot be made ({reason}); choose another --out") from None
    return folder
