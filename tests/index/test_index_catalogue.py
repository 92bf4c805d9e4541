import math
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index import CatalogueError, Chunk, Document, Page, Span
from index.catalogue import SCHEMA_VERSION, Catalogue, FileState

STATE = FileState("digest", 10, 20, 30)
DIM = 3


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def catalogue(path):
    catalogue = Catalogue(path, "fake")
    yield catalogue
    catalogue.close()


def document(id_, *passages, pages=()):
    """A document of these passages, one a line, and their spans."""
    text, spans = "", []
    for passage in passages:
        spans.append(Span(len(text), len(text) + len(passage)))
        text += passage + "\n"
    path, title = Path("docs") / id_, f"Title of {id_}"
    return Document(id_, path, title, text, pages, "text/plain", "digest"), spans


def put(catalogue, id_, *passages, pages=(), state=STATE, vectors=None):
    value, spans = document(id_, *passages, pages=pages)
    if vectors is None:
        vectors = np.full((len(spans), DIM), 0.5, dtype=np.float32)
    with catalogue.transaction():
        catalogue.put(value, state, spans, vectors)
    return value


def ids(catalogue):
    return catalogue.vectors(DIM)[0].tolist()


def found(catalogue, *words, k=10):
    return [hit.chunk.text for hit in catalogue.search_words(words, k)]


def test_a_new_catalogue_is_empty(catalogue):
    assert catalogue.files() == {}
    assert catalogue.document_ids() == ()
    assert catalogue.chunk_count() == 0
    assert catalogue.generation == 0
    assert catalogue.document("a.txt", Path("docs")) is None
    assert catalogue.search_words(["word"], 5) == []
    found_ids, vectors = catalogue.vectors(DIM)
    assert (found_ids.shape, vectors.shape) == ((0,), (0, DIM))


def test_what_was_put_comes_back(catalogue, path):
    pages = (Page(1, 0, 6), Page(2, 6, 99))
    value = put(catalogue, "sub/b.txt", "first", "second", "third", pages=pages)
    put(catalogue, "a.txt", "other", state=FileState("digest", 1, 2, 3))
    catalogue.close()
    again = Catalogue(path, "fake")
    assert again.document("sub/b.txt", Path("docs")) == value
    assert again.document("sub/b.txt", Path("elsewhere")).path == Path("elsewhere/sub/b.txt")
    assert again.document_ids() == ("a.txt", "sub/b.txt")
    assert again.files() == {"sub/b.txt": STATE, "a.txt": FileState("digest", 1, 2, 3)}
    assert again.chunks([1, 2, 3, 4, 99]) == {
        1: Chunk(1, "sub/b.txt", 0, 5, "first", 1),
        2: Chunk(2, "sub/b.txt", 6, 12, "second", 2),
        3: Chunk(3, "sub/b.txt", 13, 18, "third", 2),
        4: Chunk(4, "a.txt", 0, 5, "other", None),
    }
    again.close()


def test_vectors_come_back_bit_by_bit_in_the_order_of_their_ids(catalogue):
    vectors = np.random.default_rng(0).normal(size=(5, DIM)).astype(np.float32)
    put(catalogue, "b.txt", "one", "two", "three", vectors=vectors[:3])
    put(catalogue, "a.txt", "four", "five", vectors=vectors[3:])
    found_ids, found_vectors = catalogue.vectors(DIM)
    assert (found_ids.dtype, found_ids.tolist()) == (np.int64, [1, 2, 3, 4, 5])
    assert np.array_equal(found_vectors, vectors)
    by_text = catalogue.vectors_by_text("b.txt")
    assert list(by_text) == ["one", "two", "three"]
    assert np.array_equal(by_text["two"], vectors[1])


def test_a_document_is_replaced_whole_under_new_ids(catalogue):
    put(catalogue, "a.txt", "old boat", "kept car")
    value = put(catalogue, "a.txt", "new train", "kept car", "one more")
    assert catalogue.document("a.txt", Path("docs")) == value
    assert ids(catalogue) == [3, 4, 5]
    assert catalogue.chunks([1, 2]) == {}
    assert found(catalogue, "boat") == []
    assert found(catalogue, "train") == ["new train"]


