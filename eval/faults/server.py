"""A real Milvus server in a process of its own, to be killed and started again: milvus-lite over gRPC."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from index.milvus.address import Address

_START_SECONDS = 60.0
_AWAY_SECONDS = 1.0
# With more, milvus-lite 3.2.2 opens a collection twice where two ask for it at once after a start, and
# what is written by way of the one is not seen by way of the other (`MilvusLite.get_collection`).
_WORKERS = "1"


class MilvusProcess:
    """Keeps its data in `folder`, and its port over restarts. Use it in a `with`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def address(self, collection: str) -> Address:
        """Of a collection on it."""
        return Address.parse(self.store(collection))

    def store(self, collection: str) -> str:
        """The setting `store` for a collection on it."""
        return f"milvus://127.0.0.1:{self.port}/{collection}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        host = ["--host", "127.0.0.1", "--port", str(self.port), "--max-workers", _WORKERS]
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - of nothing but our own
                [sys.executable, "-m", "milvus_lite", "server", "--data-dir", "data", *host],
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self._folder / "server.log").read_text()[-2000:])
            time.sleep(0.05)

    def size(self) -> int:
        """How many bytes its data take on the disk."""
        files = (self._folder / "data").rglob("*")
        return sum(file.stat().st_size for file in files if file.is_file())

    def kill(self) -> None:
        """End it without a chance to put anything in order."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @contextmanager
    def killed_every(self, seconds: float) -> Iterator[list[float]]:
        """Kill it after so many seconds, start it again after one, and so on; gives when."""
        kills: list[float] = []
        over = threading.Event()

        def kill() -> None:
            while not over.wait(seconds):
                self.kill()
                kills.append(time.time())
                over.wait(_AWAY_SECONDS)
                self.start()

        thread = threading.Thread(target=kill)
        thread.start()
        try:
            yield kills
        finally:
            over.set()
            thread.join()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
