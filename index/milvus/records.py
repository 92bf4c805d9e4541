"""The rows of what is published: the head, listings and documents' contents, by their owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.milvus.publication import Head, Listing
from index.milvus.server import MissingCollectionError, Row, Server, batches

# The two rows that change: which publication holds, and which was begun.
HEAD, ATTEMPT = "head", "attempt"
# A call takes so many rows, and characters of theirs.
ROWS, CHARACTERS = 1000, 8 << 20
_PARTS = 100  # read in one call


class Records:
    """One collection of small rows; a value too large for one is cut into parts, each a row."""

    def __init__(self, server: Server) -> None:
        """Touch nothing yet."""
        self._server = server
        self.name = server.address.collection

    def head(self) -> Head | None:
        """The head; None where nothing is published."""
        try:
            rows = self._server.get(self.name, [HEAD])
        except MissingCollectionError:
            return None
        return Head.parse(rows[HEAD]["body"]) if rows else None

    def put_head(self, head: Head) -> None:
        """Make it the head."""
        self.put([row(HEAD, HEAD, 0, head.text())])

    def attempt(self) -> int:
        """The number of the publication that was begun last."""
        rows = self._server.get(self.name, [ATTEMPT])
        return int(rows[ATTEMPT]["body"]) if rows else 0

    def put_attempt(self, number: int) -> None:
        """Note that a publication is begun."""
        self.put([row(ATTEMPT, HEAD, 0, str(number))])

    def put(self, rows: Iterable[Row]) -> None:
        """Store rows, in calls of bounded size."""
        for batch in batches(rows, ROWS, CHARACTERS):
            self._server.put(self.name, batch)

    def parts(self, owner: str, count: int) -> list[str] | None:
        """An owner's parts; None unless all of them are there."""
        ids = [f"{owner}/{number}" for number in range(count)]
        rows: dict[str, Row] = {}
        for start in range(0, count, _PARTS):
            rows.update(self._server.get(self.name, ids[start : start + _PARTS]))
        return [rows[id_]["body"] for id_ in ids] if len(rows) == count else None

    def listing(self, era: str, number: int, parts: int) -> Listing | None:
        """The listing of a publication; None unless all of it is there and sound."""
        found = self.parts(listing_owner(era, number), parts)
        try:
            return None if found is None else Listing.unpack(found)
        except ValueError:
            return None


def listing_owner(era: str, number: int) -> str:
    """Whose rows the parts of a publication's listing are."""
    return f"{era}-listing-{number}"


def document_owner(era: str, key: int) -> str:
    """Whose rows the parts of a document's content are."""
    return f"{era}-{key}"


def part_rows(owner: str, number: int, parts: Sequence[str]) -> list[Row]:
    """The rows of an owner's parts, which belong to the publication of that number."""
    return [row(f"{owner}/{at}", owner, number, part) for at, part in enumerate(parts)]


def row(id_: str, owner: str, since: int, body: str) -> Row:
    """One row."""
    return {"id": id_, "owner": owner, "since": since, "body": body, "nothing": [0.0, 0.0]}
