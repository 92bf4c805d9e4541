import os
import zlib
from pathlib import Path

import numpy as np
import pytest

from index.vectors import ExactIndex

DIM = 12


def unit_rows(count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


IDS = np.arange(100, 120)


@pytest.fixture
def saved(tmp_path):
    """The one file in its folder."""
    ExactIndex.build(IDS, unit_rows(20)).save(tmp_path, "vectors-1")
    (path,) = tmp_path.iterdir()
    return path


def load(path, dim=DIM, ids=IDS):
    return ExactIndex.load(path.parent, "vectors-1", dim, ids)


@pytest.mark.parametrize("k", [1, 2, 7, 49, 50, 51, 1000])
def test_the_nearest_are_those_that_brute_force_finds(k):
    vectors = unit_rows(50)
    ids = np.random.default_rng(1).permutation(10_000)[:50].astype(np.int64)
    index = ExactIndex.build(ids, vectors)
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
    index = ExactIndex.build(ids, vectors)
    assert [index.search(vector, 1) for vector in vectors] == [[(int(id_), 1.0)] for id_ in ids]


def test_opposite_vectors_have_a_cosine_of_minus_one():
    vector = np.eye(DIM, dtype=np.float32)[:1]
    assert ExactIndex.build(np.array([7]), vector).search(-vector[0], 3) == [(7, -1.0)]


def test_an_empty_index_finds_nothing_and_can_be_saved(tmp_path):
    ids = np.empty(0, np.int64)
    index = ExactIndex.build(ids, np.empty((0, DIM), np.float32))
    assert (len(index), index.search(unit_rows(1)[0], 5)) == (0, [])
    index.save(tmp_path, "empty")
    loaded = ExactIndex.load(tmp_path, "empty", DIM, ids)
    assert loaded is not None
    assert loaded.search(unit_rows(1)[0], 5) == []


def test_what_was_saved_finds_the_same(saved):
    loaded = load(saved)
    fresh = ExactIndex.build(IDS, unit_rows(20))
    for query in unit_rows(5, seed=3):
        assert loaded.search(query, 20) == fresh.search(query, 20)


def test_a_snapshot_is_called_by_the_sum_of_its_bytes(saved):
    assert saved.name == f"vectors-1-{zlib.crc32(saved.read_bytes()):08x}.faiss"


def test_ids_may_have_been_added_in_any_order(tmp_path):
    order = np.random.default_rng(5).permutation(20)
    ExactIndex.build(IDS[order], unit_rows(20)[order]).save(tmp_path, "vectors-1")
    loaded = ExactIndex.load(tmp_path, "vectors-1", DIM, IDS)
    assert loaded.search(unit_rows(20)[3], 1) == [(103, pytest.approx(1.0))]


@pytest.mark.parametrize(
    ("dim", "ids"),
    [
        (DIM, IDS[:-1]),
        (DIM, np.arange(100, 121)),
        (DIM, IDS[:0]),
        (DIM, IDS + 1),
        (DIM, np.array([*IDS[:-1], 121])),
        (DIM + 1, IDS),
    ],
)
def test_a_snapshot_of_other_passages_is_not_loaded(saved, dim, ids):
    assert load(saved, dim, ids) is None


def test_a_snapshot_of_another_name_is_not_loaded(saved):
    for name in ("vectors-11", "vectors", "vectors-2"):
        assert ExactIndex.load(saved.parent, name, DIM, IDS) is None


def test_a_snapshot_cut_off_anywhere_is_not_loaded(saved):
    whole = saved.read_bytes()
    for length in [*range(0, len(whole), 31), len(whole) - 1]:
        saved.write_bytes(whole[:length])
        assert load(saved) is None, length
    saved.write_bytes(whole)
    assert load(saved) is not None


def test_a_snapshot_with_one_wrong_bit_never_reaches_faiss(saved, monkeypatch):
    def read_index(path):
        raise AssertionError("read")

    monkeypatch.setattr("faiss.read_index", read_index)
    whole = saved.read_bytes()
    for place in range(0, len(whole), 37):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert load(saved) is None, place


@pytest.mark.parametrize("error", [MemoryError("std::bad_alloc"), RuntimeError("no index")])
def test_a_file_that_faiss_refuses_is_not_loaded(saved, monkeypatch, error):
    def read_index(path):
        raise error

    monkeypatch.setattr("faiss.read_index", read_index)
    assert load(saved) is None


def test_a_snapshot_that_cannot_be_written_leaves_nothing_behind(saved, monkeypatch):
    before = saved.read_bytes()

    def write_index(index, path):
        Path(path).write_bytes(b"half of it")
        raise RuntimeError("no space left on device")

    monkeypatch.setattr("faiss.write_index", write_index)
    with pytest.raises(OSError, match="no space left"):
        ExactIndex.build(IDS, unit_rows(20, seed=8)).save(saved.parent, "vectors-1")
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    assert saved.read_bytes() == before


def test_a_snapshot_is_on_the_disk_before_it_is_in_its_place(tmp_path, monkeypatch):
    events = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def note(*arguments, name=name, real=real):
            there = [path.suffix for path in tmp_path.iterdir()]
            events.append((name, there))
            return real(*arguments)

        monkeypatch.setattr(os, name, note)
    ExactIndex.build(IDS, unit_rows(20)).save(tmp_path, "vectors-1")
    assert events == [("fsync", [".tmp"]), ("replace", [".tmp"]), ("fsync", [".faiss"])]
