"""One SQLite file: a connection a thread, transactions, and every error in a line that says what to do."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from index.errors import BusyError, CatalogueError

REBUILD = "run `citewise sync FOLDER --rebuild`; the documents themselves are not touched"
_TRIES = 100
_PAUSE = 0.05  # seconds
_INCREMENTAL = 2
_SETTINGS = (
    # With the write-ahead log the file is whole whatever happens. A loss of power may take the last
    # transactions with it, which the next sync repeats, since the documents are still there: that is
    # not worth a wait for the disk at every document.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten, not only forgotten.
    "PRAGMA secure_delete = FAST",
    # In KiB, and of what a large full text reads for one question a good part.
    "PRAGMA cache_size = -16384",
)


class Database:
    """Safe to use from many threads; each reading call sees one committed state."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, or make it."""
        self.path = path
        self._threads = threading.local()
        self._connections: dict[threading.Thread, sqlite3.Connection] = {}

    @property
    def _connection(self) -> sqlite3.Connection:
        """This thread's own: one that asks never sees the half-done work of one that syncs."""
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA busy_timeout = 10000")
            if not self.path.stat().st_size:
                # Of a file that is not empty it would write the header, and wait for other writers;
                # `shrink` brings it to those that were made without.
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            _write_ahead(connection)
            for setting in _SETTINGS:
                connection.execute(setting)
            self._threads.connection = connection
            self._close_of_ended_threads()
            self._connections[threading.current_thread()] = connection
        return connection

    def _close_of_ended_threads(self) -> None:
        for thread in [thread for thread in list(self._connections) if not thread.is_alive()]:
            if (connection := self._connections.pop(thread, None)) is not None:
                connection.close()

    def close(self) -> None:
        """Close the file; what was committed stays."""
        for connection in self._connections.values():
            connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the changes within, or none of them; one within another is a part of it."""
        with self._explained():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # Where the disk failed or was full, SQLite itself has taken the changes back.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read within is of one committed state."""
        with self._explained():
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._explained():
            return self._connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """What a query finds, row by row, where it is too much for `rows`."""
        with self._explained():
            yield from self._connection.execute(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement that changes something."""
        with self._explained():
            return self._connection.execute(sql, parameters)

    def run_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of the `parameters`."""
        with self._explained():
            self._connection.executemany(sql, parameters)

    def is_sound(self) -> bool:
        """Whether the file is a database without damage; takes time in proportion to its size."""
        try:
            return self.rows("PRAGMA quick_check(1)") == [("ok",)]
        except CatalogueError as error:
            if isinstance(error.__cause__, sqlite3.OperationalError):
                raise
            return False

    def to_disk(self) -> None:
        """See to it that a loss of power takes nothing with it that was committed until now."""
        self.rows("PRAGMA wal_checkpoint(PASSIVE)")

    def shrink(self) -> None:
        """Give the room of what was deleted back to the disk; within no transaction."""
        # What stays too large for now is shrunk another time, and nothing is wrong with it.
        with suppress(CatalogueError):
            if self.rows("PRAGMA auto_vacuum") != [(_INCREMENTAL,)]:
                self.run("PRAGMA auto_vacuum = INCREMENTAL")
                self.run("VACUUM")
            with self._explained():
                # As a script: of a statement without columns, `execute` takes the first step alone.
                self._connection.executescript("PRAGMA incremental_vacuum")
            self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _explanation(error, self.path) from error


def _explanation(error: sqlite3.Error, path: Path) -> CatalogueError:
    kind = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
    match kind:
        case "SQLITE_BUSY" | "SQLITE_LOCKED":
            return BusyError(
                f"another process is writing the index {path}: try again when it is done"
            )
        case "SQLITE_FULL":
            return CatalogueError(
                f"the disk has no room left for the index {path}: free some and sync again; what "
                "was stored before is still there"
            )
        case "SQLITE_IOERR":
            return CatalogueError(
                f"the disk failed under the index {path} ({error}): see whether it is full or "
                "damaged, and sync again; what was stored before is still there"
            )
        case "SQLITE_READONLY":
            return CatalogueError(
                f"the index {path} cannot be written ({error}): allow it, or set CITEWISE_HOME to "
                "a folder that can be written"
            )
        case "SQLITE_CANTOPEN":
            return CatalogueError(
                f"the index {path} cannot be used: {error}; see whether its folder can be written, "
                "or set CITEWISE_HOME to one that can"
            )
        case "SQLITE_CORRUPT" | "SQLITE_NOTADB":
            return CatalogueError(f"the index {path} is damaged ({error}): {REBUILD}")
    if isinstance(error, sqlite3.ProgrammingError):
        return CatalogueError(f"the index {path} was closed: open it again")
    return CatalogueError(f"the index {path} cannot be used: {error}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which SQLite refuses, without waiting, while another is at it."""
    for left in reversed(range(_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not left or "locked" not in str(error):
                raise
            time.sleep(_PAUSE)
