import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from catalogue_fakes import document, found, ids, put, state

from index import CatalogueError, Entry, Line, Page, Section
from index.catalogue import Catalogue
from index.ledger import FailedFile, Identity

DOCS = Path("docs")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def catalogue(path):
    catalogue = Catalogue(path, "fake")
    yield catalogue
    catalogue.close()


def link(catalogue, path, document):
    identity = Identity.of(document.sha256, path)
    with catalogue.transaction():
        catalogue.ledger.link(path, identity, state(document.sha256))


def unlink(catalogue, *paths):
    with catalogue.transaction():
        for path in paths:
            catalogue.ledger.unlink(path)
        catalogue.collect()


def test_a_new_catalogue_is_empty(catalogue):
    assert catalogue.document_ids() == catalogue.titles() == ()
    assert catalogue.generation == 0
    assert catalogue.document("a.txt", DOCS) is None
    assert not catalogue.has_orphans()


def test_what_was_put_comes_back(catalogue, path):
    value = put(catalogue, "sub/b.txt", "first", "second", "third")
    put(catalogue, "a.txt", "other")
    catalogue.close()
    again = Catalogue(path, "fake")
    assert again.document("sub/b.txt", DOCS) == value
    assert again.document("sub/b.txt", Path("elsewhere")).path == Path("elsewhere/sub/b.txt")
    assert again.document_ids() == ("a.txt", "sub/b.txt")
    assert again.titles() == ("Title of a.txt", "Title of sub/b.txt")
    again.close()


def test_pages_with_their_lines_and_sections_survive_as_they_are(catalogue):
    lines = (Line(0, 9, 0.1, 0.2, 0.3, 1 / 3), Line(10, 19, 0.0, 0.25, 1.0, 0.5))
    pages = (Page(1, 0, 20, lines), Page(2, 20, 30), Page(7, 30, 40))
    sections = (Section("Über “x”", 0, 10), Section("", 20, 40))
    value = put(
        catalogue, "a.txt", "x" * 9, "y" * 9, "z" * 9, "w" * 9, pages=pages, sections=sections
    )
    assert catalogue.document("a.txt", DOCS) == value
    chunks = catalogue.passages.chunks(range(1, 5)).values()
    assert [chunk.page for chunk in chunks] == [1, 1, 2, 7]


def test_text_that_databases_find_hard_survives(catalogue):
    value = put(catalogue, "a.txt", "null\0 byte", "emoji 🚢", "quote ' \" --")
    assert catalogue.document("a.txt", DOCS) == value
    assert [chunk.text for chunk in catalogue.passages.chunks([1, 2, 3]).values()] == [
        "null\0 byte",
        "emoji 🚢",
        "quote ' \" --",
    ]


def test_a_file_that_is_silent_about_its_title_goes_by_its_name(catalogue):
    value = put(catalogue, "sub/draft 2.txt", "one", titled=False)
    assert catalogue.document("sub/draft 2.txt", DOCS).title == "draft 2"
    link(catalogue, "a final.txt", value)
    assert catalogue.titles() == ("a final",)


def test_a_document_has_the_names_of_all_its_files(catalogue):
    value = put(catalogue, "b.txt", "a red boat")
    for path in ("c.txt", "a.txt"):
        link(catalogue, path, value)
    assert catalogue.document_ids() == ("a.txt",)
    for path in ("a.txt", "b.txt", "c.txt"):
        assert catalogue.document(path, DOCS) == replace(
            value, id="a.txt", path=DOCS / "a.txt", copies=("b.txt", "c.txt")
        )
    assert catalogue.passages.chunks([1])[1].document_id == "a.txt"
    unlink(catalogue, "a.txt")
    assert catalogue.document("b.txt", DOCS) == replace(value, copies=("c.txt",))
    assert catalogue.passages.chunks([1])[1].document_id == "b.txt"
    unlink(catalogue, "b.txt", "c.txt")
    assert catalogue.document_ids() == ()
    assert ids(catalogue) == []


def test_the_same_bytes_under_another_suffix_are_another_document(catalogue):
    value = put(catalogue, "a.txt", "one")
    assert catalogue.has(Identity.of(value.sha256, "b.TXT"))
    assert not catalogue.has(Identity.of(value.sha256, "a.md"))
    put(catalogue, "a.md", "one")
    assert catalogue.document_ids() == ("a.md", "a.txt")


def test_a_replaced_document_keeps_the_ids_of_the_passages_that_stay(catalogue):
    put(catalogue, "a.txt", "old boat", "kept car", "twice", "twice")
    value = put(catalogue, "a.txt", "new train", "twice", "kept car", "one more", replaced="a.txt")
    assert catalogue.document("a.txt", DOCS) == value
    assert ids(catalogue) == [2, 3, 5, 6]
    chunks = catalogue.passages.chunks(range(7))
    assert {id_: (c.text, c.start) for id_, c in chunks.items()} == {
        2: ("kept car", 16),
        3: ("twice", 10),
        5: ("new train", 0),
        6: ("one more", 25),
    }
    assert found(catalogue, "boat") == []
    assert found(catalogue, "train") == ["new train"]


