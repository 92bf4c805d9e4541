"""What `citewise serve` bears: many who ask at once, a stop amid it, and requests made up at random.

python -m eval.bench_serve [--clients N] [--seconds S] [--fuzz S]

A server in a process of its own over the seed document. Clients in this process ask one question after
the other, each as soon as the last is answered; they share its processors. Ends with status 1 if there
was any fault. It takes about as long as its two times together, and a minute more.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

SEEDS = Path(__file__).parent.parent / "seeds"
QUESTIONS = (
    "How long did the bombers fly over the Barents Sea?",
    "Why did Poland close its border?",
    "Who observed the exercises?",
    "Who is Viktor Khrenin?",
    "What is the capital of France?",
    "Which aircraft escorted the bombers?",
)
_STREAMS = 20
_START = 120.0  # seconds for a server to become ready, and for one to end
_BEFORE_STOP = 5.0
_MEGABYTE = 1024


@dataclass(slots=True)
class Server:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    url: str

    def memory(self) -> float:
        """What of it is in memory, in megabytes; Linux alone tells."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / _MEGABYTE

    def stop(self) -> int:
        """Tell it to stop, and wait; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_START)


@dataclass(slots=True)
class Asked:
    """Answers of a crowd: when each was asked and how long it took, in seconds; and what went wrong."""

    answers: list[tuple[float, float]] = field(default_factory=list)
    faults: list[tuple[float, str]] = field(default_factory=list)


@contextmanager
def serving(scratch: Path) -> Iterator[Server]:
    """A server over a copy of the seeds, ready."""
    folder = scratch / "documents"
    shutil.copytree(SEEDS, folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (scratch / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "qa", "serve", str(folder), "--port", str(port)],
            cwd=SEEDS.parent,
            env={**os.environ, "CITEWISE_HOME": str(scratch / "home")},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    server = Server(process, f"http://127.0.0.1:{port}")
    try:
        began = time.monotonic()
        while not _ready(server.url):
            if process.poll() is not None or time.monotonic() - began > _START:
                raise SystemExit(f"the server does not start: {(scratch / 'log').read_text()}")
            time.sleep(0.1)
        print(f"ready after {time.monotonic() - began:.1f} s", flush=True)
        yield server
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready").status_code == 200
    except httpx.HTTPError:
        return False


def bench_stream(url: str) -> None:
    """When the first piece of a streamed answer is there, and all of it; one question at a time."""
    first, whole = [], []
    with httpx.Client(base_url=url, timeout=60) as client:
        for number in range(_STREAMS + 2):
            body = {"question": QUESTIONS[number % len(QUESTIONS)], "stream": True}
            began, heard = time.perf_counter(), None
            with client.stream("POST", "/v1/ask", json=body) as response:
                for line in response.iter_lines():
                    if heard is None and line == "event: piece":
                        heard = time.perf_counter()
            if number >= 2 and heard is not None:
                first.append(1000 * (heard - began))
                whole.append(1000 * (time.perf_counter() - began))
    print(f"a stream, first piece: {_spread(first)}; all of it: {_spread(whole)}", flush=True)


def bench_crowd(server: Server, clients: int, seconds: float) -> int:
    """Many who ask for some time; how many faults there were."""
    before = server.memory()
    samples: list[tuple[float, float]] = []
    began = time.monotonic()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            samples.append((time.monotonic() - began, server.memory()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    asked = _crowd(server.url, clients, began + seconds)
    took = time.monotonic() - began
    over.set()
    watcher.join()
    waits = np.array([wait for _, wait in asked.answers])
    p50, p95 = np.percentile(waits, [50, 95]) if len(waits) else (np.nan, np.nan)
    print(
        f"{clients} clients for {took:.0f} s: {len(waits)} answers, {len(waits) / took:.1f} a second, "
        f"median {p50:.2f} s, p95 {p95:.2f} s, longest {waits.max(initial=0):.2f} s, "
        f"{len(asked.faults)} faults"
    )
    at, used = np.array([s for s in samples if s[0] > took / 2] or [(0.0, 0.0)]).T
    slope = np.polyfit(at, used, 1)[0] * 60 if len(at) > 2 else np.nan
    print(
        f"memory: {before:.0f} MB before, {server.memory():.0f} MB after, in the second half "
        f"{slope:+.1f} MB a minute",
        flush=True,
    )
    _show(asked.faults)
    return len(asked.faults)


def bench_stop(server: Server, clients: int) -> int:
    """Told to stop amid a crowd: how many of the questions under way were not answered."""
    end = time.monotonic() + _BEFORE_STOP
    results: list[Asked] = []
    crowd = threading.Thread(target=lambda: results.append(_crowd(server.url, clients, end + 60)))
    crowd.start()
    time.sleep(_BEFORE_STOP)
    told = time.monotonic()
    status = server.stop()
    took = time.monotonic() - told
    crowd.join()
    (asked,) = results
    finished = sum(began < told < began + wait for began, wait in asked.answers)
    # What was asked just as it was told to may find the door closed.
    lost = [fault for fault in asked.faults if fault[0] < told - 0.1]
    print(
        f"told to stop amid {clients} clients: status {status} after {took:.1f} s, {finished} questions "
        f"under way answered, {len(lost)} not"
    )
    _show(lost)
    return len(lost) + (status != 0)


def bench_fuzz(url: str, seconds: float) -> int:
    """Requests made of the API's description; whether any was a server's error."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{url}/openapi.json", "--phases=examples,coverage,fuzzing,stateful"),
        *("--checks=not_a_server_error", f"--max-time={seconds:g}", "--suppress-health-check=all"),
        *("--generation-database=none", "--no-color", "--warnings=off"),
    ]
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, cwd=scratch, timeout=seconds + 300
        )
    _, _, summary = done.stdout.partition("= SUMMARY =")
    shown = [line.strip(" =") for line in summary.splitlines() if line.strip(" =")]
    print(f"schemathesis for {seconds:g} s: status {done.returncode}; {'; '.join(shown)}")
    if done.returncode:
        print(done.stdout[-4000:], done.stderr[-2000:])
    return int(done.returncode != 0)


