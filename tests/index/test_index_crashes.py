"""Whatever ends a sync, and whenever: nothing that was committed is lost, and the next one mends it."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.database import Database

TESTS = Path(__file__).parents[1]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
BEFORE = {
    "changed.txt": "A red boat sailed north. " * 40 + "It carried salt.",
    "copied.txt": "A blue car stopped at the gate.",
    "deleted.txt": "A tall tree fell in the storm.",
    "failing.txt": "A long road led to the lake.",
    "moved.txt": "An old house stood by the river.",
    "same.text": "# Stones\n\nA stone lay in the grass.",
    "twin a.txt": "Two trains met in the dark.",
    "twin b.txt": "Two trains met in the dark.",
}
AFTER = {
    "added.txt": "A new ship left the harbour. It was white.",
    "added too.text": "# Kites\n\nA kite flew over the hill.",
    "changed.txt": "A red boat sailed north. " * 40 + "It carried wine.",
    "copied.txt": BEFORE["copied.txt"],
    "copy of it.txt": BEFORE["copied.txt"],
    "failing.txt": PNG,
    "sub/moved.txt": BEFORE["moved.txt"],
    "same.text": BEFORE["same.text"],
    "twin b.txt": BEFORE["twin b.txt"],
    "twin c.text": BEFORE["twin a.txt"],
}


class Killed(BaseException):
    """No error that anything handles."""


def text(content):
    return content if isinstance(content, str) else ""


def state(library, embedder):
    """All that can be found, but for ids."""
    hits = library.search_vectors(embedder.vector("x"), 100_000)
    return (
        [(d, library.document(d).copies, library.document(d).text) for d in library.document_ids()],
        sorted((hit.chunk.document_id, hit.chunk.start, hit.chunk.text) for hit in hits),
        library.failures(),
    )


def check(library, embedder, files):
    """Whatever is found is a slice of a document that the file holds, now or before."""
    hits = library.search_vectors(embedder.vector("x"), 100_000)
    hits += library.search_words("boat car tree road house stone train ship kite".split(), 100)
    for hit in hits:
        document = library.document(hit.chunk.document_id)
        assert document.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
    for id_ in library.document_ids():
        document = library.document(id_)
        for path in (id_, *document.copies):
            assert document.text in [text(version.get(path)) for version in files]
        places = {hit.chunk.document_id for hit in hits}
        assert id_ in places


@pytest.fixture
def expected(library, embedder):
    with library(AFTER, "expected", "home of expected") as docs:
        docs.sync()
        return state(docs, embedder)


def change(root):
    """Make the folder, as `BEFORE`, one as `AFTER`."""
    for name in set(BEFORE) - set(AFTER):
        (root / name).unlink()
    for name, content in AFTER.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)


def kills(library, embedder, expected, tries, place):
    """Sync, killed at the n-th time of something, then once more; for all n. Gives how many there were."""
    for number in tries:
        root, home = f"docs {place} {number}", f"home {place} {number}"
        docs = library(BEFORE, root, home)
        docs.sync()
        state(docs, embedder)  # there is a snapshot
        change(docs.folder)
        yield number, docs
        check(docs, embedder, [BEFORE, AFTER])
        with library({}, root, home) as again:
            check(again, embedder, [BEFORE, AFTER])
            again.sync()
            assert state(again, embedder) == expected
            assert state(docs, embedder) == expected
            assert again.sync().embedded == 0


def test_killed_at_any_commit(library, embedder, expected, monkeypatch):
    transaction = Database.transaction
    left = 0

    @contextmanager
    def killed(database):
        nonlocal left
        with transaction(database):
            yield
            left -= 1
            if left == 0:
                raise Killed

    finished = False
    for number, docs in kills(library, embedder, expected, range(1, 100), "commit"):
        with monkeypatch.context() as patch:
            patch.setattr(Database, "transaction", killed)
            left = number
            try:
                docs.sync()
                finished = True
            except Killed:
                pass
        if finished:
            break
    assert 6 < number < 99


def test_killed_before_any_news(library, embedder, expected):
    for number, docs in kills(library, embedder, expected, range(1, 13), "event"):
        told = []

        def die(event, number=number, told=told):
            told.append(event.document_id)
            if len(told) == number:
                raise Killed

        if number < 12:
            with pytest.raises(Killed):
                docs.sync(die)
            # What was told is stored.
            names = {
                name for id_ in docs.document_ids() for name in (id_, *docs.document(id_).copies)
            }
            failed = {failure.path for failure in docs.failures()}
            assert set(told) & set(AFTER) <= names | failed
        else:
            docs.sync(die)


def test_killed_in_the_model(library, embedder, expected, monkeypatch):
    embed = embedder.embed

    def die(texts):
        raise Killed

    for _, docs in kills(library, embedder, expected, range(1), "model"):
        monkeypatch.setattr(embedder, "embed", die)
        with pytest.raises(Killed):
            docs.sync()
        monkeypatch.setattr(embedder, "embed", embed)


def run(folder, home, *limit):
    return subprocess.Popen(
        [sys.executable, "-m", "crash_child", str(folder), str(home), *limit],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
    )


def many(count):
    words = "boat car tree lake road stone river house ship train".split()
    rng = random.Random(0)
    return {
        f"{number:02}.txt": f"Number {number}. " + " ".join(rng.choices(words, k=30)) + "."
        for number in range(count)
    }


def test_a_process_killed_at_any_time_loses_nothing(library, write, embedder, tmp_path):
    """Ten times SIGKILL, while the folder is read and while it is read anew after edits."""
    files = many(60)
    root = write(files)
    rng = random.Random(1)
    versions = [dict(files)]
    for number in range(10):
        with run(root, tmp_path / "home") as process:
            assert process.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.0, 0.15))
            process.send_signal(signal.SIGKILL)
        with library() as docs:
            check(docs, embedder, versions)
            stored = docs.document_ids()
        for name in rng.sample(sorted(files), 5):
            files[name] += f" Edited in round {number}."
            write({name: files[name]})
        versions.append(dict(files))
        with library() as docs:
            assert docs.document_ids() == stored
    with run(root, tmp_path / "home") as process:
        assert process.communicate()[0].splitlines()[0] == "ready"
        assert process.returncode == 0
    with library() as docs:
        assert {id_: docs.document(id_).text for id_ in docs.document_ids()} == files
        check(docs, embedder, [files])
        assert docs.sync().embedded == 0


def test_after_a_kill_the_index_is_checked_and_says_so(library, write, tmp_path):
    root = write(many(3))
    program = """
