"""Files that can be made again: written aside, put in their place whole, and vouched for by their names."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

_BLOCK = 1 << 20


def save_whole(folder: Path, name: str, suffix: str, write: Callable[[Path], None]) -> Path:
    """Have a file written aside, and put it in its place when it is safely on the disk.

    Raises:
        OSError: it cannot be written.
    """
    aside = folder / f"{name}{suffix}.{os.getpid()}.tmp"
    try:
        write(aside)
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        place = folder / _whole_name(name, suffix, aside)
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        _names_to_disk(folder)
    return place


def whole_files(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    """Those saved in `folder` under `name` that are whole; each is read once from end to end."""
    for path in folder.glob(f"{name}-*{suffix}"):
        try:
            if path.name == _whole_name(name, suffix, path):
                yield path
        except OSError:
            continue


def _whole_name(name: str, suffix: str, path: Path) -> str:
    """What a file is called that has the bytes of `path`: they vouch for themselves by their sum."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return f"{name}-{checksum:08x}{suffix}"


def _names_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
