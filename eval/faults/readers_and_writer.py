"""Some who ask while one edits and syncs: every answer is of one state, and of none that is over."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.faults.asking import Tally, ask, open_and_ask
from eval.faults.board import Board
from eval.faults.notes import Notebook, SmallModel, note
from eval.faults.result import Result
from eval.faults.soundness import unsound, unsound_answers
from index import StoreError, Syncable, open_index

_NOTES = 60
_STEADY = 20  # the first ones are never deleted, so that they can always be found
_CHANGES = 6  # between two syncs
_THREADS, _PROCESSES = 2, 2


def read_and_write(seconds: float, seed: int, store: str = "", *, outages: bool = False) -> Result:
    """Ask from threads and processes for so long, beside one who edits, adds, removes and syncs.

    Args:
        seconds: how long.
        seed: of the edits and questions.
        store: the server that shares the index, if one does.
        outages: whether it may be away, so that questions go unanswered and syncs fail.
    """
    context = multiprocessing.get_context("spawn")
    board = Board(context, _NOTES)
    tallies: SimpleQueue[Tally] = context.SimpleQueue()
    with TemporaryDirectory() as scratch:
        notebook, home = Notebook(Path(scratch, "docs")), Path(scratch, "home")
        with open_index(notebook.root, home, SmallModel(), store) as library:
            writer = Writer(library, notebook, board, random.Random(seed))
            until = time.time() + seconds
            rest = (board, _STEADY, until, tallies)
            askers: list[threading.Thread | multiprocessing.process.BaseProcess] = [
                threading.Thread(target=ask, args=(library, seed + 1 + n, *rest))
                for n in range(_THREADS)
            ]
            askers += [
                context.Process(
                    target=open_and_ask, args=(notebook.root, home, store, seed - 1 - n, *rest)
                )
                for n in range(_PROCESSES)
            ]
            for asker in askers:
                asker.start()
            try:
                while time.time() < until:
                    writer.change()
            finally:
                for asker in askers:
                    asker.join()
            faults = [*writer.faults, *unsound_answers(library, notebook.now)]
            faults += [] if store else unsound(library)
    total: Tally = Counter()
    for _ in askers:
        if tallies.empty():
            faults.append("one who asked ended without a word")
        else:
            total += tallies.get()
    faults += [f"{fault} ({times} times)" for fault, times in total.items() if " " in fault]
    if total["unanswered"] and not outages:
        faults.append(f"{total['unanswered']} asks went unanswered")
    line = (
        f"readers: {total['asks']:,} asks by {_THREADS} threads and {_PROCESSES} processes in "
        f"{seconds:g} s beside {board.done():,} syncs of {writer.changes:,} changes, "
        f"{total['overtaken']:,} documents gone before they were looked up"
    )
    if outages:
        line += f", {total['unanswered']:,} asks and {writer.failed:,} syncs told that it is away"
    return Result(line, faults)


class Writer:
    """One who changes some notes and syncs, and tells the board what may be found."""

    def __init__(
        self, library: Syncable, notebook: Notebook, board: Board, rng: random.Random
    ) -> None:
        self.library, self.notebook, self.board, self.rng = library, notebook, board, rng
        self.versions = dict.fromkeys(range(_NOTES), 0)
        self.names = {number: f"{number:02} 0.txt" for number in range(_NOTES)}
        self.changes = self.failed = 0
        self.faults: list[str] = []
        for number in self.names:
            self.write(number)
        self.sync(dict(self.versions))

    def change(self) -> None:
        """Change some notes, each in one way, and sync: one renamed and edited would be two for a while."""
        least = {}
        for number in self.rng.sample(range(_NOTES), _CHANGES):
            least[number] = self.change_one(number)
            self.changes += 1
        self.sync(least)

    def change_one(self, number: int) -> int:
        """Edit, rename, delete or bring back a note; gives the lowest version that is then left."""
        name = self.names[number]
        way = self.rng.choice(("edit", "edit", "rename", "delete"))
        if name not in self.notebook.now or way == "edit":
            self.write(number)
        elif way == "rename":
            self.names[number] = f"{number:02} {self.rng.randrange(1_000_000)}.txt"
            self.notebook.rename(name, self.names[number])
        elif number >= _STEADY:
            self.notebook.delete(name)
            return self.versions[number] + 1
        return self.versions[number]

    def write(self, number: int) -> None:
        """Write the next version of a note."""
        self.versions[number] += 1
        self.board.wrote(number, self.versions[number])
        self.notebook.write(self.names[number], note(number, self.versions[number]))

    def sync(self, least: dict[int, int]) -> None:
        """Sync, and see that the folder was taken over."""
        self.board.begin()
        while not self.has_synced():
            self.failed += 1
        self.board.end(least)

    def has_synced(self) -> bool:
        """Sync once; whether there was a server to do it with."""
        try:
            report = self.library.sync()
            left = set(self.library.document_ids())
        except StoreError:
            return False
        self.faults += [f"{failed.path} failed: {failed.reason}" for failed in report.failed]
        if left != set(self.notebook.now):
            self.faults.append("a sync left the index unequal to the folder")
        return True