import os, sys
sys.argv[1:] = [{root!r}, {home!r}]
from index import Library
from conftest import FakeEmbedder
from pathlib import Path
with Library.open(Path({root!r}), Path({home!r}), FakeEmbedder()) as library:
    library.sync(lambda event: os.kill(os.getpid(), 9))
"""
    subprocess.run(
        [sys.executable, "-c", program.format(root=str(root), home=str(tmp_path / "home"))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
        check=False,
    )
    docs = library()
    assert len(docs.document_ids()) == 1
    report = docs.sync()
    assert (report.unchanged, report.added) == (1, 2)
    assert report.notes == (
        "the sync before was broken off: the index was checked, and nothing is lost",
    )
    assert docs.sync().notes == ()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of that kind")
def test_a_full_disk_is_named_and_loses_nothing(library, write, embedder, tmp_path):
    root = write(many(5))
    with library() as docs:
        docs.sync()
    long_words = " ".join("long" * 300 for _ in range(10))
    write({f"more {name}": f"{text} {long_words}" for name, text in many(60).items()})
    (catalogue,) = (tmp_path / "home").glob("*/catalogue.sqlite")
    with run(root, tmp_path / "home", str(catalogue.stat().st_size + 100_000)) as process:
        out = process.communicate()[0].splitlines()
    assert (process.returncode, len(out), out[0]) == (1, 2, "ready")
    assert "what was stored before is still there" in out[1]
    with library() as docs:
        stored = docs.document_ids()
        assert set(many(5)) <= set(stored)
        embedder.embedded.clear()
        report = docs.sync()
        assert report.unchanged == len(stored)
        assert report.unchanged + report.added == 65
        assert len(docs.document_ids()) == 65
        assert report.notes == (
            "the sync before was broken off: the index was checked, and nothing is lost",
        )
        check(docs, embedder, [{id_: (root / id_).read_text() for id_ in docs.document_ids()}])
