"""Assistant: a folder of documents that answers questions. It holds no conversation."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from index import (
    BusyError,
    Document,
    FolderError,
    Hit,
    Library,
    MissingError,
    Progress,
    QuestionError,
    Reader,
    SyncReport,
    Vectors,
    open_embedder,
)
from qa import smalltalk
from qa.answering import ExtractiveAnswerer, Reply
from qa.following import FolderState, Following
from qa.reader.spans import SpanReader
from qa.retrieval import retrieve
from qa.sentence_reader import SentenceReader
from qa.settings import Settings
from qa.suggestions import suggest
from qa.types import Answer, Turn

_PIECE = re.compile(r"\s*\S+")
# How long another process that syncs the same folder is waited for, in seconds: mostly it is done at
# once, and if not, there is something to answer from, but for the very first time.
_PATIENCE = 2.0
_FIRST_PATIENCE = 60.0
_TRIES = 3


class Assistant:
    """Answers questions about one folder, from any number of threads. Use it in a `with`."""

    def __init__(self, library: Library, settings: Settings, notes: tuple[str, ...] = ()) -> None:
        """Use `Assistant.open`."""
        self.settings = settings
        self.notes = notes
        self._library = library
        self._following = Following(library)
        self._answerer = ExtractiveAnswerer(
            library,
            reader=SpanReader.open(),
            summariser=SentenceReader(library.embedder),
            min_confidence=settings.min_confidence,
        )

    @classmethod
    def open(
        cls,
        folder: str | Path,
        settings: Settings | None = None,
        *,
        progress: Progress | None = None,
        readers: Mapping[str, Reader] | None = None,
    ) -> Self:
        """Bring the index of `folder` up to date and be ready to answer.

        Where another process is bringing it up to date, the answers come from what was stored before;
        `notes` then say so, as they say what of the index had to be put right.

        Args:
            folder: with the documents.
            settings: the choices; read from `citewise.toml` and the environment unless given.
            progress: called for each file as the index is brought up to date.
            readers: by suffix, for further kinds of files or instead of the readers that are built in.

        Raises:
            FolderError: the folder is missing or holds nothing that can be read.
            CatalogueError: the stored index is damaged, cannot be written, or was made by another version
                or model.
            ModelError: the embedding model is missing or damaged.
        """
        settings = settings or Settings.load()
        library = open_library(Path(folder), settings, readers=readers)
        try:
            return cls(library, settings, _bring_up_to_date(library, progress))
        except BaseException:
            library.close()
            raise

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer `question`, which may lean on the turns before it.

        Raises:
            QuestionError: it is empty or longer than `settings.max_question` characters.
        """
        started = time.perf_counter()
        question = self._checked(question)
        said = smalltalk.reply(question, self._library.titles)
        asked = question if said is not None else self._standalone(question, history)
        rewritten = time.perf_counter()
        hits = [] if said is not None else self._passages(asked, question)
        retrieved = time.perf_counter()
        if said is not None:
            reply = Reply(said, None, "answered", 1.0, ())
        else:
            hits, reply = self._answer(asked, question, hits)
        done = time.perf_counter()
        return Answer(
            question=question,
            standalone_question=asked,
            text=reply.text,
            short=reply.short,
            status=reply.status,
            confidence=reply.confidence,
            citations=reply.citations,
            hits=tuple(hits),
            timings={
                "rewrite": rewritten - started,
                "retrieve": retrieved - rewritten,
                "read": done - retrieved,
                "total": done - started,
            },
        )

    def _standalone(self, question: str, history: Sequence[Turn]) -> str:
        if not history:
            return question
        # What takes a conversation apart is loaded once there is one.
        from qa.rewriting import standalone

        rewritten = standalone(question, history)
        return rewritten if len(rewritten) <= self.settings.max_question else question

    def _passages(self, question: str, typed: str) -> list[Hit]:
        return retrieve(self._library, question, self.settings.passages, typed=typed)

    def _answer(self, question: str, typed: str, hits: list[Hit]) -> tuple[list[Hit], Reply]:
        """The answer from `hits`, or from others where a document went while it was being read."""
        for _ in range(_TRIES):
            try:
                return hits, self._answerer.answer(question, hits)
            except MissingError:
                hits = self._passages(question, typed)
        return hits, self._answerer.answer(question, hits)

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[str | Answer]:
        """The answer's text piece by piece, then the Answer itself; raises what `ask` raises."""
        answer = self.ask(question, history)
        yield from _PIECE.findall(answer.text)
        yield answer

    def search(self, question: str, k: int) -> list[Hit]:
        """The `k` passages that fit `question` best, best first, scored in (0, 1].

        Raises:
            QuestionError: it is empty or too long.
        """
        return retrieve(self._library, self._checked(question), k)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors: shape (n, dim), float32, each of length 1."""
        return self._library.embedder.embed(texts)

    def suggest(self) -> tuple[str, ...]:
        """Up to four questions that the documents answer, made from their own words."""
        documents = map(self.document, self.document_ids())
        return suggest(documents, lambda question: self.ask(question).status == "answered")

    def sync(self, progress: Progress | None = None) -> SyncReport:
        """Bring the index up to date with the folder once more."""
        return self._library.sync(progress, wait=_PATIENCE)

    def follow(self) -> None:
        """From now on sync by itself, in a thread, whenever something in the folder changes."""
        self._following.start()

    def folder_state(self) -> FolderState:
        """How many documents there are, which files cannot be read, and what is being done."""
        return self._following.state()

    @property
    def folder(self) -> Path:
        """The folder that is answered from."""
        return self._library.folder

    def document_ids(self) -> tuple[str, ...]:
        """The ids of the documents that are answered from, in order."""
        return self._library.document_ids()

    def document(self, document_id: str) -> Document:
        """A document by its id; CitewiseError where there is none."""
        return self._library.document(document_id)

    def close(self) -> None:
        """Let go of the index; what is stored stays."""
        self._following.stop()
        self._library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _checked(self, question: str) -> str:
        question = question.strip()
        if not any(map(str.isalnum, question)):
            raise QuestionError("the question is empty: ask something in words")
        if any("\ud800" <= character <= "\udfff" for character in question):
            raise QuestionError("the question holds bytes that are no text: type it again")
        if len(question) > (limit := self.settings.max_question):
            raise QuestionError(
                f"the question has {len(question):,} characters and the limit is {limit:,}: "
                "ask for one thing at a time"
            )
        return question


def open_library(
    folder: Path,
    settings: Settings,
    *,
    rebuild: bool = False,
    readers: Mapping[str, Reader] | None = None,
) -> Library:
    """The index of `folder` as the settings want it, not yet synced; `rebuild` begins it anew."""
    embedder = open_embedder(settings.embedder, settings.cache)
    return Library.open(folder, settings.home, embedder, rebuild, readers)


def _bring_up_to_date(library: Library, progress: Progress | None) -> tuple[str, ...]:
    """Sync, or be content with what is stored while another process does; what there is to say of it."""
    patience = _PATIENCE if library.document_ids() else _FIRST_PATIENCE
    try:
        report = library.sync(progress, wait=patience)
    except BusyError:
        if not library.document_ids():
            raise
        return ("another process is reading the folder: answers come from what was stored before",)
    if not report.passages:
        raise FolderError(
            f"nothing in {library.folder} could be read: "
            + "; ".join(f"{item.path}: {item.reason}" for item in report.failed[:3])
        )
    return report.notes
