"""Small documents that say which one and which version they are, and a model that costs next to nothing."""

from __future__ import annotations

import hashlib
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from index import Vectors

WORDS = (
    "boat car tree lake road stone river house ship train kite wall gate salt storm grass".split()
)
_SENTENCES = 12
_DIGEST = 32  # hexadecimal digits


class SmallModel:
    """Vectors drawn from the hashes of texts; a word counts five tokens, so that a note has passages.

    Where there is a `log`, the digest of every text is added to it, and each takes `seconds`.
    """

    fingerprint = "small"
    dim = 32

    def __init__(self, log: Path | None = None, seconds: float = 0.0) -> None:
        self._log, self._seconds = log, seconds

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        time.sleep(len(texts) * self._seconds)
        if self._log is not None:
            with self._log.open("a", encoding="ascii") as log:
                log.writelines(f"{digest(text)}\n" for text in texts)
        rows = np.array([self._row(text) for text in texts], np.float32).reshape(-1, self.dim)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        return [5 * len(text.split()) for text in texts]

    def _row(self, text: str) -> Vectors:
        row = hashlib.shake_128(text.encode()).digest(self.dim)
        return np.frombuffer(row, np.uint8).astype(np.float32) - 127.5


def digest(text: str) -> str:
    """What stands in the log for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]


def logged(log: Path) -> list[str]:
    """The digests of all texts that went through the model; of a line broken off, nothing."""
    lines = log.read_text(encoding="ascii").splitlines() if log.exists() else []
    return [line for line in lines if len(line) == _DIGEST]


@cache
def note(number: int, version: int) -> str:
    """The text of a note: its beginning is another in each version, and the rest moves along with it.

    No other note and no other version has a passage with that beginning, no other note any of the rest.
    """
    beginning = random.Random(f"{number} {version}")
    always = random.Random(number)
    first = f"Note n{number} is in version v{version} and has a word of {'x' * (1 + version % 7)}."
    rest = [_sentence(always) for _ in range(_SENTENCES)]
    return f"{first} {_sentence(beginning)} {' '.join(rest)}"


def _sentence(rng: random.Random) -> str:
    return " ".join(rng.choices(WORDS, k=9)).capitalize() + "."


class Notebook:
    """A folder of notes in files, and every text that each file ever held."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now: dict[str, str] = {}
        self.ever: defaultdict[str, set[str]] = defaultdict(set)
        root.mkdir()

    def write(self, name: str, text: str) -> None:
        """Make a file, or put another text in it."""
        (self.root / name).write_text(text, encoding="utf-8")
        self._note(name, text)

    def rename(self, old: str, new: str) -> None:
        """Give a file another name."""
        (self.root / old).replace(self.root / new)
        self._note(new, self.now.pop(old))

    def delete(self, name: str) -> None:
        """Delete a file."""
        (self.root / name).unlink()
        del self.now[name]

    def _note(self, name: str, text: str) -> None:
        self.now[name] = text
        self.ever[name].add(text)