def test_a_document_replaced_in_one_of_two_files_stays_in_the_other(catalogue):
    old = put(catalogue, "a.txt", "kept car", "old boat")
    link(catalogue, "b.txt", old)
    put(catalogue, "a.txt", "kept car", "new train", replaced="a.txt")
    assert catalogue.document("b.txt", DOCS).text == old.text
    assert catalogue.document("a.txt", DOCS).text == "kept car\nnew train\n"
    assert ids(catalogue) == [1, 2, 3, 4]


def test_a_document_can_replace_one_of_another_name(catalogue):
    put(catalogue, "old.txt", "one", "two")
    put(catalogue, "new.txt", "two", "three", replaced="old.txt")
    assert catalogue.document_ids() == ("new.txt",)
    assert ids(catalogue) == [2, 3]


def test_ids_are_never_given_out_twice(catalogue, path):
    put(catalogue, "a.txt", "one", "two")
    unlink(catalogue, "a.txt")
    assert ids(catalogue) == []
    catalogue.close()
    again = Catalogue(path, "fake")
    put(again, "b.txt", "three")
    assert ids(again) == [3]
    with again.transaction():
        again.renew()
    put(again, "c.txt", "four")
    assert ids(again) == [4]
    again.close()


def test_a_document_that_no_file_holds_is_gone_from_everywhere(catalogue):
    put(catalogue, "a.txt", "a red boat", "a blue car")
    put(catalogue, "b.txt", "a tall tree", "a deep lake", "a short road")
    unlink(catalogue, "a.txt", "was never there")
    assert catalogue.document_ids() == ("b.txt",)
    assert ids(catalogue) == [3, 4, 5]
    assert found(catalogue, "boat", "car") == []
    assert not catalogue.mend_words()


def test_where_most_is_deleted_the_words_of_the_rest_stay(catalogue):
    put(catalogue, "a.txt", "a red boat", "a blue car", "a green bus", "an old ship")
    put(catalogue, "b.txt", "a tall tree", "a deep lake", "a short road")
    unlink(catalogue, "a.txt")
    assert found(catalogue, "boat", "tree") == ["a tall tree"]
    assert not catalogue.mend_words()


def test_until_it_is_collected_a_document_can_be_taken_up_again(catalogue):
    value = put(catalogue, "a.txt", "one", "two")
    with catalogue.transaction():
        catalogue.ledger.unlink("a.txt")
    assert catalogue.has_orphans()
    assert catalogue.document_ids() == ()
    link(catalogue, "b.txt", value)
    assert not catalogue.has_orphans()
    assert ids(catalogue) == [1, 2]


def test_what_is_deleted_leaves_no_trace_in_the_file(catalogue, path):
    words = [f"secret{number} zanzibar" for number in range(300)]
    put(catalogue, "a.txt", *words, vectors=np.ones((300, 3), np.float32))
    put(catalogue, "b.txt", "a tall tree")
    before = sum(file.stat().st_size for file in path.parent.iterdir())
    unlink(catalogue, "a.txt")
    catalogue.shrink(purge=True)
    files = [file.read_bytes() for file in path.parent.iterdir()]
    assert sum(map(len, files)) < before / 2
    assert not any(b"zanzibar" in data for data in files)


def test_an_error_within_a_transaction_leaves_the_old_state(catalogue):
    value = put(catalogue, "a.txt", "a red boat", "a blue car", "a tall tree")
    changed, spans = document("a.txt", "a green bus")

    def change_and_fail():
        with catalogue.transaction():
            vectors = np.ones((1, 3), np.float32)
            catalogue.put(changed, state(), spans, vectors, replaced="a.txt")
            assert found(catalogue, "boat") == []
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change_and_fail()
    assert catalogue.document("a.txt", DOCS) == value
    assert ids(catalogue) == [1, 2, 3]
    assert found(catalogue, "boat") == ["a red boat"]
    assert catalogue.generation == 1
    put(catalogue, "b.txt", "goes on")
    assert catalogue.document_ids() == ("a.txt", "b.txt")


def test_vectors_that_do_not_match_the_passages_change_nothing(catalogue):
    value = put(catalogue, "a.txt", "one", "two")
    with pytest.raises(ValueError, match="shorter"):
        put(catalogue, "a.txt", "three", "four", vectors=np.ones((1, 3), np.float32))
    assert catalogue.document("a.txt", DOCS) == value


