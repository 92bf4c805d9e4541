"""What the tests of crashes run in another process: a sync of a folder with a model that is no model.

python -m crash_child FOLDER HOME [BYTES]

With BYTES no file can grow beyond so many, as if the disk were full.
"""

from __future__ import annotations

import sys
from pathlib import Path

from conftest import FakeEmbedder

from index import CitewiseError, Library


def main() -> int:
    folder, home, *limit = sys.argv[1:]
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), int(limit[0])))
    try:
        with Library.open(Path(folder), Path(home), FakeEmbedder()) as library:
            print("ready", flush=True)
            report = library.sync()
    except CitewiseError as error:
        print(error)
        return 1
    print(report.notes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
