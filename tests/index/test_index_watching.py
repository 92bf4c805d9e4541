import os
import queue
import threading
import time
from contextlib import suppress

import pytest

from index import BusyError, CitewiseError, SyncReport, Watcher
from index.errors import MissingError
from index.lock import writer_lock

BOAT = "A red boat sailed."
CAR = "A blue car stopped."
SECONDS = 30.0  # the longest that anything may take on a machine that is busy


class Followed:
    """A library whose folder is followed; what is told comes out one by one."""

    def __init__(self, library):
        self.library = library
        self.told = queue.Queue()
        self.watcher = Watcher(library, self.told.put, self.told.put)

    def next(self, kind):
        told = self.told.get(timeout=SECONDS)
        assert isinstance(told, kind), told
        return told

    def until(self, texts):
        """Wait until just these texts are stored, however many syncs that takes."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            # A document that is listed may be gone before it is read.
            with suppress(MissingError):
                ids = self.library.document_ids()
                if sorted(self.library.document(id_).text for id_ in ids) == sorted(texts):
                    return
            time.sleep(0.05)
        raise AssertionError(self.library.document_ids())


@pytest.fixture
def follow(library):
    started = []

    def follow(files, **options):
        followed = Followed(library(files, **options))
        followed.watcher.start()
        started.append(followed)
        return followed

    yield follow
    for followed in started:
        followed.watcher.stop()


def test_changes_are_followed(follow, write):
    docs = follow({"a.txt": BOAT})
    assert docs.next(SyncReport).added == 1
    write({"b.txt": CAR})
    docs.until([BOAT, CAR])
    write({"a.txt": BOAT + CAR})
    docs.until([BOAT + CAR, CAR])
    (docs.library.folder / "b.txt").rename(docs.library.folder / "c.txt")
    docs.until([BOAT + CAR, CAR])
    (docs.library.folder / "a.txt").unlink()
    docs.until([CAR])
    assert docs.library.document_ids() == ("c.txt",)


def test_changes_in_new_folders_are_followed(follow, write):
    docs = follow({"a.txt": BOAT})
    docs.next(SyncReport)
    write({"new/deep/b.txt": CAR})
    docs.until([BOAT, CAR])
    (docs.library.folder / "new").rename(docs.library.folder.parent / "away")
    docs.until([BOAT])


def test_a_sync_that_changes_nothing_is_not_told(follow, write):
    docs = follow({"a.txt": BOAT})
    docs.next(SyncReport)
    os.utime(docs.library.folder / "a.txt")
    write({"photo.jpg": "x", ".hidden.txt": "x"})
    time.sleep(1.5)
    write({"bad.txt": "  "})
    report = docs.next(SyncReport)
    assert [failure.path for failure in report.failed] == ["bad.txt"]
    write({"b.txt": CAR})
    assert docs.next(SyncReport).added == 1


def test_the_index_within_the_folder_sets_nothing_off(follow, write):
    docs = follow({"a.txt": BOAT}, home="docs/index")
    docs.next(SyncReport)
    syncs = []
    docs.library.sync = lambda *arguments, **options: syncs.append(arguments)
    (docs.library.store / "stray.txt").write_text("x")
    time.sleep(1.5)
    assert syncs == []


def test_a_folder_that_vanishes_is_told_once_and_waited_for(follow, write, tmp_path):
    docs = follow({"a.txt": BOAT})
    docs.next(SyncReport)
    docs.library.folder.rename(tmp_path / "elsewhere")
    assert "cannot be watched" in str(docs.next(CitewiseError))
    assert docs.library.document("a.txt").text == BOAT
    write({"a.txt": BOAT, "b.txt": CAR})
    assert docs.next(SyncReport).added == 1
    docs.until([BOAT, CAR])
    write({"b.txt": CAR + BOAT})
    docs.until([BOAT, CAR + BOAT])


def test_a_folder_put_in_the_place_of_another_is_followed(follow, write, tmp_path):
    docs = follow({"a.txt": BOAT})
    docs.next(SyncReport)
    docs.library.folder.rename(tmp_path / "elsewhere")
    write({"b.txt": CAR})
    docs.until([CAR])
    write({"c.txt": BOAT})
    docs.until([BOAT, CAR])


def test_another_writer_is_waited_for(follow, write, monkeypatch):
    monkeypatch.setattr("index.watching._PAUSE", 0.2)
    docs = follow({"a.txt": BOAT})
    docs.next(SyncReport)
    with writer_lock(docs.library.store / "writer.lock"):
        write({"b.txt": CAR})
        docs.next(BusyError)
    assert docs.next(SyncReport).added == 1


def test_a_system_that_watches_no_more_folders_is_looked_through(library, write, monkeypatch):
    from watchfiles import watch

    calls = []

    def limited(*paths, force_polling=None, **options):
        calls.append(force_polling)
        if not force_polling:
            raise OSError("OS file watch limit reached.")
        return watch(*paths, force_polling=True, poll_delay_ms=50, **options)

    monkeypatch.setattr("watchfiles.watch", limited)
    monkeypatch.setattr("index.watching._PAUSE", 0.1)
    docs = Followed(library({"a.txt": BOAT}))
    with docs.watcher:
        assert "looked through again and again instead" in str(docs.next(CitewiseError))
        docs.next(SyncReport)
        write({"b.txt": CAR})
        docs.until([BOAT, CAR])
    assert calls == [None, True]


def test_it_ends_when_it_is_told_to(library):
    docs = Followed(library({"a.txt": BOAT}))
    with docs.watcher:
        docs.next(SyncReport)
    assert "citewise-watch" not in [thread.name for thread in threading.enumerate()]


def test_an_empty_folder_is_followed_like_any_other(follow, write):
    docs = follow({})
    write({"a.txt": BOAT})
    docs.until([BOAT])
    (docs.library.folder / "a.txt").unlink()
    docs.until([])
    write({"b.txt": CAR})
    docs.until([CAR])
    assert not [told for told in docs.told.queue if isinstance(told, CitewiseError)]


def test_a_sync_is_broken_off_when_it_is_told_to_end_and_the_next_goes_on(library, embedder):
    docs = Followed(library({f"{n}.txt": f"Note {n} sailed." for n in range(300)}))
    begun = threading.Event()
    docs.watcher = Watcher(docs.library, docs.told.put, docs.told.put, lambda _: begun.set())
    docs.watcher.start()
    assert begun.wait(SECONDS)
    docs.watcher.stop()
    stored = len(docs.library.document_ids())
    assert 0 < stored < 300
    report = docs.library.sync()
    assert (report.added, report.unchanged, report.notes) == (300 - stored, stored, ())


def test_a_failure_that_nobody_foresaw_is_told_and_tried_again(library, write, monkeypatch, caplog):
    monkeypatch.setattr("index.watching._PAUSE", 0.1)
    docs = Followed(library({"a.txt": BOAT}))
    sync, failures = docs.library.sync, [ValueError("one\ntwo"), ValueError("one\ntwo")]

    def fail(*arguments, **options):
        if failures:
            raise failures.pop()
        return sync(*arguments, **options)

    monkeypatch.setattr(docs.library, "sync", fail)
    with docs.watcher:
        error = docs.next(CitewiseError)
        assert str(error) == "the folder cannot be followed (ValueError: one two)"
        assert docs.next(SyncReport).added == 1
    assert "ValueError" in caplog.text
