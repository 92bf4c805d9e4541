"""Which files the catalogue knows: the document that each holds, or why it could not be read."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import NamedTuple, Self

from index import schema
from index.database import Database
from index.files import FileState


class Identity(NamedTuple):
    """What makes a document: its bytes, and the suffix, in lower case, that decides who reads them."""

    sha256: str
    suffix: str

    @classmethod
    def of(cls, sha256: str, path: str) -> Self:
        """The identity of a file with these bytes at that path."""
        return cls(sha256, PurePosixPath(path).suffix.lower())


class FailedFile(NamedTuple):
    """A file that could not be read, and why.

    `state` is of the file that the reason holds for, None where it may pass without a change to it.
    """

    reason: str
    state: FileState | None


class Ledger:
    """The files by their paths, which are relative to the synced folder and have forward slashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states(self) -> dict[str, FileState]:
        """The state of every file whose document is stored, by its path."""
        rows = self._database.rows(
            "SELECT f.path, d.sha256, f.size, f.modified_ns, f.seen_ns "
            "FROM files f JOIN documents d ON d.id = f.document"
        )
        return {row[0]: FileState(*row[1:]) for row in rows}

    def failures(self) -> dict[str, FailedFile]:
        """The files that could not be read, by their paths, in order."""
        rows = self._database.rows("SELECT * FROM failures ORDER BY path")
        return {
            path: FailedFile(reason, None if state[0] is None else FileState(*state))
            for path, reason, *state in rows
        }

    @property
    def readers(self) -> str:
        """What `readers` was set to last: names those that have read everything up to now."""
        return schema.meta(self._database, "readers")

    @readers.setter
    def readers(self, name: str) -> None:
        self._database.run("UPDATE meta SET value = ? WHERE key = 'readers'", (name,))

    def link(self, path: str, identity: Identity, state: FileState) -> None:
        """Note that a file, known or new, was seen to hold a document that is stored."""
        self._database.run("DELETE FROM failures WHERE path = ?", (path,))
        self._database.run(
            "INSERT OR REPLACE INTO files SELECT ?, id, ?, ?, ? FROM documents "
            "WHERE sha256 = ? AND suffix = ?",
            (path, state.size, state.modified_ns, state.seen_ns, *identity),
        )

    def unlink(self, path: str) -> None:
        """Forget a file; what it held is found no more, unless another file holds it too."""
        self._database.run("DELETE FROM files WHERE path = ?", (path,))

    def fail(self, path: str, failed: FailedFile) -> None:
        """Note that a file cannot be read."""
        state = failed.state
        values = (
            (None,) * 4
            if state is None
            else (state.sha256, state.size, state.modified_ns, state.seen_ns)
        )
        self._database.run(
            "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?)",
            (path, failed.reason, *values),
        )

    def forgive(self, path: str) -> None:
        """Forget that a file could not be read."""
        self._database.run("DELETE FROM failures WHERE path = ?", (path,))