def test_each_change_of_the_passages_moves_the_generation_on(catalogue, path):
    value = put(catalogue, "a.txt", "one")
    put(catalogue, "b.txt", "two")
    assert catalogue.generation == 2
    link(catalogue, "c.txt", value)
    assert catalogue.generation == 2
    unlink(catalogue, "a.txt", "c.txt")
    assert catalogue.generation == 3
    other = Catalogue(path, "fake")
    assert other.generation == 3
    put(other, "d.txt", "three")
    assert catalogue.generation == 4
    other.close()


def test_another_thread_sees_the_old_state_until_the_end(catalogue):
    put(catalogue, "a.txt", "a red boat", "a blue car", "a tall tree")

    def now():
        return (
            catalogue.generation,
            catalogue.document_ids(),
            catalogue.passages.count(),
            found(catalogue, "boat"),
            found(catalogue, "train"),
        )

    before = (1, ("a.txt",), 3, ["a red boat"], [])
    after = (3, ("b.txt",), 4, [], ["a train"])
    value, spans = document("b.txt", "a train", "x", "y", "z")
    with ThreadPoolExecutor(1) as other:
        assert other.submit(now).result() == before
        with catalogue.transaction():
            catalogue.ledger.unlink("a.txt")
            catalogue.put(value, state(), spans, np.ones((4, 3), np.float32))
            catalogue.collect()
            assert other.submit(now).result() == before
        assert other.submit(now).result() == after


def test_many_that_open_a_new_catalogue_at_once_all_succeed(tmp_path):
    for round_ in range(5):
        path = tmp_path / f"{round_}.sqlite"
        barrier = threading.Barrier(4)

        def open_it(path=path, barrier=barrier):
            barrier.wait()
            catalogue = Catalogue(path, "fake")
            generation = catalogue.generation
            catalogue.close()
            return generation

        with ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(open_it) for _ in range(4)]
        assert [future.result() for future in futures] == [0, 0, 0, 0]


def test_vectors_of_another_model_are_refused_until_it_is_renewed(catalogue, path):
    put(catalogue, "a.txt", "one")
    with pytest.raises(CatalogueError, match=r"vectors of fake, not of other: .*--rebuild"):
        Catalogue(path, "other")
    other = Catalogue(path, "other", renewing=True)
    with pytest.raises(CatalogueError, match="vectors of fake, not of other"):
        other.check()
    other.renew()
    other.check()
    assert other.document_ids() == ()
    with pytest.raises(CatalogueError, match="vectors of other, not of fake"):
        catalogue.check()
    other.close()


def test_entries_are_files_in_order_with_what_is_known_of_each(catalogue):
    pages = (Page(1, 0, 4), Page(3, 4, 10))
    put(catalogue, "b.pdf", "a red boat", "two", pages=pages)
    put(catalogue, "a.txt", "a blue car", titled=False)
    with catalogue.transaction():
        sha256 = catalogue.document("b.pdf", Path()).sha256
        catalogue.ledger.link("c/copy.pdf", Identity(sha256, ".pdf"), state(sha256, size=10))
        catalogue.ledger.fail("d.docx", FailedFile("it is damaged", state("x", size=99)))
        catalogue.ledger.fail("a.txt", FailedFile("it cannot be read for now", None))
        catalogue.ledger.fail("e.txt", FailedFile("it cannot be read for now", None))
    assert catalogue.entries() == (
        Entry("a.txt", "a", "Text", None, 1, 10, "it cannot be read for now"),
        Entry("b.pdf", "Title of b.pdf", "PDF", 3, 2, 10),
        Entry("c/copy.pdf", "Title of b.pdf", "PDF", 3, 2, 10),
        Entry("d.docx", "d", "Word", None, 0, 99, "it is damaged"),
        Entry("e.txt", "e", "Text", None, 0, 0, "it cannot be read for now"),
    )
    assert [entry.state for entry in catalogue.entries()] == [
        "failed", "indexed", "indexed", "failed", "failed",
    ]  # fmt: skip


def test_the_revision_grows_with_every_change_to_the_entries(catalogue, path):
    other = Catalogue(path, "fake")
    seen = [catalogue.revision]

    def grown():
        seen.append(other.revision)
        return seen[-1] > seen[-2]

    put(catalogue, "a.txt", "a red boat")
    assert grown()
    put(catalogue, "a.txt", "a blue boat", replaced="a.txt")
    assert grown()
    failed = FailedFile("it is damaged", None)
    for change in (
        lambda: catalogue.ledger.fail("b.txt", failed),
        lambda: catalogue.ledger.forgive("b.txt"),
        lambda: catalogue.ledger.unlink("a.txt"),
    ):
        with catalogue.transaction():
            change()
        assert grown()
    assert not grown()
    catalogue.renew()
    assert grown()
    other.close()
