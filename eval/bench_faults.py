"""What happens when things go wrong: syncs killed, files damaged, readers beside a writer.

python -m eval.bench_faults [--kills N] [--mutants N] [--seconds S] [--seed N] [--from FOLDER]

Each part prints a line of figures and its faults; none of a part where its number is 0. The exit status
is 1 if there was any fault.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from eval.faults.kills import kill
from eval.faults.mutations import mutate
from eval.faults.readers_and_writer import read_and_write
from eval.faults.result import Result
from index import CitewiseError

_FILES = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_faults")
    parser.add_argument("--kills", type=int, default=100, metavar="N")
    parser.add_argument("--files", type=int, default=_FILES, metavar="N", help="of a sync killed")
    parser.add_argument("--mutants", type=int, default=2500, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--from",
        dest="originals",
        type=Path,
        metavar="FOLDER",
        help="of real documents to damage; kinds that it lacks are made",
    )
    options = parser.parse_args(arguments)
    parts: list[Callable[[], Result]] = []
    if options.kills:
        parts.append(partial(kill, options.kills, options.files, options.seed))
    if options.mutants:
        parts.append(partial(mutate, options.mutants, options.seed, options.originals))
    if options.seconds:
        parts.append(partial(read_and_write, options.seconds, options.seed))
    status = 0
    try:
        for part in parts:
            result = part()
            print(result, flush=True)
            status |= bool(result.faults)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
