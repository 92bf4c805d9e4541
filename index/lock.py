"""One writer at a time: a lock of the operating system, which takes it back when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import BusyError, CatalogueError

_PAUSE = 0.05  # seconds
# Far beyond what the file holds: Windows lets nobody read the very bytes that are locked.
_LOCKED_BYTE = 1 << 30


@contextmanager
def writer_lock(path: Path, wait: float = 0.0) -> Iterator[bool]:
    """Hold the lock at `path`, whose file is made where there is none.

    Args:
        path: of the lock; its file says which process holds it, and is empty when none does.
        wait: for another holder to let go, in seconds.

    Yields:
        Whether the holder before ended without letting go, so that its work was broken off.

    Raises:
        BusyError: another holds it.
        CatalogueError: the file cannot be written, or its disk knows no locks.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        _take(descriptor, path, time.monotonic() + wait)
        broken_off = os.fstat(descriptor).st_size > 0
        _sign(descriptor, str(os.getpid()))
        trusted = True
        try:
            yield broken_off
        except CatalogueError:
            trusted = False  # what was written may be damaged: let the next holder look
            raise
        finally:
            if trusted:
                _sign(descriptor, "")
    finally:
        os.close(descriptor)  # which gives the lock back


def _take(descriptor: int, path: Path, deadline: float) -> None:
    while True:
        try:
            if _lock(descriptor):
                return
        except OSError as error:
            raise _unusable(path, error) from error
        if time.monotonic() >= deadline:
            holder = os.read(descriptor, 20).decode("ascii", "replace")
            raise BusyError(
                f"{_called(holder)} is writing the index in {path.parent}: try again when it is done"
            )
        time.sleep(_PAUSE)


def _called(holder: str) -> str:
    if holder == str(os.getpid()):
        return f"this process ({holder})"
    return f"another process ({holder})" if holder.isdecimal() else "another process"


def _sign(descriptor: int, holder: str) -> None:
    # The name is for people; where the disk is too full for it, the lock holds all the same.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, holder.encode("ascii"))


def _unusable(path: Path, error: OSError) -> CatalogueError:
    return CatalogueError(
        f"the index in {path.parent} cannot be written: {error.strerror}; set CITEWISE_HOME to a "
        "folder that can be written"
    )


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