def _crowd(url: str, clients: int, end: float) -> Asked:
    """Ask until `end`, or until nobody is there any more."""
    asked = Asked()

    def ask(number: int) -> None:
        with httpx.Client(base_url=url, timeout=120) as client:
            turn = number
            while (began := time.monotonic()) < end:
                body = {"question": QUESTIONS[turn % len(QUESTIONS)]}
                turn += 1
                try:
                    response = client.post("/v1/ask", json=body)
                    response.raise_for_status()
                    if json.loads(response.content)["question"] != body["question"]:
                        raise ValueError("the answer to another question")
                except (httpx.HTTPError, ValueError) as error:
                    asked.faults.append((began, f"{type(error).__name__}: {error}"))
                    if isinstance(error, httpx.TransportError):
                        return
                else:
                    asked.answers.append((began, time.monotonic() - began))

    crowd = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return asked


def _show(faults: list[tuple[float, str]]) -> None:
    for fault in sorted({text for _, text in faults})[:10]:
        print(f"  {fault}")


def _spread(values: list[float]) -> str:
    return (
        f"median {statistics.median(values):.0f} ms ({min(values):.0f} to {max(values):.0f}, "
        f"{len(values)} times)"
    )


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(prog="eval.bench_serve")
    parser.add_argument("--clients", type=int, default=32, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S")
    parser.add_argument("--fuzz", type=float, default=60.0, metavar="S")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, serving(Path(scratch)) as server:
        bench_stream(server.url)
        faults = bench_crowd(server, options.clients, options.seconds)
        faults += bench_stop(server, options.clients)
    if options.fuzz:
        with tempfile.TemporaryDirectory() as scratch, serving(Path(scratch)) as server:
            faults += bench_fuzz(server.url, options.fuzz)
            faults += server.stop() != 0
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
