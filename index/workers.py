"""Reading, cutting up and embedding a file, as one job that can be done anywhere: values in, values out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from index.chunking import chunk_spans
from index.embedding import Embedder, Vectors, open_embedder
from index.errors import DocumentError, TransientError
from index.readers import READERS_VERSION
from index.readers.sandbox import Sandbox
from index.types import Document, Span


@dataclass(frozen=True, slots=True)
class Job:
    """A file by value: its bytes, its id, and the path that tells its reader and its title.

    `embeds` is whether the passages are wanted with their vectors.
    """

    data: bytes
    document_id: str
    path: Path
    embeds: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a job gives: a document and its passages, and their vectors, shape (n, dim), if wanted."""

    document: Document
    spans: list[Span]
    vectors: Vectors | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The file cannot be read, and why; `transient` where that may pass."""

    reason: str
    transient: bool

    def error(self) -> DocumentError:
        """The error that it stands for."""
        return TransientError(self.reason) if self.transient else DocumentError(self.reason)


Outcome = Prepared | Refused


class Workers(Protocol):
    """Whoever does jobs, many at a time."""

    @property
    def capacity(self) -> int:
        """How many jobs it is worth handing out ahead."""
        ...

    def submit(self, job: Job) -> Callable[[], Outcome | None]:
        """Begin a job; what is given back waits for its outcome, None where nobody could do it."""
        ...


def prepare(job: Job, sandbox: Sandbox, embedder: Embedder) -> Outcome:
    """Do a job here."""
    import numpy as np

    try:
        document = sandbox.parse(job.data, job.document_id, job.path)
    except DocumentError as error:
        return Refused(str(error), isinstance(error, TransientError))
    spans = chunk_spans(document.text, embedder.count_tokens)
    if not job.embeds:
        return Prepared(document, spans, None)
    # One at a time: a worker has one processor.
    rows = [embedder.embed([document.text[span.start : span.end]])[0] for span in spans]
    vectors = np.array(rows, dtype=np.float32).reshape(len(rows), embedder.dim)
    return Prepared(document, spans, vectors)


def prepare_with(name: str, cached: str, fingerprint: str, job: Job) -> Outcome:
    """Do a job in a process that keeps its reader and the embedder called `name` for the next one.

    Raises:
        RuntimeError: what is installed here would give other results than what handed the job out.
    """
    sandbox, embedder = _tools(name, cached)
    if (here := version(embedder.fingerprint)) != fingerprint:
        raise RuntimeError(f"{here} is installed there, and {fingerprint} here")
    return prepare(job, sandbox, embedder)


def version(fingerprint: str) -> str:
    """Names all that decides what a job gives: the readers and the embedder."""
    return f"readers {READERS_VERSION}, embedder {fingerprint}"


@cache
def _tools(name: str, cached: str) -> tuple[Sandbox, Embedder]:
    return Sandbox(), open_embedder(name, Path(cached))
