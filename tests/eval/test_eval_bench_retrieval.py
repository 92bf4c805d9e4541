from __future__ import annotations

import pytest

from eval.bench_retrieval import found, over, ranks_summed
from index import Chunk, Hit


def hits(*ids: int) -> list[Hit]:
    return [Hit(Chunk(id_, "a.txt", 0, 1, "x", None), 1.0) for id_ in ids]


def test_figures_of_ranks_by_hand() -> None:
    one = found([1, 2, 4, None])
    assert dict(one.recall_at) == {1: 0.25, 3: 0.5, 5: 0.75}
    assert one.mrr == pytest.approx((1 + 1 / 2 + 1 / 4) / 4)
    assert str(one) == "R@1 0.250  R@3 0.500  R@5 0.750  MRR 0.438  (4 questions)"


def test_each_collection_counts_alike() -> None:
    few, many = found([1]), found([2] * 9)
    mean = over([few, many])
    assert (mean.recall_at[1], mean.mrr, mean.questions) == (0.5, 0.75, 10)


def test_reciprocal_ranks_summed_by_hand() -> None:
    # 1: 1/2 + 1/3; 2: 1/3 + 1/2; 3: 1/4.
    summed = ranks_summed(hits(1, 2, 3), hits(2, 1))
    assert [hit.chunk.id for hit in summed] == [1, 2, 3]  # the tie goes to the smaller id
    assert [hit.score for hit in summed] == pytest.approx([5 / 6, 5 / 6, 1 / 4])
