"""Assistant: a folder of documents that answers questions. It holds no conversation."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index import (
    Document,
    Entry,
    Hit,
    MissingError,
    Progress,
    Reader,
    StoreError,
    Syncable,
    SyncReport,
    UsageError,
    Vectors,
    page_picture,
)
from qa import smalltalk
from qa.answering import Answerer, ExtractiveAnswerer, Reply
from qa.asked import checked_history, checked_question
from qa.following import FolderState, Following
from qa.opening import PATIENCE, bring_up_to_date, open_library
from qa.retrieval import retrieve
from qa.settings import Settings
from qa.shelf import Placed, Shelf
from qa.suggestions import suggest
from qa.types import Answer, Turn

if TYPE_CHECKING:
    from qa.generation.rewriting import Rewriter

# How long another process that syncs the same folder is waited for, in seconds, for what was asked for to
# be seen in the answers.
_LONG_PATIENCE = 600.0
_TRIES = 3

QUOTES = "quotes"
"""The author of answers that are in the documents' own words."""


class Assistant:
    """Answers questions about one folder, from any number of threads. Use it in a `with`.

    It holds no conversation, and two of them share nothing: open one for each folder that is asked, and
    in the process that asks, for it does not survive a fork.

    There is no second set of methods for `async` programs. They ask in threads, and hear a stream step
    by step; a task that is cancelled lets go of its stream, and a language model stops writing:

        answer = await asyncio.to_thread(assistant.ask, question)

        stream = assistant.stream(question)
        while (event := await asyncio.to_thread(next, stream, None)) is not None:
            ...  # a piece of the text; at last the Answer
    """

    def __init__(self, library: Syncable, settings: Settings, notes: tuple[str, ...] = ()) -> None:
        """Use `Assistant.open`."""
        # Here, for NumPy takes as long to import as all the rest.
        from qa.reader.spans import SpanReader
        from qa.sentence_reader import SentenceReader

        # What is shared is written by `citewise sync` alone.
        self.settings = settings = replace(settings, editable=False) if settings.store else settings
        """The choices it was opened with."""
        self.notes = notes
        """What had to be put right when it was opened, or is not up to date, in one line each."""
        self._library = library
        self._following = Following(library)
        self._shelf = Shelf(library, settings)
        self._quoting = ExtractiveAnswerer(
            library,
            reader=SpanReader.open(),
            summariser=SentenceReader(library.embedder),
            min_confidence=settings.min_confidence,
        )
        self._answerers: dict[str, Answerer] = {QUOTES: self._quoting}
        self._rewriter: Rewriter | None = None
        if settings.llm:
            from qa.generation.answerer import open_answerers
            from qa.generation.rewriting import open_rewriter

            self._answerers |= open_answerers(library, self._quoting, settings)
            self._rewriter = open_rewriter(settings)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        settings: Settings | None = None,
        *,
        progress: Progress | None = None,
        readers: Mapping[str, Reader] | None = None,
        wait: bool = True,
    ) -> Self:
        """Bring the index of `folder` up to date and be ready to answer.

        Where another process is bringing it up to date, the answers come from what was stored before;
        `notes` then say so, as they say what of the index had to be put right. Without `wait` they come
        from there too, until `follow` or `sync` has brought it up to date. With `settings.store` they come
        from what `citewise sync` published last, on whichever machine, and the folder is not looked at.

        The very first time on a machine, the embedding model is exported to the settings' `cache`, which
        takes about half a minute.

        Args:
            folder: with the documents.
            settings: the choices; read from `citewise.toml` and the environment unless given.
            progress: called for each file as the index is brought up to date.
            readers: by suffix with its dot, for further kinds of files or instead of the readers that are
                built in.
            wait: for the index to be up to date. If not, the folder may be empty.

        Raises:
            FolderError: the folder is missing or, waited for, holds nothing that can be read.
            UsageError: a suffix of `readers` has no dot.
            CatalogueError: the stored index is damaged, cannot be written, or was made by another version
                or model.
            StoreError: the server that `settings.store` names cannot be used, or holds nothing.
            ModelError: the embedding model is missing or damaged.
        """
        settings = settings or Settings.load()
        library = open_library(Path(folder), settings, readers=readers)
        try:
            if settings.store:
                if wait and not library.document_ids():
                    raise StoreError(
                        f"nothing is published in {settings.store} yet: run `citewise sync FOLDER`"
                    )
                return cls(library, settings)
            if wait:
                return cls(library, settings, bring_up_to_date(library, progress))
            return cls(library, settings)
        except BaseException:
            library.close()
            raise

    def ask(self, question: str, history: Sequence[Turn] = (), author: str | None = None) -> Answer:
        """Answer `question`, which may lean on the turns before it.

        Args:
            question: in words.
            history: the conversation before it.
            author: one of `authors`, or `QUOTES` for the documents' own words; the first of `authors`
                by default, and where there is none the documents' own words.

        Raises:
            QuestionError: it is empty, longer than `settings.max_question` characters or no text, or the
                history holds something else than turns.
            UsageError: there is no such author.
        """
        *_, answer = self.stream(question, history, author)
        assert isinstance(answer, Answer)  # noqa: S101 - the last of a stream, always
        return answer

    def authors(self) -> tuple[str, ...]:
        """The names of the language models that can write answers; the first does by default."""
        return tuple(name for name in self._answerers if name != QUOTES)

    def stream(
        self, question: str, history: Sequence[Turn] = (), author: str | None = None
    ) -> Iterator[str | Answer]:
        """The answer's text piece by piece, then the Answer itself; raises what `ask` raises.

        An empty piece says nothing: it gives whoever listens the chance to stop.
        """
        started = time.perf_counter()
        question = checked_question(question, self.settings.max_question)
        history = checked_history(history)
        answerer = self._by(author)
        said = smalltalk.reply(question, self._library.titles)
        asked = question if said is not None else self._standalone(question, history)
        rewritten = time.perf_counter()
        hits = [] if said is not None else self._passages(asked, question)
        retrieved = time.perf_counter()
        if said is not None:
            reply = Reply(said, None, "answered", 1.0, ())
            yield said
        else:
            for event in self._answer(answerer, asked, question, hits):
                if isinstance(event, str):
                    yield event
                else:
                    hits, reply = event
        done = time.perf_counter()
        yield Answer(
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
            note=reply.note,
        )

    def _by(self, author: str | None) -> Answerer:
        if author is None:
            author = next(iter(self.authors()), QUOTES)
        if author not in self._answerers:
            raise UsageError(
                "there is no such author of answers: choose one of those that are offered"
            )
        return self._answerers[author]

    def _standalone(self, question: str, history: Sequence[Turn]) -> str:
        if not history:
            return question
        # What takes a conversation apart is loaded once there is one.
        from qa.rewriting import standalone

        rewritten = self._rewriter.rewrite(question, history) if self._rewriter else None
        rewritten = rewritten or standalone(question, history)
        return rewritten if len(rewritten) <= self.settings.max_question else question

    def _passages(self, question: str, typed: str) -> list[Hit]:
        return retrieve(self._library, question, self.settings.passages, typed=typed)

    def _answer(
        self, answerer: Answerer, question: str, typed: str, hits: list[Hit]
    ) -> Iterator[str | tuple[list[Hit], Reply]]:
        """The answer from `hits`, or from others where a document went while it was being read."""
        for tries_left in reversed(range(_TRIES)):
            try:
                for event in answerer.stream(question, hits):
                    yield event if isinstance(event, str) else (hits, event)
                return
            except MissingError:
                if not tries_left:
                    raise
                hits = self._passages(question, typed)

    def search(self, question: str, k: int) -> list[Hit]:
        """The `k` passages that fit `question` best, best first, scored in (0, 1].

        Raises:
            QuestionError: it is empty or too long.
        """
        return retrieve(self._library, checked_question(question, self.settings.max_question), k)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors: shape (n, dim), float32, each of length 1.

        Raises:
            UsageError: it is one text, and not several in a list.
        """
        if isinstance(texts, str):  # it would be taken for a list of its characters
            raise UsageError(
                "one text is no list of texts: embed([text]) gives its vector as a row"
            )
        return self._library.embedder.embed(texts)

    def suggest(self) -> tuple[str, ...]:
        """Up to four questions that the documents answer, made from their own words."""
        documents = map(self.document, self.document_ids())
        return suggest(documents, self._can_quote)

    def _can_quote(self, question: str) -> bool:
        hits = self.search(question, self.settings.passages)
        return self._quoting.answer(question, hits).status == "answered"

    def sync(self, progress: Progress | None = None) -> SyncReport:
        """Bring the index up to date with the folder once more, which may be empty by now.

        Raises:
            UsageError: the index is shared: `citewise sync` writes it.
        """
        if self.settings.store:
            raise UsageError(
                "a shared index is not synced by those who ask: run `citewise sync FOLDER`"
            )
        return self._following.sync(progress, PATIENCE)

    def add(
        self, files: Sequence[tuple[str, Path]], progress: Progress | None = None
    ) -> tuple[Placed, ...]:
        """Put files into the folder and answer from them; what cannot be read never gets there.

        Args:
            files: the name that a visitor gave, with its folders or without, and where the bytes are.
            progress: called for each file as it is tried, and then as the index is brought up to date.

        Returns:
            What became of each, in order.

        Raises:
            UsageError: the settings do not allow it.
            FolderError: the folder is missing.
            BusyError: the files are in the folder, and another process is still syncing it.
        """
        placed = self._shelf.add(files, progress)
        if any(item.outcome != "refused" for item in placed):
            self._following.sync(progress, _LONG_PATIENCE)
        return placed

    def remove(self, path: str) -> None:
        """Take one of `entries` out of the folder, to be kept in `removed/` in the settings' home.

        Raises:
            UsageError: the settings do not allow it.
            MissingError: there is no such file.
            BusyError: the file is taken out, and another process is still syncing the folder.
        """
        self._shelf.remove(path)
        self._following.sync(None, _LONG_PATIENCE)

    def follow(self) -> None:
        """Sync by itself, in a thread: at once, and then whenever something in the folder changes.

        A shared index is followed anyway: every answer is from what was published last.
        """
        if not self.settings.store:
            self._following.start()

    def folder_state(self) -> FolderState:
        """How many documents there are, which files cannot be read, and what is being done."""
        return self._following.state()

    @property
    def folder(self) -> Path:
        """The folder that is answered from."""
        return self._library.folder

    def entries(self) -> tuple[Entry, ...]:
        """The files of the folder as the index knows them, those that cannot be read too, by path."""
        return self._library.entries()

    def document_ids(self) -> tuple[str, ...]:
        """The ids of the documents that are answered from, in order."""
        return self._library.document_ids()

    def document(self, document_id: str) -> Document:
        """A document by its id; MissingError where there is none."""
        return self._library.document(document_id)

    def models(self) -> dict[str, str]:
        """What the models are, for a record of what gave an answer: names and digests of weights."""
        from qa.reader.model import weights_digest

        return {
            "embedder": self._library.embedder.fingerprint,
            "reader": f"sha256 {weights_digest()}",
        }

    def titles(self) -> tuple[str, ...]:
        """The titles of the documents, in the order of their ids."""
        return self._library.titles()

    def page_picture(self, document_id: str, number: int, width: int) -> bytes:
        """A PNG of a page of a PDF, `width` pixels wide; DocumentError where it cannot be drawn."""
        return page_picture(self.document(document_id), number, width)

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
