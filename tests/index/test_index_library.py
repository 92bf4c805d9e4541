import os
import random
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index import CatalogueError, Entry, Library, MissingError

# What holds wherever the index lies.
anywhere = pytest.mark.parametrize("backend", ["embedded", "milvus"], indirect=True)

TEXTS = {
    "boats.txt": "A red boat sailed north. It carried salt.",
    "cars.txt": "A blue car stopped at the gate.",
    "trees.md": "# Trees\n\nA tall tree fell in the storm.",
}


def everything(library, embedder):
    """Every passage that a search for anything can find."""
    return [hit.chunk for hit in library.search_vectors(embedder.vector("x"), 100_000)]


def snapshots(tmp_path):
    return sorted(path.name for path in (tmp_path / "home").glob("*/vectors-*"))


def best(library, embedder, text):
    (hit,) = library.search_vectors(embedder.vector(text), 1)
    return hit.chunk.text


@anywhere
def test_a_search_finds_the_passage_asked_for(library, embedder):
    docs = library(TEXTS)
    docs.sync()
    hits = docs.search_vectors(embedder.vector("A blue car stopped at the gate."), 2)
    assert hits[0].chunk.document_id == "cars.txt"
    assert hits[0].chunk.text == TEXTS["cars.txt"]
    assert hits[0].score == pytest.approx(1.0)
    assert hits[1].score < 1.0
    (hit,) = docs.search_words(["storms"], 5)
    assert (hit.chunk.document_id, hit.chunk.start) == ("trees.md", 0)
    assert docs.document("cars.txt").text == TEXTS["cars.txt"]
    assert docs.document("cars.txt").path == docs.folder / "cars.txt"
    assert docs.document_ids() == ("boats.txt", "cars.txt", "trees.md")


@anywhere
def test_candidates_of_either_search_are_scored_by_both(library, embedder):
    docs = library(TEXTS)
    docs.sync()
    vector = embedder.vector("A blue car stopped at the gate.")
    found = docs.candidates(vector, ["salt"], [], 1)
    assert [one.chunk.document_id for one in found] == ["boats.txt", "cars.txt"]
    boat, car = found
    (nearest, *rest) = docs.search_vectors(vector, 3)
    assert (car.cosine, car.bm25) == (pytest.approx(nearest.score), 0.0)
    (word,) = docs.search_words(["salt"], 5)
    assert boat.bm25 == pytest.approx(word.score)
    cosines = {hit.chunk.id: hit.score for hit in rest}
    assert boat.cosine == pytest.approx(cosines[boat.chunk.id])
    assert [one.chunk for one in docs.candidates(vector, [], [], 1)] == [nearest.chunk]


@anywhere
def test_an_unsynced_library_finds_nothing(library, embedder):
    docs = library()
    assert docs.search_vectors(embedder.vector("x"), 5) == []
    assert docs.search_words(["x"], 5) == []
    assert docs.candidates(embedder.vector("x"), ["x"], ["x y"], 5) == []
    assert docs.document_ids() == ()


@anywhere
def test_an_unknown_document_is_named(library):
    with pytest.raises(MissingError, match=r"no document 'gone\.txt' in the index: sync"):
        library().document("gone.txt")


@anywhere
def test_what_is_stored_is_there_at_the_next_start(library, embedder, fake_embedder):
    with library(TEXTS) as docs:
        docs.sync()
    again = fake_embedder()
    with library(embedder=again) as docs:
        assert docs.document_ids() == tuple(TEXTS)
        assert best(docs, embedder, TEXTS["cars.txt"]) == TEXTS["cars.txt"]
        assert docs.sync().embedded == 0
    assert again.embedded == []


WORDS = "boat car tree lake road stone river house ship train".split()


def stored(library, embedder):
    """All that is stored, but for ids: each document with its names, and each passage."""
    documents = [replace(library.document(id_), path=Path()) for id_ in library.document_ids()]
    chunks = sorted((c.document_id, c.start, c.end, c.text) for c in everything(library, embedder))
    return documents, library.titles(), chunks, library.failures()


