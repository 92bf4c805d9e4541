"""A tiny library and an assistant that answers from a script: a fake through the real seam."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from eval.examples import Example
from index import Chunk, Document, Hit
from qa import Answer, Citation, Turn

TEXT = "The ship left Oslo in 1912. She carried 40 people. Nobody was lost."
DOCUMENT_ID = "ship.txt"


@dataclass(frozen=True, slots=True)
class FakeSettings:
    model: str = "small"
    home: Path = Path("/somewhere/private/home")
    api_key: str = "s3cret"
    llm: str = ""
    cache: Path = Path("/dev/null/cache")  # nothing can be kept there


class FakeAssistant:
    """Gives the answer written down for a question, and remembers the histories it was given."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.settings = FakeSettings()
        self.histories: list[tuple[Turn, ...]] = []
        self._answers = answers

    def __enter__(self) -> FakeAssistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def ask(self, question: str, history: Iterable[Turn] = ()) -> Answer:
        self.histories.append(tuple(history))
        return self._answers[question]

    def search(self, question: str, k: int) -> list[Hit]:
        return list(self._answers[question].hits)[:k]

    def models(self) -> dict[str, str]:
        return {"reader": "sha256 abc"}

    def document(self, document_id: str) -> Document:
        assert document_id == DOCUMENT_ID
        return Document(document_id, Path(document_id), "Ship", TEXT, (), "text/plain", "0" * 64)

    def document_ids(self) -> tuple[str, ...]:
        return (DOCUMENT_ID,)


def example(
    id: str = "e",
    kind: str = "other",
    question: str = "When?",
    history: Sequence[Turn] = (),
    answers: Sequence[str] = ("1912",),
    evidence: Sequence[str] = ("The ship left Oslo in 1912.",),
    answerable: bool = True,
) -> Example:
    return Example(id, kind, question, tuple(history), tuple(answers), tuple(evidence), answerable)


def unanswerable(id: str = "u", kind: str = "other", question: str = "Why?") -> Example:
    return Example(id, kind, question, (), (), (), answerable=False)


def chunk(quote: str, text: str = TEXT, document_id: str = DOCUMENT_ID) -> Chunk:
    start = text.index(quote)
    return Chunk(start + 1, document_id, start, start + len(quote), quote, None)


def hits(*quotes: str) -> tuple[Hit, ...]:
    return tuple(Hit(chunk(quote), 1 / rank) for rank, quote in enumerate(quotes, start=1))


def citation(
    quote: str, marker: int = 1, shift: int = 0, document_id: str = DOCUMENT_ID
) -> Citation:
    start = TEXT.index(quote) + shift
    return Citation(marker, document_id, "Ship", None, start, start + len(quote), quote)


def answer(
    text: str,
    short: str | None = None,
    citations: Sequence[Citation] = (),
    found: Sequence[Hit] = (),
    confidence: float = 0.9,
    timings: Mapping[str, float] | None = None,
) -> Answer:
    return Answer(
        "q", "q", text, short, "answered", confidence, tuple(citations), tuple(found), timings or {}
    )


def refusal(confidence: float = 0.1, found: Sequence[Hit] = ()) -> Answer:
    return Answer(
        "q",
        "q",
        "Not in the documents.",
        None,
        "not_in_documents",
        confidence,
        (),
        tuple(found),
        {},
    )


def text_of(document_id: str) -> str:
    return TEXT if document_id == DOCUMENT_ID else ""
