"""A sync killed at any moment, again and again: what is stored stays whole, and nothing is done twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple, cast

from eval.faults.notes import Notebook, SmallModel, digest, logged, note
from eval.faults.result import Result
from eval.faults.soundness import unsound
from index import CitewiseError, Library

_KILLS = 20  # of one folder
# A kill comes within this share of the time that a sync of everything takes, so that it takes several.
_SHARE = 0.3
_CHANGED_SHARE = 0.3
_MARKDOWN_EVERY = 50  # which is read in another process; there, it is killed too


def kill(kills: int, files: int, seed: int) -> Result:
    """Kill `kills` syncs of `files` small files, while they fill an index and while they follow edits."""
    rng = random.Random(seed)
    done: Counter[str] = Counter()
    faults: list[str] = []
    pace = 0.0
    while done["filling"] + done["following"] < kills:
        with TemporaryDirectory() as scratch:
            campaign = Campaign(Path(scratch), files, rng)
            pace = pace or _SHARE * campaign.rehearse()
            campaign.run(min(_KILLS, kills - done["filling"] - done["following"]), pace)
            done += campaign.done
            faults += campaign.faults
    line = (
        f"kills: {done['filling']} while filling and {done['following']} while following edits of "
        f"{files:,} files, {done['embedded']:,} passages embedded, {done['twice']:,} of them again "
        "after they had been stored"
    )
    return Result(line, faults)


class Campaign:
    """One folder, filled by syncs that are killed, then changed before each of some more.

    `done` counts the kills by phase, "filling" and "following", and the passages "embedded", and those
    of them embedded "twice".
    """

    def __init__(self, scratch: Path, files: int, rng: random.Random) -> None:
        self.notebook = Notebook(scratch / "docs")
        self.home, self.log = scratch / "home", scratch / "log"
        self.rng = rng
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self.stored: dict[str, str] = {}
        self.passages: set[str] = set()
        self.versions = dict.fromkeys(range(files), 0)
        self.names = {number: _name(number) for number in range(files)}
        for number in self.names:
            self.write(number)

    def rehearse(self) -> float:
        """How many seconds a sync of everything takes."""
        with TemporaryDirectory() as scratch:
            return sync_in_child(self.notebook.root, Path(scratch), Path(scratch, "log")).seconds

    def run(self, kills: int, pace: float) -> None:
        """So many kills, each within `pace` seconds of a beginning, half of them while filling."""
        while self.done["filling"] < kills // 2 and self.killed("filling", pace):
            pass
        self.finish()
        while self.done["filling"] + self.done["following"] < kills:
            self.change()
            self.killed("following", pace)
        self.finish()

    def killed(self, phase: str, pace: float) -> bool:
        """Whether the kill came before the end; look at what it left behind."""
        was_killed = self.sync(self.rng.uniform(0.0, pace))
        self.done[phase] += was_killed
        self.look(f"{phase}, kill {self.done[phase]}")
        return was_killed

    def sync(self, seconds: float | None) -> bool:
        """Sync in another process; whether it was killed after so many seconds."""
        before = len(logged(self.log))
        end = sync_in_child(self.notebook.root, self.home, self.log, seconds)
        if end.error:
            self.faults.append(f"the sync ended with {end.error}")
        embedded = logged(self.log)[before:]
        twice = [text for text in embedded if text in self.passages]
        self.done["embedded"] += len(embedded)
        self.done["twice"] += len(twice)
        if twice:
            self.faults.append(f"{len(twice)} passages were embedded that were stored already")
        return end.was_killed

    def look(self, when: str) -> None:
        """Open the index as it is, and see whether it is whole and has lost nothing."""
        try:
            with Library.open(self.notebook.root, self.home, SmallModel()) as library:
                found = list(unsound(library))
                stored = {
                    name: document.text
                    for document in map(library.document, library.document_ids())
                    for name in (document.id, *document.copies)
                }
                hits = library.search_vectors(SmallModel().embed(["anything"])[0], 1_000_000)
        except CitewiseError as error:
            self.faults.append(f"{when}: {error}")
            return
        found += [
            f"{name} holds what its file never held"
            for name, text in stored.items()
            if text not in self.notebook.ever[name]
        ]
        found += [
            f"{name} was stored, did not change, and is lost"
            for name, text in self.stored.items()
            if self.notebook.now.get(name) == text != stored.get(name)
        ]
        self.faults += [f"{when}: {fault}" for fault in found]
        self.stored, self.passages = stored, {digest(hit.chunk.text) for hit in hits}

    def finish(self) -> None:
        """Sync undisturbed; after that all is stored, and another sync finds nothing to do."""
        self.sync(None)
        self.look("resumed")
        if self.stored != self.notebook.now:
            self.faults.append("resumed: the index is not equal to the folder")
        with Library.open(self.notebook.root, self.home, SmallModel()) as library:
            report = library.sync()
        self.faults += [f"resumed: {failed.path}: {failed.reason}" for failed in report.failed]
        if report.embedded or report.unchanged != len(self.notebook.now):
            self.faults.append(f"resumed: another sync has something to do: {report}")

    def change(self) -> None:
        """Edit, rename, copy, delete and bring back some files, each always in the same way.

        One that is renamed and edited at once is another file, which is rightly embedded anew.
        """
        share = int(_CHANGED_SHARE * len(self.names))
        for number in self.rng.sample(sorted(self.names), share):
            name = self.names[number]
            match number % 5:
                case 0 | 1:
                    self.write(number)
                case 2:
                    self.names[number] = _name(number, self.rng.randrange(1000))
                    self.notebook.rename(name, self.names[number])
                case 3 if name in self.notebook.now:
                    self.notebook.delete(name)
                case 3:
                    self.write(number)
                case 4:
                    copy = f"copy of {name}"
                    if copy in self.notebook.now:
                        self.notebook.delete(copy)
                    else:
                        self.notebook.write(copy, self.notebook.now[name])

    def write(self, number: int) -> None:
        """Write the next version of a note."""
        self.versions[number] += 1
        self.notebook.write(self.names[number], note(number, self.versions[number]))


class End(NamedTuple):
    """How a process ended: killed, in error, or well; and after how many seconds at its work."""

    was_killed: bool
    error: str
    seconds: float


def sync_in_child(folder: Path, home: Path, log: Path, seconds: float | None = None) -> End:
    """Sync in another process, killed after so many seconds at its work if it is not done by then."""
    command = [sys.executable, "-m", "eval.faults.child", str(folder), str(home), str(log)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(  # noqa: S603 - of nothing but our own
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    with process, cast(IO[str], process.stdout) as begins, cast(IO[str], process.stderr) as errors:
        begins.readline()
        began = time.perf_counter()
        late = False
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            late = True
            process.kill()
        lines = errors.read().splitlines()
        status = process.wait()
    error = "" if status == 0 or late else next(reversed(lines), f"status {status}")
    return End(late and status != 0, error, time.perf_counter() - began)


def _name(number: int, variant: int = 0) -> str:
    suffix = "md" if number % _MARKDOWN_EVERY == 0 else "txt"
    return f"{number:04} {variant}.{suffix}"
