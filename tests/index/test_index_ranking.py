import random
import threading

import pytest
from catalogue_fakes import put

from index.catalogue import Catalogue
from index.postings import Postings

WORDS = (
    "red green blue boats boat cars lake road trees don't pg_stat CAFÉ running runs deep".split()
)


def texts(count, seed=3):
    rng = random.Random(seed)
    return [
        f"{n} " + " ".join(rng.choice(WORDS) for _ in range(rng.randrange(3, 25)))
        # That most passages hold none of the words.
        if n % 3 == 0
        else f"{n} filler and more"
        for n in range(count)
    ]


@pytest.fixture
def catalogue(tmp_path):
    catalogue = Catalogue(tmp_path / "catalogue.sqlite", "fake")
    put(catalogue, "a.txt", *texts(300))
    yield catalogue
    catalogue.close()


@pytest.fixture
def ranked(tmp_path, catalogue):
    """Ranks the passages that are stored when it is called."""

    def ranked(pool=500, last=None):
        passages = catalogue.passages
        last = passages.last_id() if last is None else last
        Postings.save(tmp_path, f"at-{last}", passages.lengths(last), passages.holders())
        postings = Postings.load(tmp_path, f"at-{last}")
        assert len(postings) == len([id_ for id_ in passages.ids() if id_ <= last])
        return passages.ranking(postings, last, pool)

    return ranked


ASKED = [
    (["boat"], []),
    (["boats", "boat", "lake"], ["red boat", "deep lake"]),
    (["don't", "pg_stat"], ["don't boat", "pg_stat cafe"]),
    (["running", "cafe", "absent"], ["running runs", "absent cafe", "the lake"]),
    ([], ["red boat"]),
    (["boat", "boat"], ["boat boat", "boat boat"]),
    (['"', "", "*", "boat OR lake", "NEAR", "lake)", "ro\0ad", "text:car"], ['"', "red*", "- -"]),
]


@pytest.mark.parametrize(("words", "phrases"), ASKED)
def test_scores_are_those_of_fts5(catalogue, ranked, words, phrases):
    distinct = list(dict.fromkeys(words)), list(dict.fromkeys(phrases))
    wanted = range(1, 301)
    expected = catalogue.passages.score_words(*distinct, wanted, 300)
    found = ranked().scores(words, phrases, wanted, 300)
    assert expected
    assert found == pytest.approx(expected, rel=1e-9)
    assert max(found, key=found.get) == max(expected, key=expected.get)


@pytest.mark.parametrize(("words", "phrases"), ASKED[:4])
def test_those_with_the_best_words_are_chosen_and_those_with_given_ids(
    catalogue, ranked, words, phrases
):
    every = catalogue.passages.score_words(words, phrases, range(1, 301), 300)
    found = ranked().scores(words, phrases, [1, 4, 100, 999], 5)
    best = sorted(every, key=lambda id_: (-every[id_], id_))[:5]
    assert set(found) == {*best, *({1, 4, 100} & every.keys())}


def test_the_best_by_words_come_in_order(catalogue, ranked):
    hits = catalogue.passages.search_words(["red", "boat"], 20)
    found = ranked().best(["red", "boat"], 20)
    assert [id_ for id_, _ in found] == [hit.chunk.id for hit in hits]
    assert [score for _, score in found] == pytest.approx([hit.score for hit in hits])


def test_a_small_pool_holds_as_many_as_are_asked_for(ranked):
    assert len(ranked(pool=3).best(["red", "boat"], 20)) == 20


def test_what_was_added_since_is_found_with_its_score(catalogue, ranked):
    ranking = ranked()
    put(catalogue, "b.txt", "an elephant in a red boat", "a red boat", *texts(60, seed=4))
    for words, phrases in [(["elephant", "boat"], ["red boat"]), (["lake", "deep"], ["deep lake"])]:
        expected = catalogue.passages.score_words(words, phrases, range(1, 400), 400)
        found = ranking.scores(words, phrases, range(1, 400), 400)
        assert found == pytest.approx(expected, rel=1e-9)
    assert ranking.best(["elephant"], 5)[0][0] == 301


def test_what_is_gone_or_in_no_file_is_not_scored(catalogue, ranked):
    put(catalogue, "b.txt", "red boat", "red boat boat", "deep lake")
    put(catalogue, "c.txt", "red red boat", "boat")
    ranking = ranked()
    assert {301, 302, 304, 305} <= ranking.scores(["boat"], [], range(301, 306), 300).keys()
    with catalogue.transaction():
        catalogue.ledger.unlink("b.txt")
    expected = catalogue.passages.score_words(["boat"], ["red boat"], [], 10)
    assert ranking.scores(["boat"], ["red boat"], [301, 302], 10) == pytest.approx(expected)
    with catalogue.transaction():
        catalogue.collect()
    assert not {301, 302} & ranking.scores(["boat"], [], [301, 302], 300).keys()


def test_with_nothing_stored_nothing_is_found(catalogue, ranked):
    with catalogue.transaction():
        catalogue.ledger.unlink("a.txt")
        catalogue.collect()
    assert ranked(last=0).scores(["boat"], ["red boat"], [1], 5) == {}


def test_of_a_phrase_whose_words_are_common_the_passages_are_estimated(catalogue, ranked):
    """Every third of 3,600 passages holds both words, every ninth side by side: of 1,200 that hold the
    rarer word about a third. The error of a count of a thousand is within a tenth or two."""
    many = [
        f"{n} old harbour" if n % 9 == 0 else f"{n} harbour old" if n % 3 == 0 else f"{n} filler"
        for n in range(3600)
    ]
    put(catalogue, "many.txt", *many)
    expected = catalogue.passages.score_words([], ["old harbour"], [], 400)
    found = ranked(pool=4000).scores([], ["old harbour"], list(expected), 400)
    assert len(found) == len(expected) == 400
    assert list(found.values()) == pytest.approx(list(expected.values()), rel=0.1)


def test_many_threads_find_what_one_finds(catalogue, ranked):
    ranking = ranked()
    expected = [ranking.scores(words, phrases, [], 50) for words, phrases in ASKED]
    wrong = []

    def ask(seed):
        order = random.Random(seed).sample(range(len(ASKED)), len(ASKED))
        for number in order * 3:
            if ranking.scores(*ASKED[number], [], 50) != expected[number]:
                wrong.append(number)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
