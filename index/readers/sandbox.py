"""Documents read in a process of their own, with a limit on its time and its memory."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar, cast

from index.errors import DocumentError, TransientError
from index.readers import READERS, parse
from index.readers.checking import one_line
from index.readers.content import Content, Reader
from index.readers.text import read_text
from index.readers.wire import OUT_OF_MEMORY, Answer, read_answer, read_frame, write_frame
from index.types import Document

# Read where they are: no byte of a small text can make its reader slow, and no process has to start.
_QUICK = (read_text,)
_QUICK_BYTES = 1024 * 1024
_START_SECONDS = 60.0
# The package's front door opens everything, which takes longer than all that a reader needs: the
# process goes round it.
_START = (
    "import sys, types; package = types.ModuleType('index'); package.__path__ = [sys.argv[1]]; "
    "sys.modules['index'] = package; from index.readers.worker import main; main(sys.argv[2:])"
)
_PACKAGE = str(Path(__file__).parents[1])
# The rest of the environment is no reader's business, keys to other services least of all.
_KEPT = ("DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "SYSTEMROOT")
_CRASHED = "its reader crashed; the file is probably damaged: save it anew or convert it"
_KILLED = -9  # by the system, which does so where memory is short
_ALARMED = -14

T = TypeVar("T")


class _CrashError(DocumentError):
    """The process is gone, which may be the fault of what it read before."""


class Sandbox:
    """Reads documents in a process that starts with the first one that needs it. Use it in a `with`.

    The readers that Citewise comes with run in that process, all but those of small plain texts. Any
    others are the embedding program's own code, and run in the program itself without limits.

    Many threads may share one; it reads one document at a time.
    """

    def __init__(
        self,
        readers: Mapping[str, Reader] = READERS,
        *,
        seconds: float = 60.0,
        memory: int = 1 << 30,
        isolated: str = "index.readers",
    ) -> None:
        """Start nothing yet.

        Args:
            readers: by suffix, in lower case and with its dot.
            seconds: of time for one document.
            memory: in bytes, beyond what the process takes before it reads anything.
            isolated: the module whose `READERS` run in the process.
        """
        self._readers = readers
        self._isolated: Mapping[str, Reader] = import_module(isolated).READERS
        self._seconds, self._memory = seconds, memory
        self._module = isolated
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def parse(self, data: bytes, document_id: str, path: Path) -> Document:
        """The Document held by a file's bytes.

        Raises:
            TransientError: the process does not start.
            DocumentError: it cannot be read, or not within the limits.
        """
        suffix = path.suffix.lower()
        reader = self._readers[suffix]
        small = reader in _QUICK and len(data) <= _QUICK_BYTES
        if reader is self._isolated.get(suffix) and not small:
            reader = partial(self.read, suffix)
        return parse(data, document_id, path, reader)

    def read(self, suffix: str, data: bytes) -> Content:
        """What the process's reader of that suffix makes of a file's bytes.

        Raises:
            TransientError: the process does not start.
            DocumentError: it cannot be read, or not within the limits.
        """
        with self._lock:
            used = self._worker is not None
            try:
                answer = self._ask(suffix, data)
            except _CrashError:
                if not used:
                    raise
                # What a document gives must not hang on those before it.
                answer = self._ask(suffix, data)
        if answer.content is None:
            raise DocumentError(one_line(answer.refusal))
        return answer.content

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, suffix: str, data: bytes) -> Answer:
        try:
            if self._worker is None:
                self._worker = _Worker(self._module, self._seconds, self._memory)
            answer = self._worker.ask(suffix, data)
        except BaseException:  # an interrupt too: the process is in the middle of something
            self._end()
            raise
        if answer.spent:
            self._end()
        return answer

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


class _Worker:
    """One process, ready to read."""

    def __init__(self, module: str, seconds: float, memory: int) -> None:
        import subprocess  # here: whoever only asks needs no process

        self._seconds, self._memory = seconds, memory
        command = [sys.executable, "-P", "-s", "-B", "-X", "utf8", "-c", _START, _PACKAGE]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - of nothing but our own
                [*command, module, str(seconds), str(memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,  # an interrupt at the keyboard is for the parent
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise _unstartable(error.strerror or str(error)) from None
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        try:
            self._within(_START_SECONDS, lambda: read_frame(self._answers, 0))
        except BaseException as error:
            self.end()
            if isinstance(error, DocumentError):
                raise _unstartable(f"exit status {self._process.returncode}") from None
            raise

    def ask(self, suffix: str, data: bytes) -> Answer:
        """What the process makes of a document; a DocumentError where it fails or takes too much."""

        def exchange() -> Answer:
            write_frame(self._requests, suffix.encode())
            write_frame(self._requests, data)
            self._requests.flush()
            return read_answer(self._answers)

        return self._within(self._seconds, exchange)

    def end(self) -> None:
        """Kill the process: it holds nothing that is worth waiting for."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):  # what it was not sent any more
                pipe.close()

    def _within(self, seconds: float, exchange: Callable[[], T]) -> T:
        late = threading.Event()

        def stop() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            return exchange()
        except ValueError:
            raise _CrashError(_CRASHED) from None
        except (EOFError, OSError):
            raise self._failure(self._process.wait(), late) from None
        finally:
            timer.cancel()

    def _failure(self, status: int, late: threading.Event) -> DocumentError:
        if late.is_set() or status == _ALARMED:
            return DocumentError(
                f"reading it took longer than {self._seconds:g} s; split it into smaller files"
            )
        if status in (OUT_OF_MEMORY, _KILLED):
            return _CrashError(
                f"reading it needed more than {self._memory >> 20:,} MB of memory; "
                "split it into smaller files"
            )
        return _CrashError(_CRASHED)


def _environment() -> dict[str, str]:
    """What the process needs to find the same modules as its parent."""
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONHASHSEED": "0",  # the same file gives the same content
        "OPENBLAS_NUM_THREADS": "1",  # each thread takes address space
    }


def _unstartable(reason: str) -> TransientError:
    return TransientError(
        f"the process to read it in does not start ({reason}); close other programs or install "
        "Citewise anew"
    )