def test_ids_are_never_given_out_twice(catalogue, path):
    put(catalogue, "a.txt", "one", "two")
    with catalogue.transaction():
        catalogue.remove("a.txt")
    assert ids(catalogue) == []
    catalogue.close()
    again = Catalogue(path, "fake")
    put(again, "b.txt", "three")
    assert ids(again) == [3]
    again.close()


def test_a_touched_document_keeps_everything_but_its_state(catalogue):
    value = put(catalogue, "a.txt", "one")
    state = FileState("digest", 11, 21, 31)
    with catalogue.transaction():
        catalogue.touch("a.txt", state)
    assert catalogue.files() == {"a.txt": state}
    assert catalogue.document("a.txt", Path("docs")) == value
    assert ids(catalogue) == [1]


def test_a_removed_document_is_gone_from_everywhere(catalogue):
    put(catalogue, "a.txt", "a red boat", "a blue car")
    put(catalogue, "b.txt", "a tall tree", "a deep lake", "a short road")
    with catalogue.transaction():
        catalogue.remove("a.txt")
        catalogue.remove("was never there")
    assert catalogue.document_ids() == ("b.txt",)
    assert ids(catalogue) == [3, 4, 5]
    assert catalogue.vectors_by_text("a.txt") == {}
    assert found(catalogue, "boat", "car") == []


def test_bm25_by_hand(catalogue):
    """k1 = 1.2, b = 0.75 over five passages of 3, 6, 2, 4 and 5 words: 4 on average."""
    put(
        catalogue,
        "a.txt",
        "boat on water",
        "boat beside boat on deep water",
        "green hill",
        "a very long road",
        "the car stands over there",
    )

    def weight(holders):
        return math.log((5 - holders + 0.5) / (holders + 0.5))

    def saturated(times, length):
        return times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / 4))

    hits = catalogue.search_words(["boat", "water"], 5)
    assert [hit.chunk.id for hit in hits] == [1, 2]
    assert hits[0].score == pytest.approx(2 * weight(2) * saturated(1, 3), rel=1e-6)
    assert hits[1].score == pytest.approx(
        weight(2) * saturated(2, 6) + weight(2) * saturated(1, 6), rel=1e-6
    )
    assert catalogue.search_words(["boat", "water"], 1) == hits[:1]
    # A rare word outweighs a common one.
    assert found(catalogue, "boat", "hill")[0] == "green hill"


def test_equal_scores_come_in_the_order_of_their_ids(catalogue):
    put(catalogue, "b.txt", "red boat", "green hill", "blue lake", "old road")
    put(catalogue, "a.txt", "red boat", "long word", "more of it", "and more")
    assert [hit.chunk.id for hit in catalogue.search_words(["boat"], 5)] == [1, 5]


def test_words_are_compared_by_stem_without_case_and_accents(catalogue):
    put(catalogue, "a.txt", "The cats PURRED", "un café", "nothing", "at all", "to be found")
    assert found(catalogue, "purring") == ["The cats PURRED"]
    assert found(catalogue, "Cat") == ["The cats PURRED"]
    assert found(catalogue, "CAFE") == ["un café"]


def test_a_word_in_most_passages_says_nothing(catalogue):
    put(catalogue, "a.txt", "the boat", "the car", "the train", "a plane")
    assert found(catalogue, "the") == []
    assert found(catalogue, "the", "car") == ["the car"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ('say"hi', ['he said: say"hi now']),
        ('"boat"', ["a red boat"]),
        ("NEAR", ["NEAR the shore"]),
        ("boat*", ["a red boat"]),
        ("text:boat", []),
        ("boat)", ["a red boat"]),
        ("bo\x00at", []),
        ("", []),
        ('"', []),
        ("*", []),
        ("-", []),
        ("\x00", []),
    ],
)
def test_marks_in_a_word_are_no_search_language(catalogue, word, expected):
    put(catalogue, "a.txt", 'he said: say"hi now', "a red boat", "NEAR the shore", "x", "y")
    assert found(catalogue, word) == expected
    assert sorted(found(catalogue, word, "boat")) == sorted({*expected, "a red boat"})


def test_no_words_find_nothing(catalogue):
    put(catalogue, "a.txt", "one", "two", "three")
    assert catalogue.search_words([], 5) == []


