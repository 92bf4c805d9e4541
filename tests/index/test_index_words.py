import random

import pytest

from index.database import Database
from index.words import Words

# From words that stand in one passage of a hundred to such as stand in every fourth.
WORDS = {f"rare{n}": 0.01 for n in range(8)} | {f"usual{n}": 0.08 for n in range(6)}
WORDS |= {f"common{n}": 0.25 for n in range(4)}


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "words.sqlite")
    database.run("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize = 'porter unicode61')")
    rng = random.Random(3)
    texts = [
        " ".join([w for w, share in WORDS.items() if rng.random() < share] * rng.choice((1, 1, 2)))
        + " filler" * rng.randrange(5, 30)
        for _ in range(2000)
    ]
    database.run_many(
        "INSERT INTO passages (rowid, text) VALUES (?, ?)", list(enumerate(texts, start=1))
    )
    yield database
    database.close()


@pytest.fixture
def everything(database):
    """Looks at every passage with any of the words."""
    return Words(database, most_rows=10**9)


def questions(count):
    rng = random.Random(4)
    return [rng.sample(list(WORDS), 5) for _ in range(count)]


def test_a_few_passages_are_all_looked_at(database, everything):
    bounded = Words(database, most_rows=2000)
    assert bounded.search(["rare1", "usual2", "usual3"], 50) == everything.search(
        ["rare1", "usual2", "usual3"], 50
    )


def test_of_many_passages_nearly_all_of_the_best_are_found_with_their_true_scores(
    database, everything
):
    bounded, shares = Words(database, most_rows=250), []
    for words in questions(40):
        true = dict(everything.search(words, 2000))
        best = [id_ for id_, _ in everything.search(words, 10)]
        found = bounded.search(words, 10)
        assert all(score == pytest.approx(true[id_]) for id_, score in found)
        shares.append(len(set(best) & {id_ for id_, _ in found}) / len(best))
    assert sum(shares) / len(shares) >= 0.9


def test_passages_with_common_words_alone_are_not_looked_at_while_there_are_others(
    database, everything
):
    words = ["rare0", "common0", "common1"]
    ((rare,),) = database.rows("SELECT count(*) FROM passages WHERE passages MATCH 'rare0'")
    assert len(everything.search(words, 2000)) > 500
    found = Words(database, most_rows=60).search(words, rare)
    held = dict(database.rows("SELECT rowid, text FROM passages"))
    assert all("rare0" in held[id_].split() for id_, _ in found)


def test_where_all_words_are_common_the_rarest_must_stand_beside_another(database):
    found = Words(database, most_rows=60).search(["common0", "common1", "common2"], 50)
    texts = dict(database.rows("SELECT rowid, text FROM passages"))
    assert found
    for id_, _ in found:
        assert len({"common0", "common1", "common2"} & set(texts[id_].split())) >= 2


def test_where_too_few_hold_a_rare_word_others_follow(database, everything):
    words = ["rare0", "common0", "common1"]
    found = [id_ for id_, _ in Words(database, most_rows=60).search(words, 100)]
    assert len(found) == 100
    assert len(set(found) & {id_ for id_, _ in everything.search(words, 100)}) >= 95


def test_common_words_that_never_meet_are_found_apart(database):
    database.run("DELETE FROM passages")
    rows = [(n, "one here" if n % 3 else "two here") for n in range(1, 400)]
    database.run_many("INSERT INTO passages (rowid, text) VALUES (?, ?)", rows)
    found = Words(database, most_rows=10).search(["one", "two"], 5)
    assert [id_ for id_, _ in found] == [3, 6, 9, 12, 15]


def test_a_word_that_was_not_there_yet_is_found_when_it_is(database):
    words = Words(database, most_rows=60)
    assert words.search(["late", "common0"], 5)
    database.run("INSERT INTO passages (rowid, text) VALUES (5000, 'late')")
    assert words.search(["late", "common0"], 1)[0][0] == 5000


@pytest.mark.parametrize("words", [[], ["absent"], ["", " "], ['"', "*", "rare0 OR"]])
def test_nothing_in_a_word_is_search_language(database, words):
    assert Words(database, most_rows=60).search(words, 5) == []


def test_passages_that_are_named_have_their_true_scores_by_words_and_by_phrases(
    database, everything
):
    terms, ids = ["rare1", "usual2"], list(range(1, 401))
    full = everything.best_of_any(terms, 2000)
    wanted = {id_: score for id_, score in full.items() if id_ <= 400}
    assert wanted
    few = Words(database, most_rows=100)
    assert few.scores(terms, ids) == pytest.approx(wanted)
    assert few.scores_of_any(terms, ids) == pytest.approx(wanted)
    phrases = ["usual0 usual1"]
    held = everything.best_of_any(phrases, 2000)
    assert held
    assert few.scores_of_any(phrases, list(held)) == pytest.approx(held)
    assert few.scores(terms, []) == {}
    assert few.best_of_any([], 5) == {}
