"""What is killed: `python -m eval.faults.child FOLDER HOME LOG` syncs a folder and asks it once.

It says when it begins, and the texts that go through its model are noted in LOG.
"""

from __future__ import annotations

import sys
from pathlib import Path

from eval.faults.notes import SmallModel
from index import Library

_SECONDS = 0.0005  # a text


def main() -> None:
    """Sync, and search by vector, which leaves a snapshot of the vectors on the disk."""
    folder, home, log = map(Path, sys.argv[1:])
    print("ready", flush=True)
    with Library.open(folder, home, SmallModel(log, _SECONDS)) as library:
        library.sync()
        library.search_vectors(SmallModel().embed(["anything"])[0], 1)


if __name__ == "__main__":
    main()
