"""The words of a text as the catalogue's full text compares them, asked of SQLite's own tokenizer."""

from __future__ import annotations

import sqlite3
import weakref
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from index.schema import TOKENIZER

Stems = tuple[str, ...]
# A text's number and, in the lower bits, a word's number within it: words side by side are neighbours.
Places = NDArray[np.int64]
TEXT = 32


class Stemmer:
    """Stems texts in memory; a stem is without case and diacritics. Safe to use from many threads."""

    def __init__(self) -> None:
        self._free: deque[sqlite3.Connection] = deque()
        weakref.finalize(self, _close, self._free)

    def stems(self, texts: Sequence[str]) -> list[Stems]:
        """Each text's words in order, as stems."""
        found: list[list[str]] = [[] for _ in texts]
        with self._holding(enumerate(texts)) as memory:
            for text, stem in memory.execute("SELECT doc, term FROM words ORDER BY doc, offset"):
                found[text].append(stem)
        return list(map(tuple, found))

    def places(
        self, texts: Sequence[str], stems: Collection[str]
    ) -> tuple[NDArray[np.float64], dict[str, Places]]:
        """How many words each text has, shape (n,), and where in them each of the stems stands.

        A place is the number of the text, shifted by `TEXT` bits, plus that of the word in it; both begin
        with 0, and places are in order.
        """
        with self._holding(enumerate(texts)) as memory:
            sizes = memory.execute("SELECT sz FROM texts_docsize ORDER BY id")
            lengths = np.array([next(numbers(size)) for (size,) in sizes], np.float64)
            return lengths, {stem: _places(memory, stem) for stem in stems}

    def close(self) -> None:
        """Let go of the memory."""
        _close(self._free)

    @contextmanager
    def _holding(self, texts: Iterable[tuple[int, str]]) -> Iterator[sqlite3.Connection]:
        """A database in memory of these texts alone; nobody else has it meanwhile."""
        try:
            memory = self._free.pop()
        except IndexError:
            memory = _made()
        try:
            memory.execute("BEGIN")
            memory.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts)
            memory.execute("COMMIT")
            yield memory
            memory.execute("INSERT INTO texts (texts) VALUES ('delete-all')")
        except BaseException:
            memory.close()
            raise
        self._free.append(memory)


def numbers(record: bytes) -> Iterator[int]:
    """The numbers of a record of the full text: seven bits a byte, the last without the eighth."""
    value = 0
    for byte in record:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            yield value
            value = 0


def _made() -> sqlite3.Connection:
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    memory.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, content = '', {TOKENIZER})")
    memory.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance)")
    return memory


def _close(connections: deque[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def _places(memory: sqlite3.Connection, stem: str) -> Places:
    # As one text, which is quicker than row by row.
    ((found,),) = memory.execute(
        "SELECT group_concat(doc << ? | offset) FROM words WHERE term = ?", (TEXT, stem)
    )
    return np.fromstring(found or "", np.int64, sep=",")
