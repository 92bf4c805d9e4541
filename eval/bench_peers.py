"""Retrieval beside other programs: the same folder, the same questions, the same embedding weights.

python -m eval.bench_peers SQUAD_JSON [--environments .peers] [--repeats 3] [--k 10]

Each paragraph of the SQuAD file is one text file; what is to be found for a question is the file of its
paragraph. Each program runs in an environment of its own (`make peers` makes them) and in processes of its
own: one that ingests and stores, then one that opens the store and searches. Ingestion is repeated, the
programs taking turns, and its median counts. None of the others can answer without a language model, so
only retrieval is compared. A program that did not install, or fails, is listed with what it said.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eval.squad import read as read_squad
from index import CitewiseError

_RUNNERS = Path(__file__).parent / "peers" / "runners"
_RESAMPLES = 2000
_LEVEL = 0.95
_SAID = 160


class Contender(NamedTuple):
    """A program in one of its settings."""

    name: str
    environment: str
    runner: str
    hybrid: bool = False


CONTENDERS = (
    Contender("citewise", "", "citewise"),
    Contender("llama-index", "llama_index_stock", "llama_index_stock"),
    Contender("txtai", "txtai_stock", "txtai_stock"),
    Contender("txtai, hybrid", "txtai_stock", "txtai_stock", hybrid=True),
    Contender("Haystack", "haystack_stock", "haystack_stock"),
    Contender("Haystack, with BM25", "haystack_stock", "haystack_stock", hybrid=True),
    Contender("kotaemon", "kotaemon", ""),
    Contender("PrivateGPT", "private_gpt", ""),
)


class FailedError(Exception):
    """A program did not install, or did not do what it was asked to."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the file that is to be found."""

    text: str
    file: str


def questions_of(squad: Any) -> tuple[dict[str, str], list[Question]]:
    """The files by name, a paragraph each, and the questions."""
    files: dict[str, str] = {}
    questions: list[Question] = []
    for article in squad["data"]:
        for paragraph in article["paragraphs"]:
            name = f"{len(files):05}.txt"
            files[name] = paragraph["context"]
            questions += [
                Question(qa["question"].strip(), name)
                for qa in paragraph["qas"]
                if not qa.get("is_impossible")
            ]
    return files, questions


def recall_at_1(found: Sequence[str], wanted: str) -> float:
    """1 where the wanted file is first."""
    return float(list(found[:1]) == [wanted])


