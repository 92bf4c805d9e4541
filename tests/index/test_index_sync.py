import hashlib
import os
import time

import pytest

from index import FolderError, SyncEvent
from index.errors import TransientError
from index.files import read_file
from index.readers import READERS, Content

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


def ids(library, embedder):
    """The id of every stored passage, by its text."""
    hits = library.search_vectors(embedder.vector("x"), 10_000)
    return {hit.chunk.text: hit.chunk.id for hit in hits}


def age(path, seconds=10):
    """Make a file older than the stamps of a file system are coarse."""
    stamp = time.time_ns() - seconds * 10**9
    os.utime(path, ns=(stamp, stamp))


@pytest.fixture
def parsed():
    """What the reader of .txt files was given, and the readers with it in place."""
    texts = []

    def note(data):
        texts.append(data.decode("utf-8", "replace"))
        return READERS[".txt"](data)

    return texts, {".txt": note}


@pytest.fixture
def reads(monkeypatch):
    """The names of the files that are read."""
    names = []

    def note(path):
        names.append(path.name)
        return read_file(path)

    monkeypatch.setattr("index.sync.read_file", note)
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


def test_only_changed_passages_are_embedded_and_the_others_keep_their_ids(library, write, embedder):
    paragraphs = [f"Word{number} " * 150 + "ends." for number in range(6)]
    docs = library({"a.txt": "\n\n".join(paragraphs)})
    assert docs.sync().embedded == 6
    before = ids(docs, embedder)
    embedder.embedded.clear()
    kept = [text for text in paragraphs if not text.startswith("Word2 ")]
    paragraphs[2] = "Changed " * 151 + "ends."
    write({"a.txt": "\n\n".join(paragraphs)})
    report = docs.sync()
    assert counts(report) == {"changed": 1}
    assert (report.passages, report.embedded) == (6, 1)
    assert embedder.embedded == [paragraphs[2]]
    assert [text for _, _, text in passages(docs, embedder)] == paragraphs
    after = ids(docs, embedder)
    assert {text: after[text] for text in kept} == {text: before[text] for text in kept}
    assert after[paragraphs[2]] not in before.values()
    for paragraph in paragraphs:
        (hit,) = docs.search_vectors(embedder.vector(paragraph), 1)
        assert (hit.chunk.text, hit.score) == (paragraph, pytest.approx(1.0))


def test_a_passage_that_stands_twice_is_embedded_once(library, embedder):
    paragraph = "Same " * 150 + "ends."
    docs = library({"a.txt": f"{paragraph}\n\n{paragraph}"})
    report = docs.sync()
    assert (report.passages, report.embedded) == (2, 1)
    assert [start for _, start, _ in passages(docs, embedder)] == [0, len(paragraph) + 2]


def test_a_renamed_file_is_moved_without_a_single_embedding(library, embedder, parsed):
    texts, readers = parsed
    docs = library({"a.txt": BOAT, "b.txt": CAR}, readers=readers)
    docs.sync()
    before = ids(docs, embedder)
    embedder.embedded.clear()
    texts.clear()
    (docs.folder / "sub").mkdir()
    (docs.folder / "a.txt").rename(docs.folder / "sub" / "new.txt")
    report = docs.sync()
    assert counts(report) == {"moved": 1, "unchanged": 1}
    assert (report.embedded, embedder.embedded, texts) == (0, [], [])
    assert docs.document_ids() == ("b.txt", "sub/new.txt")
    assert passages(docs, embedder)[1] == ("sub/new.txt", 0, BOAT.strip())
    assert ids(docs, embedder) == before
    assert counts(docs.sync()) == {"unchanged": 2}


