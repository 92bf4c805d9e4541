"""How far a sync is, for somebody who watches a terminal."""

from __future__ import annotations

import os
import time
import unicodedata
from types import TracebackType
from typing import Self, TextIO

from index import SyncEvent

_PAUSE = 0.1  # seconds between two pictures


class Bar:
    """One line that is written over and over, called with each event; nothing where nobody watches.

    Use it in a `with`: it is gone at the end. A file that failed gets a line that stays.
    """

    def __init__(self, stream: TextIO, failures: bool = True) -> None:
        """Write to `stream` if it is a terminal; tell of `failures` or leave them to others."""
        self.active = stream.isatty()
        self._stream = stream
        self._failures = failures
        self._drawn_at = time.monotonic()  # what is over at once is not drawn at all
        self._width = 0

    def __call__(self, event: SyncEvent) -> None:
        """Show the event, if it is time to."""
        if not self.active:
            return
        if event.action == "failed" and self._failures:
            self._draw("")
            self._stream.write(printable(f"failed: {event.document_id}: {event.reason}") + "\n")
        if time.monotonic() - self._drawn_at > _PAUSE:
            self._draw(_picture(event))

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
