"""A reader's side: what was published last, as if it were all there is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from index.embedding import Vectors
from index.errors import CatalogueError, StoreError
from index.milvus.publication import Head, Listing, unpack_document
from index.milvus.records import Records, document_owner
from index.milvus.server import MissingCollectionError, Row, Server
from index.stems import Stemmer
from index.types import Candidate, Chunk, Document, Hit

T = TypeVar("T")
_TRIES = 20
_TEXTS = 64  # documents whose content is kept
_EMPTY = Listing({}, (), ())


class _TornError(Exception):
    """What a listing leads to is not there: it was replaced meanwhile, or something is lost."""


class Reader:
    """Safe to use from many threads; every answer is of one publication, which held when it was asked."""

    def __init__(self, server: Server, fingerprint: str) -> None:
        """Ask nothing yet; `fingerprint` is the embedder's that questions are put by."""
        self._server = server
        self._records = Records(server)
        self._fingerprint = fingerprint
        self._stemmer = Stemmer()
        self._last: tuple[Head | None, Listing] = None, _EMPTY
        self._parts = lru_cache(_TEXTS)(self._fetch_parts)

    def check(self) -> None:
        """Raise StoreError where the server cannot be used, CatalogueError where the vectors are another
        model's."""
        self._server.check()
        self._checked(self._records.head())

    def read(self, ask: Callable[[Head | None, Listing], T]) -> T:
        """What `ask` makes of a head and its listing that were the latest all the while.

        Raises:
            StoreError: the server cannot be used.
            CatalogueError: the vectors are another model's.
        """
        for _ in range(_TRIES):
            head, listing = self._last
            torn = False
            try:
                answer = ask(head, listing)
            except (_TornError, MissingCollectionError):
                torn = True
            now = self._checked(self._records.head())
            if now == head:
                if torn:
                    break
                return answer
            if now is None:  # which is not the same as an index that holds nothing
                raise StoreError(
                    f"nothing is published in {self._server.address} any more: run `citewise sync "
                    "FOLDER` where it is written"
                )
            if (found := self._listing(now)) is not None:
                self._last = now, found
        raise StoreError(
            f"what is published in {self._server.address} is not complete, or changes faster than it "
            "can be read: sync it once more where it is written"
        )

    def search_vectors(self, vector: Vectors, k: int) -> list[Hit]:
        """The `k` passages nearest to `vector`, scored by their cosine."""
        return self.read(lambda head, listing: self._hits(head, listing, "vector", vector, k))

    def search_words(self, words: Sequence[str], k: int) -> list[Hit]:
        """The `k` best passages by BM25 that hold any of the words, compared by their stems."""
        stems = self._stems(words)
        if not stems:
            return []
        return self.read(lambda head, listing: self._hits(head, listing, "bm25", stems, k))

    def candidates(self, vector: Vectors, words: Sequence[str], k: int) -> list[Candidate]:
        """What either search finds, scored by both, in the order of the ids."""
        stems = self._stems(words)

        def ask(head: Head | None, listing: Listing) -> list[Candidate]:
            found: dict[int, Chunk] = {}

            def scores(
                field: str, wanted: Vectors | str, ids: Collection[int] = ()
            ) -> dict[int, float]:
                hits = self._hits(head, listing, field, wanted, len(ids) or k, ids)
                found.update((hit.chunk.id, hit.chunk) for hit in hits)
                return {hit.chunk.id: hit.score for hit in hits}

            cosines = scores("vector", vector)
            lexical = scores("bm25", stems) if stems else {}
            if stems and (others := cosines.keys() - lexical.keys()):
                lexical |= scores("bm25", stems, others)
            if others := lexical.keys() - cosines.keys():
                cosines |= scores("vector", vector, others)
            return [
                Candidate(chunk, cosines.get(id_, 0.0), lexical.get(id_, 0.0))
                for id_, chunk in sorted(found.items())
            ]

        return self.read(ask)

    def document(self, path: str, root: Path) -> Document | None:
        """The document that the file holds, its path below `root`; None where none is published."""

        def ask(head: Head | None, listing: Listing) -> Document | None:
            key = listing.keys.get(path)
            if head is None or key is None:
                return None
            listed = listing.documents[key]
            try:
                parts = self._parts(document_owner(head.era, key), listed.parts)
                return unpack_document(parts, listed, root)
            except ValueError:
                raise _TornError from None

        return self.read(ask)

    def close(self) -> None:
        """Let go of what it holds."""
        self._stemmer.close()

    def _stems(self, words: Sequence[str]) -> str:
        (stems,) = self._stemmer.stems([" ".join(words)])
        return " ".join(stems)

    def _hits(
        self,
        head: Head | None,
        listing: Listing,
        field: str,
        wanted: Vectors | str,
        k: int,
        among: Collection[int] = (),
    ) -> list[Hit]:
        """The best of all passages, or of those with the ids `among`."""
        if head is None:
            return []
        seen = f"since <= {head.number}"
        if among:
            seen += f" and chunk in {sorted(among)}"
        found = self._server.search(head.passages, field, wanted, k, seen)
        hits = [
            # BM25 is given as a distance by some servers, below 0.
            Hit(_chunk(row, listing), score if field == "vector" else abs(score))
            for row, score in found
            if row["document"] in listing.documents
        ]
        # Those of equal scores come in no certain order.
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))

    def _fetch_parts(self, owner: str, count: int) -> tuple[str, ...]:
        """The parts of a document, which never change."""
        parts = self._records.parts(owner, count)
        if parts is None:
            raise _TornError
        return tuple(parts)

    def _listing(self, head: Head) -> Listing | None:
        return self._records.listing(head.era, head.number, head.parts)

    def _checked(self, head: Head | None) -> Head | None:
        if head is not None and head.fingerprint != self._fingerprint:
            raise CatalogueError(
                f"the index holds vectors of {head.fingerprint}, not of {self._fingerprint}: use the "
                "same embedder, or run `citewise sync FOLDER --rebuild` where it is written"
            )
        return head


def _chunk(row: Row, listing: Listing) -> Chunk:
    return Chunk(
        id=row["chunk"],
        document_id=listing.documents[row["document"]].id,
        start=row["start"],
        end=row["end"],
        text=row["text"],
        page=row["page"] or None,
    )
