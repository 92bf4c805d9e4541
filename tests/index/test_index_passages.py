import math
import threading

import numpy as np
import pytest
from catalogue_fakes import DIM, found, put

from index import CatalogueError, Chunk, Page
from index.catalogue import Catalogue
from index.words import Words


@pytest.fixture
def catalogue(tmp_path):
    catalogue = Catalogue(tmp_path / "catalogue.sqlite", "fake")
    yield catalogue
    catalogue.close()


def test_a_new_catalogue_has_no_passages(catalogue):
    assert catalogue.passages.count() == 0
    assert catalogue.passages.search_words(["word"], 5) == []
    found_ids, vectors = catalogue.passages.vectors(DIM)
    assert (found_ids.shape, vectors.shape) == ((0,), (0, DIM))
    assert catalogue.passages.ids().shape == (0,)


def test_vectors_come_back_bit_by_bit_in_the_order_of_their_ids(catalogue):
    vectors = np.random.default_rng(0).normal(size=(5, DIM)).astype(np.float32)
    put(catalogue, "b.txt", "one", "two", "three", vectors=vectors[:3])
    put(catalogue, "a.txt", "four", "five", vectors=vectors[3:])
    found_ids, found_vectors = catalogue.passages.vectors(DIM)
    assert (found_ids.dtype, found_ids.tolist()) == (np.int64, [1, 2, 3, 4, 5])
    assert np.array_equal(found_vectors, vectors)
    assert np.array_equal(catalogue.passages.ids(), found_ids)
    by_text = catalogue.passages.vectors_by_text("b.txt")
    assert list(by_text) == ["one", "two", "three"]
    assert np.array_equal(by_text["two"], vectors[1])
    assert catalogue.passages.vectors_by_text("gone.txt") == {}


def test_vectors_of_another_length_are_damage(catalogue):
    put(catalogue, "a.txt", "one", "two")
    with pytest.raises(CatalogueError, match=r"is damaged \(vectors\).*--rebuild"):
        catalogue.passages.vectors(DIM + 1)


def test_passages_know_their_pages_and_places(catalogue):
    pages = (Page(4, 0, 6), Page(5, 6, 19))
    put(catalogue, "sub/b.txt", "first", "second", "third", pages=pages)
    put(catalogue, "a.txt", "other")
    assert catalogue.passages.chunks([1, 2, 3, 4, 99]) == {
        1: Chunk(1, "sub/b.txt", 0, 5, "first", 4),
        2: Chunk(2, "sub/b.txt", 6, 12, "second", 5),
        3: Chunk(3, "sub/b.txt", 13, 18, "third", 5),
        4: Chunk(4, "a.txt", 0, 5, "other", None),
    }


def test_a_passage_before_the_first_page_has_none(catalogue):
    put(catalogue, "a.txt", "title", "body", pages=(Page(1, 6, 11),))
    pages = [chunk.page for chunk in catalogue.passages.chunks([1, 2]).values()]
    assert pages == [None, 1]


def test_passages_of_a_document_without_files_are_not_found(catalogue):
    put(catalogue, "a.txt", "a red boat", "a blue car", "a tall tree")
    put(catalogue, "b.txt", "a deep lake", "a long road")
    with catalogue.transaction():
        catalogue.ledger.unlink("a.txt")
    assert found(catalogue, "boat", "lake") == ["a deep lake"]
    assert list(catalogue.passages.chunks(range(1, 6))) == [4, 5]


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

    hits = catalogue.passages.search_words(["boat", "water"], 5)
    assert [hit.chunk.id for hit in hits] == [1, 2]
    assert hits[0].score == pytest.approx(2 * weight(2) * saturated(1, 3), rel=1e-6)
    assert hits[1].score == pytest.approx(
        weight(2) * saturated(2, 6) + weight(2) * saturated(1, 6), rel=1e-6
    )
    assert catalogue.passages.search_words(["boat", "water"], 1) == hits[:1]
    # A rare word outweighs a common one.
    assert found(catalogue, "boat", "hill")[0] == "green hill"


