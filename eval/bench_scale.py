"""From a thousand passages to a million on one machine: what they cost, and what of exact search is found.

python -m eval.bench_scale FOLDER --cache CACHE [--real N] [--out OUT]

N passages are read from the documents in FOLDER and embedded, unless the cache has them: that takes hours
and may be stopped. What lacks to the larger sizes is made from them as `eval.scale.making` says. Libraries
are kept in the cache too, filled; their indexes are made anew each time.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from eval.scale.corpus import Corpus, gather
from eval.scale.filling import Filled, Sourced, fill
from eval.scale.making import Made
from eval.scale.measuring import Job, K, Measured
from eval.scale.questions import make_questions
from eval.scale.report import Row, write_report
from eval.scale.truth import exact_hits
from index import DEFAULT_EMBEDDER, CitewiseError, Embedder, Library, open_embedder
from qa import Settings

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_QUESTIONS = 100


def bench(
    folder: Path, cache: Path, out: Path, sizes: Sequence[int], real: int, embedder: Embedder
) -> None:
    """Measure every size, and write the table and the curves."""
    for rows_now in gather(folder, cache / "corpus", real, embedder):
        print(f"\r{rows_now:,} real passages embedded", end="", flush=True)
    corpus = Corpus.load(cache / "corpus", embedder.dim).first(real)
    rows = []
    for size in sizes:
        place = cache / f"{len(corpus.vectors)}-{size}"
        filled = _filled(place, corpus, size, embedder)
        job = _job(place, corpus, size, embedder)
        built = float(json.loads(_child("build", job)))
        stored = _bytes(place)
        measured = Measured(**json.loads(_child("measure", job, str(built))))
        rows.append(Row(size, min(len(corpus.vectors), filled.passages), filled, measured, *stored))
        write_report(rows, out)
    print((out / "scale.txt").read_text(encoding="utf-8"))


def _filled(place: Path, corpus: Corpus, size: int, embedder: Embedder) -> Filled:
    """The library of that size, filled unless it was before."""
    note = place / "filled.json"
    if not note.exists():
        shutil.rmtree(place, ignore_errors=True)  # what was broken off
        print(f"filling {place}", flush=True)
        documents = _documents(corpus, size, embedder)
        filled = fill(documents, place / "docs", place / "home", embedder)
        note.write_text(json.dumps(asdict(filled)), encoding="utf-8")
    return Filled(**json.loads(note.read_text(encoding="utf-8")))


def _documents(corpus: Corpus, size: int, embedder: Embedder) -> Iterator[Sourced]:
    """Real documents up to that size, then editions made of all of them."""
    have = len(corpus.vectors)
    sources: Iterator[Sourced] = _real(corpus.first(size))
    if have < size:
        editions = -(-(size - have) // have)
        made = Made.plan(corpus, editions, embedder)
        sources = chain(sources, *(made.documents(edition) for edition in range(editions)))
    passages = 0
    for source, vectors in sources:
        if passages >= size:
            return
        passages += len(source.spans)
        yield source, vectors


def _real(corpus: Corpus) -> Iterator[Sourced]:
    row = 0
    for source in corpus.documents:
        yield source, corpus.vectors[row : row + len(source.spans)]
        row += len(source.spans)


def _job(place: Path, corpus: Corpus, size: int, embedder: Embedder) -> Path:
    """The questions, and what exact search finds for them, looked for once."""
    path = place / "job.json"
    if not path.exists():
        questions = make_questions(corpus.first(size).documents, _QUESTIONS)
        began = time.perf_counter()
        with Library.open(place / "docs", place / "home", embedder) as library:
            truth = exact_hits(library, questions, K)
        print(f"exact search for {len(questions)} questions: {time.perf_counter() - began:.0f} s")
        job = Job(str(place / "docs"), str(place / "home"), questions, truth)
        path.write_text(json.dumps(asdict(job)), encoding="utf-8")
    return path


def _child(what: str, job: Path, *more: str) -> str:
    command = [sys.executable, "-m", "eval.scale.measuring", what, str(job), *more]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def _bytes(place: Path) -> tuple[int, int]:
    """What the catalogue takes on the disk, and what the indexes of vectors and words do."""
    files = [path for path in (place / "home").rglob("*") if path.is_file()]
    catalogue = sum(path.stat().st_size for path in files if path.name.startswith("catalogue"))
    return catalogue, sum(
        path.stat().st_size for path in files if path.suffix in (".faiss", ".words")
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_scale")
    parser.add_argument("folder", type=Path, help="with documents of any kind that is read")
    parser.add_argument("--cache", type=Path, required=True, help="kept, and used again")
    parser.add_argument("--out", type=Path, default=Path("runs/scale"))
    parser.add_argument("--real", type=int, default=100_000, metavar="N", help="passages to read")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, metavar="N")
    options = parser.parse_args(arguments)
    try:
        embedder = open_embedder(DEFAULT_EMBEDDER, Settings().cache)
        options.out.mkdir(parents=True, exist_ok=True)
        bench(options.folder, options.cache, options.out, options.sizes, options.real, embedder)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
