"""How far a sync or another long task is, for somebody who watches a terminal."""

from __future__ import annotations

import os
import time
import unicodedata
from types import TracebackType
from typing import Self, TextIO

from index import SyncEvent

_PAUSE = 0.1  # seconds between two pictures
_CELLS = 24


class _Line:
    """One line that is written over and over, and gone at the end of a `with`."""

    def __init__(self, stream: TextIO) -> None:
        self.active = stream.isatty()
        self._stream = stream
        self._drawn_at = time.monotonic()  # what is over at once is not drawn at all
        self._width = 0

    @property
    def _due(self) -> bool:
        return self.active and time.monotonic() - self._drawn_at > _PAUSE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._width:
            self._draw("")

    def _draw(self, line: str) -> None:
        """Put the line, as far as it fits, in the place of the one before."""
        line = _cut(line, _columns(self._stream) - 1)
        width = sum(map(_cells, line))
        self._stream.write("\r" + line + " " * (self._width - width) + "\r")
        self._stream.flush()
        self._width, self._drawn_at = width, time.monotonic()


class Bar(_Line):
    """How far a sync is, called with each event; nothing where nobody watches.

    Use it in a `with`. A file that failed gets a line that stays.
    """

    def __init__(self, stream: TextIO, failures: bool = True) -> None:
        """Write to `stream` if it is a terminal; tell of `failures` or leave them to others."""
        super().__init__(stream)
        self._failures = failures

    def __call__(self, event: SyncEvent) -> None:
        """Show the event, if it is time to."""
        if not self.active:
            return
        if event.action == "failed" and self._failures:
            self._draw("")
            self._stream.write(printable(f"failed: {event.document_id}: {event.reason}") + "\n")
        if self._due:
            self._draw(_picture(event))


class Countdown(_Line):
    """How many of so many things are done and how long the rest takes, as a bar; use it in a `with`."""

    def __init__(self, stream: TextIO, things: str) -> None:
        """Write to `stream` if it is a terminal; `things` is what they are called."""
        super().__init__(stream)
        self._things = things
        self._began = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are, at least one of them, if it is time to."""
        if not self._due:
            return
        left = (time.monotonic() - self._began) / done * (total - done)
        filled = round(_CELLS * done / total)
        bar = "█" * filled + "░" * (_CELLS - filled)
        self._draw(f"{bar} {done:,} of {total:,} {self._things}, {_duration(left)} left")


def printable(text: str) -> str:
    """The text in one line, without control characters, which could rewrite the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _picture(event: SyncEvent) -> str:
    parts = [f"{event.done:,} of {event.total:,} files"]
    if event.embedded:
        parts.append(f"{event.passages_per_second:.0f} passages/s")
    if event.seconds_left is not None:
        parts.append(f"{_duration(event.seconds_left)} left")
    return f"{', '.join(parts)}: {printable(event.document_id)}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:  # a terminal that does not tell
        return 80


def _cut(text: str, columns: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _cells(character)
        if used > columns:
            return text[:index]
    return text


def _cells(character: str) -> int:
    """How many columns a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
