"""The process that reads documents: `python -m index.readers.worker MODULE SECONDS MEMORY`.

The readers are the module's `READERS`. A file's suffix and bytes come in on the standard input, and the
answer goes out on the standard output, until the input ends. Documents are hostile input: should one of
them make a reader run wild, then here, where time and memory are bounded, nothing can be written and no
one can be called.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from index.errors import DocumentError
from index.readers.checking import checked, one_line, unreadable
from index.readers.content import Content, Reader
from index.readers.wire import OUT_OF_MEMORY, Answer, read_frame, write_answer, write_frame

# What libraries leak must not add up, nor what documents leave behind.
_MAX_DOCUMENTS = 100
_MAX_RESIDENT_SHARE = 0.25
# Time for the parent to end the process by itself; if it does not, it is gone.
_GRACE_SECONDS = 1.0
_OPEN_FILES = 64
_FORBIDDEN = (
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.startfile",
    "os.system",
    "socket.",
    "subprocess.",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


def main(arguments: list[str]) -> None:
    """Serve until the standard input ends, or the process is spent."""
    module, seconds, memory = arguments[0], float(arguments[1]), int(arguments[2])
    requests, answers = _take_pipes()
    readers: Mapping[str, Reader] = import_module(module).READERS
    _limit(memory)
    sys.addaudithook(_forbid)
    write_frame(answers, b"")
    answers.flush()
    for served in range(1, _MAX_DOCUMENTS + 1):
        try:
            suffix = read_frame(requests, sys.maxsize).decode()
            data = read_frame(requests, sys.maxsize)
        except EOFError:
            break
        _set_alarm(seconds + _GRACE_SECONDS)
        try:
            content, refusal = _read(readers[suffix], data)
            spent = served == _MAX_DOCUMENTS or _sizes()[1] > _MAX_RESIDENT_SHARE * memory
            write_answer(answers, Answer(content, refusal, spent))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        _set_alarm(0)
    os._exit(0)  # whatever threads a library has left running


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The parent's pipes, out of reach of a library that prints."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.close(nothing)
    return requests, answers


def _read(reader: Reader, data: bytes) -> tuple[Content | None, str]:
    """The content, or None and why there is none."""
    try:
        return checked(reader(data)), ""
    except MemoryError:
        raise
    except DocumentError as error:
        return None, one_line(str(error))
    except BaseException as error:  # a reader that calls for an exit does not get it
        return None, unreadable(error)


def _limit(memory: int) -> None:
    """Bound what the process may take, where the system can; `memory` is beyond what it has now."""
    if sys.platform == "win32":
        return
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, _sizes()[0] + memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def _set_alarm(seconds: float) -> None:
    """Die after `seconds` should the parent be gone by then; never where `seconds` is 0."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _sizes() -> tuple[int, int]:
    """The process's address space and resident memory in bytes; zeros where the system does not tell."""
    if sys.platform != "linux":
        return 0, 0
    virtual, resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[:2]
    page = os.sysconf("SC_PAGE_SIZE")
    return int(virtual) * page, int(resident) * page


def _forbid(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: Python itself calls it before whatever touches the system, and it cannot be removed."""
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if writes or event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a reader")


if __name__ == "__main__":
    main(sys.argv[1:])
