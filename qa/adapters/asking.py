"""An assistant asked from an event loop, which nothing that takes time may hold up.

Whatever is asked stands in the line of the desk, the page's visitors among it, and is given up as soon
as whoever asked is gone: when the task that waits is cancelled, or the iterator is closed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, suppress
from functools import cached_property
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from index import CitewiseError, Hit
from qa.assistant import Assistant
from qa.desk import CrowdedError, Desk, Waiting
from qa.types import Answer, Turn

T = TypeVar("T")

# Beside the threads of those who are answered or wait: for those who are turned away.
_SPARE = 8
# Files are put in place and read one after the other; a second one may look whether it can be read.
_CHANGES = 2


class ReadingError(CitewiseError):
    """The folder is being read for the first time, and there is nothing to answer from yet."""


class Asking:
    """What programs ask of an assistant. Each method may be called many times at once."""

    def __init__(self, assistant: Assistant, desk: Desk) -> None:
        """Ask `assistant` in the line of `desk`, which has to be over its `stream`."""
        self.assistant = assistant
        self._desk = desk

    async def stream(
        self, question: str, history: Sequence[Turn]
    ) -> AsyncGenerator[Waiting | str | Answer, None]:
        """The places in line, the answer's text piece by piece, then the Answer.

        At least every quarter of a second something comes, and be it an empty piece.

        Raises:
            ReadingError: there is nothing to answer from yet.
            CitewiseError: whatever `Desk.stream` raises.
        """
        await self._require_something()
        events = self._each(self._desk.stream(question, history, live=True))
        async with aclosing(events):
            async for event in events:
                yield event

    async def answer(
        self, question: str, history: Sequence[Turn]
    ) -> AsyncGenerator[Answer | None, None]:
        """None at least every quarter of a second, then the Answer; raises what `stream` does."""
        events = self.stream(question, history)
        async with aclosing(events):
            async for event in events:
                yield event if isinstance(event, Answer) else None

    async def search(self, query: str, k: int) -> AsyncGenerator[list[Hit] | None, None]:
        """None at least every quarter of a second, then what `Assistant.search` gives.

        Raises:
            ReadingError: there is nothing to search yet.
            CitewiseError: whatever `Assistant.search` raises, or CrowdedError or LateError.
        """
        await self._require_something()
        events = self._done(lambda: self.assistant.search(query, k))
        async with aclosing(events):
            async for event in events:
                yield event

    def embed(self, texts: Sequence[str]) -> AsyncGenerator[list[list[float]] | None, None]:
        """None at least every quarter of a second, then the vectors of `Assistant.embed`."""
        return self._done(lambda: self.assistant.embed(texts).tolist())

    async def look(self, work: Callable[[], T]) -> T:
        """The result of something quick that may touch the disk."""
        return await to_thread.run_sync(work, limiter=self._threads)

    async def change(self, work: Callable[[], T]) -> T:
        """The result of something that changes the folder, in a line of its own.

        Raises:
            CrowdedError: as many wait already as questions may.
        """
        waiting = self._changes.statistics().tasks_waiting
        if waiting >= self.assistant.settings.questions_waiting:
            raise CrowdedError("too many files are waiting to be read: try again in a minute")
        return await to_thread.run_sync(work, limiter=self._changes)

    async def _require_something(self) -> None:
        state = await self.look(self.assistant.folder_state)
        if not state.ready and not state.documents:
            raise ReadingError("the documents are being read for the first time: ask again soon")

    async def _done(self, work: Callable[[], T]) -> AsyncGenerator[T | None, None]:
        events = self._each(self._desk.run(work))
        async with aclosing(events):
            async for event in events:
                yield None if isinstance(event, Waiting | str) else event

    async def _each(self, events: Generator[T, None, None]) -> AsyncGenerator[T, None]:
        """What a blocking iterator yields, each step in a thread."""
        try:
            while (
                event := await to_thread.run_sync(next, events, None, limiter=self._threads)
            ) is not None:
                yield event
        finally:
            # A task that was killed leaves its thread within a step: then the iterator ends by itself.
            with suppress(ValueError):
                events.close()

    # Limiters belong to the event loop that first asks for them.

    @cached_property
    def _threads(self) -> CapacityLimiter:
        settings = self.assistant.settings
        return CapacityLimiter(settings.workers + settings.questions_waiting + _SPARE)

    @cached_property
    def _changes(self) -> CapacityLimiter:
        return CapacityLimiter(_CHANGES)
