"""A folder and its index made equal: new files added, changed ones replaced, missing ones deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from index.ahead import Ahead, Wait
from index.catalogue import Catalogue
from index.chunking import chunk_spans
from index.embedding import Embedder
from index.errors import DocumentError, TransientError
from index.files import FileState, Found, read_file
from index.folder import Listing
from index.ledger import FailedFile, Identity
from index.pending import Change, Parsed, Pending
from index.progress import Action, Meter, Progress, SyncReport
from index.types import Document
from index.workers import Job, Prepared, Workers

Parse = Callable[[bytes, str, Path], Document]

# Of a larger file it is told that it was begun.
_LARGE_BYTES = 1024 * 1024
# A stem that no file has: a document with this title is one whose file is silent about its title.
_SILENT = "\0"


def sync(
    listing: Listing,
    catalogue: Catalogue,
    embedder: Embedder,
    parse: Parse,
    *,
    readers: str,
    progress: Progress | None = None,
    retry: bool = False,
    workers: Workers | None = None,
) -> SyncReport:
    """Make the catalogue equal to the folder.

    A file that cannot be read is reported and left out, and the others go on. Where the file system
    refuses it, what was stored of it stays, and the next sync tries again; where its content is the
    reason, what was stored is removed, and it is not tried again until it changes.

    Args:
        listing: of the folder.
        catalogue: which nobody else changes in the meantime.
        embedder: whose vectors the catalogue holds.
        parse: makes a document of a file's bytes, its id and its path, or raises DocumentError.
        readers: names what `parse` can do. When it changes, files that failed are tried again.
        progress: told of each file.
        retry: try all files again that failed.
        workers: read and embed files ahead of their turn, with the readers that are built in; what they
            cannot do is done here. The results are the same.

    Raises:
        CatalogueError: the index cannot be written.
    """
    return _Sync(listing, catalogue, embedder, parse, readers, progress, retry, workers).run()


class _Sync:
    """The state of one run."""

    def __init__(
        self,
        listing: Listing,
        catalogue: Catalogue,
        embedder: Embedder,
        parse: Parse,
        readers: str,
        progress: Progress | None,
        retry: bool,
        workers: Workers | None,
    ) -> None:
        self.listing, self.catalogue, self.ledger = listing, catalogue, catalogue.ledger
        self.embedder, self.parse, self.readers = embedder, parse, readers
        self.known = self.ledger.states()
        self.failed = self.ledger.failures()
        self.tries_all = retry or self.ledger.readers != readers
        self.still = {name for name, found in listing.files.items() if self.is_still(name, found)}
        # Whose content may turn up under another name.
        self.gone: defaultdict[str, list[str]] = defaultdict(list)
        for name, state in self.known.items():
            if name not in listing.files and not listing.hides(name):
                self.gone[state.sha256].append(name)
        self.meter = Meter(
            total=len(listing.files) + len(listing.refused) + len(listing.unseen),
            bytes_total=sum(f.size for n, f in listing.files.items() if n not in self.still),
            progress=progress,
        )
        self.pending = Pending(catalogue, embedder, self.meter)
        self.begun: set[Identity] = set()
        turns = [
            (name, found)
            for name, found in listing.files.items()
            if name not in self.still and name == _printable(name)
        ]
        self.ahead = None if workers is None else Ahead(workers, turns, self.job)

    def run(self) -> SyncReport:
        with self.pending:
            for name, found in self.listing.files.items():
                self.take(name, found)
            for name, reason in sorted({**self.listing.refused, **self.listing.unseen}.items()):
                self.fail(name, FailedFile(reason, None))
            self.pending.flush()
        self.finish()
        return self.meter.report(self.catalogue.passages.count())

    def is_still(self, name: str, found: Found) -> bool:
        """Whether a look at the file's stamp is enough: it is known, or known to fail."""
        state = self.known.get(name) or self.remembered(name)
        return state is not None and state.surely_still(found)

    def remembered(self, name: str) -> FileState | None:
        """In what state the file failed, if that need not be tried again."""
        failed = None if self.tries_all else self.failed.get(name)
        return failed.state if failed else None

    def take(self, name: str, found: Found) -> None:
        """Bring one file's document up to date."""
        if name in self.still and name in self.known:
            forgive = partial(self.ledger.forgive, name) if name in self.failed else None
            self.pending.change(Change(name, "unchanged", write=forgive))
        elif name in self.still:
            self.fail(name, self.failed[name])
        else:
            state = FileState.unread(found)
            try:
                if name != _printable(name):
                    raise TransientError("its name is not valid UTF-8: rename it")
                if self.ahead is None:
                    data, state = read_file(found.path)
                    self.bring(name, data, state)
                else:
                    read = self.ahead.read(name)
                    assert read.state is not None  # noqa: S101 - it was read
                    state = read.state
                    self.bring(name, read.data, state, read.wait)
            except TransientError as error:
                self.fail(name, FailedFile(str(error), None), found.size)
            except DocumentError as error:
                self.fail(name, FailedFile(str(error), state), found.size)

    def job(self, name: str, data: bytes, state: FileState) -> Job | None:
        """What a worker has to do with a file; None where its content is known, or about to be."""
        identity, failed = Identity.of(state.sha256, name), self.remembered(name)
        if identity in self.begun or self.catalogue.has(identity):
            return None
        if failed is not None and failed.sha256 == state.sha256:
            return None
        self.begun.add(identity)
        # Of a later version most vectors are known.
        embeds = name not in self.known and not self.gone.get(state.sha256)
        return Job(data, name, Path(_SILENT + identity.suffix), embeds)

    def bring(self, name: str, data: bytes, state: FileState, wait: Wait | None = None) -> None:
        """Link the file to the document it holds, or read it, unless a worker does."""
        known, failed = self.known.get(name), self.remembered(name)
        identity = Identity.of(state.sha256, name)
        if failed is not None and failed.sha256 == state.sha256:
            raise DocumentError(self.failed[name].reason)
        if self.is_stored(identity):
            old = None if known else self.gone_file(identity)
            link = partial(self.link, name, identity, state, old)
            self.pending.change(Change(name, _action(known, state, old), state.size, link))
            return
        if state.size >= _LARGE_BYTES:
            self.pending.flush()
            self.meter.reading(name, state.size, 0.0)
        prepared = self.prepared(name, data, identity, wait)
        document = prepared.document
        old = None if known else self.gone_file(identity)
        self.pending.embed(
            Parsed(
                document=document,
                titled=document.title != _SILENT,
                state=state,
                spans=prepared.spans,
                vectors=prepared.vectors,
                replaced=name if known else old,
                action=_action(known, state, old),
            )
        )

    def prepared(self, name: str, data: bytes, identity: Identity, wait: Wait | None) -> Prepared:
        """The document in a file's bytes, as a worker or, without one, this process reads it."""
        outcome = None if wait is None else wait()
        if outcome is None:
            document = self.parse(data, name, Path(_SILENT + identity.suffix))
            return Prepared(document, chunk_spans(document.text, self.embedder.count_tokens), None)
        if not isinstance(outcome, Prepared):
            raise outcome.error()
        return outcome

    def is_stored(self, identity: Identity) -> bool:
        """Whether the document is there to be linked, once all that waits is done."""
        if self.pending.has(identity.sha256):
            self.pending.flush()
        if not self.catalogue.has(identity):
            return False
        self.pending.flush_parsed()  # one of which may replace it
        return self.catalogue.has(identity)

    def gone_file(self, identity: Identity) -> str | None:
        """A file that is no longer there and had that content, best one of the same suffix."""
        names = self.gone[identity.sha256]
        names.sort(key=lambda name: Identity.of(identity.sha256, name) == identity)
        return names.pop() if names else None

    def link(self, name: str, identity: Identity, state: FileState, old: str | None) -> None:
        if old is not None:
            self.ledger.unlink(old)
        self.ledger.link(name, identity, state)

    def fail(self, name: str, failed: FailedFile, size: int = 0) -> None:
        key = _printable(name)

        def write() -> None:
            if failed.state is not None:
                self.ledger.unlink(name)
            self.ledger.fail(key, failed)

        noted = self.failed.get(key) == failed
        change = Change(key, "failed", size, None if noted else write, failed.reason)
        self.pending.change(change)

    def finish(self) -> None:
        """Forget the files that are gone, and what is noted of failures that are none any more."""
        gone = sorted(name for names in self.gone.values() for name in names)
        failing = {failure.path for failure in self.meter.failures}
        over = [
            name
            for name in self.failed
            if not (name in failing or name in self.listing.files or self.listing.hides(name))
        ]
        new_readers = self.ledger.readers != self.readers
        if gone or over or new_readers or self.catalogue.has_orphans():
            with self.catalogue.transaction():
                for name in gone:
                    self.ledger.unlink(name)
                for name in over:
                    self.ledger.forgive(name)
                self.catalogue.collect()
                self.ledger.readers = self.readers
        for name in gone:
            self.meter.tell(name, "removed")


def _action(known: FileState | None, state: FileState, old: str | None) -> Action:
    if known is not None:
        return "unchanged" if known.sha256 == state.sha256 else "changed"
    return "added" if old is None else "moved"


def _printable(name: str) -> str:
    """The name with whatever is no valid Unicode in it written as escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
