"""A small assistant for the page's tests: canned answers, some of them hostile."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from index import (
    Chunk,
    Document,
    DocumentError,
    Entry,
    Hit,
    MissingError,
    Page,
    QuestionError,
    Section,
    SyncReport,
)
from qa import Answer, Citation, Settings, Turn
from qa.following import FolderState
from qa.shelf import Placed

BOMBERS = (
    "The Zapad drills\n\n"
    "The bomber planes flew over neutral waters of the Barents Sea for about four hours, escorted "
    "by fighter jets, while the ministry of defense in Moscow watched with the greatest interest.\n"
    "Poland has closed its border.\n"
)
QUOTE = "for about four hours"

HOSTILE = (
    "<img src=http://192.0.2.1/a.png onerror=alert(1)> ![x](http://192.0.2.1/b.png) "
    "<script>alert(2)</script> ${alert(3)} {{value}} @children [click](javascript:alert(4)) "
    "$$x^2$$ $y$ \\(z\\) **bold** `code` http://192.0.2.1/auto <!-- </div>\n\n# head\n\n    code"
)
# Turns what follows around: "\u202ecod.exe" is shown as "exe.doc".
TURNING = "\u202ecod.exe"


class FakeAssistant:
    """Stands in for `qa.Assistant`; `heard` is every history it was given."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.folder = Path("/somewhere/<b>papers")
        self.settings = settings or Settings()
        self.added: list[tuple[str, bytes]] = []
        self.removed: list[str] = []
        self.adding_takes = 0.0  # seconds
        self.heard: list[list[Turn]] = []
        self.writers: tuple[str, ...] = ()
        self.asked_of: list[str | None] = []
        self.state = FolderState(documents=2)
        self._documents = {
            document.id: document
            for document in (
                document("drills.txt", "The Zapad drills", BOMBERS),
                document("<i>x</i>.pdf", HOSTILE, HOSTILE, (Page(1, 0, len(HOSTILE)),)),
            )
        }

    def authors(self) -> tuple[str, ...]:
        return self.writers

    def suggest(self) -> tuple[str, ...]:
        return ("How long did the bombers fly?", "<b>${alert(5)}</b>?")

    def folder_state(self) -> FolderState:
        return self.state

    def titles(self) -> tuple[str, ...]:
        return tuple(document.title for document in self._documents.values())

    def entries(self) -> tuple[Entry, ...]:
        return (
            Entry("drills.txt", "The Zapad drills", "Text", None, 2, 1234),
            Entry("<i>x</i>.pdf", HOSTILE, "PDF", 1, 1, 2_500_000),
            Entry(f"{HOSTILE}{TURNING}", "", "PDF", None, 0, 12, "it is password-protected"),
        )

    def search(self, question: str, k: int) -> list[Hit]:
        if len(question) > 500:
            raise QuestionError("the question is too long: ask for one thing at a time")
        found = [hit(document, 0, len(document.text)) for document in self._documents.values()]
        return [item for item in found if question in item.chunk.text][:k]

    def add(self, files: Sequence[tuple[str, Path]]) -> tuple[Placed, ...]:
        time.sleep(self.adding_takes)
        self.added += [(name, path.read_bytes()) for name, path in files]
        return tuple(
            Placed(name, "", "refused", "it holds no text")
            if not path.read_bytes()
            else Placed(name, name, "added", "")
            for name, path in files
        )

    def remove(self, path: str) -> None:
        if path not in {entry.path for entry in self.entries()}:
            raise MissingError(f"there is no file {path!r} in the folder")
        self.removed.append(path)

    def sync(self) -> SyncReport:
        return SyncReport(0, 0, 0, 0, 2, (), 3, 0, 0.1)

    def page_picture(self, document_id: str, number: int, width: int) -> bytes:
        raise DocumentError("it is no PDF, and has no pages to show")

    def follow(self) -> None:
        raise AssertionError("a page follows no folder; what serves it does")

    def document_ids(self) -> tuple[str, ...]:
        return tuple(self._documents)

    def document(self, document_id: str) -> Document:
        return self._documents[document_id]

    def stream(
        self, question: str, history: Sequence[Turn] = (), author: str | None = None
    ) -> Iterator[str | Answer]:
        self.asked_of.append(author)
        self.heard.append(list(history))
        if len(question) > 500:
            raise QuestionError("the question is too long: ask for one thing at a time")
        if "broken" in question:
            yield "The bomber"
            raise RuntimeError("a secret path")
        result = self._answer(question)
        for piece in re.findall(r"\s*\S+", result.text):
            time.sleep(0.5 if "slowly" in question else 0)
            yield piece
        yield result

    def _answer(self, question: str) -> Answer:
        if "hostile" in question:
            cited = citation(self.document("<i>x</i>.pdf"), HOSTILE, page=1)
            return answer(question, f"{HOSTILE} [1]", (cited,), standalone=HOSTILE)
        if "capital" in question:
            hits = (hit(self.document("drills.txt"), 0, len(BOMBERS)),)
            return answer(question, "Your documents do not seem to answer this.", (), hits)
        if "they" in question:
            cited = citation(self.document("drills.txt"), "fighter jets")
            standalone = question.replace("they", "the bombers")
            return answer(question, "By fighter jets. [1]", (cited,), standalone=standalone)
        drills = self.document("drills.txt")
        hits = (hit(drills, BOMBERS.index("The bomber"), BOMBERS.index("Poland")),)
        text = "They flew for about four hours. [1]"
        return answer(question, text, (citation(drills, QUOTE),), hits, short="about four hours")


class Held(FakeAssistant):
    """Answers when it is let go; `given_up` is set when a question is."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.go, self.given_up = threading.Event(), threading.Event()

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[str | Answer]:
        try:
            while not self.go.wait(0.02):
                yield ""
        except GeneratorExit:
            self.given_up.set()
            raise
        yield from super().stream(question, history)


def document(
    id_: str,
    title: str,
    text: str,
    pages: tuple[Page, ...] = (),
    sections: tuple[Section, ...] = (),
) -> Document:
    return Document(id_, Path(id_), title, text, pages, "text/plain", "0" * 64, sections)


def hit(source: Document, start: int, end: int, page: int | None = None) -> Hit:
    return Hit(Chunk(1, source.id, start, end, source.text[start:end], page), 0.9)


def citation(source: Document, quote: str, marker: int = 1, page: int | None = None) -> Citation:
    start = source.text.index(quote)
    return Citation(marker, source.id, source.title, page, start, start + len(quote), quote)


def answer(
    question: str,
    text: str,
    citations: tuple[Citation, ...] = (),
    hits: tuple[Hit, ...] = (),
    *,
    short: str | None = None,
    standalone: str | None = None,
    confidence: float = 0.8,
) -> Answer:
    status = "answered" if citations else "not_in_documents"
    asked = standalone or question
    return Answer(question, asked, text, short, status, confidence, citations, hits, {})
