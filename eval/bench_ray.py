"""A folder read and embedded on a Ray cluster of two nodes, and once more while one of them is killed.

python -m eval.bench_ray [--files N]

Both nodes are on this machine, a processor each, so that nothing can be said of speed; what is tried is
that the results are the same as without Ray, that nothing is lost or done twice, and that the writer
outlives a node. The exit status is 1 if anything differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from eval.faults.notes import note
from eval.faults.soundness import CATALOGUE
from index import (
    DEFAULT_EMBEDDER,
    Chunk,
    CitewiseError,
    Library,
    RayWorkers,
    SyncEvent,
    Vectors,
    open_embedder,
)
from index.catalogue import Catalogue
from qa import Settings

_TOLERANCE = 1e-5  # of a vector's numbers
_KILL_AT = 0.3  # of all files
_PROCESSORS = 1  # of a node
_STORE = 200 << 20  # bytes of shared memory that a node keeps its values in


class Nodes:
    """A head, to which the writer is connected, and a second node that can be killed."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        each = {"num_cpus": _PROCESSORS, "object_store_memory": _STORE, "include_dashboard": False}
        self._cluster: Any = Cluster(initialize_head=True, head_node_args=each)
        self._second: Any = self._cluster.add_node(num_cpus=_PROCESSORS, object_store_memory=_STORE)
        self._cluster.wait_for_nodes()
        self.address = str(self._cluster.address)

    def kill_second(self) -> None:
        """End the second node and all of its processes, at once."""
        self._cluster.remove_node(self._second, allow_graceful=False)

    def close(self) -> None:
        """End what is left."""
        self._cluster.shutdown()


class Bench:
    """One folder, read in three ways into three indexes."""

    def __init__(self, scratch: Path, files: int) -> None:
        self.scratch, self.files = scratch, files
        self.settings = Settings()
        self.model = open_embedder(DEFAULT_EMBEDDER, self.settings.cache)
        self.faults: list[str] = []
        (scratch / "docs").mkdir()
        for number in range(files):
            text = note(number, 1)
            # Markdown and HTML are read in the sandbox.
            suffix = (".txt", ".md", ".html")[number % 3]
            (scratch / "docs" / f"{number:04}{suffix}").write_text(
                f"<html><body><p>{text}</p></body></html>" if suffix == ".html" else text
            )

    def sync(
        self, home: str, workers: RayWorkers | None, progress: Callable[[SyncEvent], None] | None
    ) -> None:
        """Read the folder into an index of that name, twice, and tell how it went."""
        with Library.open(self.scratch / "docs", self.scratch / home, self.model) as library:
            report = library.sync(progress, workers=workers)
            again = library.sync(workers=workers)
        print(
            f"{home}: {report.added} files, {report.passages} passages, {report.embedded} embedded "
            f"in {report.seconds:.1f} s; again: {again.unchanged} unchanged, {again.embedded} embedded"
            + (f"; {workers.lost} read by the writer itself" if workers else ""),
            flush=True,
        )
        if workers is not None and workers.lost:
            self.faults.append(f"{home}: the cluster could not do all of it: {workers.reason}")
        if report.failed or (report.added, again.unchanged) != (self.files, self.files):
            self.faults.append(f"{home}: not every file is there: {report.failed[:3]}")
        if again.embedded:
            self.faults.append(f"{home}: {again.embedded} passages were embedded twice")

    def compare(self, home: str, other: str) -> None:
        """See that two indexes are the same, vectors within the tolerance."""
        (chunks, vectors), (expected, wanted) = self.stored(home), self.stored(other)
        if chunks != expected:
            self.faults.append(f"{home} and {other} hold other passages")
            return
        difference = float(np.abs(vectors - wanted).max())
        print(f"{home} and {other}: the same ids and passages, vectors within {difference:.1e}")
        if difference > _TOLERANCE:
            self.faults.append(f"{home} and {other} hold other vectors")

    def stored(self, home: str) -> tuple[list[Chunk], Vectors]:
        """All passages and vectors, in the order of their ids."""
        (path,) = (self.scratch / home).glob(f"*/{CATALOGUE}")
        with closing(Catalogue(path, self.model.fingerprint)) as catalogue:
            ids, vectors = catalogue.passages.vectors(self.model.dim)
            chunks = catalogue.passages.chunks(ids.tolist())
            return [chunks[id_] for id_ in ids.tolist()], vectors

    def run(self) -> Iterator[str]:
        """Do it all; gives the faults."""
        self.sync("without", None, None)
        nodes = Nodes()
        try:
            rest = DEFAULT_EMBEDDER, self.settings.cache, self.model.fingerprint
            with RayWorkers(nodes.address, *rest) as workers:
                self.sync("two-nodes", workers, None)
                killed: list[int] = []

                def kill(event: SyncEvent) -> None:
                    if not killed and event.done >= _KILL_AT * event.total:
                        killed.append(event.done)
                        nodes.kill_second()

                self.sync("one-killed", workers, kill)
                print(f"the second node was killed after {killed[0]} of {self.files} files")
        finally:
            nodes.close()
        self.compare("two-nodes", "without")
        self.compare("one-killed", "without")
        yield from self.faults


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_ray")
    parser.add_argument("--files", type=int, default=300, metavar="N")
    options = parser.parse_args(arguments)
    try:
        with TemporaryDirectory() as scratch:
            faults = list(Bench(Path(scratch), options.files).run())
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(faults)} faults", *faults, sep="\n  ")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
