"""What nobody sees any more, deleted: of documents that are gone, and of writers that were broken off."""

from __future__ import annotations

import re

from index.milvus.publication import Head, Listing
from index.milvus.records import HEAD, Records, document_owner, listing_owner
from index.milvus.server import Server

_KEYS = 500  # in one filter


class Sweeper:
    """Leaves what a head leads to; may itself be broken off and begun again."""

    def __init__(self, server: Server, records: Records) -> None:
        """Touch nothing yet."""
        self._server, self._records = server, records

    def sweep_everything(self) -> None:
        """Take all of the collections away: nothing is published."""
        for name in self._server.names():
            if name in (self._records.name, *self._eras()):
                self._server.drop(name)

    def sweep(self, head: Head, listing: Listing | None) -> None:
        """Delete what does not belong to the head, whose listing is given if there is one."""
        if self._records.attempt() > head.number:
            self._server.delete(self._records.name, f"since > {head.number}")
            if head.passages in self._eras():
                self._server.delete(head.passages, f"since > {head.number}")
            self._records.put_attempt(head.number)
        if others := [name for name in self._eras() if name != head.passages]:
            self._server.delete(
                self._records.name, f'not (owner like "{head.era}-%") and owner != "{HEAD}"'
            )
            for name in others:  # which tell that there is something to delete
                self._server.drop(name)
        if listing is not None:
            self._sweep_replaced(head, listing)

    def _sweep_replaced(self, head: Head, listing: Listing) -> None:
        """Delete what only the listing before led to, and then that listing."""
        if not head.parts_before:
            return
        before = self._records.listing(head.era, head.number - 1, head.parts_before)
        # Where it is not whole, a sweep was broken off as it deleted the listing, which comes last.
        gone = sorted(before.documents.keys() - listing.documents.keys()) if before else []
        for start in range(0, len(gone), _KEYS):
            some = gone[start : start + _KEYS]
            self._server.delete(head.passages, f"document in {some}")
            owners = ", ".join(f'"{document_owner(head.era, key)}"' for key in some)
            self._server.delete(self._records.name, f"owner in [{owners}]")
        owner = listing_owner(head.era, head.number - 1)
        self._server.delete(self._records.name, f'owner == "{owner}"')

    def _eras(self) -> list[str]:
        """The collections of passages, of this or another era."""
        ours = re.compile(re.escape(self._records.name) + "_[0-9a-f]{8}")
        return [name for name in self._server.names() if ours.fullmatch(name)]
