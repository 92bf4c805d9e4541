"""A conversation as the page keeps it: in the browser, as JSON, and nowhere else.

The server holds nothing of it between two questions, so nothing of one visitor can reach another. What
comes back from a browser may hold anything: it is read strictly, and rendered like any other text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, cast

from qa.types import Answer, Citation, Status, Turn

MAX_EXCHANGES = 200
MAX_CHARACTERS = 4_000_000
_LONGEST = 100_000  # of one text in it


class RecordError(ValueError):
    """What a browser sent is no conversation."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a passage that was read for an answer lies: `document.text[start:end]`."""

    document_id: str
    page: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it; the fields are those of `Answer`, `seconds` the time it took."""

    question: str
    standalone_question: str
    text: str
    short: str | None
    status: Status
    confidence: float
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    seconds: float
    note: str = ""

    @classmethod
    def of(cls, answer: Answer, seconds: float) -> Self:
        """What is kept of an answer."""
        return cls(
            question=answer.question,
            standalone_question=answer.standalone_question,
            text=answer.text,
            short=answer.short,
            status=answer.status,
            confidence=answer.confidence,
            citations=answer.citations,
            passages=tuple(
                Passage(hit.chunk.document_id, hit.chunk.page, hit.chunk.start, hit.chunk.end)
                for hit in answer.hits
            ),
            seconds=seconds,
            note=answer.note,
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """The exchanges, oldest first."""

    exchanges: tuple[Exchange, ...] = ()

    @property
    def turns(self) -> list[Turn]:
        """The conversation as the assistant hears it."""
        return [
            turn
            for item in self.exchanges
            for turn in (Turn("user", item.question), Turn("assistant", item.text))
        ]

    def plus(self, exchange: Exchange) -> Conversation:
        """The conversation after one more exchange; of a very long one the oldest are dropped."""
        return Conversation((*self.exchanges, exchange)[-MAX_EXCHANGES:])

    def to_json(self) -> str:
        """What the browser keeps."""
        return json.dumps([asdict(item) for item in self.exchanges], ensure_ascii=False)

    @classmethod
    def from_json(cls, record: str) -> Self:
        """The conversation that a browser kept; an empty text is an empty one.

        Raises:
            RecordError: it is anything else.
        """
        if not record:
            return cls()
        if len(record) > MAX_CHARACTERS:
            raise RecordError(f"a conversation of {len(record):,} characters")
        try:
            rows = json.loads(record)
        except (ValueError, RecursionError) as error:
            raise RecordError(str(error)) from None
        if not isinstance(rows, list) or len(rows) > MAX_EXCHANGES:
            raise RecordError("no list of exchanges")
        return cls(tuple(map(_exchange, rows)))


def _exchange(row: Any) -> Exchange:
    status = _text(row, "status")
    if status not in ("answered", "not_in_documents"):
        raise RecordError(f"a status {status!r}")
    short = None if _get(row, "short") is None else _text(row, "short")
    return Exchange(
        question=_text(row, "question"),
        standalone_question=_text(row, "standalone_question"),
        text=_text(row, "text"),
        short=short,
        status=cast(Literal["answered", "not_in_documents"], status),
        confidence=_number(row, "confidence"),
        citations=tuple(map(_citation, _list(row, "citations"))),
        passages=tuple(map(_passage, _list(row, "passages"))),
        seconds=_number(row, "seconds"),
        # Conversations kept by earlier versions have none.
        note=_text(row, "note") if "note" in row else "",
    )


def _citation(row: Any) -> Citation:
    return Citation(
        marker=_count(row, "marker"),
        document_id=_text(row, "document_id"),
        title=_text(row, "title"),
        page=_page(row),
        start=_count(row, "start"),
        end=_count(row, "end"),
        quote=_text(row, "quote"),
    )


def _passage(row: Any) -> Passage:
    return Passage(_text(row, "document_id"), _page(row), _count(row, "start"), _count(row, "end"))


def _get(row: Any, key: str) -> Any:
    if not isinstance(row, Mapping) or key not in row:
        raise RecordError(f"no {key}")
    return row[key]


def _text(row: Any, key: str) -> str:
    value = _get(row, key)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise RecordError(f"{key} is no text, or too long")
    return value


def _number(row: Any, key: str) -> float:
    value = _get(row, key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise RecordError(f"{key} is no number")
    return float(value)


def _count(row: Any, key: str) -> int:
    value = _number(row, key)
    if value != int(value):
        raise RecordError(f"{key} is no whole number")
    return int(value)


def _page(row: Any) -> int | None:
    return None if _get(row, "page") is None else _count(row, "page")


def _list(row: Any, key: str) -> list[Any]:
    value = _get(row, key)
    if not isinstance(value, list) or len(value) > MAX_EXCHANGES:
        raise RecordError(f"{key} is no list, or too long")
    return value
