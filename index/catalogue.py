"""The truth: documents, passages, vectors and full text in one SQLite file, changed in transactions.

Everything else (the FAISS index) can be rebuilt from here.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path, PurePosixPath

from index import schema
from index.database import REBUILD, Database
from index.embedding import Vectors
from index.errors import CatalogueError
from index.files import FileState
from index.kinds import kind_of
from index.ledger import Identity, Ledger
from index.passages import Passages
from index.types import Document, Entry, Line, Page, Section, Span

_ORPHANED = "id NOT IN (SELECT document FROM files)"


class Catalogue:
    """One SQLite file, safe to use from many threads.

    `passages` and `ledger` are parts of it. The methods that change anything are called within
    `transaction`; each reading method sees one committed state. A document's id is the first of its
    files' paths.
    """

    def __init__(self, path: Path, fingerprint: str, *, renewing: bool = False) -> None:
        """Open the catalogue at `path`, made anew where there is none, or one of an earlier version.

        Args:
            path: the file.
            fingerprint: of the embedder whose vectors it holds.
            renewing: open it whatever it holds, which is then good for nothing but `renew`.

        Raises:
            CatalogueError: it is damaged, cannot be opened, or holds another model's vectors.
        """
        self._database = Database(path)
        self._fingerprint = fingerprint
        self.passages = Passages(self._database)
        self.ledger = Ledger(self._database)
        try:
            self.was_outdated = schema.prepare(self._database, fingerprint)
            if not renewing:
                self.check()
        except BaseException:
            self.close()
            raise

    def check(self) -> None:
        """Raise CatalogueError if another process has put another model's vectors or tables in here."""
        schema.check(self._database, self._fingerprint)

    def renew(self) -> None:
        """Forget everything, whichever model or version it is of."""
        schema.renew(self._database, self._fingerprint)

    def verify(self) -> None:
        """Raise CatalogueError if the file is damaged; takes time in proportion to its size."""
        if not self._database.is_sound():
            raise CatalogueError(f"the index {self._database.path} is damaged: {REBUILD}")

    def mend_words(self) -> bool:
        """Make the full text anew if it is out of step with the passages; whether it was."""
        return schema.mend_words(self._database)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All of the changes within, or none of them; one within another is a part of it."""
        return self._database.transaction()

    @property
    def generation(self) -> int:
        """A number that grows with every change to the passages."""
        return int(schema.meta(self._database, "generation"))

    @property
    def revision(self) -> int:
        """A number that grows with every change to what is known of the files, in whichever process."""
        return int(schema.meta(self._database, "revision"))

    @property
    def edition(self) -> str:
        """What names the passages as they are now, and no others in any catalogue."""
        sql = "SELECT value FROM meta WHERE key IN ('created', 'generation') ORDER BY key"
        return "-".join(str(value) for (value,) in self._database.rows(sql))

    @property
    def lineage(self) -> str:
        """What names the catalogue as long as ids mean in it what they meant; `renew` changes it."""
        return schema.meta(self._database, "created")

    def to_disk(self) -> None:
        """See to it that a loss of power takes nothing with it that was committed until now."""
        self._database.to_disk()

    @property
    def state(self) -> str:
        """What names all that is stored as it is now, and nothing else in any catalogue."""
        return f"{self.edition}/{self.revision}"

    def has(self, identity: Identity) -> bool:
        """Whether a document is stored, though no file may hold it any more."""
        sql = "SELECT 1 FROM documents WHERE sha256 = ? AND suffix = ?"
        return bool(self._database.rows(sql, identity))

    def has_orphans(self) -> bool:
        """Whether there are documents for `collect`."""
        return bool(self._database.rows(f"SELECT 1 FROM documents WHERE {_ORPHANED} LIMIT 1"))

    def document_ids(self) -> tuple[str, ...]:
        """Every stored document's id, in order."""
        rows = self._database.rows("SELECT min(path) FROM files GROUP BY document ORDER BY 1")
        return tuple(row[0] for row in rows)

    def titles(self) -> tuple[str, ...]:
        """Every stored document's title, in the order of the ids."""
        rows = self._database.rows(
            "SELECT min(f.path), d.title FROM files f JOIN documents d ON d.id = f.document "
            "GROUP BY d.id ORDER BY 1"
        )
        return tuple(_title(title, path) for path, title in rows)

    def names(self) -> dict[int, tuple[str | None, tuple[str, ...]]]:
        """Each stored document's own title and the paths of its files, in order, by its key."""
        rows = self._database.rows(
            "SELECT d.id, d.title, json_group_array(f.path) FROM files f "
            "JOIN documents d ON d.id = f.document GROUP BY d.id"
        )
        return {key: (title, tuple(sorted(json.loads(paths)))) for key, title, paths in rows}

    def entries(self) -> tuple[Entry, ...]:
        """Every file that is known, whether it could be read or not, in order of path.

        The size of a file that cannot be read for now is not known, and given as 0.
        """
        rows = self._database.rows(
            "SELECT f.path, d.title, d.page_count, c.passages, f.size, coalesce(x.reason, '') "
            "FROM files f JOIN documents d ON d.id = f.document LEFT JOIN failures x USING (path) "
            "LEFT JOIN (SELECT document, count(*) AS passages FROM chunks GROUP BY document) c "
            "ON c.document = d.id "
            "UNION ALL SELECT path, NULL, NULL, NULL, size, reason FROM failures "
            "WHERE path NOT IN (SELECT path FROM files) ORDER BY 1"
        )
        return tuple(
            Entry(path, _title(title, path), kind_of(path), pages, passages or 0, size or 0, reason)
            for path, title, pages, passages, size, reason in rows
        )

    def document(self, path: str, root: Path) -> Document | None:
        """The document that the file holds, its path below `root`; None where none is stored."""
        rows = self._database.rows(
            "SELECT d.title, d.text, d.pages, d.sections, d.media_type, d.sha256, "
            "(SELECT json_group_array(path) FROM files WHERE document = d.id) "
            "FROM files f JOIN documents d ON d.id = f.document WHERE f.path = ?",
            (path,),
        )
        for title, text, pages, sections, media_type, sha256, paths in rows:
            id_, *copies = sorted(json.loads(paths))
            return Document(
                id=id_,
                path=root / id_,
                title=_title(title, id_),
                text=text,
                pages=_pages(pages),
                media_type=media_type,
                sha256=sha256,
                sections=tuple(Section(*section) for section in json.loads(sections)),
                copies=tuple(copies),
            )
        return None

    def put(
        self,
        document: Document,
        state: FileState,
        spans: Sequence[Span],
        vectors: Vectors,
        *,
        replaced: str | None = None,
        titled: bool = True,
    ) -> None:
        """Store a document that is not stored yet as what the file `document.id` holds.

        Args:
            document: what was read.
            state: of its file.
            spans: its passages, as ranges of its text.
            vectors: shape (len(spans), dim), float32 unit rows.
            replaced: the file, of this path or another, whose content this is a later version of. It
                is forgotten, and if no other file has that content, the passages that stay the same
                keep their ids.
            titled: whether the file says its title; else it goes by its name, whatever that may be.
        """
        identity = Identity.of(document.sha256, document.id)
        new = self._insert(document, identity, titled)
        old = None if replaced is None else self._orphan(replaced)
        kept = self.passages.ids_by_text(old)
        first_offsets = [page.start for page in document.pages]
        for span, vector in zip(spans, vectors, strict=True):
            text = document.text[span.start : span.end]
            at = bisect_right(first_offsets, span.start) - 1
            page = document.pages[at].number if at >= 0 else None
            if ids := kept[text]:
                self.passages.move(ids.pop(0), new, span, page)
            else:
                self.passages.add(new, text, span, page, vector)
        self._database.run("DELETE FROM documents WHERE id = ?", (old,))
        self.ledger.link(document.id, identity, state)
        self._moved_on()

    def collect(self) -> None:
        """Delete the documents that no file holds any more, with their passages."""
        if not self.has_orphans():
            return
        ((gone, every),) = self._database.rows(
            f"SELECT count(*) FILTER (WHERE document IN (SELECT id FROM documents WHERE {_ORPHANED})), "
            "count(*) FROM chunks"
        )
        # Words are deleted one by one, and added one by one: the less work, the better.
        mostly = gone > every / 2
        if mostly:
            schema.forget_words(self._database)
        self._database.run(f"DELETE FROM documents WHERE {_ORPHANED}")
        if mostly:
            schema.add_words(self._database)
        self._moved_on()

    def shrink(self, purge: bool) -> None:
        """Give the room of what was deleted back to the disk.

        In the full text its words may stay for a while, though nothing finds them; `purge` takes them
        away at once, in time proportional to all that is stored.
        """
        if purge:
            # Nothing is wrong if there is no room to do this in.
            with suppress(CatalogueError):
                self._database.run("INSERT INTO passages (passages) VALUES ('optimize')")
        self._database.shrink()

    def _insert(self, document: Document, identity: Identity, titled: bool) -> int:
        self._database.run(
            "INSERT INTO documents "
            "(sha256, suffix, title, media_type, page_count, text, pages, sections) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *identity,
                document.title if titled else None,
                document.media_type,
                document.pages[-1].number if document.pages else None,
                document.text,
                json.dumps([[p.number, p.start, p.end, p.lines] for p in document.pages]),
                json.dumps([[s.title, s.start, s.end] for s in document.sections]),
            ),
        )
        sql = "SELECT id FROM documents WHERE sha256 = ? AND suffix = ?"
        return int(self._database.rows(sql, identity)[0][0])

    def _orphan(self, path: str) -> int | None:
        """Forget the file; gives the key of its document if no other file holds it."""
        rows = self._database.rows("SELECT document FROM files WHERE path = ?", (path,))
        self.ledger.unlink(path)
        for (document,) in rows:
            held = self._database.rows("SELECT 1 FROM files WHERE document = ?", (document,))
            return None if held else int(document)
        return None

    def _moved_on(self) -> None:
        self._database.run("UPDATE meta SET value = value + 1 WHERE key = 'generation'")


def can_renew(path: Path) -> bool:
    """Whether the file at `path` is whole enough for `Catalogue.renew`, whichever version wrote it."""
    database = Database(path)
    try:
        return database.is_sound() and schema.is_ours(database)
    finally:
        database.close()


def _title(title: str | None, path: str) -> str:
    return PurePosixPath(path).stem if title is None else title


def _pages(stored: str) -> tuple[Page, ...]:
    return tuple(
        Page(number, start, end, tuple(Line(*line) for line in lines))
        for number, start, end, lines in json.loads(stored)
    )
