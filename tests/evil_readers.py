"""Readers that do what none should: those of Citewise's own that the sandbox's tests run in its process."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from index.errors import DocumentError
from index.readers.content import Content
from index.types import Line, Page, Section

LEAKED: list[bytearray] = []


def plain(data: bytes) -> Content:
    return Content("Plain", data.decode(), "text/plain")


def rich(data: bytes) -> Content:
    lines = (Line(0, 4, 0.1, 0.2, 0.3, 0.25), Line(5, 9, 0, 0.3, 1, 0.35))
    pages = (Page(1, 0, 9, lines), Page(3, 9, 14))
    return Content("Zoë", "Zoë:\n1 €.\n\nEnd", "a/b", pages, (Section("End", 11, 14),))


def untitled(data: bytes) -> Content:
    return Content(None, f"{os.getpid()}", "text/plain")


def surroundings(data: bytes) -> Content:
    return Content(None, "\n".join(f"{k}={v}" for k, v in sorted(os.environ.items())), "text/plain")


def sleeps(data: bytes) -> Content:
    time.sleep(600)
    raise AssertionError


def spins(data: bytes) -> Content:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass


def takes_memory(data: bytes) -> Content:
    return plain(bytes(4 << 30))


def takes_memory_bit_by_bit(data: bytes) -> Content:
    while True:
        LEAKED.append(bytearray(1 << 20))


def leaks(data: bytes) -> Content:
    LEAKED.append(bytearray(40 << 20))
    return untitled(data)


def spews(data: bytes) -> Content:
    return Content(None, "x" * (1 << 30), "text/plain")


def crashes(data: bytes) -> Content:
    ctypes.string_at(0)
    raise AssertionError


def crashes_after_others(data: bytes) -> Content:
    """As where an earlier document has left the process damaged."""
    if LEAKED:
        crashes(data)
    LEAKED.append(bytearray())
    return plain(data)


def exits(data: bytes) -> Content:
    sys.exit("no more")


def exits_at_once(data: bytes) -> Content:
    os._exit(0)


def prints(data: bytes) -> Content:
    print("\0" * 100, flush=True)
    os.write(1, b"\0" * 100)
    print("a warning", file=sys.stderr, flush=True)
    assert sys.stdin.read() == ""
    return plain(data)


def garbles(data: bytes) -> Content:
    """Writes into every pipe that it holds."""
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, b"\x00" * 7 + b"\x02[]" + bytes(8))
        except OSError:
            continue
    return plain(data)


def falls_silent(data: bytes) -> Content:
    os.closerange(3, 10)
    return sleeps(data)


def writes(data: bytes) -> Content:
    return plain(str(Path(data.decode()).write_bytes(b"x")).encode())


def calls_home(data: bytes) -> Content:
    socket.create_connection(("127.0.0.1", int(data)))
    raise AssertionError


def runs_a_program(data: bytes) -> Content:
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    raise AssertionError


def sinks(data: bytes) -> Content:
    return sinks(data)


def refuses(data: bytes) -> Content:
    raise DocumentError("it is \x1b[31mred\nand long" + "!" * 1000)


def fails(data: bytes) -> Content:
    raise KeyError("a\nb")


def finds_nothing(data: bytes) -> None:
    return None


def points_beyond(data: bytes) -> Content:
    return Content(None, "Text", "a/b", (Page(1, 0, 5),))


def breaks_unicode(data: bytes) -> Content:
    return Content(None, "Te\ud800xt", "a/b")


def waits_for_threads(data: bytes) -> Content:
    threading.Thread(target=time.sleep, args=(600,)).start()
    return plain(data)


READERS = {
    f".{name}": reader
    for name, reader in list(globals().items())
    if callable(reader) and getattr(reader, "__module__", None) == __name__
}
