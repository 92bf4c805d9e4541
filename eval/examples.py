"""Data sets: JSON Lines files of questions with what a right answer holds, checked row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from eval.rows import RowError, parse_row
from index import DatasetError
from qa import Turn

Split = Literal["dev", "test"]

# More than this helps nobody who has to correct them.
_MAX_REPORTED = 20
_MAX_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Example:
    """A question and what a right answer to it holds.

    `answers` are the gold answers, each of them right by itself. `evidence` are exact quotes from the
    documents, each of which an answer may rest on. An unanswerable example has no answers: the only
    right thing is to refuse. `twin` is the id of the example that asks the same standing alone.
    `relevant` grades documents, by id, by how well they fit the question, from 0, not at all; an
    answerable example that has it may do without answers, and then measures retrieval alone.
    """

    id: str
    kind: str
    question: str
    history: tuple[Turn, ...]
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    answerable: bool
    twin: str | None = None
    relevant: Mapping[str, int] = field(default_factory=dict)

    @property
    def judged(self) -> bool:
        """Whether it is known what a right answer is."""
        return not self.answerable or bool(self.answers)

    @property
    def false_premise(self) -> bool:
        """Whether the question takes for granted what the documents deny."""
        return self.kind.casefold().replace("-", "_").replace(" ", "_") == "false_premise"


def load(path: Path) -> tuple[Example, ...]:
    """The examples of a JSON Lines file, in order; see `load_numbered`."""
    return tuple(example for _, example in load_numbered(path))


def load_numbered(path: Path) -> tuple[tuple[int, Example], ...]:
    """The examples of a JSON Lines file, in order, each with the number of its line, from 1.

    A row has the fields of `Example`; `question` and `answerable` must be given. Raises
    `DatasetError`, which names every wrong line (up to 20): its number, the field, what is wrong with
    it and what to do.
    """
    # Not splitlines(): JSON strings may hold line separators that are no line ends of the file.
    lines = enumerate(read_text(path).split("\n"), start=1)
    return numbered(path.name, ((n, _example(line, n)) for n, line in lines if line.strip()))


def numbered(
    name: str, rows: Iterable[tuple[int, Example | RowError]]
) -> tuple[tuple[int, Example], ...]:
    """The rows of a data set with the numbers of their lines, if none of them is wrong.

    Raises:
        DatasetError: one is, or two have the same id, or a twin is not what it should be.
    """
    examples: dict[str, Example] = {}
    lines_of: dict[str, int] = {}
    problems: list[str] = []
    for number, row in rows:
        if isinstance(row, RowError):
            problems.append(f"line {number}, {row}")
        elif row.id in examples:
            first = lines_of[row.id]
            problems.append(
                f"line {number}, id: {row.id!r} is that of line {first} too; make it unique"
            )
        else:
            examples[row.id] = row
            lines_of[row.id] = number
    problems = problems or list(_wrong_twins(examples, lines_of))
    if problems:
        lines = "1 line is" if len(problems) == 1 else f"{len(problems)} lines are"
        raise DatasetError(_report(f"{name}: {lines} wrong; nothing was run", problems))
    if not examples:
        raise DatasetError(f"{name}: holds no examples; write one on each line")
    return tuple((lines_of[id], example) for id, example in examples.items())


def _wrong_twins(examples: Mapping[str, Example], lines_of: Mapping[str, int]) -> Iterator[str]:
    """A follow-up and its twin are compared, so both are in the file, and in the same half of it."""
    for example in examples.values():
        if example.twin is None:
            continue
        twin = examples.get(example.twin)
        if twin is None:
            reason = f"no line has the id {example.twin!r}; give that of the same question alone"
        elif twin.history:
            reason = f"{twin.id!r} has a history too; name a question that stands alone"
        elif split(twin) != split(example):
            reason = f"{twin.id!r} is in the other half of the data set; give it another id"
        else:
            continue
        yield f"line {lines_of[example.id]}, twin: {reason}"


def split(example: Example) -> Split:
    """The half that an example belongs to: by the digest of its id, so for ever, about half each.

    Settings may be tuned on `dev`; `test` is for the report only.
    """
    return "test" if hashlib.sha256(example.id.encode()).digest()[0] % 2 else "dev"


def check_evidence(
    examples: Iterable[Example], texts: Iterable[str], places: Mapping[str, str] | None = None
) -> None:
    """Raise `DatasetError` unless some text holds each evidence quote of the answerable examples.

    It names where each wrong example is, from `places`, by id, or else its id.
    """
    held = tuple(texts)
    where = places or {}
    problems = [
        f"{where.get(example.id, f'id {example.id!r}')}, evidence: no document holds "
        f"{_shortened(quote)!r}; copy the quote from the document, character for character"
        for example in examples
        if example.answerable
        for quote in example.evidence
        if not any(quote in text for text in held)
    ]
    if problems:
        quotes = "1 quote is" if len(problems) == 1 else f"{len(problems)} quotes are"
        summary = f"{quotes} in no document; is this the right folder?"
        raise DatasetError(_report(summary, problems))


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes in hexadecimal: which data set a score belongs to."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_text(path: Path) -> str:
    """The text of a data set's file; raises `DatasetError` where it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DatasetError(f"{path}: there is no such file; give the path of a data set") from None
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error.strerror}); give the path of a file"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        reason = f"line {number} is not UTF-8; save the file as UTF-8"
        raise DatasetError(f"{path.name}: {reason}") from None


def _example(line: str, number: int) -> Example | RowError:
    try:
        return Example(**parse_row(_json(line), default_id=f"line-{number}"))
    except RowError as error:
        return error


def _json(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at column {error.colno}"
        raise RowError("row", f"bad JSON ({where})", "write one JSON object on each line") from None
    except RecursionError:
        raise RowError("row", "is nested too deeply", "write one flat JSON object") from None


def _report(summary: str, problems: Sequence[str]) -> str:
    shown = [summary, *(f"  {problem}" for problem in problems[:_MAX_REPORTED])]
    left_out = len(problems) - _MAX_REPORTED
    if left_out > 0:
        shown.append(f"  and {left_out} more")
    return "\n".join(shown)


def _shortened(quote: str) -> str:
    return quote if len(quote) <= _MAX_QUOTED else quote[: _MAX_QUOTED - 1] + "…"
