import random

import numpy as np

from index.postings import Postings

IDS = [3, 5, 8, 9, 20, 21, 22, 23]


def made(folder, holders, lengths=None, ids=IDS):
    """Postings of these holders, each passage of ten words unless told otherwise."""
    ids = np.array(ids, np.int64)
    lengths = np.full(len(ids), 10) if lengths is None else np.array(lengths)
    Postings.save(
        folder,
        "some",
        (ids, lengths.astype(np.uint32)),
        [(stem, np.array(held, np.int64)) for stem, held in sorted(holders.items())],
    )
    postings = Postings.load(folder, "some")
    assert postings is not None
    return postings


def test_holders_are_counted_once_each(tmp_path):
    postings = made(tmp_path, {"boat": [3, 3, 3, 8], "car": [5], "zoo": IDS})
    assert len(postings) == 8
    stems = ["boat", "car", "zoo", "", "a", "boats", "zz", "ü"]
    assert [postings.holders(stem) for stem in stems] == [2, 1, 8, 0, 0, 0, 0, 0]


def test_the_best_hold_most_of_the_rarest_words(tmp_path):
    postings = made(tmp_path, {"boat": [3, 8], "car": [5, 8], "lake": [9]})
    assert postings.best([("boat",), ("car",)], 1) == [8]
    assert sorted(postings.best([("boat",), ("car",)], 5)) == [3, 5, 8]
    assert sorted(postings.best([("lake",), ("absent",)], 5)) == [9]
    assert postings.best([], 5) == postings.best([()], 5) == postings.best([("none",)], 5) == []


def test_more_often_counts_more_and_in_a_longer_passage_less(tmp_path):
    postings = made(tmp_path, {"boat": [3, 5, 5], "car": [8, 9]}, [10, 10, 30, 10, *[10] * 4])
    assert postings.best([("boat",)], 1) == [5]
    assert postings.best([("car",)], 1) == [9]


def test_a_word_of_several_stems_is_in_passages_that_hold_all_of_them(tmp_path):
    postings = made(tmp_path, {"don": [3, 8], "t": [5, 8, 9], "x": [20]})
    assert postings.best([("don", "t")], 5) == [8]
    assert postings.best([("don", "none")], 5) == []


def test_common_words_count_only_where_too_few_hold_another(tmp_path):
    postings = made(tmp_path, {"rare": [3, 5], "common": [8, 9, 20, 21]})
    assert sorted(postings.best([("rare",), ("common",)], 2)) == [3, 5]
    assert sorted(postings.best([("rare",), ("common",)], 9)) == [3, 5, 8, 9, 20, 21]


def test_passages_that_are_not_among_the_lengths_are_left_out(tmp_path):
    postings = made(tmp_path, {"boat": [1, 3, 4, 24, 99], "gone": [4, 99]})
    assert (postings.holders("boat"), postings.holders("gone")) == (1, 0)
    assert postings.best([("boat",)], 5) == [3]


def test_of_no_passages_nothing_is_found(tmp_path):
    postings = made(tmp_path, {}, ids=[])
    assert len(postings) == 0
    assert postings.best([("boat",)], 5) == []


def test_a_damaged_file_is_not_loaded(tmp_path):
    made(tmp_path, {"boat": [3]})
    (path,) = tmp_path.glob("some-*.words")
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    assert Postings.load(tmp_path, "some") is None
    assert Postings.load(tmp_path, "other") is None


def test_the_best_are_those_of_bm25_to_a_half_percent(tmp_path):
    rng = random.Random(3)
    ids = list(range(1, 3001))
    lengths = np.array([rng.randrange(20, 200) for _ in ids])
    words = {f"w{n}": 0.3 / (n + 1) for n in range(12)}
    times = {
        w: np.array([rng.choice((1, 1, 2, 5)) * (rng.random() < p) for _ in ids])
        for w, p in words.items()
    }
    postings = made(
        tmp_path, {w: np.repeat(ids, held).tolist() for w, held in times.items()}, lengths, ids
    )
    for _ in range(20):
        asked = rng.sample(sorted(words), 4)
        scores = sum(
            np.log((3000 - (n := np.count_nonzero(times[w])) + 0.5) / (n + 0.5))
            * 2.2
            * times[w]
            / (times[w] + 1.2 * (0.25 + 0.75 * lengths / lengths.mean()))
            for w in asked
        )
        best = set(postings.best([(w,) for w in asked], 50))
        assert len(best) == 50
        least = np.sort(scores)[-50]
        assert all(scores[id_ - 1] >= least * 0.99 for id_ in best)
        assert {id_ for id_ in ids if scores[id_ - 1] > least * 1.01} <= best
