"""Data sets: JSON Lines files of questions with what a right answer holds, checked row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
    """

    id: str
    kind: str
    question: str
    history: tuple[Turn, ...]
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    answerable: bool
    twin: str | None = None

    @property
    def false_premise(self) -> bool:
        """Whether the question takes for granted what the documents deny."""
        return self.kind.casefold().replace("-", "_").replace(" ", "_") == "false_premise"


def load(path: Path) -> tuple[Example, ...]:
    """The examples of a JSON Lines file, in order.

    A row has the fields of `Example`; `question` and `answerable` must be given. Raises
    `DatasetError`, which names every wrong line (up to 20): its number, the field, what is wrong with
    it and what to do.
    """
    examples: dict[str, Example] = {}
    lines_of: dict[str, int] = {}
    problems: list[str] = []
    # Not splitlines(): JSON strings may hold line separators that are no line ends of the file.
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            example = _example(line, number)
            if example.id in examples:
                first = lines_of[example.id]
                raise RowError(
                    "id", f"{example.id!r} is that of line {first} too", "make it unique"
                )
        except RowError as error:
            problems.append(f"line {number}, {error}")
        else:
            examples[example.id] = example
            lines_of[example.id] = number
    problems = problems or list(_wrong_twins(examples, lines_of))
    if problems:
        lines = "1 line is" if len(problems) == 1 else f"{len(problems)} lines are"
        raise DatasetError(_report(f"{path.name}: {lines} wrong; nothing was run", problems))
    if not examples:
        raise DatasetError(f"{path.name}: holds no examples; write one JSON object on each line")
    return tuple(examples.values())


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


def check_evidence(examples: Iterable[Example], texts: Iterable[str]) -> None:
    """Raise `DatasetError` unless some text holds each evidence quote of the answerable examples."""
    held = tuple(texts)
    problems = [
        f"id {example.id!r}, evidence: no document holds {_shortened(quote)!r}; "
        "copy the quote from the document, character for character"
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


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DatasetError(f"{path}: there is no such file; give the path of a data set") from None
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error.strerror}); give a JSONL file"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        reason = f"line {number} is not UTF-8; save the file as UTF-8"
        raise DatasetError(f"{path.name}: {reason}") from None


def _example(line: str, number: int) -> Example:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at column {error.colno}"
        raise RowError("row", f"bad JSON ({where})", "write one JSON object on each line") from None
    except RecursionError:
        raise RowError("row", "is nested too deeply", "write one flat JSON object") from None
    return Example(**parse_row(row, default_id=f"line-{number}"))


def _report(summary: str, problems: Sequence[str]) -> str:
    shown = [summary, *(f"  {problem}" for problem in problems[:_MAX_REPORTED])]
    left_out = len(problems) - _MAX_REPORTED
    if left_out > 0:
        shown.append(f"  and {left_out} more")
    return "\n".join(shown)


def _shortened(quote: str) -> str:
    return quote if len(quote) <= _MAX_QUOTED else quote[: _MAX_QUOTED - 1] + "…"
