"""The API served for a test: a real server on a port of its own, in a thread or in a process."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from qa.adapters.http.app import build
from qa.adapters.http.server import Server
from qa.desk import Desk

ROOT = Path(__file__).parents[1]
ENDS_WITHIN = 60.0  # seconds


@contextmanager
def served(
    assistant: Any, page: Callable[[Any, Desk], Any] | None = None, **options: Any
) -> Iterator[str]:
    """The address of a server over an assistant, in a thread; `options` are those of `build`."""
    desk = Desk.of(assistant)
    built = page(assistant, desk) if page else None
    app = build(assistant, desk, page=built, **{"host": "127.0.0.1", **options})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(app, lambda: None, built.hang_up if built else lambda: None)
        # One that does not end fails its test, and does not keep all of them waiting.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(ENDS_WITHIN)
            desk.close()
            assert not thread.is_alive(), f"the server does not end:\n{_what_runs(server)}"


def _what_runs(server: Server) -> str:
    """Where its tasks stand, and all threads."""
    text = io.StringIO()
    for task in asyncio.all_tasks(server.servers[0].get_loop()):
        task.print_stack(file=text)
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for ident, frame in sys._current_frames().items():
        print(f"Thread {names.get(ident, ident)}:", file=text)
        traceback.print_stack(frame, file=text)
    return text.getvalue()


class Process:
    """`citewise serve` in a process; `url` is where, `out` and `log` what it wrote once it has ended."""

    def __init__(self, folder: Path, home: Path, *arguments: str, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qa", "serve", str(folder), "--port", str(port), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "CITEWISE_HOME": str(home), **environment},
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        found = re.search(r"http://\S+?:\d+/", self.line)
        assert found, (self.line, self.process.communicate()[1])
        self.url = f"http://127.0.0.1:{port}"
        self.log = ""

    def wait_until_ready(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if httpx.get(f"{self.url}/ready").status_code == 200:
                    return
            except httpx.ConnectError:
                pass
            time.sleep(0.05)
        raise AssertionError("it does not become ready")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, and wait; its status."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        _, self.log = self.process.communicate(timeout=60)
        return self.process.returncode

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def other_address() -> str | None:
    """An address of this machine by which others reach it, or None. Nothing is sent."""
    # In a process of its own: the tests' may not connect anywhere.
    code = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
        "s.connect(('192.0.2.1', 9)); print(s.getsockname()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    address = done.stdout.strip()
    return None if not address or address.startswith("127.") else address


def curl(*arguments: str, data: bytes | None = None) -> tuple[int, str]:
    """The status and body that curl gets."""
    done = subprocess.run(
        ["curl", "-sS", "-N", "-w", "\n%{http_code}", *arguments],
        input=data,
        capture_output=True,
        timeout=60,
        check=True,
    )
    body, _, status = done.stdout.decode().rpartition("\n")
    return int(status), body
