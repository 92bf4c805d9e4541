"""The desk that questions are answered at: so many at once, so many in line, each within its time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, TypeVar

from index import CitewiseError
from qa.types import Answer, Turn

if TYPE_CHECKING:
    from qa.assistant import Assistant

# How often somebody in line is told how far it is, in seconds.
_TELL = 0.25


class CrowdedError(CitewiseError):
    """Too many questions are waiting."""


class LateError(CitewiseError):
    """An answer took longer than it may."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question has to wait; `position` 1 is the next one that is answered."""

    position: int


T = TypeVar("T")
Stream = Callable[..., Iterator[str | Answer]]
"""Called with a question, the turns before it and, where one was chosen, an `author`."""


@dataclass(eq=False, slots=True)
class _Ticket:
    """What stands in line; `events` are pieces of text, then a result or an exception."""

    work: Callable[[], Iterator[Any]]
    events: queue.SimpleQueue[Any] = field(default_factory=queue.SimpleQueue)
    given_up: bool = False


class Desk:
    """Answers questions, and does other work, in the order in which they come, in threads of its own."""

    def __init__(self, stream: Stream, at_once: int, waiting: int, seconds: float) -> None:
        """Be ready.

        Args:
            stream: answers a question, as `Assistant.stream` does.
            at_once: how many are answered at the same time.
            waiting: how many more may stand in line.
            seconds: that an answer may take from when its turn comes.
        """
        self._stream = stream
        self._waiting, self._seconds = waiting, seconds
        self._at_once = at_once
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="answer")
        # A forgotten question is closed wherever garbage is collected, and be it under this lock.
        self._lock = threading.RLock()
        self._line: list[_Ticket] = []
        self._busy = 0

    @classmethod
    def of(cls, assistant: Assistant) -> Self:
        """A desk over an assistant, as its settings want it."""
        settings = assistant.settings
        return cls(
            assistant.stream,
            at_once=settings.workers,
            waiting=settings.questions_waiting,
            seconds=settings.answer_seconds,
        )

    def stream(
        self,
        question: str,
        history: Sequence[Turn],
        author: str | None = None,
        *,
        live: bool = False,
    ) -> Generator[Waiting | str | Answer, None, None]:
        """What `Assistant.stream` gives, after the positions in line if there is one.

        Whoever stops iterating gives up the question. `author` is as for `Assistant.stream`.

        Args:
            question: as `Assistant.stream` takes it.
            history: the turns before it.
            live: give each piece by itself, and while nothing happens an empty one every quarter of a
                second: the chance to see whether somebody still waits.

        Raises:
            CrowdedError: the line is full.
            LateError: the answer took too long; it is no longer waited for.
            CitewiseError: whatever `Assistant.stream` raises.
        """
        chosen = {} if author is None else {"author": author}
        return self._served(lambda: self._stream(question, history, **chosen), live)

    def run(self, work: Callable[[], T]) -> Generator[Waiting | str | T, None, None]:
        """Stand in the same line for other work, live; its result, which is no text, comes last.

        Raises:
            CrowdedError, LateError: as `stream` does.
            Exception: whatever `work` raises.
        """
        return self._served(lambda: iter((work(),)), live=True)

    def load(self) -> tuple[int, int]:
        """How many are being answered, and how many wait."""
        with self._lock:
            return self._busy, len(self._line)

    def close(self) -> None:
        """Answer nobody any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _served(self, work: Callable[[], Iterator[Any]], live: bool) -> Generator[Any, None, None]:
        ticket = _Ticket(work)
        with self._lock:
            if len(self._line) + self._busy >= self._waiting + self._at_once:
                raise CrowdedError("too many questions are waiting: ask again in a minute")
            self._line.append(ticket)
        self._pool.submit(self._work, ticket)
        try:
            yield from self._events(ticket, live)
        finally:
            ticket.given_up = True
            with self._lock:
                if ticket in self._line:
                    self._line.remove(ticket)

    def _events(self, ticket: _Ticket, live: bool) -> Generator[Any, None, None]:
        told, end = 0, None
        while True:
            position = self._position(ticket)
            if position and position != told:
                yield Waiting(position)
                told = position
            if not position and end is None:
                end = time.monotonic() + self._seconds
            try:
                event = ticket.events.get(timeout=_TELL)
            except queue.Empty:
                if end is not None and time.monotonic() > end:
                    raise LateError(
                        f"the answer took longer than {self._seconds:g} seconds: ask for less at once"
                    ) from None
                if live:
                    yield ""
                continue
            if live and isinstance(event, str):
                yield event
                continue
            # What is there already goes out in one: showing a piece takes longer than writing it.
            pieces = []
            while isinstance(event, str):
                pieces.append(event)
                event = _next(ticket.events)
            if pieces and (event is None or isinstance(event, BaseException)):
                yield "".join(pieces)
            if isinstance(event, BaseException):
                raise event
            if event is not None:
                yield event
                return

    def _position(self, ticket: _Ticket) -> int:
        """Its place in line, from 1; 0 where it is its turn."""
        with self._lock:
            if ticket in self._line and self._busy >= self._at_once:
                return self._line.index(ticket) + 1
            return 0

    def _work(self, ticket: _Ticket) -> None:
        with self._lock:
            if ticket in self._line:
                self._line.remove(ticket)
            self._busy += 1
        try:
            if ticket.given_up:
                return
            for event in ticket.work():
                if not isinstance(event, str) or event:  # "" only asks whether anybody still waits
                    ticket.events.put(event)
                if ticket.given_up:
                    return
        except BaseException as error:  # it is raised again where it is waited for
            ticket.events.put(error)
        finally:
            with self._lock:
                self._busy -= 1


def _next(events: queue.SimpleQueue[Any]) -> Any:
    """The next event if there is one already."""
    try:
        return events.get_nowait()
    except queue.Empty:
        return None
