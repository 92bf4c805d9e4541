"""What becomes of a folder of real documents: what each format gives and costs, and passages to read.

python -m eval.bench_documents FOLDER [--sample N] [--seed N] [--most N] [--out FILE]

The files are synced into a temporary home with the default embedder, one format after the other.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TypeVar

from index import (
    DEFAULT_EMBEDDER,
    Chunk,
    CitewiseError,
    Document,
    Embedder,
    Failure,
    FolderError,
    Vectors,
    open_embedder,
)
from index.catalogue import Catalogue
from index.files import Found
from index.folder import Listing, list_folder
from index.readers import READERS
from index.readers.sandbox import Sandbox
from index.sync import sync
from qa import Settings

T = TypeVar("T")

_HEAD = (
    f"{'format':10}{'files':>6}{'failed':>8}{'passages':>10}{'repeated':>10}{'characters':>12}"
    f"{'seconds':>9}{'reading':>9}{'model':>9}{'passages/s':>12}  slowest to read"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the files of one format.

    `repeated` counts passages of a text that an earlier one has. `seconds` are those of the sync,
    `reading` those spent in readers and `model` those in the model, partly at the same time; `slowest` is
    the file that was read longest, after its seconds. `sample` are passages drawn by chance, each with its
    document.
    """

    format: str
    files: int
    failures: tuple[Failure, ...]
    passages: int
    repeated: int
    characters: int
    seconds: float
    reading: float
    model: float
    slowest: tuple[float, str]
    sample: tuple[tuple[Chunk, Document], ...] = ()

    def __str__(self) -> str:
        rate = self.passages / self.seconds if self.seconds else 0.0
        longest, name = self.slowest
        return (
            f"{self.format:10}{self.files:>6,}{len(self.failures):>8,}{self.passages:>10,}"
            f"{self.repeated:>10,}{self.characters:>12,}{self.seconds:>9.1f}{self.reading:>9.1f}"
            f"{self.model:>9.1f}{rate:>12.1f}  {longest:.1f} s {name}"
        )


class TimedEmbedder:
    """An embedder, and the seconds spent in it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint, self.dim = embedder.fingerprint, embedder.dim
        self.seconds = 0.0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        began = time.perf_counter()
        vectors = self._embedder.embed(texts)
        self.seconds += time.perf_counter() - began
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        return self._embedder.count_tokens(texts)


class Bench:
    """Measures one format after the other; `most` files of each, and `sample` passages, by chance."""

    def __init__(self, root: Path, embedder: Embedder, sample: int, most: int, seed: int) -> None:
        self._root, self._embedder = root, embedder
        self._sample, self._most, self._rng = sample, most, random.Random(seed)

    def formats(self) -> dict[str, dict[str, Found]]:
        """The folder's files by what reads them, called by the first of its suffixes."""
        called = {reader: suffix for suffix, reader in reversed(list(READERS.items()))}
        files: defaultdict[str, dict[str, Found]] = defaultdict(dict)
        for name, found in list_folder(self._root).files.items():
            files[called[READERS[PurePath(name).suffix.lower()]]][name] = found
        return {
            suffix: {name: found[name] for name in self._draw(sorted(found), self._most)}
            for suffix, found in sorted(files.items())
        }

    def measure(self, name: str, files: dict[str, Found]) -> Outcome:
        """Sync the files of one format."""
        embedder, seconds = TimedEmbedder(self._embedder), dict[str, float]()
        with (
            TemporaryDirectory() as home,
            closing(Catalogue(Path(home, "catalogue.sqlite"), embedder.fingerprint)) as catalogue,
            Sandbox() as sandbox,
        ):

            def parse(data: bytes, document_id: str, path: Path) -> Document:
                began = time.perf_counter()
                try:
                    return sandbox.parse(data, document_id, path)
                finally:
                    seconds[document_id] = time.perf_counter() - began

            report = sync(Listing(files, {}, {}), catalogue, embedder, parse, readers="all")
            found = (catalogue.document(id_, self._root) for id_ in catalogue.document_ids())
            documents = {document.id: document for document in found if document is not None}
            ids = map(int, catalogue.passages.ids())
            chunks = list(catalogue.passages.chunks(ids).values())
        return Outcome(
            format=name,
            files=len(files),
            failures=report.failed,
            passages=len(chunks),
            repeated=len(chunks) - len({chunk.text for chunk in chunks}),
            characters=sum(len(document.text) for document in documents.values()),
            seconds=report.seconds,
            reading=sum(seconds.values()),
            model=embedder.seconds,
            slowest=max(((taken, name) for name, taken in seconds.items()), default=(0.0, "")),
            sample=tuple((c, documents[c.document_id]) for c in self._draw(chunks, self._sample)),
        )

    def _draw(self, population: Sequence[T], most: int) -> list[T]:
        """At most so many of them, in their order."""
        count = min(most, len(population))
        return [population[i] for i in sorted(self._rng.sample(range(len(population)), count))]


def everything(outcomes: Sequence[Outcome]) -> Outcome:
    """All formats together."""
    return Outcome(
        format="all",
        files=sum(outcome.files for outcome in outcomes),
        failures=tuple(failure for outcome in outcomes for failure in outcome.failures),
        passages=sum(outcome.passages for outcome in outcomes),
        repeated=sum(outcome.repeated for outcome in outcomes),
        characters=sum(outcome.characters for outcome in outcomes),
        seconds=sum(outcome.seconds for outcome in outcomes),
        reading=sum(outcome.reading for outcome in outcomes),
        model=sum(outcome.model for outcome in outcomes),
        slowest=max(outcome.slowest for outcome in outcomes),
    )


def readable(chunk: Chunk, document: Document) -> str:
    """A passage as a person reads it: where it stands, and its text."""
    sections = [s.title for s in document.sections if s.start < chunk.end and chunk.start < s.end]
    where = [f"“{document.title}”"]
    where += [] if chunk.page is None else [f"page {chunk.page}"]
    where += [f"in {' | '.join(sections)}"] if sections else []
    head = f"=== {document.id} [{chunk.start:,}:{chunk.end:,}]"
    return f"{head}\n    {', '.join(where)}\n{chunk.text}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_documents")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=10, metavar="N", help="passages of a format")
    parser.add_argument("--most", type=int, default=sys.maxsize, metavar="N", help="files of one")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, default=Path("passages.txt"), metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        embedder = open_embedder(DEFAULT_EMBEDDER, Settings().cache)
        bench = Bench(options.folder, embedder, options.sample, options.most, options.seed)
        formats = bench.formats()
        if not formats:
            raise FolderError(f"{options.folder} holds no documents: give a folder that does")
        print(_HEAD, flush=True)
        outcomes = []
        with options.out.open("w", encoding="utf-8") as out:
            for name, files in formats.items():
                outcomes.append(bench.measure(name, files))
                print(outcomes[-1], flush=True)
                for chunk, document in outcomes[-1].sample:
                    print(readable(chunk, document), file=out, flush=True)
        print(everything(outcomes))
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 1
    for failure in everything(outcomes).failures:
        print(f"  {failure.path}: {failure.reason}")
    print(f"the passages to read are in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