@pytest.mark.parametrize(
    ("backend", "seed"),
    [*(("embedded", seed) for seed in range(8)), ("milvus", 0)],
    indirect=["backend"],
)
def test_after_any_edits_the_index_is_the_folder(seed, library, embedder):
    """Every passage is its slice under the vector of its text, as if indexed from nothing."""
    rng = random.Random(seed)
    docs = library({"0.txt": "The first one.", "1.text": "One\n\nThe second one."})

    def sentence():
        words = rng.choices(WORDS, k=rng.choice([3, 8, 40, 150]))
        return " ".join(words).capitalize() + rng.choice([".", "?", "é!", " 日本."])

    def edit():
        files = sorted(docs.folder.rglob("*.*"))
        name = f"{rng.randrange(8)}.{rng.choice(['txt', 'text'])}"
        path = docs.folder / rng.choice(["", "sub/"]) / name
        path.parent.mkdir(exist_ok=True)
        kind = rng.choice("write edit append delete rename copy swap break".split())
        if kind == "write" or len(files) < 2:
            path.write_text(rng.choice([" ", "\n\n"]).join(sentence() for _ in range(9)))
            return
        old, other = rng.sample(files, 2)
        if kind == "edit":
            parts = old.read_text().split("\n\n")
            parts[rng.randrange(len(parts))] = sentence()
            old.write_text("\n\n".join(parts))
        elif kind == "append":
            old.write_text(old.read_text() + "\n\n" + sentence())
        elif kind == "delete":
            old.unlink()
        elif kind == "rename":
            old.replace(path)
        elif kind == "copy":
            path.write_text(old.read_text())
        elif kind == "swap":
            texts = old.read_text(), other.read_text()
            old.write_text(texts[1])
            other.write_text(texts[0])
        else:
            old.write_text(" ")

    for round_ in range(6):
        for _ in range(rng.randrange(1, 6)):
            edit()
        docs.sync()
        chunks = everything(docs, embedder)
        assert len({chunk.id for chunk in chunks}) == len(chunks)
        for chunk in chunks:
            text = (docs.folder / chunk.document_id).read_text()
            assert text[chunk.start : chunk.end] == chunk.text
            hits = docs.search_vectors(embedder.vector(chunk.text), len(chunks))
            score = next(hit.score for hit in hits if hit.chunk == chunk)
            assert score == pytest.approx(1.0, abs=1e-5)
        fresh = library(home=f"another{round_}")
        fresh.sync()
        assert stored(docs, embedder) == stored(fresh, embedder)


@anywhere
def test_a_removed_passage_is_never_found(library, write, embedder):
    docs = library(TEXTS)
    docs.sync()
    assert best(docs, embedder, TEXTS["cars.txt"]) == TEXTS["cars.txt"]
    (docs.folder / "cars.txt").unlink()
    write({"boats.txt": "A new text altogether."})
    docs.sync()
    texts = {chunk.text for chunk in everything(docs, embedder)}
    assert texts == {"A new text altogether.", TEXTS["trees.md"]}
    assert docs.search_words(["salt"], 5) == docs.search_words(["gate"], 5) == []


def test_the_snapshot_is_written_once_and_then_read(library, embedder, tmp_path):
    with library(TEXTS) as docs:
        docs.sync()
        everything(docs, embedder)
    (snapshot,) = (tmp_path / "home").glob("*/vectors-*")
    os.utime(snapshot, ns=(1, 1))
    with library() as docs:
        assert len(everything(docs, embedder)) == 3
    assert snapshot.stat().st_mtime_ns == 1


@pytest.mark.parametrize("damage", ["deleted", "empty", "cut off", "random", "one bit"])
def test_a_damaged_snapshot_is_made_anew_without_a_word(damage, library, embedder, tmp_path):
    with library(TEXTS) as docs:
        docs.sync()
        before = docs.search_vectors(embedder.vector("a boat"), 3)
    (snapshot,) = (tmp_path / "home").glob("*/vectors-*")
    whole = snapshot.read_bytes()
    if damage == "deleted":
        snapshot.unlink()
    else:
        bad = {"empty": b"", "cut off": whole[:-9], "random": random.Random(1).randbytes(500)}
        bad["one bit"] = whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:]
        snapshot.write_bytes(bad[damage])
    embedder.embedded.clear()
    with library() as docs:
        assert docs.search_vectors(embedder.vector("a boat"), 3) == before
    assert snapshot.read_bytes() == whole
    assert embedder.embedded == []


def test_old_snapshots_do_not_pile_up(library, write, embedder, tmp_path):
    docs = library(TEXTS)
    for number in range(4):
        write({"cars.txt": f"Car number {number}."})
        docs.sync()
        assert snapshots(tmp_path) == []  # the one before holds what is deleted now
        everything(docs, embedder)
        assert len(snapshots(tmp_path)) == 1
    (docs.store / "vectors-7.123.tmp").write_bytes(b"left aside by somebody who died")
    docs.sync()
    assert len(snapshots(tmp_path)) == 1


