"""The writer's side: a catalogue published, so that readers see all of a sync or nothing.

Rows never change. Those of new documents go in first, marked with the number of the publication that they
belong to, which readers leave out; then one row, the head, names that publication; then what nobody sees
any more is deleted. Wherever a writer is broken off, the next one clears what it left.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from index.catalogue import Catalogue
from index.errors import StoreError
from index.milvus.publication import Head, Listed, Listing, pack_document
from index.milvus.records import (
    CHARACTERS,
    ROWS,
    Records,
    document_owner,
    listing_owner,
    part_rows,
)
from index.milvus.server import MissingCollectionError, Row, Server, batches
from index.milvus.sweeper import Sweeper
from index.passages import Stored
from index.progress import Failure
from index.stems import Stemmer
from index.types import Document, Entry


class Publisher:
    """Publishes one catalogue; an `index.library.Mirror`."""

    def __init__(
        self, server: Server, writer: Path, fingerprint: str, dim: int, takes_over: bool = False
    ) -> None:
        """Touch nothing yet.

        Args:
            server: where to.
            writer: the file that names the index, for the server to tell it from others.
            fingerprint: of the embedder.
            dim: of its vectors.
            takes_over: put this index in the place of any other that is published there.
        """
        self._server = server
        self._records = Records(server)
        self._sweeper = Sweeper(server, self._records)
        self._writer, self._fingerprint, self._dim = writer, fingerprint, dim
        self._takes_over = takes_over
        self._stemmer = Stemmer()
        self._head: Head | None = None

    def begin(self, catalogue: Catalogue) -> None:
        """Make sure that this catalogue may be published, and that its ids go on where others ended.

        Raises:
            StoreError: the server cannot be used, or holds what another index has published.
        """
        self._server.check()
        try:
            self._head = head = self._records.head()
        except StoreError:
            if not self._takes_over:
                raise
            head = None
        if head is None:
            return
        if head.writer != self._name() and not self._takes_over:
            raise StoreError(
                f"the collection {self._server.address} is written by another index: sync where that "
                "one lies, or put this one in its place with `citewise sync FOLDER --rebuild`"
            )
        catalogue.passages.go_on_after(head.last_chunk)

    def publish(self, catalogue: Catalogue, entries: Sequence[Entry]) -> None:
        """Make what readers see equal to the catalogue.

        Args:
            catalogue: of which nobody changes anything in the meantime.
            entries: its files, as they are to be listed.

        Raises:
            StoreError: the server cannot be used; readers go on with what was published before.
        """
        head, listing = self._head, None
        if head is None:
            self._sweeper.sweep_everything()
            self._server.make_records(self._records.name)
        else:
            listing = self._records.listing(head.era, head.number, head.parts)
            self._sweeper.sweep(head, listing)
        if head is not None and listing is not None and self._goes_on(catalogue, head, listing):
            if head.state != catalogue.state:
                self._publish(catalogue, entries, head.era, head.number + 1, listing.documents)
        else:
            # Of another catalogue, or damaged: all is sent, into a collection of its own.
            number = head.number + 1 if head is not None else 1
            self._publish(catalogue, entries, secrets.token_hex(4), number, {})

    def close(self) -> None:
        """Let go of what it holds."""
        self._stemmer.close()

    def _goes_on(self, catalogue: Catalogue, head: Head, listing: Listing) -> bool:
        """Whether what is published is an earlier state of this catalogue, and all of it is there.

        A server may have been set back, or lost something.
        """
        if (head.writer, head.created) != (self._name(), catalogue.lineage):
            return False
        parts = sum(listed.parts for listed in listing.documents.values()) + head.parts
        try:
            passages = self._server.count(head.passages)
        except MissingCollectionError:
            return False
        # Beside the parts, there are the head and the attempt that became it.
        return (passages, self._server.count(self._records.name)) == (head.count, parts + 2)

    def _publish(
        self,
        catalogue: Catalogue,
        entries: Sequence[Entry],
        era: str,
        number: int,
        known: Mapping[int, Listed],
    ) -> None:
        """Send what is not known, and have readers see it."""
        self._records.put_attempt(number)
        passages = f"{self._records.name}_{era}"
        self._server.make_passages(passages, self._dim)
        documents = self._send(catalogue, known, era, number)
        self._server.settle(passages)
        failed = catalogue.ledger.failures().items()
        failures = tuple(Failure(path, file.reason) for path, file in failed)
        listing = Listing(documents, tuple(entries), failures)
        parts = listing.pack()
        self._records.put(part_rows(listing_owner(era, number), number, parts))
        head = Head(
            number=number,
            token=secrets.token_hex(8),
            writer=self._name(),
            state=catalogue.state,
            fingerprint=self._fingerprint,
            era=era,
            passages=passages,
            count=catalogue.passages.count(),
            last_chunk=catalogue.passages.last_id(),
            parts=len(parts),
            parts_before=self._head.parts if self._head and self._head.era == era else 0,
        )
        if self._records.head() != self._head:
            raise StoreError(
                f"the collection {self._server.address} was written by another index meanwhile: "
                "sync in one place only"
            )
        self._records.put_head(head)
        self._head = head
        self._sweeper.sweep(head, listing)
        self._server.settle(self._records.name)

    def _send(
        self, catalogue: Catalogue, known: Mapping[int, Listed], era: str, number: int
    ) -> dict[int, Listed]:
        """Store the documents that are not known, unseen as yet; gives all as they are to be listed."""
        documents: dict[int, Listed] = {}
        new: list[int] = []

        def contents() -> Iterator[Row]:
            for key, (title, paths) in catalogue.names().items():
                if key in known:
                    documents[key] = Listed(paths, title, known[key].parts)
                    continue
                document = catalogue.document(paths[0], Path())
                assert isinstance(document, Document)  # noqa: S101 - nobody changes the catalogue
                parts = pack_document(document)
                documents[key] = Listed(paths, title, len(parts))
                new.append(key)
                yield from part_rows(document_owner(era, key), number, parts)

        self._records.put(contents())
        passages = (
            row for key in new for row in self._rows(key, catalogue.passages.of(key), number)
        )
        for batch in batches(passages, ROWS, CHARACTERS):
            self._server.put(f"{self._records.name}_{era}", batch)
        return documents

    def _rows(self, key: int, passages: Sequence[Stored], number: int) -> Iterator[Row]:
        words = self._stemmer.stems([passage.text for passage in passages])
        for passage, stems in zip(passages, words, strict=True):
            yield {
                "id": f"{key}-{passage.id}",
                "document": key,
                "chunk": passage.id,
                "start": passage.span.start,
                "end": passage.span.end,
                "page": passage.page or 0,
                "since": number,
                "text": passage.text,
                "words": " ".join(stems),
                "vector": passage.vector,
            }

    def _name(self) -> str:
        """The name of this index, made when it is first asked for."""
        try:
            return self._writer.read_text(encoding="ascii")
        except FileNotFoundError:
            name = secrets.token_hex(8)
            self._writer.write_text(name, encoding="ascii")
            return name