def test_a_renamed_folder_with_two_equal_files_is_moved_without_embeddings(library, embedder):
    docs = library({"old/a.txt": BOAT, "old/b.txt": BOAT, "c.txt": CAR})
    docs.sync()
    embedder.embedded.clear()
    (docs.folder / "old").rename(docs.folder / "new")
    report = docs.sync()
    assert docs.document_ids() == ("c.txt", "new/a.txt")
    assert docs.document("new/a.txt").copies == ("new/b.txt",)
    assert embedder.embedded == []
    assert counts(report) == {"moved": 2, "unchanged": 1}


def test_a_renamed_file_is_titled_by_its_new_name_unless_it_says_its_title(library):
    docs = library({"draft.txt": BOAT, "boats.md": "# boats\n\n" + CAR})
    docs.sync()
    assert docs.titles() == ("boats", "draft")
    (docs.folder / "draft.txt").rename(docs.folder / "final.txt")
    (docs.folder / "boats.md").rename(docs.folder / "ships.md")
    docs.sync()
    assert docs.document("final.txt").title == "final"
    assert docs.document("ships.md").title == "boats"


def test_a_file_renamed_to_another_kind_is_read_as_that(library, embedder):
    text = "# Boats\n\nA red boat sailed. <!-- A secret. -->"
    docs = library({"a.txt": text})
    docs.sync()
    (docs.folder / "a.txt").rename(docs.folder / "a.md")
    docs.sync()
    document = docs.document("a.md")
    assert (document.title, document.media_type) == ("Boats", "text/markdown")
    assert passages(docs, embedder) == [("a.md", 0, "# Boats\n\nA red boat sailed.")]