def test_a_snapshot_of_other_passages_is_not_believed(library, write, embedder, tmp_path):
    """A new catalogue counts ids and changes from the beginning, as the one before it did."""
    docs = library(TEXTS)
    docs.sync()
    everything(docs, embedder)
    docs.close()
    assert len(snapshots(tmp_path)) == 1
    for file in docs.store.glob("catalogue.sqlite*"):
        file.unlink()
    write({"boats.txt": "Another text altogether."})
    with library() as docs:
        docs.sync()
        assert best(docs, embedder, "Another text altogether.") == "Another text altogether."
        assert len(snapshots(tmp_path)) == 1


def test_a_snapshot_that_cannot_be_kept_is_no_obstacle(library, embedder, monkeypatch):
    def refuse(index, path):
        raise RuntimeError("no space left on device")

    monkeypatch.setattr("faiss.write_index", refuse)
    docs = library(TEXTS)
    docs.sync()
    assert best(docs, embedder, TEXTS["cars.txt"]) == TEXTS["cars.txt"]


@anywhere
def test_two_libraries_over_one_store_see_each_others_work(library, write, embedder):
    first, second = library(TEXTS), library()
    assert everything(second, embedder) == []
    first.sync()
    assert len(everything(second, embedder)) == 3
    write({"cars.txt": "A green bus left."})
    (second.folder / "boats.txt").unlink()
    report = second.sync()
    assert (report.changed, report.removed, report.unchanged) == (1, 1, 1)
    expected = {"A green bus left.", TEXTS["trees.md"]}
    assert {chunk.text for chunk in everything(first, embedder)} == expected
    assert first.sync().unchanged == 2


@anywhere
def test_rebuild_begins_anew_and_the_old_serves_until_it_is_complete(library, embedder):
    docs = library(TEXTS)
    docs.sync()
    before = everything(docs, embedder)
    rebuilt = library(rebuild=True)
    assert everything(rebuilt, embedder) == before

    def look(event):
        with ThreadPoolExecutor(1) as other:
            assert other.submit(everything, docs, embedder).result() == before

    report = rebuilt.sync(look)
    assert (report.added, report.embedded) == (3, 3)
    assert embedder.embedded == [*TEXTS.values()] * 2
    for one in (docs, rebuilt):
        after = everything(one, embedder)
        assert {chunk.text for chunk in after} == {chunk.text for chunk in before}
        assert not {chunk.id for chunk in after} & {chunk.id for chunk in before}
    assert rebuilt.sync().unchanged == 3


@anywhere
def test_a_rebuild_that_is_broken_off_leaves_the_old_index(library, write, embedder):
    docs = library(TEXTS)
    docs.sync()
    before = everything(docs, embedder)
    write({"cars.txt": "A green bus left."})

    def interrupt(event):
        if event.done == 3:
            raise KeyboardInterrupt

    with library(rebuild=True) as rebuilt, pytest.raises(KeyboardInterrupt):
        rebuilt.sync(interrupt)
    assert everything(docs, embedder) == before
    assert docs.sync().changed == 1


@anywhere
def test_another_model_is_refused_until_a_rebuild(library, embedder, fake_embedder):
    docs = library(TEXTS)
    docs.sync()
    everything(docs, embedder)
    other = fake_embedder("other", dim=5)
    with pytest.raises(CatalogueError, match="vectors of fake, not of other"):
        library(embedder=other)
    with library(embedder=other, rebuild=True) as rebuilt:
        with pytest.raises(CatalogueError, match="vectors of fake, not of other"):
            rebuilt.search_vectors(other.vector("x"), 5)
        rebuilt.sync()
        assert best(rebuilt, other, TEXTS["cars.txt"]) == TEXTS["cars.txt"]
    # And those of the other model are not mixed with the questions of the first.
    with pytest.raises(CatalogueError, match="vectors of other, not of fake"):
        everything(docs, embedder)


@anywhere
def test_an_index_of_an_earlier_version_is_made_anew_with_a_note(library, embedder, tmp_path):
    with library(TEXTS) as docs:
        docs.sync()
    (catalogue,) = (tmp_path / "home").glob("*/catalogue.sqlite")
    connection = sqlite3.connect(catalogue)
    with connection:
        connection.execute("UPDATE meta SET value = 1 WHERE key = 'schema'")
    connection.close()
    with library() as docs:
        report = docs.sync()
        assert (report.added, len(everything(docs, embedder))) == (3, 3)
        assert report.notes == (
            "the index was made by an earlier version: every document is read again",
        )
        assert docs.sync().notes == ()


