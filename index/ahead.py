"""Files read before their turn comes, and handed to workers meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from index.errors import DocumentError
from index.files import FileState, Found, read_file
from index.workers import Job, Outcome, Workers

_BYTES = 128 << 20  # of files whose turn has not come

Wait = Callable[[], Outcome | None]


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read, or why it could not be; and the job that was begun with it, if one was."""

    name: str
    data: bytes
    state: FileState | None
    error: DocumentError | None = None
    wait: Wait | None = None


class Ahead:
    """Reads files in the order of their turns, so many and so much ahead of them."""

    def __init__(
        self,
        workers: Workers,
        turns: Iterable[tuple[str, Found]],
        job: Callable[[str, bytes, FileState], Job | None],
    ) -> None:
        """Read nothing yet.

        Args:
            workers: who do the jobs.
            turns: the files in the order in which `read` is going to be called.
            job: what is to be done with a file; None if its content is known.
        """
        self._workers, self._turns, self._job = workers, iter(turns), job
        self._waiting: deque[Read] = deque()

    def read(self, name: str) -> Read:
        """The file whose turn it is; raises the DocumentError that reading it gave."""
        self._fill()
        read = self._waiting.popleft()
        assert read.name == name  # noqa: S101 - the order of the turns
        if read.error is not None:
            raise read.error
        return read

    def _fill(self) -> None:
        most = self._workers.capacity
        while not self._waiting or (
            len(self._waiting) < most and sum(len(read.data) for read in self._waiting) < _BYTES
        ):
            turn = next(self._turns, None)
            if turn is None:
                return
            self._waiting.append(self._look(*turn))

    def _look(self, name: str, found: Found) -> Read:
        try:
            data, state = read_file(found.path)
        except DocumentError as error:
            return Read(name, b"", None, error)
        job = self._job(name, data, state)
        return Read(name, data, state, None, None if job is None else self._workers.submit(job))
