"""What exact search finds: every vector looked at, and BM25 over every passage with any of the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

import numpy as np

from index import Candidate, Library, Vectors
from index.catalogue import Catalogue
from index.database import Database
from index.passages import Passages
from qa.retrieval import combine
from qa.words import content_words, word_pairs

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
        passages = Passages(database, most_rows=_EVERY_ROW)
        asked = library.embedder.embed(questions)
        found = []
        for question, vector, dense in zip(
            questions, asked, _nearest(catalogue, asked), strict=True
        ):
            lexical = passages.search_words(content_words(question), k)
            fused = combine(_candidates(passages, question, vector, dict(dense)))
            found.append(
                {
                    "vectors": [id_ for id_, _ in dense[:k]],
                    "words": [hit.chunk.id for hit in lexical],
                    "fused": [hit.chunk.id for hit in fused[:k]],
                }
            )
    return found


def _candidates(
    passages: Passages, question: str, vector: Vectors, nearest: Mapping[int, float]
) -> list[Candidate]:
    """What `Library.candidates` gives, with every passage looked at."""
    words, pairs = content_words(question), word_pairs(question)
    lexical = passages.score_words(words, pairs, nearest, _DEPTH)
    others, vectors = passages.vectors_of(lexical.keys() - nearest.keys(), len(vector))
    cosines = dict(nearest) | dict(zip(others.tolist(), (vectors @ vector).tolist(), strict=True))
    chunks = passages.chunks(sorted(cosines))
    return [Candidate(chunk, cosines[id_], lexical.get(id_, 0.0)) for id_, chunk in chunks.items()]


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
