"""A model that says what it is told to, and a checker that trusts what it is told to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index import Chunk, Document, Hit, Span
from qa.answering import ExtractiveAnswerer
from qa.generation.answerer import GenerativeAnswerer
from qa.generation.author import Author
from qa.generation.cache import Cache
from qa.reading import Evidence, Reading
from qa.support.checker import Support

TEXT = "Mia left at noon. The train was late. Nobody minded."
OTHER = "The station has two platforms."
_NUMBER = re.compile(r"^\[(\d{3})\] ", re.MULTILINE)


def document(name: str, text: str) -> Document:
    return Document(name, Path(name), name.title(), text, (), "text/plain", "0" * 64)


DOCUMENTS = {"trip.txt": document("trip.txt", TEXT), "town.txt": document("town.txt", OTHER)}
HITS = [
    Hit(Chunk(1, "trip.txt", 0, len(TEXT), TEXT, None), 1.0),
    Hit(Chunk(2, "town.txt", 0, len(OTHER), OTHER, None), 0.5),
]


class Documents:
    def document(self, document_id: str) -> Document:
        return DOCUMENTS[document_id]


class ScriptedModel:
    """Answers with each script in turn; `{1}` in one stands for the number of the first passage.

    An exception in a script is raised where it stands. `asked` lists the prompts.
    """

    def __init__(self, *scripts: object, context: int = 4096, note: str = "") -> None:
        self.name, self.context, self.note = "test/model", context, note
        self.asked: list[str] = []
        self._scripts = list(scripts)

    def stream(self, system: str, user: str) -> Iterator[str]:
        self.asked.append(user)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        numbers = _NUMBER.findall(user)
        for part in script if isinstance(script, list) else [script]:
            if isinstance(part, BaseException):
                raise part
            for rank, number in enumerate(numbers, start=1):
                part = part.replace(f"{{{rank}}}", f"[{number}]")
            yield part


class ScriptedChecker:
    """A sentence is borne out by the first sentence of a document whose name it is listed under."""

    def __init__(self, **borne_out: list[str]) -> None:
        self.borne_out = borne_out
        self.checked: list[tuple[str, list[str]]] = []

    def check(self, sentence: str, hits: list[Hit]) -> list[Support]:
        ids = [hit.chunk.document_id for hit in hits]
        self.checked.append((sentence, ids))
        return [
            Support(
                0.9 if sentence in self.borne_out.get(name.split(".")[0], []) else 0.1, item, hit
            )
            for hit, name in zip(hits, ids, strict=True)
            for item in [evidence(name, DOCUMENTS[name].text.split(". ")[0] + ".")]
        ]


def evidence(name: str, quote: str, answer: str | None = None) -> Evidence:
    text = DOCUMENTS[name].text
    quote = quote.replace("..", ".")
    start = text.index(quote)
    span = None if answer is None else Span(text.index(answer), text.index(answer) + len(answer))
    return Evidence(name, Span(start, start + len(quote)), quote, span, 2.0)


class FixedReader:
    def __init__(self, confidence: float) -> None:
        self.confidence = confidence

    def read(self, question: str, hits: list[Hit]) -> Reading:
        return Reading((evidence("trip.txt", "Mia left at noon.", "noon"),), self.confidence)


@pytest.fixture
def answering() -> Callable[..., GenerativeAnswerer]:
    """Puts an answerer together over the two documents."""

    def make(
        model: ScriptedModel,
        checker: ScriptedChecker | None = None,
        *,
        confidence: float = 0.9,
        mark: bool = True,
        seconds: float = 5.0,
        cache: int = 0,
    ) -> GenerativeAnswerer:
        reader = FixedReader(confidence)
        quoting = ExtractiveAnswerer(Documents(), reader, reader, 0.35)
        author = Author(model, seconds, Cache(cache))
        checker = checker or ScriptedChecker()
        return GenerativeAnswerer(
            Documents(), author, checker, quoting, min_confidence=0.35, mark=mark
        )

    return make


@pytest.fixture
def scripted() -> tuple[type[ScriptedModel], type[ScriptedChecker]]:
    """The two fakes."""
    return ScriptedModel, ScriptedChecker


@pytest.fixture
def hits() -> list[Hit]:
    """The passages, best first."""
    return HITS


@pytest.fixture
def documents() -> dict[str, Document]:
    """The documents by id."""
    return DOCUMENTS