def test_a_damaged_catalogue_is_mended_by_a_rebuild(library, tmp_path):
    with library(TEXTS) as docs:
        docs.sync()
    (catalogue,) = (tmp_path / "home").glob("*/catalogue.sqlite")
    catalogue.write_bytes(b"no database " * 400)
    with pytest.raises(CatalogueError, match=r"is damaged .* --rebuild"):
        library()
    with library(rebuild=True) as docs:
        assert docs.sync().added == 3


def test_folders_of_one_name_have_indexes_of_their_own(library, tmp_path):
    first, second = library(TEXTS, "x/my docs"), library({"a.txt": "Other."}, "y/my docs")
    first.sync()
    second.sync()
    stores = sorted(path.name for path in (tmp_path / "home").iterdir())
    assert len(stores) == 2
    assert all(store.startswith("my-docs-") for store in stores)
    assert first.document_ids() == tuple(TEXTS)
    assert second.document_ids() == ("a.txt",)


def test_a_folder_has_one_index_by_whichever_way_it_is_named(library, tmp_path, embedder):
    docs = library(TEXTS)
    docs.sync()
    (tmp_path / "link").symlink_to(docs.folder, target_is_directory=True)
    for name in ("docs", "./docs/../docs", "link"):
        with Library.open(docs.folder.parent / name, tmp_path / "home", embedder) as same:
            assert same.document_ids() == tuple(TEXTS)
    assert len(list((tmp_path / "home").iterdir())) == 1


def test_a_home_that_cannot_be_written_is_named(library, tmp_path):
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(CatalogueError, match=r"cannot be kept in .*CITEWISE_HOME") as caught:
        library(TEXTS)
    assert "\n" not in str(caught.value)


@anywhere
def test_many_threads_search_while_one_syncs(library, write, embedder):
    versions = [f"Version{number} of the boat sailed. " * 20 for number in range(12)]
    docs = library({"a.txt": versions[0], "b.txt": "A car stopped.", "c.txt": "A tree fell."})
    docs.sync()
    done = threading.Event()

    def search(seed):
        rounds = 0
        while not done.is_set() or not rounds:
            hits = docs.search_vectors(embedder.vector(f"Version{seed} of the boat"), 50)
            for hit in hits + docs.search_words(["car", f"version{seed}"], 50):
                chunk = hit.chunk
                if chunk.document_id == "a.txt":
                    assert any(text[chunk.start : chunk.end] == chunk.text for text in versions)
                else:
                    assert chunk.text in ("A car stopped.", "A tree fell.")
            rounds += 1
        return rounds

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(search, seed) for seed in range(8)]
        try:
            for text in versions[1:]:
                write({"a.txt": text})
                assert docs.sync().changed == 1
        finally:
            done.set()
        assert all(future.result() > 0 for future in futures)
    document = docs.document("a.txt").text
    assert document == versions[-1]
    chunks = [chunk for chunk in everything(docs, embedder) if chunk.document_id == "a.txt"]
    assert chunks
    assert all(document[chunk.start : chunk.end] == chunk.text for chunk in chunks)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files cannot be counted")
def test_threads_that_end_leave_no_open_file_behind(library, embedder):
    docs = library(TEXTS)
    docs.sync()
    docs.search_words(["boat"], 1)

    def open_files():
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    for _ in range(20):
        thread = threading.Thread(target=docs.search_words, args=(["boat"], 1))
        thread.start()
        thread.join()
    assert open_files() <= before + 6


@anywhere
def test_entries_are_the_files_as_they_are_listed(library):
    docs = library({**TEXTS, "copy.txt": TEXTS["cars.txt"], "bad.txt": b"\x00\x01" * 50})
    assert docs.entries() == ()
    before = docs.revision
    docs.sync()
    assert docs.revision > before
    listed = {entry.path: entry for entry in docs.entries()}
    assert list(listed) == ["bad.txt", "boats.txt", "cars.txt", "copy.txt", "trees.md"]
    assert listed["trees.md"] == Entry("trees.md", "Trees", "Markdown", None, 1, 39)
    assert listed["copy.txt"].title == "copy"
    assert (listed["bad.txt"].state, listed["bad.txt"].size) == ("failed", 100)
    assert "binary file" in listed["bad.txt"].reason


@anywhere
def test_the_size_of_a_file_that_cannot_be_read_for_now_is_the_files_own(library, tmp_path):
    docs = library({"a.txt": "A red boat sailed."})
    target = tmp_path / "outside.txt"
    target.write_text("secret")
    (docs.folder / "link.txt").symlink_to(target)
    docs.sync()
    link = docs.entries()[1]
    assert (link.path, link.state, link.size) == ("link.txt", "failed", len(str(target)))