def test_two_equal_files_are_one_document_with_two_names(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": BOAT})
    report = docs.sync()
    assert counts(report) == {"added": 2}
    assert (report.passages, report.embedded) == (1, 1)
    assert passages(docs, embedder) == [("a.txt", 0, BOAT.strip())]
    document = docs.document("a.txt")
    assert (document.title, document.copies) == ("a", ("b.txt",))
    assert docs.document("b.txt") == document
    assert counts(docs.sync()) == {"unchanged": 2}


def test_when_the_first_name_is_deleted_the_other_takes_over(library, embedder):
    docs = library({"a.txt": BOAT, "b.txt": BOAT})
    docs.sync()
    before = ids(docs, embedder)
    embedder.embedded.clear()
    (docs.folder / "a.txt").unlink()
    report = docs.sync()
    assert counts(report) == {"removed": 1, "unchanged": 1}
    assert (report.passages, embedder.embedded) == (1, [])
    assert docs.document_ids() == ("b.txt",)
    assert passages(docs, embedder) == [("b.txt", 0, BOAT.strip())]
    assert ids(docs, embedder) == before
    (docs.folder / "b.txt").unlink()
    assert docs.sync().passages == 0
    assert docs.search_words(["boat"], 5) == []


def test_equal_files_of_two_kinds_are_two_documents(library):
    text = "# Boats\n\nA red boat sailed."
    docs = library({"a.md": text, "b.txt": text})
    docs.sync()
    assert [docs.document(id_).media_type for id_ in docs.document_ids()] == [
        "text/markdown",
        "text/plain",
    ]


def test_of_two_equal_files_one_can_be_edited(library, write, embedder):
    docs = library({"a.txt": BOAT, "b.txt": BOAT})
    docs.sync()
    write({"a.txt": CAR})
    assert counts(docs.sync()) == {"changed": 1, "unchanged": 1}
    assert passages(docs, embedder) == [("a.txt", 0, CAR.strip()), ("b.txt", 0, BOAT.strip())]
    embedder.embedded.clear()
    write({"b.txt": CAR})
    assert counts(docs.sync()) == {"changed": 1, "unchanged": 1}
    assert passages(docs, embedder) == [("a.txt", 0, CAR.strip())]
    assert docs.document("a.txt").copies == ("b.txt",)
    assert embedder.embedded == []


def test_a_copy_is_added_without_being_parsed(library, write, embedder, parsed):
    texts, readers = parsed
    docs = library({"b.txt": BOAT}, readers=readers)
    docs.sync()
    embedder.embedded.clear()
    write({"a.txt": BOAT})
    assert counts(docs.sync()) == {"added": 1, "unchanged": 1}
    assert docs.document_ids() == ("a.txt",)
    assert docs.document("a.txt").copies == ("b.txt",)
    assert (texts, embedder.embedded) == ([BOAT], [])


def test_two_files_that_swap_names_are_both_right(library, write, embedder):
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    embedder.embedded.clear()
    write({"a.txt": CAR, "b.txt": BOAT})
    assert counts(docs.sync()) == {"changed": 2}
    assert (docs.document("a.txt").text, docs.document("b.txt").text) == (CAR, BOAT)
    assert embedder.embedded == []


def test_a_copy_made_before_an_edit_is_right_in_either_order(library, write):
    for copy in ("a copy.txt", "z copy.txt"):
        docs = library({"note.txt": BOAT}, folder=copy)
        docs.sync()
        write({copy: BOAT, "note.txt": BOAT + CAR}, folder=copy)
        assert counts(docs.sync()) == {"added": 1, "changed": 1}
        assert (docs.document(copy).text, docs.document("note.txt").text) == (BOAT, BOAT + CAR)
        assert docs.document(copy).copies == ()


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
    again = docs.sync()
    assert again.failed == report.failed == docs.failures()
    assert counts(again) == {"unchanged": 2}


def test_a_file_that_failed_is_not_tried_again_until_it_changes(library, write, parsed, reads):
    texts, readers = parsed
    docs = library({"a.txt": BOAT, "bad.txt": "  "}, readers=readers)
    age(docs.folder / "a.txt", 100)
    age(docs.folder / "bad.txt", 100)
    first = docs.sync()
    assert (texts, reads) == ([BOAT, "  "], ["a.txt", "bad.txt"])
    assert docs.sync().failed == first.failed
    assert (len(texts), len(reads)) == (2, 2)
    age(docs.folder / "bad.txt", 50)
    for _ in range(2):
        assert docs.sync().failed == first.failed
    assert (len(texts), reads[2:]) == (2, ["bad.txt"])
    write({"bad.txt": CAR})
    report = docs.sync()
    assert (counts(report), report.failed) == ({"added": 1, "unchanged": 1}, ())
    assert docs.failures() == ()


def test_files_that_failed_can_all_be_tried_again(library, parsed):
    texts, readers = parsed
    docs = library({"a.txt": BOAT, "bad.txt": "  "}, readers=readers)
    docs.sync()
    assert failed(docs.sync(retry=True)) == ["bad.txt"]
    assert texts == [BOAT, "  ", "  "]


def test_files_that_failed_are_tried_again_by_new_readers(library, parsed, monkeypatch):
    texts, readers = parsed
    library({"a.txt": BOAT, "bad.txt": "  "}, readers=readers).sync()
    library(readers=readers).sync()
    assert len(texts) == 2
    more = {**readers, ".log": READERS[".txt"]}
    library(readers=more).sync()
    assert len(texts) == 3
    library(readers=more).sync()
    assert len(texts) == 3
    monkeypatch.setattr("index.library.READERS_VERSION", 1_000)
    library(readers=more).sync()
    assert len(texts) == 4


def test_a_reader_that_breaks_is_a_failure_of_the_file(library):
    def break_(data):
        raise RuntimeError("\x1b[31mbroken\npipe")

    docs = library({"a.txt": BOAT, "b.odd": "x"}, readers={".ODD": break_})
    (failure,) = docs.sync().failed
    assert failure.path == "b.odd"
    assert "broken pipe" in failure.reason
    assert failure.reason.isprintable()


def test_further_readers_read_further_files(library, embedder):
    def read_upper(data):
        return Content("A title", data.decode().upper(), "text/x-odd")

    docs = library({"a.txt": BOAT, "b.ODD": "boats!"}, readers={".odd": read_upper})
    assert counts(docs.sync()) == {"added": 2}
    document = docs.document("b.ODD")
    assert (document.title, document.text) == ("A title", "BOATS!")
    with library() as without:
        assert counts(without.sync()) == {"removed": 1, "unchanged": 1}


def test_a_file_that_vanished_is_no_failure_any_more(library):
    docs = library({"a.txt": BOAT, "bad.txt": PNG})
    docs.sync()
    (docs.folder / "bad.txt").unlink()
    assert docs.sync().failed == ()
    assert docs.failures() == ()


def test_a_file_that_is_too_large_is_not_read(library, reads, monkeypatch):
    monkeypatch.setattr("index.files.MAX_BYTES", 100)
    docs = library({"a.txt": BOAT, "big.txt": ""})
    with (docs.folder / "big.txt").open("wb") as file:
        file.truncate(10 * 1024**3)
    age(docs.folder / "big.txt")
    report = docs.sync()
    (failure,) = report.failed
    assert failure.reason == (
        "it has 10,737,418,240 bytes and the limit is 100; split it into smaller files"
    )
    reads.clear()
    assert docs.sync().failed == report.failed
    assert "big.txt" not in reads


def test_a_link_that_leads_out_is_told_and_not_followed(library, write, embedder):
    outside = write({"secret.txt": CAR}, "outside")
    docs = library({"a.txt": BOAT, "b.txt": CAR})
    docs.sync()
    (docs.folder / "b.txt").unlink()
    (docs.folder / "b.txt").symlink_to(outside / "secret.txt")
    report = docs.sync()
    (failure,) = report.failed
    assert (failure.path, failure.reason.split(";")[0]) == (
        "b.txt",
        "it is a link that leads out of the folder",
    )
    assert passages(docs, embedder) == [("a.txt", 0, BOAT.strip())]
    assert docs.failures() == report.failed


def test_documents_of_a_folder_that_cannot_be_listed_stay(library, write, monkeypatch):
    files = {"a.txt": BOAT, "locked/b.txt": CAR, "locked/bad.txt": PNG}
    docs = library(files)
    docs.sync()
    write({"a.txt": CAR + BOAT})
    scandir = os.scandir

    def refuse(path):
        if os.fspath(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        report = docs.sync()
    assert counts(report) == {"changed": 1}
    assert [(f.path, f.reason) for f in report.failed] == [
        ("locked", "it cannot be listed: Permission denied")
    ]
    assert docs.document("locked/b.txt").text == CAR
    report = docs.sync()
    assert (counts(report), failed(report)) == ({"unchanged": 2}, ["locked/bad.txt"])


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
            raise TransientError("it cannot be read: Permission denied")
        return read_file(path)

    with monkeypatch.context() as patch:
        patch.setattr("index.sync.read_file", refuse)
        report = docs.sync()
    assert failed(report) == ["a.txt"]
    assert counts(report) == {"unchanged": 1}
    assert docs.document("a.txt").text == BOAT
    assert counts(docs.sync()) == {"changed": 1, "unchanged": 1}


def test_a_file_deleted_before_it_is_read_fails_alone(library, monkeypatch):
    docs = library({"a.txt": BOAT, "b.txt": CAR})

    def delete_and_read(path):
        if path.name == "a.txt":
            path.unlink()
        return read_file(path)

    with monkeypatch.context() as patch:
        patch.setattr("index.sync.read_file", delete_and_read)
        report = docs.sync()
    assert [(f.path, f.reason) for f in report.failed] == [
        ("a.txt", "it cannot be read: No such file or directory")
    ]
    assert counts(report) == {"added": 1}
    assert docs.document_ids() == ("b.txt",)
    assert docs.sync().failed == ()


def test_a_file_written_while_it_is_read_is_read_again(library, monkeypatch):
    docs = library({"a.txt": BOAT})
    age(docs.folder / "a.txt", 100)

    def read_and_write(path):
        read = read_file(path)
        path.write_text(CAR)
        age(path, 100)
        return read

    with monkeypatch.context() as patch:
        patch.setattr("index.sync.read_file", read_and_write)
        docs.sync()
    document = docs.document("a.txt")
    assert (document.text, document.sha256) == (BOAT, hashlib.sha256(BOAT.encode()).hexdigest())
    assert counts(docs.sync()) == {"changed": 1}
    assert docs.document("a.txt").text == CAR


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
    assert docs.sync().failed == docs.failures() == report.failed


@pytest.mark.parametrize(
    "name", ["a\nb\t\x1b[31m.txt", "a..txt..txt", "%s 'q' \"r\".txt", "é.txt", "n" * 240 + ".txt"]
)
def test_any_other_name_is_as_good_as_another(library, write, name):
    docs = library({name: BOAT, "b.txt": CAR})
    docs.sync()
    assert docs.document(name).text == BOAT
    write({name: CAR})
    assert counts(docs.sync()) == {"changed": 1, "unchanged": 1}
    document = docs.document(name)
    assert sorted([document.id, *document.copies]) == sorted([name, "b.txt"])


def test_progress_is_told_of_every_file(library, write):
    docs = library({"a.txt": "old", "b.txt": BOAT, "c.txt": CAR, "d.txt": "gone", "e.txt": "also"})
    for path in docs.folder.iterdir():
        age(path)
    docs.sync()
    (docs.folder / "b.txt").rename(docs.folder / "z.txt")
    (docs.folder / "d.txt").unlink()
    (docs.folder / "e.txt").unlink()
    write({"a.txt": "new", "m.txt": "Fresh.", "n.txt": PNG})
    events = []
    docs.sync(events.append)
    assert [(e.document_id, e.action, e.done, e.total) for e in events] == [
        ("a.txt", "changed", 1, 5),
        ("c.txt", "unchanged", 2, 5),
        ("m.txt", "added", 3, 5),
        ("n.txt", "failed", 4, 5),
        ("z.txt", "moved", 5, 5),
        ("d.txt", "removed", 5, 5),
        ("e.txt", "removed", 5, 5),
    ]
    sizes = [3, 0, 6, len(PNG), len(BOAT), 0, 0]
    assert [e.bytes_done for e in events] == [sum(sizes[: i + 1]) for i in range(7)]
    assert {e.bytes_total for e in events} == {sum(sizes)}
    assert [e.embedded for e in events] == [1, 1, 2, 2, 2, 2, 2]
    assert [e.seconds for e in events] == sorted(e.seconds for e in events)
    assert [bool(e.reason) for e in events] == [e.action == "failed" for e in events]


def test_of_a_large_file_it_is_told_how_far_it_is(library, monkeypatch):
    monkeypatch.setattr("index.sync._LARGE_BYTES", 1000)
    monkeypatch.setattr("index.pending._PASSAGES_BETWEEN_NEWS", 2)
    text = "\n\n".join(f"Word{number} " * 150 + "ends." for number in range(5))
    docs = library({"a.txt": BOAT, "b.txt": text})
    events = []
    docs.sync(events.append)
    total = len(BOAT) + len(text)
    assert [(e.document_id, e.action, e.done, e.bytes_done, e.embedded) for e in events] == [
        ("a.txt", "added", 1, len(BOAT), 1),
        ("b.txt", "reading", 1, len(BOAT), 1),
        ("b.txt", "reading", 1, len(BOAT) + int(len(text) * 0.4), 3),
        ("b.txt", "reading", 1, len(BOAT) + int(len(text) * 0.8), 5),
        ("b.txt", "added", 2, total, 6),
    ]


def test_an_event_foretells_the_end():
    event = SyncEvent("a.txt", "added", 1, 4, "", 250, 1000, 30, 10.0)
    assert event.passages_per_second == 3.0
    assert event.seconds_left == 30.0
    start = SyncEvent("a.txt", "unchanged", 1, 4)
    assert (start.passages_per_second, start.seconds_left) == (0.0, None)


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
