"""The folder followed while questions are asked, and how it stands at any moment."""

from __future__ import annotations

from dataclasses import dataclass

from index import CitewiseError, Failure, Library, SyncEvent, SyncReport, Watcher


@dataclass(frozen=True, slots=True)
class FolderState:
    """How the folder stands.

    `documents` can be answered from, `failed` are the files that cannot be read. `event` is the latest
    of a sync under way, or None; `trouble` says in one line why the folder is not followed, or nothing.
    """

    documents: int
    failed: tuple[Failure, ...] = ()
    event: SyncEvent | None = None
    trouble: str = ""


class Following:
    """Keeps a library in step with its folder, in a thread, from `start` to `stop`."""

    def __init__(self, library: Library) -> None:
        """Follow nothing yet."""
        self._library = library
        self._event: SyncEvent | None = None
        self._trouble = ""
        self._watcher = Watcher(library, self._synced, self._failed, self._progress)

    def start(self) -> None:
        """Begin to follow the folder."""
        self._watcher.start()

    def stop(self) -> None:
        """Follow it no longer; a sync under way is finished first."""
        self._watcher.stop()

    def state(self) -> FolderState:
        """How the folder stands now."""
        return FolderState(
            documents=len(self._library.document_ids()),
            failed=self._library.failures(),
            event=self._event,
            trouble=self._trouble,
        )

    def _progress(self, event: SyncEvent) -> None:
        self._trouble = ""
        over = event.done == event.total and event.bytes_done >= event.bytes_total
        self._event = None if over or event.action == "unchanged" else event

    def _synced(self, _: SyncReport) -> None:
        self._event, self._trouble = None, ""

    def _failed(self, error: CitewiseError) -> None:
        self._event, self._trouble = None, str(error)
