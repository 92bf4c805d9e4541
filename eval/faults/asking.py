"""Searches whose hits are held against the only texts that they can be of."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from eval.faults.board import Board
from eval.faults.notes import WORDS, SmallModel, note
from index import Chunk, CitewiseError, Hit, Searchable, StoreError, open_index

_HITS = 20
_OPEN_SECONDS = 2.0

# How many "asks", how many of them were "unanswered" for want of a server, how many documents were
# "overtaken" by a change before they were looked up, and every fault by its line.
Tally = Counter[str]


def ask(
    library: Searchable,
    seed: int,
    board: Board,
    steady: int,
    until: float,
    tallies: SimpleQueue[Tally],
) -> None:
    """Ask until the time `until`, in seconds as of `time.time`, and put what there was into `tallies`."""
    asker = Asker(board, steady, seed)
    while time.time() < until:
        asker.ask(library)
    tallies.put(asker.tally)


def open_and_ask(
    docs: Path,
    home: Path,
    store: str,
    seed: int,
    board: Board,
    steady: int,
    until: float,
    tallies: SimpleQueue[Tally],
) -> None:
    """The same of an index that is opened anew every so often."""
    asker = Asker(board, steady, seed)
    while time.time() < until:
        try:
            with open_index(docs, home, SmallModel(), store) as library:
                close_at = min(until, time.time() + _OPEN_SECONDS)
                while time.time() < close_at:
                    asker.ask(library)
        except StoreError:
            asker.tally["unanswered"] += 1
        except CitewiseError as error:
            asker.tally[f"opening the index failed: {error}"] += 1
    tallies.put(asker.tally)


class Asker:
    """Asks by words and by vectors, and looks up what it finds.

    The first `steady` notes are always there.
    """

    def __init__(self, board: Board, steady: int, seed: int) -> None:
        self.board, self.steady = board, steady
        self.rng, self.model = random.Random(seed), SmallModel()
        self.tally: Tally = Counter()

    def ask(self, library: Searchable) -> None:
        """Ask once, and note what is wrong with the answer."""
        self.tally["asks"] += 1
        done, least = self.board.done(), self.board.least()
        try:
            hits = self.search(library)
            self.compare(hits, least)
            for hit in self.rng.sample(hits, min(2, len(hits))):
                self.look_up(library, hit.chunk, done, least)
        except StoreError:
            self.tally["unanswered"] += 1
        except Exception as error:  # whatever it is, it is not to happen
            self.tally[f"an ask failed: {type(error).__name__}: {error}"] += 1

    def search(self, library: Searchable) -> list[Hit]:
        """Search for a note that is always there, for any words, or for what is near to any text."""
        match self.rng.randrange(3):
            case 0:
                number = self.rng.randrange(self.steady)
                hits = library.search_words([f"n{number}"], _HITS)
                if number not in {_number(hit.chunk.document_id) for hit in hits}:
                    self.tally[f"note {number} is not found"] += 1
                return hits
            case 1:
                return library.search_words(self.rng.sample(WORDS, 3), _HITS)
            case _:
                return library.search_vectors(self.model.embed([str(self.rng.random())])[0], _HITS)

    def compare(self, hits: Sequence[Hit], least: Sequence[int]) -> None:
        """All passages of a note must be of one version, and of one that may be found."""
        latest = self.board.latest()
        by_note: defaultdict[int, list[Chunk]] = defaultdict(list)
        for hit in hits:
            by_note[_number(hit.chunk.document_id)].append(hit.chunk)
        for number, chunks in by_note.items():
            versions = range(least[number], latest[number] + 1)
            if not any(_are_of(chunks, note(number, version)) for version in versions):
                self.tally["an answer is stale, or mixes versions"] += 1

    def look_up(self, library: Searchable, chunk: Chunk, done: int, least: Sequence[int]) -> None:
        """The document must be one version of the note, and the passage in it unless it was replaced."""
        try:
            text = library.document(chunk.document_id).text
        except StoreError:
            raise
        except CitewiseError:
            text = ""
        number = _number(chunk.document_id)
        versions = range(least[number], self.board.latest()[number] + 1)
        if text and text not in [note(number, version) for version in versions]:
            self.tally["a document is stale, or mixes versions"] += 1
        if not text or not _are_of([chunk], text):
            what = "a passage is not in its document" if self.board.is_calm(done) else "overtaken"
            self.tally[what] += 1


def _are_of(chunks: Sequence[Chunk], text: str) -> bool:
    return all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)


def _number(document_id: str) -> int:
    """Which note a document is: names begin with it."""
    return int(document_id.split()[0])
