"""What exact search finds: every vector looked at, and BM25 over every passage with any of the words."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import numpy as np

from index import Hit, Library, Vectors
from index.catalogue import Catalogue
from index.database import Database
from index.words import Words
from qa.retrieval import fuse
from qa.words import content_words

_ROWS = 16_384
_DEPTH = 50
_EVERY_ROW = 2**62


def exact_hits(library: Library, questions: Sequence[str], k: int) -> list[dict[str, list[int]]]:
    """Of each question the ids of the `k` best passages by `vectors`, `words`, and both (`fused`)."""
    path = library.store / "catalogue.sqlite"
    with (
        closing(Catalogue(path, library.embedder.fingerprint)) as catalogue,
        closing(Database(path)) as database,
    ):
        words = Words(database, most_rows=_EVERY_ROW)
        nearest = _nearest(catalogue, library.embedder.embed(questions))
        found = []
        for question, dense in zip(questions, nearest, strict=True):
            lexical = words.search(content_words(question), _DEPTH)
            fused = fuse((_hits(catalogue, dense), _hits(catalogue, lexical)))
            found.append(
                {
                    "vectors": [id_ for id_, _ in dense[:k]],
                    "words": [id_ for id_, _ in lexical[:k]],
                    "fused": [hit.chunk.id for hit in fused[:k]],
                }
            )
    return found


def _hits(catalogue: Catalogue, found: Sequence[tuple[int, float]]) -> list[Hit]:
    chunks = catalogue.passages.chunks(id_ for id_, _ in found)
    return [Hit(chunks[id_], score) for id_, score in found if id_ in chunks]


def _nearest(catalogue: Catalogue, asked: Vectors) -> list[list[tuple[int, float]]]:
    best_ids = np.empty((len(asked), 0), np.int64)
    best = np.empty((len(asked), 0), np.float32)
    after = 0
    while True:
        ids, vectors = catalogue.passages.vectors(asked.shape[1], after=after, limit=_ROWS)
        if not len(ids):
            break
        after = int(ids[-1])
        best = np.hstack([best, asked @ vectors.T])
        best_ids = np.hstack([best_ids, np.broadcast_to(ids, (len(asked), len(ids)))])
        order = np.argsort(-best, axis=1)[:, :_DEPTH]
        best = np.take_along_axis(best, order, axis=1)
        best_ids = np.take_along_axis(best_ids, order, axis=1)
    return [
        [(int(i), float(s)) for i, s in zip(ids, scores, strict=True)]
        for ids, scores in zip(best_ids, best, strict=True)
    ]
