import os
import time

import pytest

from index import DocumentError, FolderError, SyncEvent
from index.readers import read_bytes

BOAT = "A red boat sailed. "
CAR = "A blue car stopped. "
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"


def counts(report):
    return {
        name: value
        for name in ("added", "changed", "moved", "removed", "unchanged")
        if (value := getattr(report, name))
    }


def failed(report):
    return [failure.path for failure in report.failed]


def passages(library, embedder):
    """Every stored passage, by document and place."""
    hits = library.search_vectors(embedder.vector("x"), 10_000)
    return sorted((hit.chunk.document_id, hit.chunk.start, hit.chunk.text) for hit in hits)


def age(path, seconds=10):
    """Make a file older than the stamps of a file system are coarse."""
    stamp = time.time_ns() - seconds * 10**9
    os.utime(path, ns=(stamp, stamp))


@pytest.fixture
def reads(monkeypatch):
    """The names of the files that are read."""
    names = []

    def note(path):
        names.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr("index.sync.read_bytes", note)
    return names


def test_a_first_sync_adds_everything(library, embedder):
    docs = library({"a.txt": BOAT, "sub/b.md": "# Cars\n\n" + CAR, "photo.jpg": "x"})
    report = docs.sync()
    assert counts(report) == {"added": 2}
    assert report.failed == ()
    assert (report.passages, report.embedded) == (2, 2)
    assert report.seconds > 0
    assert embedder.embedded == ["A red boat sailed.", "# Cars\n\nA blue car stopped."]
    assert passages(docs, embedder) == [
        ("a.txt", 0, "A red boat sailed."),
        ("sub/b.md", 0, "# Cars\n\nA blue car stopped."),
    ]