def test_equal_scores_come_in_the_order_of_their_ids(catalogue):
    put(catalogue, "b.txt", "red boat", "green hill", "blue lake", "old road")
    put(catalogue, "a.txt", "red boat", "long word", "more of it", "and more")
    assert [hit.chunk.id for hit in catalogue.passages.search_words(["boat"], 5)] == [1, 5]


def test_a_document_replaced_between_two_looks_is_found_as_it_was(catalogue, monkeypatch):
    put(catalogue, "a.txt", "a red boat")
    put(catalogue, "b.txt", "a blue car", "a grey house", "a green tree")
    search = Words.search

    def overtaken(*arguments):
        hits = search(*arguments)
        writer = threading.Thread(
            target=put, args=(catalogue, "a.txt", "a red kite"), kwargs={"replaced": "a.txt"}
        )
        writer.start()
        writer.join()
        return hits

    with monkeypatch.context() as patch:
        patch.setattr(Words, "search", overtaken)
        assert found(catalogue, "red") == ["a red boat"]
    assert found(catalogue, "red") == ["a red kite"]


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
    assert catalogue.passages.search_words([], 5) == []


def test_words_count_twice_as_much_as_phrases(catalogue):
    put(catalogue, "a.txt", "ice hockey", "hockey ice", "a red boat", "green hill", "blue lake")
    passages = catalogue.passages

    def scores(words, phrases, ids=(), k=5):
        return passages.score_words(words, phrases, ids, k)

    words, phrases = scores(["ice"], []), scores([], ["ice hockey"])
    assert words == pytest.approx(
        {h.chunk.id: h.score for h in passages.search_words(["ice"], 5)}, rel=1e-9
    )
    # One of five passages holds the phrase; as one term it is found once in a passage of two words,
    # where 11 words in five passages are the usual length of 2.2.
    weight = math.log((5 - 1 + 0.5) / (1 + 0.5))
    assert phrases == pytest.approx(
        {1: 0.5 * weight * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 2.2))}, rel=1e-6
    )
    both = scores(["ice"], ["ice hockey"])
    assert both == pytest.approx({1: words[1] + phrases[1], 2: words[2]}, rel=1e-9)


def test_those_asked_for_are_scored_beyond_the_best(catalogue):
    put(catalogue, "a.txt", "boat boat", "boat and more", "a car", "green hill", "blue lake")
    best = catalogue.passages.score_words(["boat"], [], [], 1)
    assert list(best) == [1]
    both = catalogue.passages.score_words(["boat"], [], [2, 3, 99], 1)
    assert sorted(both) == [1, 2]
    assert 0 < both[2] < both[1] == best[1]
    assert catalogue.passages.score_words([], [], [1], 5) == {}


def test_what_no_file_holds_any_more_is_not_scored(catalogue):
    put(catalogue, "a.txt", "red boat", "a car", "green hill", "blue lake")
    put(catalogue, "b.txt", "blue boat", "old road", "tall tree", "long day")
    with catalogue.transaction():
        catalogue.ledger.unlink("a.txt")
        assert list(catalogue.passages.score_words(["boat"], [], [1], 5)) == [5]


def test_lengths_and_holders_are_those_of_the_full_text(catalogue):
    put(catalogue, "a.txt", "Red boats, a BOAT", "", "the red car " + "x " * 200)
    put(catalogue, "b.txt", "boat")
    found_ids, lengths = catalogue.passages.lengths(3)
    assert (found_ids.tolist(), lengths.tolist()) == ([1, 2, 3], [4, 0, 203])
    holders = {stem: held.tolist() for stem, held in catalogue.passages.holders()}
    assert holders == {
        "a": [1],
        "boat": [1, 1, 4],
        "car": [3],
        "red": [1, 3],
        "the": [3],
        "x": [3] * 200,
    }
    assert list(holders) == sorted(holders)
