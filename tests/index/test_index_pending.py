"""Passages of several files go through the model together, while the next files are read."""

import threading

import numpy as np
import pytest

from index.readers import READERS

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"


def many(count):
    return {f"{number:03}.txt": f"Boat number {number} sailed." for number in range(count)}


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """However slow the machine is, a batch waits until it is full."""
    monkeypatch.setattr("index.pending._LONGEST_WAIT", float("inf"))


@pytest.fixture
def batches(embedder, monkeypatch):
    """What went through the model at once, and in which thread."""
    embed, seen = embedder.embed, []

    def note(texts):
        seen.append((list(texts), threading.current_thread()))
        return embed(texts)

    monkeypatch.setattr(embedder, "embed", note)
    return seen


@pytest.fixture
def read():
    """The readers of a library that counts what is read; and whether so many more files are in time."""
    counted = threading.Semaphore(0)

    def note(data):
        counted.release()
        return READERS[".txt"](data)

    def reads(count, seconds=30.0):
        return all(counted.acquire(timeout=seconds) for _ in range(count))

    return {".txt": note}, reads


def test_passages_of_several_files_go_through_the_model_together(library, embedder, batches):
    docs = library(many(100))
    report = docs.sync()
    assert (report.added, report.embedded) == (100, 100)
    # A few at once for a model that is idle, and then as many as wait, in order.
    assert [text for texts, _ in batches for text in texts] == list(many(100).values())
    assert len(batches[0][0]) == 16
    assert len(batches) <= 7
    assert threading.current_thread() not in [thread for _, thread in batches]


def test_each_file_is_stored_by_itself_with_its_own_vectors(library, embedder):
    docs, beside = library(many(100)), library()
    stored = []
    docs.sync(lambda event: stored.append((event.document_id, beside.document_ids())))
    names = tuple(many(100))
    assert stored == [(name, names[: number + 1]) for number, name in enumerate(names)]
    for name, text in many(100).items():
        [hit] = docs.search_vectors(embedder.vector(text), 1)
        assert (hit.chunk.document_id, hit.chunk.text) == (name, text)
        assert hit.score == pytest.approx(1.0, abs=1e-6)


def test_the_next_files_are_read_while_the_model_is_at_work(library, embedder, read, monkeypatch):
    readers, reads = read
    embed, meanwhile = embedder.embed, []

    def after_the_others(texts):
        if not meanwhile:
            meanwhile.append(reads(16 + 64))
        return embed(texts)

    monkeypatch.setattr(embedder, "embed", after_the_others)
    docs = library(many(200), readers=readers)
    assert docs.sync().added == 200
    assert meanwhile == [True]


def test_only_so_much_is_read_ahead(library, embedder, read, monkeypatch):
    readers, reads = read
    embed, meanwhile = embedder.embed, []

    def look(texts):
        if not meanwhile:
            meanwhile.extend([reads(16 + 2 * 64), reads(1, seconds=0.05)])
        return embed(texts)

    monkeypatch.setattr(embedder, "embed", look)
    docs = library(many(200), readers=readers)
    assert docs.sync().added == 200
    assert meanwhile == [True, False]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_a_model_that_stops_in_the_middle_loses_nothing(library, embedder, monkeypatch, error):
    embed, calls = embedder.embed, []

    def stop(texts):
        calls.append(len(texts))
        if len(calls) == 2:
            raise error
        return embed(texts)

    docs, told = library(many(200)), []
    with monkeypatch.context() as patch:
        patch.setattr(embedder, "embed", stop)
        with pytest.raises(error):
            docs.sync(lambda event: told.append(event.document_id))
    assert docs.document_ids() == tuple(told) == tuple(many(16))
    embedder.embedded.clear()
    report = docs.sync()
    assert (report.unchanged, report.added, report.embedded) == (16, 184, 184)
    assert embedder.embedded == list(many(200).values())[16:]


def test_a_sync_that_is_broken_off_leaves_no_thread_behind(library, embedder, batches):
    docs = library(many(300))

    def interrupt(event):
        if event.done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        docs.sync(interrupt)
    assert docs.document_ids() == tuple(many(20))
    assert not any(thread.is_alive() for _, thread in batches)
    assert docs.sync().embedded == 280


def test_a_failure_is_told_at_its_place_and_of_its_file(library):
    files = many(60)
    bad = ["007.txt", "030.txt", "059.txt"]
    docs, events = library(files | dict.fromkeys(bad, PNG)), []
    report = docs.sync(lambda event: events.append((event.document_id, event.action)))
    assert [failure.path for failure in report.failed] == bad
    assert events == [(name, "failed" if name in bad else "added") for name in files]
    assert docs.document_ids() == tuple(name for name in files if name not in bad)


def test_a_passage_of_files_that_wait_together_is_embedded_once(
    library, embedder, read, monkeypatch
):
    readers, reads = read
    embed, meanwhile = embedder.embed, []

    def after_the_others(texts):
        if not meanwhile:
            meanwhile.append(reads(31))
        return embed(texts)

    monkeypatch.setattr(embedder, "embed", after_the_others)
    same = "word " * 219 + "same."
    files = {f"{number:02}.txt": f"{same}\n\nEnd {number}." for number in range(30)}
    docs = library(files | {"99.txt": PNG}, readers=readers)
    report = docs.sync()
    assert meanwhile == [True]
    assert (report.passages, report.embedded) == (60, 31)
    assert sorted(embedder.embedded) == sorted([same, *(f"End {number}." for number in range(30))])
    hits = docs.search_vectors(embedder.vector(same), 30)
    assert {(hit.chunk.document_id, hit.chunk.text) for hit in hits} == {(n, same) for n in files}


def test_an_edit_takes_the_vectors_of_before_while_others_are_embedded(library, embedder, write):
    long = "\n\n".join(f"Word{number} " * 150 + "ends." for number in range(3))
    docs = library(many(40) | {"050.txt": long})
    docs.sync()
    embedder.embedded.clear()
    edits = {name: f"{text} Again." for name, text in many(40).items()}
    write({**edits, "050.txt": long.replace("Word1 ", "Other ")})
    report = docs.sync()
    assert (report.changed, report.embedded) == (41, 41)
    assert len(embedder.embedded) == 41
    hits = docs.search_vectors(embedder.vector("x"), 1000)
    vectors = [embedder.vector(hit.chunk.text) for hit in hits]
    assert [hit.score for hit in hits] == pytest.approx(
        (np.array(vectors) @ embedder.vector("x")).tolist(), abs=1e-6
    )