def test_a_second_sync_embeds_nothing(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    embedder.embedded.clear()
    report = docs.sync()
    assert counts(report) == {"unchanged": 2}
    assert (report.passages, report.embedded, embedder.embedded) == (2, 0, [])


def test_an_old_file_is_not_even_read_again(library, write, reads):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    age(docs.folder / "a.txt")
    age(docs.folder / "b.txt")
    docs.sync()
    assert reads == ["a.txt", "b.txt"]
    write({"b.txt": CAR + BOAT})
    assert counts(docs.sync()) == {"changed": 1, "unchanged": 1}
    assert reads == ["a.txt", "b.txt", "b.txt"]


def test_a_file_touched_but_not_changed_is_read_once_more(library, embedder, reads):
    docs = library({"a.txt": BOAT})
    age(docs.folder / "a.txt", 100)
    docs.sync()
    age(docs.folder / "a.txt", 50)
    embedder.embedded.clear()
    for _ in range(3):
        assert counts(docs.sync()) == {"unchanged": 1}
    assert reads == ["a.txt", "a.txt"]
    assert embedder.embedded == []


def test_an_edit_of_the_same_size_within_the_same_instant_is_noticed(library, write, embedder):
    docs = library({"a.txt": "A red boat sailed."})
    path = docs.folder / "a.txt"
    docs.sync()
    stamp = path.stat().st_mtime_ns
    write({"a.txt": "A big boat sailed."})
    os.utime(path, ns=(stamp, stamp))
    assert counts(docs.sync()) == {"changed": 1}
    assert passages(docs, embedder) == [("a.txt", 0, "A big boat sailed.")]


def test_only_changed_passages_are_embedded(library, write, embedder):
    paragraphs = [f"Word{number} " * 150 + "ends." for number in range(6)]
    docs = library({"a.txt": "\n\n".join(paragraphs)})
    assert docs.sync().embedded == 6
    embedder.embedded.clear()
    paragraphs[2] = "Changed " * 150 + "ends."
    write({"a.txt": "\n\n".join(paragraphs)})
    report = docs.sync()
    assert counts(report) == {"changed": 1}
    assert (report.passages, report.embedded) == (6, 1)
    assert embedder.embedded == [paragraphs[2]]
    assert [text for _, _, text in passages(docs, embedder)] == paragraphs
    for paragraph in paragraphs:
        (hit,) = docs.search_vectors(embedder.vector(paragraph), 1)
        assert (hit.chunk.text, hit.score) == (paragraph, pytest.approx(1.0))


def test_a_passage_that_stands_twice_is_embedded_once(library, embedder):
    paragraph = "Same " * 150 + "ends."
    docs = library({"a.txt": f"{paragraph}\n\n{paragraph}"})
    report = docs.sync()
    assert (report.passages, report.embedded) == (2, 1)
    assert [start for _, start, _ in passages(docs, embedder)] == [0, len(paragraph) + 2]


def test_a_renamed_file_is_moved_without_a_single_embedding(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    embedder.embedded.clear()
    (docs.folder / "sub").mkdir()
    (docs.folder / "a.txt").rename(docs.folder / "sub" / "new.txt")
    report = docs.sync()
    assert counts(report) == {"moved": 1, "unchanged": 1}
    assert (report.embedded, embedder.embedded) == (0, [])
    assert docs.document_ids() == ("b.txt", "sub/new.txt")
    assert passages(docs, embedder)[1] == ("sub/new.txt", 0, BOAT.strip())
    assert counts(docs.sync()) == {"unchanged": 2}


def test_a_renamed_folder_with_two_equal_files_is_moved_without_embeddings(library, embedder):
    docs = library({"old/a.txt": BOAT, "old/b.txt": BOAT, "c.txt": CAR})
    docs.sync()
    embedder.embedded.clear()
    (docs.folder / "old").rename(docs.folder / "new")
    report = docs.sync()
    assert docs.document_ids() == ("c.txt", "new/a.txt", "new/b.txt")
    assert embedder.embedded == []
    assert counts(report) == {"moved": 2, "unchanged": 1}


def test_a_renamed_file_is_titled_by_its_new_name(library):
    docs = library({"draft.txt": BOAT})
    docs.sync()
    assert docs.document("draft.txt").title == "draft"
    (docs.folder / "draft.txt").rename(docs.folder / "final.txt")
    docs.sync()
    assert docs.document("final.txt").title == "final"


def test_a_file_renamed_to_another_kind_is_read_as_that(library, embedder):
    text = "# Boats\n\nA red boat sailed. <!-- A secret. -->"
    docs = library({"a.txt": text})
    docs.sync()
    (docs.folder / "a.txt").rename(docs.folder / "a.md")
    docs.sync()
    document = docs.document("a.md")
    assert (document.title, document.media_type) == ("Boats", "text/markdown")
    assert passages(docs, embedder) == [("a.md", 0, "# Boats\n\nA red boat sailed.")]


def test_two_equal_files_are_two_documents(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": BOAT})
    report = docs.sync()
    assert counts(report) == {"added": 2}
    assert report.passages == 2
    assert [id_ for id_, _, _ in passages(docs, embedder)] == ["a.txt", "b.txt"]
    (docs.folder / "a.txt").unlink()
    assert counts(docs.sync()) == {"removed": 1, "unchanged": 1}
    assert docs.document_ids() == ("b.txt",)


def test_a_copy_is_added_and_the_original_stays(library, write):
    docs = library({"a.txt": BOAT})
    docs.sync()
    write({"b.txt": BOAT})
    assert counts(docs.sync()) == {"added": 1, "unchanged": 1}
    assert docs.document_ids() == ("a.txt", "b.txt")


def test_two_files_that_swap_names_are_both_right(library, write):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    write({"a.txt": CAR, "b.txt": BOAT})
    assert counts(docs.sync()) == {"changed": 2}
    assert (docs.document("a.txt").text, docs.document("b.txt").text) == (CAR, BOAT)


def test_a_deleted_file_is_forgotten(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    (docs.folder / "a.txt").unlink()
    report = docs.sync()
    assert counts(report) == {"removed": 1, "unchanged": 1}
    assert report.passages == 1
    assert passages(docs, embedder) == [("b.txt", 0, CAR.strip())]


def test_a_file_that_is_now_ignored_is_forgotten(library, write):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    write({".citewiseignore": "b.*\n"})
    assert counts(docs.sync()) == {"removed": 1, "unchanged": 1}


def test_an_emptied_folder_is_an_emptied_index(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    for path in docs.folder.iterdir():
        path.unlink()
    report = docs.sync()
    assert counts(report) == {"removed": 2}
    assert report.passages == 0
    assert passages(docs, embedder) == []
    assert docs.document_ids() == ()


def test_a_folder_that_never_held_anything_is_named(library):
    docs = library({"photo.jpg": "x", ".hidden.txt": "x"})
    with pytest.raises(FolderError, match=r"holds no documents: put files in it \(\.txt, "):
        docs.sync()


def test_a_folder_that_vanished_takes_nothing_with_it(library):
    docs = library({"a.txt": BOAT})
    docs.sync()
    docs.folder.rename(docs.folder.with_name("elsewhere"))
    with pytest.raises(FolderError, match="there is no folder"):
        docs.sync()
    assert docs.document("a.txt").text == BOAT


def test_files_that_cannot_be_read_are_reported_and_the_others_go_on(library):
    docs = library({"a.txt": BOAT, "bad.txt": PNG, "empty.txt": " \n", "z.txt": CAR})
    report = docs.sync()
    assert counts(report) == {"added": 2}
    assert failed(report) == ["bad.txt", "empty.txt"]
    assert "looks like a binary file" in report.failed[0].reason
    assert report.failed[1].reason == "it holds no text"
    assert docs.document_ids() == ("a.txt", "z.txt")
    assert failed(docs.sync()) == ["bad.txt", "empty.txt"]


def test_a_text_that_became_binary_loses_its_passages(library, write, embedder):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    write({"a.txt": PNG})
    report = docs.sync()
    assert failed(report) == ["a.txt"]
    assert counts(report) == {"unchanged": 1}
    assert passages(docs, embedder) == [("b.txt", 0, CAR.strip())]
    write({"a.txt": BOAT})
    assert counts(docs.sync()) == {"added": 1, "unchanged": 1}


def test_a_text_that_cannot_be_read_for_now_keeps_its_passages(library, write, monkeypatch):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    write({"a.txt": BOAT + CAR})

    def refuse(path):
        if path.name == "a.txt":
            raise DocumentError("it cannot be read: Permission denied")
        return read_bytes(path)

    with monkeypatch.context() as patch:
        patch.setattr("index.sync.read_bytes", refuse)
        report = docs.sync()
    assert failed(report) == ["a.txt"]
    assert counts(report) == {"unchanged": 1}
    assert docs.document("a.txt").text == BOAT
    assert counts(docs.sync()) == {"changed": 1, "unchanged": 1}


def test_a_file_deleted_while_it_is_read_fails_alone(library, monkeypatch):
    docs = library({"a.txt": BOAT, "b.txt": CAR})

    def read_and_delete(path):
        data = read_bytes(path)
        if path.name == "a.txt":
            path.unlink()
        return data

    with monkeypatch.context() as patch:
        patch.setattr("index.sync.read_bytes", read_and_delete)
        report = docs.sync()
    assert failed(report) == ["a.txt"]
    assert counts(report) == {"added": 1}
    assert docs.document_ids() == ("b.txt",)


def test_a_file_deleted_during_the_sync_fails_alone(library):
    docs = library({"a.txt": BOAT, "b.txt": CAR, "c.txt": BOAT + CAR})
    report = docs.sync(lambda event: (docs.folder / "b.txt").unlink(missing_ok=True))
    assert counts(report) == {"added": 2}
    assert failed(report) == ["b.txt"]
    assert counts(docs.sync()) == {"unchanged": 2}


def test_a_name_that_is_not_utf_8_fails_alone(library):
    docs = library({"a.txt": BOAT})
    (docs.folder / os.fsdecode(b"\xff.txt")).write_text(CAR)
    events = []
    report = docs.sync(events.append)
    assert counts(report) == {"added": 1}
    (failure,) = report.failed
    assert failure.path == r"\udcff.txt"
    assert failure.reason == "its name is not valid UTF-8: rename it"
    assert [event.document_id for event in events] == ["a.txt", r"\udcff.txt"]
    assert docs.document_ids() == ("a.txt",)


def test_progress_is_told_of_every_file(library, write):
    docs = library({"a.txt": "old", "b.txt": BOAT, "c.txt": CAR, "d.txt": "gone", "e.txt": "also"})
    docs.sync()
    (docs.folder / "b.txt").rename(docs.folder / "z.txt")
    (docs.folder / "d.txt").unlink()
    (docs.folder / "e.txt").unlink()
    write({"a.txt": "new", "m.txt": "Fresh.", "n.txt": PNG})
    events = []
    docs.sync(events.append)
    assert events == [
        SyncEvent("a.txt", "changed", 1, 5),
        SyncEvent("c.txt", "unchanged", 2, 5),
        SyncEvent("m.txt", "added", 3, 5),
        SyncEvent("n.txt", "failed", 4, 5),
        SyncEvent("z.txt", "moved", 5, 5),
        SyncEvent("d.txt", "removed", 5, 5),
        SyncEvent("e.txt", "removed", 5, 5),
    ]


def test_an_interrupted_sync_keeps_what_was_done(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": CAR, "c.txt": BOAT + CAR})

    def interrupt(event):
        if event.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        docs.sync(interrupt)
    assert docs.document_ids() == ("a.txt", "b.txt")
    embedder.embedded.clear()
    assert counts(docs.sync()) == {"added": 1, "unchanged": 2}
    assert embedder.embedded == ["A red boat sailed. A blue car stopped."]
