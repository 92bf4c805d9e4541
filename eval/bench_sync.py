"""What keeping an index in step with its folder costs: seconds, passages embedded, bytes on the disk.

python -m eval.bench_sync [--files N] [--fake]
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index import (
    DEFAULT_EMBEDDER,
    CitewiseError,
    Embedder,
    Library,
    SyncReport,
    Vectors,
    open_embedder,
)
from qa import Settings

_WORDS = (
    "boat car tree lake road stone river house ship train kite wall gate salt storm grass".split()
)
_RARE = "77"  # stands in one file
_SENTENCES = 3
_FOLDERS = 100


class FakeEmbedder:
    """Vectors drawn from the hashes of texts, at next to no cost: what is left is the rest of a sync."""

    fingerprint = "fake"
    dim = 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        rows = np.array([self._row(text) for text in texts], np.float32).reshape(-1, self.dim)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        return [len(text.split()) for text in texts]

    def _row(self, text: str) -> Vectors:
        digest = hashlib.shake_128(text.encode()).digest(self.dim)
        return np.frombuffer(digest, np.uint8).astype(np.float32) - 127.5


def bench(count: int, embedder: Embedder) -> None:
    """Sync a folder of `count` small files after each of the things that people do to one."""
    with tempfile.TemporaryDirectory() as scratch:
        docs, home = Path(scratch, "docs"), Path(scratch, "home")
        _fill(docs, count)
        steps: dict[str, Callable[[Path], None]] = {
            "first": lambda docs: None,
            "unchanged": lambda docs: None,
            "all renamed": _rename_all,
            "one edited": _edit_one,
            "all copied": _copy_all,
            "all deleted": _delete_all,
        }
        with Library.open(docs, home, embedder) as library:
            print(f"{count:,} files, {embedder.fingerprint}")
            for name, change in steps.items():
                change(docs)
                report = library.sync()
                found = len(library.search_words([_RARE], 10))
                began = time.perf_counter()
                listed = len(library.entries())
                listing = f"{listed:,} listed in {time.perf_counter() - began:.3f} s"
                print(
                    f"{name:12}{_figures(report)}, {_bytes(home):>11,} bytes, {found} found, {listing}"
                )


def _figures(report: SyncReport) -> str:
    seconds = f"{report.seconds:8.2f} s"
    return f"{seconds}, {report.embedded:>6,} embedded, {report.passages:>6,} passages"


def _fill(docs: Path, count: int) -> None:
    rng = random.Random(0)
    for number in range(count):
        folder = docs / f"{number % _FOLDERS:02}"
        folder.mkdir(parents=True, exist_ok=True)
        sentences = [" ".join(rng.choices(_WORDS, k=9)) for _ in range(_SENTENCES)]
        text = f"This is note {number}. " + ". ".join(map(str.capitalize, sentences)) + "."
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")


def _rename_all(docs: Path) -> None:
    for path in sorted(docs.rglob("*.txt")):
        path.rename(path.with_name(f"renamed {path.name}"))


def _edit_one(docs: Path) -> None:
    path = min(docs.rglob("*.txt"))
    path.write_text(path.read_text(encoding="utf-8") + " It was edited.", encoding="utf-8")


def _copy_all(docs: Path) -> None:
    for path in sorted(docs.rglob("*.txt")):
        path.with_name(f"copy of {path.name}").write_bytes(path.read_bytes())


def _delete_all(docs: Path) -> None:
    for path in docs.rglob("*.txt"):
        path.unlink()


def _bytes(home: Path) -> int:
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_sync")
    parser.add_argument("--files", type=int, default=10_000, metavar="N")
    parser.add_argument("--fake", action="store_true", help="vectors at no cost, without a model")
    options = parser.parse_args(arguments)
    try:
        real = None if options.fake else open_embedder(DEFAULT_EMBEDDER, Settings().cache)
        bench(options.files, real or FakeEmbedder())
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
