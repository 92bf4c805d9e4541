"""What visitors say of answers, kept as rows of a data set that a person completes and `eval` then asks."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

from index import CitewiseError, UsageError
from qa.types import Answer, Status, Turn

FILE = "feedback.jsonl"
MAX_NOTE = 2000
MAX_BYTES = 50 * 1024 * 1024

Verdict = Literal["right", "wrong"]
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Feedback:
    """A visitor's verdict on one answer, made by `Feedback.on`.

    `history` are the turns before the question; `text`, `short` and `status` are the answer's, `quotes`
    those of its citations. `note` is in the visitor's own words, at most `MAX_NOTE` characters.

    Raises:
        UsageError: the verdict is none, or the note is too long.
    """

    question: str
    history: tuple[Turn, ...]
    text: str
    short: str | None
    status: Status
    quotes: tuple[str, ...]
    verdict: Verdict
    note: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in ("right", "wrong"):
            raise UsageError(f"a verdict is right or wrong, not {str(self.verdict)[:20]!r}")
        if len(self.note) > MAX_NOTE:
            raise UsageError(
                f"the note has {len(self.note):,} characters and the limit is {MAX_NOTE:,}: "
                "say it shorter"
            )

    @classmethod
    def on(
        cls, answer: Answer, verdict: Verdict, note: str = "", history: Sequence[Turn] = ()
    ) -> Self:
        """The verdict on `answer`, which was given after the turns of `history`."""
        quotes = dict.fromkeys(citation.quote for citation in answer.citations)
        return cls(
            answer.question,
            tuple(history),
            answer.text,
            answer.short,
            answer.status,
            tuple(quotes),
            verdict,
            note,
        )

    def row(self) -> dict[str, Any]:
        """A row of a data set as `eval.examples` reads it, but for `review`.

        What a right answer held is filled in, as far as it is known. A person completes the row and
        deletes `review`.
        """
        right = self.verdict == "right"
        refused = self.status == "not_in_documents"
        return {
            "id": f"feedback-{secrets.token_hex(8)}",
            "kind": "feedback",
            "question": self.question,
            "history": [asdict(turn) for turn in self.history if turn.text.strip()],
            "answers": [self.short] if right and self.short and not refused else [],
            "evidence": list(self.quotes) if right and not refused else [],
            "answerable": not (right and refused),
            "review": {
                "verdict": self.verdict,
                "note": self.note,
                "said": self.text,
                "quotes": list(self.quotes),
            },
        }


def record(home: Path, feedback: Feedback) -> None:
    """Add one line to `feedback.jsonl` in `home`, which only its owner may read.

    Raises:
        CitewiseError: the file would grow beyond `MAX_BYTES`, or cannot be written.
    """
    path = home / FILE
    line = (json.dumps(feedback.row()) + "\n").encode("ascii")
    try:
        with _lock:
            home.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
            descriptor = os.open(path, flags, 0o600)
            try:
                _append(descriptor, line, path)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise CitewiseError(
            f"{path} cannot be written: {error.strerror or error}; the feedback was not kept"
        ) from None


def _append(descriptor: int, line: bytes, path: Path) -> None:
    size = os.fstat(descriptor).st_size
    if size + len(line) > MAX_BYTES:
        raise CitewiseError(
            f"{path} has reached its limit of {MAX_BYTES // 1024 // 1024} MB: move it away to go on"
        )
    # In one call, so that no other process writes in between.
    if os.write(descriptor, line) < len(line):
        os.ftruncate(descriptor, size)
        raise OSError("the disk has no room left")
