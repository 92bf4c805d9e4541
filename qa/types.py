"""The nouns of a conversation: a turn, a citation, an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from index import Hit

Role = Literal["user", "assistant"]
Status = Literal["answered", "not_in_documents"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement rests: `quote == document.text[start:end]`, always.

    `marker` is the number shown in the answer's text as `[1]`, from 1. `page` is None where the
    document has no pages.
    """

    marker: int
    document_id: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question.

    `text` is what a chat shows, with `[1]`-style markers. `short` is the shortest exact answer span,
    or None (a longer answer, a refusal). `confidence` is the probability in [0, 1] that the answer is
    right. `hits` are the passages that were read, best first; after a refusal they are the nearest
    ones. `timings` are seconds by stage. `note` is one line on how the answer was made, where a language
    model wrote it or was to write it, and is no part of its text. Printed, an answer is its text.
    """

    question: str
    standalone_question: str
    text: str
    short: str | None
    status: Status
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    timings: Mapping[str, float]
    note: str = ""

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values, with the field names above; no `note` where there is none."""
        values = asdict(self)
        if not self.note:
            del values["note"]
        return values
