"""The desk that questions are answered at: so many at once, so many in line, each within its time."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from index import CitewiseError
from qa.types import Answer, Turn

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


_Event = str | Answer | BaseException
Stream = Callable[..., Iterator[str | Answer]]
"""Called with a question, the turns before it and, where one was chosen, an `author`."""


@dataclass(eq=False, slots=True)
class _Ticket:
    question: str
    history: Sequence[Turn]
    chosen: Mapping[str, str]
    events: queue.SimpleQueue[_Event] = field(default_factory=queue.SimpleQueue)
    given_up: bool = False


class Desk:
    """Answers questions in the order in which they come, in threads of its own."""

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
        self._lock = threading.Lock()
        self._line: list[_Ticket] = []
        self._busy = 0

    def stream(
        self, question: str, history: Sequence[Turn], author: str | None = None
    ) -> Iterator[Waiting | str | Answer]:
        """What `Assistant.stream` gives, after the positions in line if there is one.

        Whoever stops iterating gives up the question. `author` is as for `Assistant.stream`.

        Raises:
            CrowdedError: the line is full.
            LateError: the answer took too long; it is no longer waited for.
            CitewiseError: whatever `Assistant.stream` raises.
        """
        ticket = _Ticket(question, history, {} if author is None else {"author": author})
        with self._lock:
            if len(self._line) >= self._waiting and self._busy >= self._at_once:
                raise CrowdedError("too many questions are waiting: ask again in a minute")
            self._line.append(ticket)
        self._pool.submit(self._work, ticket)
        try:
            yield from self._events(ticket)
        finally:
            ticket.given_up = True
            with self._lock:
                if ticket in self._line:
                    self._line.remove(ticket)

    def _events(self, ticket: _Ticket) -> Iterator[Waiting | str | Answer]:
        told, end = 0, None
        while True:
            position = self._position(ticket)
            if position and position != told:
                yield Waiting(position)
                told = position
            if not position and end is None:
                end = time.monotonic() + self._seconds
            try:
                event: _Event | None = ticket.events.get(timeout=_TELL)
            except queue.Empty:
                if end is not None and time.monotonic() > end:
                    raise LateError(
                        f"the answer took longer than {self._seconds:g} seconds: ask for less at once"
                    ) from None
                continue
            # What is there already goes out in one: showing a piece takes longer than writing it.
            pieces = []
            while isinstance(event, str):
                pieces.append(event)
                event = _next(ticket.events)
            if pieces and not isinstance(event, Answer):
                yield "".join(pieces)
            if isinstance(event, BaseException):
                raise event
            if isinstance(event, Answer):
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
            for event in self._stream(ticket.question, ticket.history, **ticket.chosen):
                if event != "":  # which only asks whether anybody still waits
                    ticket.events.put(event)
                if ticket.given_up:
                    return
        except BaseException as error:  # it is raised again where it is waited for
            ticket.events.put(error)
        finally:
            with self._lock:
                self._busy -= 1


def _next(events: queue.SimpleQueue[_Event]) -> _Event | None:
    """The next event if there is one already."""
    try:
        return events.get_nowait()
    except queue.Empty:
        return None
