"""The files of a folder: what is noted of one, and how one is read."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from index.errors import DocumentError, TransientError
from index.readers import MAX_BYTES, digest

# File systems stamp files with a resolution of up to two seconds: a file younger than that when it
# was read may have been written again under the same stamp.
_STAMP_NS = 2_000_000_000


class Found(NamedTuple):
    """A file as the folder lists it; `modified_ns` is its own time stamp in nanoseconds."""

    path: Path
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class FileState:
    """What is noted of a file that was looked at: enough to see whether it changed.

    `sha256` is empty where it was not read, `modified_ns` the file's own time stamp and `seen_ns` when
    it was looked at, both in nanoseconds.
    """

    sha256: str
    size: int
    modified_ns: int
    seen_ns: int

    @classmethod
    def unread(cls, found: Found) -> Self:
        """The state of a file that is only listed."""
        return cls("", found.size, found.modified_ns, time.time_ns())

    def surely_still(self, found: Found) -> bool:
        """Whether size and time stamp alone prove that the file was not written since."""
        same = (self.size, self.modified_ns) == (found.size, found.modified_ns)
        return same and self.seen_ns - self.modified_ns > _STAMP_NS


def read_file(path: Path) -> tuple[bytes, FileState]:
    """The bytes of a file, and its state from before the first of them was read.

    Of a file that is written in the meantime the bytes are what was there to read; it then no longer
    has that state, and is read again at the next sync.

    Raises:
        DocumentError: it is larger than `MAX_BYTES`.
        TransientError: it cannot be read for now.
    """
    seen_ns = time.time_ns()
    try:
        # A pipe put in the file's place since the folder was listed must not be waited for.
        descriptor = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        )
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise TransientError("it is not a file any more")
            data = file.read(MAX_BYTES + 1) if status.st_size <= MAX_BYTES else b""
            if (size := max(status.st_size, len(data))) > MAX_BYTES:
                raise DocumentError(
                    f"it has {size:,} bytes and the limit is {MAX_BYTES:,}; split it into smaller "
                    "files"
                )
    except OSError as error:
        raise TransientError(f"it cannot be read: {error.strerror or error}") from None
    state = FileState(digest(data), status.st_size, status.st_mtime_ns, seen_ns)
    return data, state
