"""Which passages look like they answer a question: a small BM25 for mining hard negatives.

The project's own retrieval needs an index on disk; training needs thousands of look-ups over
passages in memory, and only the lexical half, which is the half that fools a reader.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

_WORD = re.compile(r"[a-z0-9]+")
K1 = 1.2
B = 0.75


def words(text: str) -> list[str]:
    """Lower-cased words and numbers."""
    return _WORD.findall(text.lower())


class Nearby:
    """BM25 over passages held in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index ``texts``; a passage is known by its position among them."""
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([max(1, c.total()) for c in counts], dtype=np.float32)
        length_part = K1 * (1 - B + B * lengths / lengths.mean())
        postings: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for number, count in enumerate(counts):
            for word, times in count.items():
                postings[word][0].append(number)
                postings[word][1].append(times)
        self._size = len(texts)
        self._weights: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for word, (numbers, many) in postings.items():
            if len(numbers) > 0.2 * self._size + 5:
                continue  # function words cost the most and tell the least
            idf = math.log(1 + (self._size - len(numbers) + 0.5) / (len(numbers) + 0.5))
            where = np.array(numbers, dtype=np.int32)
            tf = np.array(many, dtype=np.float32)
            self._weights[word] = (where, idf * tf * (K1 + 1) / (tf + length_part[where]))

    def rank(self, text: str, top: int) -> list[int]:
        """Positions of the passages nearest to ``text``, best first; only those sharing a word."""
        scores = np.zeros(self._size, dtype=np.float32)
        for word in set(words(text)):
            if word in self._weights:
                where, weight = self._weights[word]
                scores[where] += weight
        top = min(top, self._size)
        best = np.argpartition(-scores, top - 1)[:top] if top < self._size else np.arange(top)
        ordered = sorted(best.tolist(), key=lambda n: (-float(scores[n]), n))
        return [n for n in ordered if scores[n] > 0]
