"""Whether an index holds together: documents, passages, full text and vectors, each against the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path

import numpy as np

from eval.faults.notes import WORDS, SmallModel
from index import Chunk, Searchable, Span, Syncable
from index.catalogue import Catalogue
from index.chunking import chunk_spans
from index.vectors import ExactIndex

CATALOGUE = "catalogue.sqlite"
_EVERY = 10_000


def unsound(library: Syncable) -> Iterator[str]:
    """A line for each thing that does not fit, of an index that nobody writes in the meantime."""
    model = SmallModel()
    probe = model.embed(["anything"])[0]
    with closing(Catalogue(library.store / CATALOGUE, model.fingerprint)) as catalogue:
        ids = catalogue.passages.ids()
        yield from unsound_passages(catalogue, library.folder)
        found = library.search_vectors(probe, len(ids) + 1)
        if {hit.chunk.id for hit in found} != set(catalogue.passages.chunks(ids.tolist())):
            yield f"a search by vector finds {len(found)} of {len(ids)} passages"
        # The search has left a snapshot, unless one was there.
        name = f"vectors-{catalogue.edition}"
        snapshot = ExactIndex.load(library.store, name, model.dim, ids)
        stored = [] if snapshot is None else snapshot.search(probe, len(ids) + 1)
        if snapshot is None or not np.array_equal(sorted(id_ for id_, _ in stored), ids):
            yield f"FAISS has {len(stored)} ids and the catalogue {len(ids)}"
    by_words = library.search_words(WORDS, len(ids) + 1)
    if not {hit.chunk for hit in by_words} <= {hit.chunk for hit in found}:
        yield "a search by words finds what no search by vector finds"


def unsound_answers(library: Searchable, texts: Mapping[str, str]) -> Iterator[str]:
    """A line for each thing in which what is found differs from these files and their passages."""
    by_vector = library.search_vectors(SmallModel().embed(["anything"])[0], _EVERY)
    by_words = library.search_words(WORDS, _EVERY)
    for hits in (by_vector, by_words):
        if len({hit.chunk.id for hit in hits}) != len(hits):
            yield "a passage is found twice"
    if set(library.document_ids()) != set(texts):
        yield "the documents are not the files"
    found: defaultdict[str, list[Span]] = defaultdict(list)
    # A server's search by vector may pass over some, and ours by words over those of common words alone.
    for chunk in {hit.chunk for hit in by_vector + by_words}:
        found[chunk.document_id].append(Span(chunk.start, chunk.end))
    for name, text in texts.items():
        if library.document(name).text != text:
            yield f"{name} is not what its file holds"
        if sorted(found[name]) != _spans(text):
            yield f"{name} is found by other passages than its text gives"


def unsound_passages(catalogue: Catalogue, root: Path) -> Iterator[str]:
    """The same of documents, passages and full text alone."""
    texts = {}
    for id_ in catalogue.document_ids():
        if (document := catalogue.document(id_, root)) is None:
            yield f"{id_} is listed, and not there"
        else:
            texts[id_] = document.text
    passages: defaultdict[str, list[Chunk]] = defaultdict(list)
    for chunk in catalogue.passages.chunks(catalogue.passages.ids().tolist()).values():
        passages[chunk.document_id].append(chunk)
    for id_ in passages.keys() - texts.keys():
        yield f"{id_} has passages and is not there"
    for id_, text in texts.items():
        spans = sorted(Span(chunk.start, chunk.end) for chunk in passages[id_])
        if spans != _spans(text):
            yield f"{id_} has other passages than its text gives"
        # A passage's text is read from the full text, by its id.
        for chunk in passages[id_]:
            if text[chunk.start : chunk.end] != chunk.text:
                yield f"{id_} differs from its passage at {chunk.start}"
    if catalogue.mend_words():
        yield "the full text is out of step with the passages"


@lru_cache(maxsize=10_000)
def _spans(text: str) -> list[Span]:
    return chunk_spans(text, SmallModel().count_tokens)
