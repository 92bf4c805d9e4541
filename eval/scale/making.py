"""More passages than were read, made from those: recombined sentences under mixed vectors.

A made passage opens with the first half of the sentences of a real one and closes with the last half of
those of its partner: the nearest, by cosine, of `_POOL` passages drawn anew for each edition. Its vector
is the unit mean of the two and of a residue, which stands for what a model sees in such a text beyond
its halves: a multiple of the difference of two passages drawn by chance. The multiple is chosen so that
made vectors are as far from the plain mean as those are that the model itself gives to such texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from eval.scale.corpus import Corpus, Source
from index import Embedder, Span, Vectors, sentence_spans

_POOL = 1000
_ROWS = 2048
_SEED = 9
_SAMPLE = 200
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Made:
    """How the passages of a corpus are mixed: the same texts and vectors each time.

    `partners`, shape (editions, passages), are rows of the corpus; `residue` is a length beside the
    mean's, which is about 1.
    """

    corpus: Corpus
    halves: tuple[tuple[str, str], ...]
    partners: NDArray[np.int32]
    residue: float

    @classmethod
    def plan(cls, corpus: Corpus, editions: int, embedder: Embedder) -> Self:
        """So many further editions of every document."""
        texts = [text for source in corpus.documents for text in source.texts()]
        halves = tuple(map(_halves, texts))
        partners = np.stack([_partners(corpus.vectors, edition) for edition in range(editions)])
        return cls(corpus, halves, partners, _residue(corpus.vectors, halves, partners, embedder))

    def documents(self, edition: int) -> Iterator[tuple[Source, Vectors]]:
        """One edition of every document, with the vectors of its passages."""
        rng = np.random.default_rng((_SEED, edition))
        row = 0
        for source in self.corpus.documents:
            rows = np.arange(row, row + len(source.spans))
            row += len(rows)
            partners = self.partners[edition][rows]
            pairs = zip(rows, partners, strict=True)
            texts = [_joined(self.halves[a][0], self.halves[b][1]) for a, b in pairs]
            yield (
                _document(f"edition-{edition + 1}/{source.name}", source.title, texts),
                _mixed(self.corpus.vectors, rows, partners, self.residue, rng),
            )


def _halves(text: str) -> tuple[str, str]:
    """The first and the last half of the sentences; of a single sentence, of its words."""
    spans = sentence_spans(text)
    if len(spans) > 1:
        cut = spans[len(spans) // 2].start
        return text[:cut].strip(), text[cut:].strip()
    words = text.split()
    cut = (len(words) + 1) // 2
    return " ".join(words[:cut]), " ".join(words[cut:])


def _joined(first: str, last: str) -> str:
    return f"{first} {last}".strip()


def _partners(vectors: Vectors, edition: int) -> NDArray[np.int32]:
    rng = np.random.default_rng((_SEED, edition))
    pool = np.sort(rng.choice(len(vectors), min(_POOL, len(vectors)), replace=False))
    drawn = np.ascontiguousarray(vectors[pool])
    chosen = np.empty(len(vectors), np.int32)
    for start in range(0, len(vectors), _ROWS):
        some = np.arange(start, min(start + _ROWS, len(vectors)))
        likeness = vectors[some] @ drawn.T
        likeness[some[:, None] == pool] = -1.0  # nobody is a partner to itself
        chosen[some] = pool[likeness.argmax(axis=1)]
    return chosen


def _mixed(
    vectors: Vectors,
    rows: NDArray[np.int64],
    partners: NDArray[np.int32],
    residue: float,
    rng: np.random.Generator,
) -> Vectors:
    means = _unit(vectors[rows] + vectors[partners])
    a, b = rng.integers(len(vectors), size=(2, len(rows)))
    return _unit(means + residue * _unit(vectors[a] - vectors[b]))


def _residue(
    vectors: Vectors,
    halves: tuple[tuple[str, str], ...],
    partners: NDArray[np.int32],
    embedder: Embedder,
) -> float:
    """The tangent of the mean angle between the model's vectors of made texts and the plain means."""
    rng = np.random.default_rng(_SEED)
    rows = rng.choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False)
    others = partners[0][rows]
    pairs = zip(rows, others, strict=True)
    real = embedder.embed([_joined(halves[a][0], halves[b][1]) for a, b in pairs])
    means = _unit(vectors[rows] + vectors[others])
    cosines = np.sum(real * means, axis=1).clip(-1.0, 1.0)
    return float(np.tan(np.arccos(cosines).mean()))


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit


def _document(name: str, title: str, texts: list[str]) -> Source:
    spans, start = [], 0
    for text in texts:
        spans.append(Span(start, start + len(text)))
        start += len(text) + len(_GAP)
    return Source(f"{name}.txt", title, _GAP.join(texts), tuple(spans))