def ndcg(found: Sequence[str], wanted: str) -> float:
    """nDCG with one relevant file: 1 / log2(1 + rank), 0 where it is not found.

    Järvelin and Kekäläinen, TOIS 20(4), 2002; the ideal is the file at rank 1, which gives 1.
    """
    return 1 / math.log2(2 + list(found).index(wanted)) if wanted in found else 0.0


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The percentile bootstrap's 95 % interval of the mean."""
    rng = np.random.default_rng(seed)
    sample = np.asarray(values, np.float64)
    picks = rng.integers(0, len(sample), (_RESAMPLES, len(sample)))
    low, high = np.quantile(sample[picks].mean(axis=1), [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)


class Measured:
    """One contender over one folder; `ingestions` are seconds."""

    def __init__(self, contender: Contender, job: dict[str, Any], environments: Path) -> None:
        self.contender, self.environments = contender, environments
        self.job = {**job, "hybrid": contender.hybrid}
        self.ingestions: list[float] = []
        self.stored: dict[str, Any] = {}
        self.searched: dict[str, Any] = {}
        self.failure = "" if self.python.exists() and contender.runner else self._not_installed()

    @property
    def python(self) -> Path:
        """The interpreter of its environment; citewise runs in ours."""
        if not self.contender.environment:
            return Path(sys.executable)
        return self.environments / self.contender.environment / "bin" / "python"

    def ingest(self) -> None:
        """Once more, from nothing."""
        with tempfile.TemporaryDirectory() as store:
            self.stored = self._run("ingest", store)
        self.ingestions.append(self.stored["seconds"])

    def search(self) -> None:
        """Ingest once more, then search in a process that opens what was stored."""
        with tempfile.TemporaryDirectory() as store:
            self._run("ingest", store)
            self.searched = self._run("search", store)

    def _run(self, action: str, store: str) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as scratch:
            job, out = Path(scratch, "job.json"), Path(scratch, "out.json")
            job.write_text(json.dumps({**self.job, "store": f"{store}/store"}), "utf-8")
            runner = _RUNNERS / f"{self.contender.runner}.py"
            command = [str(self.python), str(runner), action, str(job), str(out)]
            done = subprocess.run(  # noqa: S603 - of nothing but our own
                command, capture_output=True, text=True, env=self._environment(), check=False
            )
            if done.returncode or not out.exists():
                raise FailedError(_last_line(done.stderr) or f"exit status {done.returncode}")
            result: dict[str, Any] = json.loads(out.read_text("utf-8"))
            return result

    def _environment(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        here = {} if self.contender.environment else {"PYTHONPATH": str(Path.cwd())}
        offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
        return {**kept, **here, **offline, "NLTK_DATA": "/nonexistent"}

    def _not_installed(self) -> str:
        log = self.environments / f"{self.contender.environment}.log"
        said = log.read_text("utf-8", "replace") if log.exists() else "not set up: run make peers"
        return _last_line(said) or "it did not install"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_SAID] if lines else ""


def bench(squad: Path, environments: Path, repeats: int, k: int) -> None:
    """Measure every contender and print the table."""
    files, questions = questions_of(read_squad(squad))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, "utf-8")
        job = {"folder": folder, "questions": [q.text for q in questions], "k": k}
        everyone = [Measured(contender, job, environments.absolute()) for contender in CONTENDERS]
        for _ in range(repeats):
            for each in everyone:
                _attempt(each, each.ingest)
        for each in everyone:
            _attempt(each, each.search)
    print(f"{len(files)} files, {len(questions)} questions, {repeats} ingestions each, k = {k}")
    for line in table(everyone, questions):
        print(line)


def _attempt(each: Measured, work: Any) -> None:
    if each.failure:
        return
    try:
        work()
    except FailedError as error:
        each.failure = str(error)


def table(everyone: Sequence[Measured], questions: Sequence[Question]) -> list[str]:
    """A row for each contender."""
    rows = [
        f"{'':22}{'R@1 (95 %)':24}{'nDCG@10 (95 %)':24}{'passages/s':>11}{'index':>9}"
        f"{'memory':>9}{'cold':>8}{'warm p50':>10}{'p95':>8}"
    ]
    for each in everyone:
        name = f"{each.contender.name:22}"
        if each.failure:
            rows.append(f"{name}not measured: {each.failure}")
            continue
        pairs = list(zip(each.searched["found"], questions, strict=True))
        warm = sorted(1000 * seconds for seconds in each.searched["warm_seconds"])
        rate = each.stored["passages"] / statistics.median(each.ingestions)
        peak = max(each.stored["peak_memory"], each.searched["peak_memory"])
        rows.append(
            f"{name}{_with_interval([recall_at_1(f, q.file) for f, q in pairs])}"
            f"{_with_interval([ndcg(f, q.file) for f, q in pairs])}{rate:>11.1f}"
            f"{each.stored['bytes'] / 1e6:>6.2f} MB{peak / 1e6:>6.0f} MB"
            f"{each.searched['cold_seconds']:>6.2f} s{statistics.median(warm):>7.1f} ms"
            f"{warm[int(0.95 * len(warm))]:>5.1f} ms"
        )
    return rows


def _with_interval(values: Sequence[float]) -> str:
    low, high = interval(values)
    return f"{f'{statistics.mean(values):.3f} ({low:.3f} to {high:.3f})':24}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_peers")
    parser.add_argument("squad_json", type=Path)
    parser.add_argument("--environments", type=Path, default=Path(".peers"), metavar="FOLDER")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--k", type=int, default=10, metavar="K")
    options = parser.parse_args(arguments)
    try:
        bench(options.squad_json, options.environments, options.repeats, options.k)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
