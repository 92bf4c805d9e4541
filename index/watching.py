"""A folder followed as it changes: the index is synced after every change to a file."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from index.errors import CitewiseError, FolderError
from index.folder import IGNORE_FILE
from index.progress import Failure, Progress, SyncEvent, SyncReport
from index.readers.checking import one_line
from index.stores import Syncable

# Changes that follow one another within `_QUIET_MS` are synced together, but none waits longer than
# `_LONGEST_MS`, all in milliseconds. Where nothing changes, it is seen as often whether the folder is
# still the same; the first sync waits for the first such look, lest a change fall in between.
_QUIET_MS = 200
_LONGEST_MS = 2000
_PAUSE = 2.0  # seconds, before another try after a failure

_log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """Nobody follows the folder any more."""


class Watcher:
    """Keeps a library in step with its folder: `run` in the caller's thread, or `start` and `stop`.

    Whatever goes wrong, the folder taken away included, is told once, and tried again until it works.
    A folder that is empty, or becomes so, is no failure.
    """

    def __init__(
        self,
        library: Syncable,
        on_report: Callable[[SyncReport], None],
        on_error: Callable[[CitewiseError], None],
        progress: Progress | None = None,
    ) -> None:
        """Watch nothing yet.

        Args:
            library: to be synced; it can be searched all the while.
            on_report: told of each sync that changed something, and of the first after a failure.
            on_error: told of each failure, once as long as it stays the same.
            progress: told of each file, as by `Library.sync`.
        """
        self._library = library
        self._on_report, self._on_error, self._progress = on_report, on_error, progress
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._failed: tuple[Failure, ...] = library.failures()
        self._error = ""
        self._polls = False

    def run(self) -> None:
        """Follow the folder until `stop` is called or the user interrupts."""
        while not self._stopped.is_set():
            try:
                self._follow()
            except _StoppedError:
                return
            except CitewiseError as error:
                self._complain(error)
            except Exception as error:
                # Nobody would notice a thread that is gone.
                _log.exception("A sync failed in a way that nobody foresaw")
                reason = one_line(f"{type(error).__name__}: {error}")
                self._complain(CitewiseError(f"the folder cannot be followed ({reason})"))

    def start(self) -> None:
        """Follow the folder in a thread, until `stop` is called or the program ends."""
        self._thread = threading.Thread(target=self.run, name="citewise-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End `run`, and wait for the thread that `start` began.

        A sync under way is broken off at its next file: what it did so far stays, and the next one goes
        on from there.
        """
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _complain(self, error: CitewiseError) -> None:
        """Tell of it, unless it was told last, and wait before the next try."""
        if str(error) != self._error:
            self._on_error(error)
        self._error = str(error)
        self._stopped.wait(_PAUSE)

    def _follow(self) -> None:
        """Sync now and after every change, until the folder is gone or another one."""
        watched = _identity(self._library.folder)
        due = True  # whatever changed before the watch began
        for changes in self._changes():
            if _identity(self._library.folder) != watched:
                return
            if due or changes:
                self._sync()
            due = False

    def _sync(self) -> None:
        report = self._library.sync(self._tell, wait=_PAUSE, may_be_empty=True)
        changed = report.added + report.changed + report.moved + report.removed
        if changed or report.notes or report.failed != self._failed or self._error:
            self._on_report(report)
        self._failed, self._error = report.failed, ""

    def _tell(self, event: SyncEvent) -> None:
        if self._stopped.is_set():
            raise _StoppedError
        if self._progress is not None:
            self._progress(event)

    def _changes(self) -> Iterator[object]:
        """The changes, as soon as it is quiet after them; nothing where there were none for a while."""
        from watchfiles import watch

        root = self._library.folder.resolve()
        store = self._library.store.resolve()

        def matters(change: object, name: str) -> bool:
            path = Path(name)
            if path == root / IGNORE_FILE:
                return True
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            return not hidden and not path.is_relative_to(store)

        try:
            yield from watch(
                root,
                watch_filter=matters,
                debounce=_LONGEST_MS,
                step=_QUIET_MS,
                stop_event=self._stopped,
                rust_timeout=_QUIET_MS,
                yield_on_timeout=True,
                force_polling=self._polls or None,
                ignore_permission_denied=True,
            )
        except OSError as error:
            # The system watches only so many folders; beyond that they have to be looked at.
            self._polls = True
            raise FolderError(
                f"{root} cannot be watched ({error}): it is looked through again and again instead"
            ) from None


def _identity(folder: Path) -> tuple[int, int]:
    try:
        status = os.stat(folder)  # noqa: PTH116 - by its number, whatever it is called
    except OSError as error:
        raise FolderError(f"{folder} cannot be watched: {error.strerror}") from None
    return status.st_dev, status.st_ino
