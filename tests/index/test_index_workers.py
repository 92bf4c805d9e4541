"""Files read and embedded elsewhere, ahead of their turn: the index is the same as without."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from index import Content
from index.catalogue import Catalogue
from index.readers import READERS_VERSION
from index.readers.sandbox import Sandbox
from index.workers import Job, Prepared, Refused, prepare, prepare_with

FILES = {
    "a.txt": "A red boat sailed north. It carried salt.",
    "b.md": "# Trees\n\nA tall tree fell in the storm.",
    "bad.txt": b"\x00\x01" * 50,
    "c.html": "<p>A blue car stopped at the gate.</p>",
    "copy of a.txt": "A red boat sailed north. It carried salt.",
    "d.txt": " ".join(f"Sentence number {n} is about a train." for n in range(200)),
    "e.text": "# Trees\n\nA tall tree fell in the storm.",
    "f.txt": "A kite flew over the hill.",
}


class Pool:
    """Workers in threads; of every file whose id is in `lost`, they can make nothing."""

    capacity = 3

    def __init__(self, embedder, lost=()):
        self.embedder, self.lost = embedder, lost
        self.jobs = []
        self.sandbox = Sandbox()
        self.threads = ThreadPoolExecutor(2)

    def submit(self, job):
        self.jobs.append(job)
        if job.document_id in self.lost:
            return lambda: None
        return self.threads.submit(prepare, job, self.sandbox, self.embedder).result

    def close(self):
        self.threads.shutdown()
        self.sandbox.close()


@pytest.fixture
def pool(fake_embedder):
    with closing(Pool(fake_embedder())) as pool:
        yield pool


def stored(library):
    """All passages by their ids, with their vectors, and what failed."""
    (path,) = library.store.glob("catalogue.sqlite")
    with closing(Catalogue(path, library.embedder.fingerprint)) as catalogue:
        ids, vectors = catalogue.passages.vectors(library.embedder.dim)
        return catalogue.passages.chunks(ids.tolist()), vectors.tolist(), library.failures()


def counted(report):
    return replace(report, seconds=0)


def test_the_index_is_the_same_as_without(library, pool, embedder):
    here, there = library(FILES), library(home="there")
    events = [], []
    first = here.sync(events[0].append)
    embedder.embedded.clear()
    second = there.sync(events[1].append, workers=pool)
    assert counted(first) == counted(second)
    assert first.failed == second.failed != ()
    assert stored(here) == stored(there)
    assert [(e.document_id, e.action) for e in events[0]] == [
        (e.document_id, e.action) for e in events[1]
    ]
    assert embedder.embedded == []
    # The copy is read once, and so is what only differs by its suffix twice.
    assert [job.document_id for job in pool.jobs] == [n for n in FILES if n != "copy of a.txt"]
    assert there.sync(workers=pool).embedded == 0


def test_of_a_changed_file_only_what_changed_is_embedded_here(library, write, pool, embedder):
    docs = library(FILES)
    docs.sync(workers=pool)
    embedder.embedded.clear()
    pool.jobs.clear()
    write({"d.txt": FILES["d.txt"].replace("number 199 is", "number 199 was")})
    report = docs.sync(workers=pool)
    assert (report.changed, report.embedded) == (1, 1)
    assert [(job.document_id, job.embeds) for job in pool.jobs] == [("d.txt", False)]
    assert len(embedder.embedded) == 1


def test_what_workers_cannot_do_is_done_here(library, pool, embedder):
    here, there = library(FILES), library(home="there")
    here.sync()
    embedder.embedded.clear()
    pool.lost = ("b.md", "bad.txt", "f.txt")
    there.sync(workers=pool)
    assert stored(here) == stored(there)
    assert embedder.embedded == [FILES["b.md"], FILES["f.txt"]]


def test_a_sync_that_is_broken_off_keeps_what_was_told(library, pool, embedder):
    docs = library(FILES)
    told = []

    def interrupt(event):
        if event.action == "added":
            told.append(event.document_id)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        docs.sync(interrupt, workers=pool)
    assert set(told) <= {entry.path for entry in docs.entries()}
    docs.sync(workers=pool)
    fresh = library(home="fresh")
    fresh.sync()
    chunks, vectors, failures = stored(docs)
    assert list(chunks.values()) == list(stored(fresh)[0].values())
    assert (vectors, failures) == stored(fresh)[1:]


def test_readers_of_ones_own_are_not_left_to_workers(library, pool):
    def shout(data):
        return Content(None, data.decode().upper(), "text/plain")

    docs = library({"a.txt": "Some words."}, readers={".txt": shout})
    docs.sync(workers=pool)
    assert docs.document("a.txt").text == "SOME WORDS."
    assert pool.jobs == []


def test_a_job_gives_values(pool, tmp_path):
    prepared = prepare(
        Job(b"One. Two.", "a.txt", tmp_path / "a.txt", True), pool.sandbox, pool.embedder
    )
    assert isinstance(prepared, Prepared)
    assert (prepared.document.id, prepared.spans) == ("a.txt", [(0, 9)])
    assert np.allclose(prepared.vectors, [pool.embedder.vector("One. Two.")])
    refused = prepare(
        Job(b"\0" * 99, "a.txt", tmp_path / "a.txt", True), pool.sandbox, pool.embedder
    )
    assert isinstance(refused, Refused)
    assert str(refused.error()) == refused.reason != ""


def test_a_worker_of_another_version_does_no_job(minilm, tmp_path):
    from index import DEFAULT_EMBEDDER
    from qa import Settings

    cache = str(Settings().cache)
    job = Job(b"One. Two.", "a.txt", tmp_path / "a.txt", True)
    with pytest.raises(
        RuntimeError, match=f"readers {READERS_VERSION}, embedder .* installed there"
    ):
        prepare_with(DEFAULT_EMBEDDER, cache, "readers 0, embedder x", job)
    here = f"readers {READERS_VERSION}, embedder {minilm.fingerprint}"
    outcome = prepare_with(DEFAULT_EMBEDDER, cache, here, job)
    assert np.allclose(outcome.vectors, minilm.embed(["One. Two."]), atol=1e-6)
