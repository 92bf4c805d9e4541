"""What a language model wrote, kept for when the same is asked of the same passages again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that a model wrote, and the ranks of the passages it cites, from 0."""

    text: str
    cited: tuple[int, ...]


class Cache:
    """The `most` answers last used, in memory; none where it is 0. For any number of threads."""

    def __init__(self, most: int) -> None:
        """Hold nothing yet."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[Sentence, ...]] = OrderedDict()

    def get(self, key: Key) -> tuple[Sentence, ...] | None:
        """What was kept under `key`."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, sentences: Sequence[Sentence]) -> None:
        """Keep a whole answer; the one used longest ago makes room."""
        with self._lock:
            self._kept[key] = tuple(sentences)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
