"""Snapshots on the disk: written aside, put in their place whole, and vouched for by their names."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SUFFIX = ".faiss"
_BLOCK = 1 << 20


def save_whole(index: Any, folder: Path, name: str) -> Path:
    """Write a FAISS index aside, and put it in its place when it is safely on the disk.

    Raises:
        OSError: it cannot be written.
    """
    import faiss

    aside = folder / f"{name}.{os.getpid()}.tmp"
    try:
        try:
            faiss.write_index(index, str(aside))
        except RuntimeError as error:  # FAISS's word for whatever goes wrong
            raise OSError(str(error)) from error
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        place = folder / _whole_name(name, aside)
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        _names_to_disk(folder)
    return place


def load_whole(folder: Path, name: str, *, mapped: bool = False) -> Iterator[Any]:
    """The FAISS indexes saved in `folder` under `name`, of those files that are whole.

    FAISS believes what it reads, so that a damaged file must never reach it: each is read once from end
    to end. `mapped` leaves it in the file then, and in memory only what searches touch.
    """
    import faiss

    flags = [faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY] if mapped else []
    for path in folder.glob(f"{name}-*{SUFFIX}"):
        try:
            if path.name == _whole_name(name, path):
                index: Any = faiss.read_index(str(path), *flags)
                if mapped:
                    # Else every search starts 32 threads to read ahead, which take longer than it does.
                    lists: Any = faiss.downcast_InvertedLists(index.invlists)
                    lists.prefetch_nthread = 0
                yield index
        except (OSError, RuntimeError, MemoryError):  # FAISS's own words are the last two
            continue


def _whole_name(name: str, path: Path) -> str:
    """What a snapshot is called that has the bytes of `path`: they vouch for themselves by their sum."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return f"{name}-{checksum:08x}{SUFFIX}"


def _names_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
