import numpy as np
import pytest

from index.vectors import VectorIndex

DIM = 12


def unit_rows(count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "vectors-1.faiss"
    VectorIndex.build(np.arange(100, 120), unit_rows(20)).save(path)
    return path


@pytest.mark.parametrize("k", [1, 2, 7, 49, 50, 51, 1000])
def test_the_nearest_are_those_that_brute_force_finds(k):
    vectors = unit_rows(50)
    ids = np.random.default_rng(1).permutation(10_000)[:50].astype(np.int64)
    index = VectorIndex.build(ids, vectors)
    assert len(index) == 50
    for query in unit_rows(10, seed=2):
        cosines = vectors @ query
        order = np.argsort(-cosines)[:k]
        found = index.search(query, k)
        assert [id_ for id_, _ in found] == ids[order].tolist()
        assert [score for _, score in found] == pytest.approx(cosines[order].tolist(), abs=1e-6)


def test_ids_may_be_as_large_as_the_catalogue_makes_them():
    ids = np.array([1, 2**40, 2**63 - 1], dtype=np.int64)
    vectors = np.eye(DIM, dtype=np.float32)[:3]
    index = VectorIndex.build(ids, vectors)
    assert [index.search(vector, 1) for vector in vectors] == [[(int(id_), 1.0)] for id_ in ids]


def test_opposite_vectors_have_a_cosine_of_minus_one():
    vector = np.eye(DIM, dtype=np.float32)[:1]
    assert VectorIndex.build(np.array([7]), vector).search(-vector[0], 3) == [(7, -1.0)]


def test_an_empty_index_finds_nothing_and_can_be_saved(tmp_path):
    index = VectorIndex.build(np.empty(0, np.int64), np.empty((0, DIM), np.float32))
    assert (len(index), index.search(unit_rows(1)[0], 5)) == (0, [])
    index.save(tmp_path / "empty.faiss")
    loaded = VectorIndex.load(tmp_path / "empty.faiss", DIM, 0)
    assert loaded is not None
    assert loaded.search(unit_rows(1)[0], 5) == []


def test_what_was_saved_finds_the_same(saved):
    loaded = VectorIndex.load(saved, DIM, 20)
    fresh = VectorIndex.build(np.arange(100, 120), unit_rows(20))
    for query in unit_rows(5, seed=3):
        assert loaded.search(query, 20) == fresh.search(query, 20)
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_saving_replaces_what_was_there(saved):
    VectorIndex.build(np.arange(3), unit_rows(3)).save(saved)
    assert VectorIndex.load(saved, DIM, 20) is None
    assert len(VectorIndex.load(saved, DIM, 3)) == 3


@pytest.mark.parametrize(("dim", "count"), [(DIM, 19), (DIM, 21), (DIM, 0), (DIM + 1, 20)])
def test_a_snapshot_of_another_shape_is_not_loaded(saved, dim, count):
    assert VectorIndex.load(saved, dim, count) is None


def test_a_missing_snapshot_is_not_loaded(tmp_path):
    assert VectorIndex.load(tmp_path / "nothing.faiss", DIM, 20) is None


def test_a_snapshot_cut_off_anywhere_is_not_loaded(saved):
    whole = saved.read_bytes()
    for length in [*range(0, len(whole), 31), len(whole) - 1]:
        saved.write_bytes(whole[:length])
        assert VectorIndex.load(saved, DIM, 20) is None, length


def test_a_snapshot_whose_size_is_damaged_is_not_loaded(saved, monkeypatch):
    """FAISS then asks for more memory than there is."""

    def read_index(path):
        raise MemoryError("std::bad_alloc")

    monkeypatch.setattr("faiss.read_index", read_index)
    assert VectorIndex.load(saved, DIM, 20) is None


def test_a_file_of_another_kind_is_not_loaded(saved):
    saved.write_bytes(np.random.default_rng(4).bytes(1000))
    assert VectorIndex.load(saved, DIM, 20) is None
