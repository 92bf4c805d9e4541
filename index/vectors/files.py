"""FAISS indexes on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.whole import save_whole, whole_files

SUFFIX = ".faiss"


def save_index(index: Any, folder: Path, name: str) -> None:
    """Write a FAISS index into `folder`, to be loaded by `name`.

    Raises:
        OSError: it cannot be written.
    """
    import faiss

    def write(path: Path) -> None:
        try:
            faiss.write_index(index, str(path))
        except RuntimeError as error:  # FAISS's word for whatever goes wrong
            raise OSError(str(error)) from error

    save_whole(folder, name, SUFFIX, write)


def load_indexes(folder: Path, name: str, *, mapped: bool = False) -> Iterator[Any]:
    """The FAISS indexes saved in `folder` under `name`, of those files that are whole.

    FAISS believes what it reads, so that a damaged file must never reach it. `mapped` leaves the index
    in the file, and in memory only what searches touch.
    """
    import faiss

    flags = [faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY] if mapped else []
    for path in whole_files(folder, name, SUFFIX):
        try:
            index: Any = faiss.read_index(str(path), *flags)
            if mapped:
                # Else every search starts 32 threads to read ahead, which take longer than it does.
                lists: Any = faiss.downcast_InvertedLists(index.invlists)
                lists.prefetch_nthread = 0
            yield index
        except (OSError, RuntimeError, MemoryError):  # FAISS's own words are the last two
            continue
