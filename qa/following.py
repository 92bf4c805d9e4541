"""The folder followed while questions are asked, and how it stands at any moment."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import NamedTuple

from index import (
    BusyError,
    CitewiseError,
    Failure,
    Progress,
    StoreError,
    Syncable,
    SyncEvent,
    SyncReport,
    Watcher,
)


@dataclass(frozen=True, slots=True)
class FolderState:
    """How the folder stands.

    `documents` can be answered from, `failed` are the files that cannot be read. `event` is the latest
    of a sync under way, or None; `trouble` says in one line why the folder is not followed, or nothing.
    `ready` is False until the first sync since the folder was opened has ended, well or not. `changes`
    grows whenever something about the files did, whichever process noted it.
    """

    documents: int
    failed: tuple[Failure, ...] = ()
    event: SyncEvent | None = None
    trouble: str = ""
    ready: bool = True
    changes: int = 0


class Following:
    """Keeps a library in step with its folder: in a thread from `start` to `stop`, and when asked to.

    A folder that holds nothing is followed like any other.
    """

    def __init__(self, library: Syncable) -> None:
        """Follow nothing yet."""
        self._library = library
        self._event: SyncEvent | None = None
        self._trouble = ""
        self._failed_once = False
        self._asked = threading.Lock()
        self._files = _Files(-1, 0, ())
        self._watcher = Watcher(library, self._synced, self._failed, self._progress)

    def start(self) -> None:
        """Begin to follow the folder, with a sync at once."""
        self._watcher.start()

    def stop(self) -> None:
        """Follow it no longer; a sync under way is broken off, and what it did so far stays."""
        self._watcher.stop()

    def sync(self, progress: Progress | None, wait: float) -> SyncReport:
        """Sync now, after one that is under way, for which it waits so many seconds.

        Raises:
            FolderError: the folder is missing or cannot be listed.
            BusyError: the other one takes longer.
            CatalogueError: the index is damaged or cannot be written.
        """

        def tell(event: SyncEvent) -> None:
            self._progress(event)
            if progress is not None:
                progress(event)

        with self._asked:
            try:
                report = self._library.sync(tell, wait=wait, may_be_empty=True)
            finally:
                self._event = None
        self._synced(report)
        return report

    def state(self) -> FolderState:
        """How the folder stands now; costs next to nothing while nothing changes."""
        try:
            return self._state()
        except StoreError as error:  # of which it is told, until the server is back
            files = self._files
            changes = max(files.revision, 0)
            return FolderState(files.documents, files.failed, None, str(error), True, changes)

    def _state(self) -> FolderState:
        revision = self._library.revision
        if (files := self._files).revision != revision:
            documents, failed = len(self._library.document_ids()), self._library.failures()
            files = self._files = _Files(revision, documents, failed)
        return FolderState(
            documents=files.documents,
            failed=files.failed,
            event=self._event,
            trouble=self._trouble,
            ready=self._library.was_synced or self._failed_once,
            changes=revision,
        )

    def _progress(self, event: SyncEvent) -> None:
        self._trouble = ""
        over = event.done == event.total and event.bytes_done >= event.bytes_total
        self._event = None if over or event.action == "unchanged" else event

    def _synced(self, _: SyncReport) -> None:
        self._event, self._trouble = None, ""

    def _failed(self, error: CitewiseError) -> None:
        if isinstance(error, BusyError) and self._asked.locked():
            return  # the other one is ours, and this one is tried again
        self._event, self._trouble, self._failed_once = None, str(error), True


class _Files(NamedTuple):
    """What was stored at a revision of the index."""

    revision: int
    documents: int
    failed: tuple[Failure, ...]
