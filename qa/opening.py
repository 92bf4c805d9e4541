"""The index of a folder, opened as the settings want it and brought up to date."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from index import (
    BusyError,
    FolderError,
    Progress,
    Reader,
    Syncable,
    UsageError,
    open_embedder,
    open_index,
    require_folder,
)
from qa.settings import Settings

# How long another process that syncs the same folder is waited for, in seconds: mostly it is done at
# once, and if not, there is something to answer from, but for the very first time.
PATIENCE = 2.0
_FIRST_PATIENCE = 60.0


def open_library(
    folder: Path,
    settings: Settings,
    *,
    rebuild: bool = False,
    readers: Mapping[str, Reader] | None = None,
) -> Syncable:
    """The index of `folder` as the settings want it, not yet synced; `rebuild` begins it anew.

    Raises:
        FolderError: the folder is missing; nothing is made then.
        UsageError: a suffix of `readers` has no dot.
        CatalogueError: the stored index is damaged, or the home cannot be written.
        StoreError: the server that `settings.store` names cannot be used.
        ModelError: the embedding model is missing or damaged.
    """
    if not settings.store:
        require_folder(folder)
    for suffix in readers or ():
        if not suffix.startswith("."):
            raise UsageError(f"readers go by suffix with its dot: {'.' + suffix!r}, not {suffix!r}")
    embedder = open_embedder(settings.embedder, settings.cache)
    return open_index(
        folder, settings.home, embedder, settings.store, rebuild=rebuild, readers=readers
    )


def bring_up_to_date(library: Syncable, progress: Progress | None) -> tuple[str, ...]:
    """Sync, or be content with what is stored while another process does; what there is to say of it."""
    patience = PATIENCE if library.document_ids() else _FIRST_PATIENCE
    try:
        report = library.sync(progress, wait=patience)
    except BusyError:
        if not library.document_ids():
            raise
        return ("another process is reading the folder: answers come from what was stored before",)
    if not report.passages:
        raise FolderError(
            f"nothing in {library.folder} could be read: "
            + "; ".join(f"{item.path}: {item.reason}" for item in report.failed[:3])
        )
    return report.notes
