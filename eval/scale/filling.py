"""A library of given passages: a folder of plain texts, and its catalogue as a sync would leave it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from eval.scale.corpus import Source
from index import Document, Embedder, Library, Vectors
from index.catalogue import Catalogue
from index.files import FileState

_AT_ONCE = 200
# So much later than it was written is a file looked at that is believed to be unchanged.
_LATER_NS = 3_000_000_000

Sourced = tuple[Source, Vectors]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was stored: passages, documents, characters of text; and in how many seconds."""

    passages: int
    documents: int
    characters: int
    seconds: float


def fill(documents: Iterable[Sourced], folder: Path, home: Path, embedder: Embedder) -> Filled:
    """Write the texts below `folder` and store them and their vectors in an index below `home`.

    A document that has the very text of one before is left out, as a sync would store it once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with Library.open(folder, home, embedder) as library:
        path = library.store / "catalogue.sqlite"
    seen: set[str] = set()
    passages = characters = 0
    seconds = 0.0
    with closing(Catalogue(path, embedder.fingerprint)) as catalogue:
        for some in _batches(documents):
            files = [(one, _write(folder, one[0])) for one in some]
            began = time.perf_counter()
            with catalogue.transaction():
                for (source, vectors), state in files:
                    if state.sha256 in seen:
                        continue
                    seen.add(state.sha256)
                    catalogue.put(_document(source, folder, state), state, source.spans, vectors)
                    passages += len(source.spans)
                    characters += len(source.text)
            seconds += time.perf_counter() - began
    return Filled(passages, len(seen), characters, seconds)


def _batches(documents: Iterable[Sourced]) -> Iterator[list[Sourced]]:
    stream = iter(documents)
    while some := list(islice(stream, _AT_ONCE)):
        yield some


def _file_name(source: Source) -> str:
    return f"{source.name.removesuffix('.txt')}.txt"


def _write(folder: Path, source: Source) -> FileState:
    path = folder / _file_name(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = source.text.encode("utf-8", "replace")
    path.write_bytes(data)
    status = path.stat()
    digest = hashlib.sha256(data).hexdigest()
    return FileState(digest, status.st_size, status.st_mtime_ns, status.st_mtime_ns + _LATER_NS)


def _document(source: Source, folder: Path, state: FileState) -> Document:
    name = _file_name(source)
    return Document(
        id=PurePosixPath(name).as_posix(),
        path=folder / name,
        title=source.title,
        text=source.text,
        pages=(),
        media_type="text/plain",
        sha256=state.sha256,
    )
