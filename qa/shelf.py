"""The folder of documents as its visitors change it: files put in, and taken out.

What visitors bring is hostile: a name leads nowhere but below the folder, and only what can be read
gets in. What they take out is kept beside the indexes.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Literal

from index import (
    CitewiseError,
    DocumentError,
    MissingError,
    Progress,
    Syncable,
    SyncEvent,
    UsageError,
)
from qa.filenames import safe_path
from qa.settings import Settings

REMOVED = "removed"
_MEGABYTE = 1024 * 1024
Outcome = Literal["added", "replaced", "unchanged", "refused"]


class NotEditableError(UsageError):
    """Documents can be neither added nor removed: the setting `editable` is false."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of one file.

    `name` is as the visitor gave it; `path` is where it lies now, relative to the folder and with
    forward slashes. Where it was refused, `path` is empty and `reason` says why in one line.
    """

    name: str
    path: str
    outcome: Outcome
    reason: str = ""


class Shelf:
    """Puts files into a library's folder and takes them out, from any number of threads.

    It changes the folder alone; a sync brings the index up to date.
    """

    def __init__(self, library: Syncable, settings: Settings) -> None:
        """Touch nothing yet."""
        self._library = library
        self._settings = settings
        self._lock = threading.Lock()

    def add(
        self, files: Sequence[tuple[str, Path]], progress: Progress | None = None
    ) -> tuple[Placed, ...]:
        """Put files into the folder, each one only if it can be read; gives what became of each, in order.

        Args:
            files: the name that a visitor gave, with its folders or without, and where the bytes are.
            progress: called as each file comes to its turn.

        Raises:
            NotEditableError: the settings do not allow it.
            FolderError: the folder is missing.
        """
        self._require_editable()
        self._library.require_folder()
        placed: list[Placed] = []
        sizes = [_size(source) for _, source in files]
        with self._library.trial() as try_reading:
            for number, (name, source) in enumerate(files):
                if progress is not None:
                    done, total = sum(sizes[:number]), sum(sizes)
                    progress(SyncEvent(name, "reading", number, len(files), "", done, total))
                try:
                    if number >= (most := self._settings.upload_files):
                        raise DocumentError(f"more than {most:,} files at once; add it by itself")
                    path = safe_path(name)
                    if any(path == before.path for before in placed):
                        raise DocumentError("another file of the same name came with it; rename it")
                    data = self._read(source)
                    try_reading(data, path)
                    placed.append(Placed(name, path, self._place(path, data)))
                except DocumentError as error:
                    placed.append(Placed(name, "", "refused", str(error)))
                except OSError as error:
                    reason = f"it cannot be stored: {error.strerror or error}"
                    placed.append(Placed(name, "", "refused", reason))
        return tuple(placed)

    def remove(self, path: str) -> None:
        """Take one file out of the folder, into `removed/` beside the indexes.

        Raises:
            NotEditableError: the settings do not allow it.
            UsageError: it is a whole folder.
            MissingError: the index lists no such file, or it has gone.
            CitewiseError: it cannot be moved.
        """
        self._require_editable()
        if not any(path == entry.path for entry in self._library.entries()):
            raise MissingError(f"there is no document {path[:200]!r}: look at the list again")
        store = self._library.store
        try:
            with self._lock:
                source = _below(self._library.folder.resolve(), path, make=False)
                if stat.S_ISDIR(source.lstat().st_mode):
                    raise UsageError(f"{path} is a folder: take its files out one by one")
                _move(source, store.parent / REMOVED / store.name / path)
        except FileNotFoundError:
            raise MissingError(f"{path} has gone from the folder already") from None
        except OSError as error:
            raise CitewiseError(
                f"{path} cannot be taken out: {error.strerror or error}; see who may write the folder"
            ) from None

    def _require_editable(self) -> None:
        if not self._settings.editable:
            raise NotEditableError(
                "documents cannot be added or removed here: the setting editable is false"
            )

    def _read(self, source: Path) -> bytes:
        most = self._settings.upload_megabytes * _MEGABYTE
        with source.open("rb") as file:
            data = file.read(most + 1)
        if not data:
            raise DocumentError("it is empty; see whether it was saved")
        if len(data) > most:
            raise DocumentError(
                f"it has more than {self._settings.upload_megabytes} MB, which is the limit; "
                "split it into smaller files"
            )
        return data

    def _place(self, path: str, data: bytes) -> Outcome:
        """Make the file at `path` hold `data`."""
        folder = self._library.folder.resolve()
        self._require_apart(folder, folder / path)
        with self._lock:
            target = _below(folder, path, make=True)
            try:
                status = target.lstat()
            except FileNotFoundError:
                _switch(target, data, None)
                return "added"
            if not stat.S_ISREG(status.st_mode):
                raise DocumentError(f"{_what(status)} of that name is in the way; rename it")
            if status.st_size == len(data) and target.read_bytes() == data:
                return "unchanged"
            _switch(target, data, stat.S_IMODE(status.st_mode))
            return "replaced"

    def _require_apart(self, folder: Path, target: Path) -> None:
        """Keep what is Citewise's own out of reach, where it lies within the folder."""
        store = self._library.store.resolve()
        for own in (store.parent, store):
            if own != folder and own.is_relative_to(folder) and target.is_relative_to(own):
                raise DocumentError("the folder of that name is Citewise's own; choose another")


def _size(source: Path) -> int:
    try:
        return source.stat().st_size
    except OSError:
        return 0


def _below(folder: Path, path: str, make: bool) -> Path:
    """Where the file lies, if the way to it leads through folders alone; those missing are made.

    Raises:
        DocumentError: something else is in the way.
        FileNotFoundError: a folder is missing, and is not made.
    """
    place = PurePosixPath(path)
    for parent in reversed(place.parents[:-1]):
        inner = folder / parent
        if make:
            with suppress(FileExistsError):
                inner.mkdir()
        status = inner.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise DocumentError(f"{_what(status)} is where its folder would be; rename the folder")
    return folder / place


def _what(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "a link"
    if stat.S_ISDIR(status.st_mode):
        return "a folder"
    return "a file" if stat.S_ISREG(status.st_mode) else "something else"


def _switch(target: Path, data: bytes, mode: int | None) -> None:
    """Write the data aside, under a hidden name, and put it in its place when it is on the disk."""
    aside = target.with_name(f".citewise-{secrets.token_hex(8)}.part")
    try:
        with aside.open("xb") as file:
            file.write(data)
            if mode is not None and os.name == "posix":
                os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    _names_to_disk(target.parent)


def _names_to_disk(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _move(source: Path, wanted: Path) -> None:
    """Move the file, or the link itself, to where it is wanted, or beside it if something is there."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    target = _claimed(wanted)
    try:
        source.replace(target)
    except OSError as error:
        target.unlink()
        if error.errno != errno.EXDEV:
            raise
        shutil.move(source, target)  # to another disk: copied, and only then deleted


def _claimed(wanted: Path) -> Path:
    """A new empty file of that name, or of that name with a counter."""
    for number in count(1):
        name = wanted.name if number == 1 else f"{wanted.stem} ({number}){wanted.suffix}"
        with suppress(FileExistsError):
            wanted.with_name(name).open("xb").close()
            return wanted.with_name(name)
    raise AssertionError("numbers do not end")