def test_an_error_within_a_transaction_leaves_the_old_state(catalogue):
    value = put(catalogue, "a.txt", "a red boat", "a blue car", "a tall tree")
    changed, spans = document("a.txt", "a green bus")

    def change_and_fail():
        with catalogue.transaction():
            catalogue.put(changed, STATE, spans, np.ones((1, DIM), np.float32))
            assert found(catalogue, "boat") == []
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change_and_fail()
    assert catalogue.document("a.txt", Path("docs")) == value
    assert ids(catalogue) == [1, 2, 3]
    assert found(catalogue, "boat") == ["a red boat"]
    assert catalogue.generation == 1
    put(catalogue, "b.txt", "goes on")
    assert catalogue.document_ids() == ("a.txt", "b.txt")


def test_vectors_that_do_not_match_the_passages_change_nothing(catalogue):
    value = put(catalogue, "a.txt", "one", "two")
    with pytest.raises(ValueError, match="shorter"):
        put(catalogue, "a.txt", "three", "four", vectors=np.ones((1, DIM), np.float32))
    assert catalogue.document("a.txt", Path("docs")) == value


def test_each_change_moves_the_generation_on_by_one(catalogue, path):
    put(catalogue, "a.txt", "one")
    put(catalogue, "b.txt", "two")
    with catalogue.transaction():
        catalogue.remove("a.txt")
        catalogue.remove("b.txt")
    assert catalogue.generation == 3
    other = Catalogue(path, "fake")
    assert other.generation == 3
    put(other, "c.txt", "three")
    assert catalogue.generation == 4
    other.close()


def test_another_thread_sees_the_old_state_until_the_end(catalogue):
    put(catalogue, "a.txt", "a red boat", "a blue car", "a tall tree")

    def state():
        return (
            catalogue.generation,
            catalogue.document_ids(),
            catalogue.chunk_count(),
            found(catalogue, "boat"),
            found(catalogue, "train"),
        )

    before = (1, ("a.txt",), 3, ["a red boat"], [])
    after = (2, ("b.txt",), 4, [], ["a train"])
    value, spans = document("b.txt", "a train", "x", "y", "z")
    with ThreadPoolExecutor(1) as other:
        assert other.submit(state).result() == before
        with catalogue.transaction():
            catalogue.remove("a.txt")
            catalogue.put(value, STATE, spans, np.ones((4, DIM), np.float32))
            assert other.submit(state).result() == before
        assert other.submit(state).result() == after


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


def one_line(caught):
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_vectors_of_another_model_are_refused(catalogue, path):
    with pytest.raises(CatalogueError, match="vectors of fake, not of other") as caught:
        Catalogue(path, "other")
    assert "--rebuild" in one_line(caught)


def test_another_version_is_refused(catalogue, path):
    catalogue.close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE meta SET value = 99 WHERE key = 'schema'")
    connection.close()
    expected = rf"another version of Citewise \(schema 99, this one writes {SCHEMA_VERSION}\)"
    with pytest.raises(CatalogueError, match=expected) as caught:
        Catalogue(path, "fake")
    assert "--rebuild" in one_line(caught)


@pytest.mark.parametrize("damage", [lambda data: b"no database " * 400, lambda data: data[:5000]])
def test_a_damaged_file_is_named(catalogue, path, damage):
    put(catalogue, "a.txt", *(f"passage {number}" for number in range(200)))
    catalogue.close()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CatalogueError, match="is damaged") as caught:
        Catalogue(path, "fake").vectors(DIM)
    assert "--rebuild" in one_line(caught)
    assert str(path) in str(caught.value)


def test_a_file_of_another_program_is_named(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE stamps (id INTEGER)")
    connection.close()
    with pytest.raises(CatalogueError) as caught:
        Catalogue(path, "fake")
    assert str(path) in one_line(caught)


def test_a_place_that_cannot_be_opened_is_named(tmp_path):
    for path in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(CatalogueError, match="cannot be used: unable to open") as caught:
            Catalogue(path, "fake")
        one_line(caught)


def test_pages_survive_as_they_are(catalogue):
    pages = tuple(Page(number, number * 10, number * 10 + 9) for number in range(1, 4))
    value = put(catalogue, "a.txt", "x" * 9, "y" * 9, "z" * 9, "w" * 9, pages=pages)
    assert catalogue.document("a.txt", Path("docs")) == value
    assert [chunk.page for chunk in catalogue.chunks(range(1, 5)).values()] == [None, 1, 2, 3]
