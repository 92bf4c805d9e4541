"""The words of a text as the catalogue's full text compares them, for a server that stems otherwise."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence

from index.schema import TOKENIZER


class Stemmer:
    """Asks SQLite's own tokenizer, in memory. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._memory.execute(f"CREATE VIRTUAL TABLE texts USING fts5(text, {TOKENIZER})")
        self._memory.execute("CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance)")

    def stems(self, texts: Sequence[str]) -> list[str]:
        """Each text's words, stemmed, without case and diacritics, in order and joined by blanks."""
        found: list[list[str]] = [[] for _ in texts]
        with self._lock:
            self._memory.executemany(
                "INSERT INTO texts (rowid, text) VALUES (?, ?)", enumerate(texts)
            )
            rows = self._memory.execute("SELECT doc, term FROM words ORDER BY doc, offset")
            for number, term in rows:
                found[number].append(term)
            self._memory.execute("DELETE FROM texts")
        return [" ".join(stems) for stems in found]

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
