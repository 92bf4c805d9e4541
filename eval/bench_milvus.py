"""A shared index on a Milvus server beside one on this machine: what it costs, and what it stands.

python -m eval.bench_milvus [--passages N] [--seconds S] [--seed N]

The server is milvus-lite, in a process of its own, over gRPC: the same calls as a cluster, without its
machines. Readers in threads and processes then ask for S seconds beside one who edits and syncs, once in
peace and once while the server is killed every few seconds. The exit status is 1 if there was any fault.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from eval.faults.notes import WORDS
from eval.faults.readers_and_writer import read_and_write
from eval.faults.server import MilvusProcess
from index import CitewiseError, Hit, Searchable, Vectors, open_index

_DIM = 384
_PASSAGES_EACH = 20  # of a document
_WORDS = 150  # of a passage, as many as real ones have
_QUESTIONS = 50
_DEPTH = 50  # as deep as a question is searched for
_KILL_EVERY = 6.0  # seconds


class Spread:
    """Vectors of the default model's length around some hundred centres, drawn from the texts' hashes.

    Real ones lie in heaps, too; vectors without any would be the hardest case for an index, and no likely
    one.
    """

    fingerprint = "spread"
    dim = _DIM

    def __init__(self) -> None:
        self._centres = np.random.default_rng(0).normal(size=(300, _DIM))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        rows = np.array([self._row(text) for text in texts]).reshape(-1, _DIM)
        unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        return [len(text.split()) for text in texts]

    def _row(self, text: str) -> Vectors:
        rng = np.random.default_rng(zlib.crc32(text.encode()))
        row: Vectors = self._centres[rng.integers(300)] + rng.normal(size=_DIM)
        return row


def write(root: Path, passages: int, rng: random.Random) -> None:
    """A folder of documents with about so many passages."""
    root.mkdir()
    rare = [f"w{number}" for number in range(5000)]
    for number in range(passages // _PASSAGES_EACH):
        sentences = (
            " ".join(rng.choices(WORDS, k=10) + rng.choices(rare, k=5)).capitalize() + "."
            for _ in range(_PASSAGES_EACH * _WORDS // 15)
        )
        (root / f"{number:05}.txt").write_text(" ".join(sentences))


def measure(passages: int, seed: int) -> None:
    """Print what publishing, storing and searching cost."""
    rng = random.Random(seed)
    model = Spread()
    with TemporaryDirectory() as scratch:
        root, home, folder = Path(scratch, "docs"), Path(scratch, "home"), Path(scratch, "server")
        folder.mkdir()
        write(root, passages, rng)
        with open_index(root, home, model) as local:
            report = local.sync()
            print(f"{report.passages:,} passages of {report.added:,} documents, {_DIM} dimensions")
            size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
            print(f"read and stored on this machine in {report.seconds:.1f} s, ", end="")
            print(f"{size / report.passages:,.0f} bytes a passage")
            with MilvusProcess(folder) as server:
                with open_index(root, home, model, server.store("bench")) as shared:
                    published = shared.sync()
                    rate = report.passages / published.seconds
                    print(f"published in {published.seconds:.1f} s, {rate:,.0f} passages/s")
                    each = server.size() / report.passages
                    print(f"{each:,.0f} bytes a passage on the server's disk")
                    compare(local, shared, model, rng)
                    next(root.iterdir()).write_text("Another text altogether.")
                    edited = shared.sync().seconds
                    print(f"one document edited, synced and published in {edited:.2f} s")
                began = time.perf_counter()
                with open_index(root, home, model, server.store("bench")) as reader:
                    reader.search_vectors(model.embed(["first"])[0], _DEPTH)
                print(f"a reader has its first hits after {time.perf_counter() - began:.2f} s")


def compare(local: Searchable, shared: Searchable, model: Spread, rng: random.Random) -> None:
    """Print how soon each finds what, and how much of what is nearest the server finds."""
    vectors = model.embed([f"question {rng.random()}" for _ in range(_QUESTIONS)])
    # Each stands in one passage of a hundred.
    words = [[f"w{rng.randrange(5000)}" for _ in range(3)] for _ in range(_QUESTIONS)]
    local.search_vectors(vectors[0], 1)
    for name, library in (("this machine", local), ("the server", shared)):
        dense = times(lambda i, library=library: library.search_vectors(vectors[i], _DEPTH))  # type: ignore[misc]
        lexical = times(lambda i, library=library: library.search_words(words[i], _DEPTH))  # type: ignore[misc]
        print(f"{name}: vectors {dense}, words {lexical}")
    found = [
        len(ids(shared.search_vectors(v, 10)) & ids(local.search_vectors(v, 10))) / 10
        for v in vectors
    ]
    print(f"recall@10 of the server's vectors against exact search: {statistics.mean(found):.3f}")


def ids(hits: Sequence[Hit]) -> set[int]:
    """The passages' ids."""
    return {hit.chunk.id for hit in hits}


def times(ask: Callable[[int], object]) -> str:
    """Median and 95th percentile over all questions, in milliseconds."""
    taken = []
    for number in range(_QUESTIONS):
        began = time.perf_counter()
        ask(number)
        taken.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(taken):.1f} ms (p95 {np.percentile(taken, 95):.1f})"


def stand(seconds: float, seed: int) -> int:
    """Readers beside a writer, in peace and with a server that is killed; how many faults there were."""
    faults = 0
    for outages in (False, True):
        with TemporaryDirectory() as folder, MilvusProcess(Path(folder)) as server:
            store = server.store("shared")
            if outages:
                with server.killed_every(_KILL_EVERY) as kills:
                    result = read_and_write(seconds, seed, store, outages=True)
                print(f"{len(kills)} kills of the server; ", end="")
            else:
                result = read_and_write(seconds, seed, store)
            print(result, flush=True)
            faults += len(result.faults)
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_milvus")
    parser.add_argument("--passages", type=int, default=20_000, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    try:
        if options.passages:
            measure(options.passages, options.seed)
        return int(bool(options.seconds and stand(options.seconds, options.seed)))
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
