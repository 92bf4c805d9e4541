"""What those who ask know of what one who writes has done: shared between threads and processes."""

from __future__ import annotations

from multiprocessing.context import SpawnContext


class Board:
    """Which versions of each note an answer may hold, and whether a sync could have come between."""

    def __init__(self, context: SpawnContext, notes: int) -> None:
        self._least = context.Array("i", notes)
        self._latest = context.Array("i", notes)
        self._begun, self._done = context.Value("i", 0), context.Value("i", 0)

    def wrote(self, number: int, version: int) -> None:
        """Tell of a note before it is written."""
        self._latest[number] = version

    def begin(self) -> None:
        """Tell that a sync begins."""
        self._begun.value += 1

    def end(self, least: dict[int, int]) -> None:
        """Tell that it is done, and of some notes which versions may be found from now on."""
        for number, version in least.items():
            self._least[number] = version
        self._done.value += 1

    def least(self) -> list[int]:
        """The lowest version of each note that an ask which begins now may find."""
        return self._least[:]

    def latest(self) -> list[int]:
        """The highest version of each note that an ask which has ended may have found."""
        return self._latest[:]

    def done(self) -> int:
        """How many syncs are done."""
        return int(self._done.value)

    def is_calm(self, done: int) -> bool:
        """Whether no sync has been at work since so many were done."""
        return int(self._begun.value) == done
