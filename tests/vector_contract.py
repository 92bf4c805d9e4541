"""What every index of vectors has to do: a test inherits from the contract and says how to make one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.vectors import Ids, VectorIndex

DIM = 32


def unit_rows(count: int, seed: int = 0, dim: int = DIM, clusters: int = 40) -> np.ndarray:
    """Vectors that lie in clusters, as those of texts do."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(clusters, dim))
    rows = centres[rng.integers(clusters, size=count)] + 0.7 * rng.normal(size=(count, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def nearest(ids: Ids, vectors: np.ndarray, query: np.ndarray, k: int) -> list[tuple[int, float]]:
    """By brute force."""
    cosines = vectors @ query
    order = np.lexsort((ids, -cosines))[:k]
    return [(int(ids[at]), float(cosines[at])) for at in order]


class VectorIndexContract:
    """`make` gives an index of these vectors, and `recall` is the least share of the best ten it finds."""

    recall = 1.0

    @pytest.fixture
    def make(self):
        raise NotImplementedError

    @pytest.fixture
    def data(self) -> tuple[Ids, np.ndarray]:
        ids = np.random.default_rng(1).permutation(10_000)[:3000].astype(np.int64) + 1
        return np.sort(ids), unit_rows(3000)

    @pytest.fixture
    def queries(self) -> np.ndarray:
        return unit_rows(30, seed=2)

    def test_it_knows_how_many_it_holds(self, make, data):
        assert len(make(*data)) == 3000

    def test_it_finds_the_nearest(self, make, data, queries):
        index: VectorIndex = make(*data)
        shares = []
        for query in queries:
            wanted = {id_ for id_, _ in nearest(*data, query, 10)}
            shares.append(len(wanted & {id_ for id_, _ in index.search(query, 10)}) / 10)
        assert np.mean(shares) >= self.recall

    def test_its_scores_are_the_cosines(self, make, data, queries):
        index, of_id = make(*data), dict(zip(data[0].tolist(), data[1], strict=True))
        for query in queries:
            for id_, score in index.search(query, 10):
                assert isinstance(id_, int)
                assert score == pytest.approx(float(of_id[id_] @ query), abs=1e-5)

    def test_the_best_come_first_and_nobody_comes_twice(self, make, data, queries):
        index = make(*data)
        for query in queries:
            found = index.search(query, 50)
            scores = [score for _, score in found]
            assert scores == sorted(scores, reverse=True)
            assert len({id_ for id_, _ in found}) == len(found) == 50

    def test_a_vector_finds_itself(self, make, data):
        index = make(*data)
        for at in range(0, 3000, 307):
            assert index.search(data[1][at], 1)[0] == (int(data[0][at]), pytest.approx(1.0))

    @pytest.mark.parametrize("k", [1, 2, 7])
    def test_there_are_no_more_than_asked_for(self, make, data, k):
        assert len(make(*data).search(data[1][0], k)) == k

    def test_there_are_no_more_than_there_are(self, make, data):
        index = make(data[0][:5], data[1][:5])
        assert {id_ for id_, _ in index.search(data[1][0], 100)} == set(data[0][:5].tolist())

    def test_an_empty_one_finds_nothing(self, make, data):
        index = make(data[0][:0], data[1][:0])
        assert (len(index), index.search(data[1][0], 5)) == (0, [])

    def test_ids_may_be_as_large_as_the_catalogue_makes_them(self, make):
        ids = np.array([1, 2**40, 2**63 - 1], dtype=np.int64)
        vectors = np.eye(DIM, dtype=np.float32)[:3]
        index = make(ids, vectors)
        found = [index.search(vector, 1) for vector in vectors]
        assert found == [[(int(id_), pytest.approx(1.0))] for id_ in ids]

    def test_many_threads_find_what_one_does(self, make, data, queries):
        index = make(*data)
        wanted = [index.search(query, 10) for query in queries]

        def ask(_: int) -> Iterator[list[tuple[int, float]]]:
            return [index.search(query, 10) for query in queries]

        with ThreadPoolExecutor(4) as pool:
            assert all(found == wanted for found in pool.map(ask, range(8)))
