import numpy as np
import pytest
from vector_contract import DIM, VectorIndexContract, nearest, unit_rows

from index.tuning import Tuning
from index.vectors import CompressedIndex, ExactIndex, LayeredIndex

TUNING = Tuning(lists=1.0, probes=24, candidates=6)


class Stored:
    """The catalogue's part: the vectors by their ids, of which some can be deleted."""

    def __init__(self, ids, vectors):
        self.rows = dict(zip(ids.tolist(), vectors, strict=True))
        self.asked = 0

    def __call__(self, ids):
        self.asked += 1
        there = [id_ for id_ in ids if id_ in self.rows]
        rows = [self.rows[id_] for id_ in there]
        return np.array(there, np.int64), np.array(rows, np.float32).reshape(len(there), DIM)


def compressed(ids, vectors, stored=None, tuning=TUNING):
    blocks = [(ids[:1000], vectors[:1000]), (ids[1000:], vectors[1000:])]
    return CompressedIndex.build(len(ids), vectors, blocks, stored or Stored(ids, vectors), tuning)


class TestExact(VectorIndexContract):
    @pytest.fixture
    def make(self):
        return ExactIndex.build


class TestCompressed(VectorIndexContract):
    recall = 0.97

    @pytest.fixture
    def make(self):
        return compressed


class TestCompressedInItsFile(VectorIndexContract):
    recall = 0.97

    @pytest.fixture
    def make(self, tmp_path):
        def make(ids, vectors):
            compressed(ids, vectors).save(tmp_path, "large-1")
            stored = Stored(ids, vectors)
            return CompressedIndex.load(tmp_path, "large-1", DIM, stored, TUNING)

        return make


class TestLayered(VectorIndexContract):
    recall = 0.97

    @pytest.fixture
    def make(self):
        def make(ids, vectors):
            most = len(ids) * 9 // 10
            side = ExactIndex.build(ids[most:], vectors[most:])
            return LayeredIndex(compressed(ids[:most], vectors[:most]), side)

        return make


@pytest.fixture
def data():
    return np.arange(1, 2001), unit_rows(2000)


def test_what_is_no_longer_stored_is_not_found_and_others_take_its_place(data):
    ids, vectors = data
    stored = Stored(ids, vectors)
    index = compressed(ids, vectors, stored)
    query = vectors[0]
    gone = [id_ for id_, _ in index.search(query, 60)]
    for id_ in gone:
        del stored.rows[id_]
    left = np.array(sorted(stored.rows))
    found = {id_ for id_, _ in index.search(query, 50)}
    assert len(found) == 50
    assert not found & set(gone)
    assert len(found & {id_ for id_, _ in nearest(left, vectors[left - 1], query, 50)}) >= 42


def test_a_search_is_widened_until_there_are_enough_however_many_were_deleted(data):
    ids, vectors = data
    stored = Stored(ids, vectors)
    index = compressed(ids, vectors, stored)
    stored.rows = {id_: stored.rows[id_] for id_ in (3, 700, 1999)}
    assert {id_ for id_, _ in index.search(vectors[0], 3)} == {3, 700, 1999}
    assert {id_ for id_, _ in index.search(vectors[0], 50)} == {3, 700, 1999}
    stored.rows = {}
    assert index.search(vectors[0], 5) == []


def test_more_probes_and_candidates_find_more(data):
    ids, vectors = data
    queries = unit_rows(40, seed=4)

    def share(tuning):
        index = compressed(ids, vectors, tuning=tuning)
        wanted = [set(np.argsort(-(vectors @ q))[:10] + 1) for q in queries]
        found = [{id_ for id_, _ in index.search(q, 10)} for q in queries]
        return np.mean([len(a & b) / 10 for a, b in zip(wanted, found, strict=True)])

    few = share(Tuning(lists=2.0, probes=1, candidates=2))
    many = share(Tuning(lists=2.0, probes=90, candidates=20))
    assert few < 0.9 < many
    assert many == 1.0


def test_a_large_index_takes_a_bit_a_dimension_and_a_few_bytes(tmp_path):
    dim, count = 384, 4000
    ids, vectors = np.arange(count), unit_rows(count, dim=dim)
    CompressedIndex.build(
        count, vectors[:500], [(ids, vectors)], Stored(ids, vectors), Tuning(lists=0.1)
    ).save(tmp_path, "large-1")
    (path,) = tmp_path.iterdir()
    assert path.stat().st_size / count < 80


def test_a_large_index_of_another_dimension_or_name_is_not_loaded(tmp_path, data):
    compressed(*data).save(tmp_path, "large-1")
    stored = Stored(*data)
    assert CompressedIndex.load(tmp_path, "large-1", DIM, stored, TUNING) is not None
    assert CompressedIndex.load(tmp_path, "large-1", DIM + 1, stored, TUNING) is None
    assert CompressedIndex.load(tmp_path, "large-2", DIM, stored, TUNING) is None


def test_a_torn_or_altered_large_index_is_not_loaded(tmp_path, data):
    compressed(*data).save(tmp_path, "large-1")
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()

    def load():
        return CompressedIndex.load(tmp_path, "large-1", DIM, Stored(*data), TUNING)

    for length in [*range(0, len(whole), 9973), len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert load() is None, length
    for place in range(0, len(whole), 9973):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert load() is None, place
    path.write_bytes(whole)
    assert load() is not None
