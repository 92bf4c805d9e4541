"""Rankings of documents, with values worked by hand."""

from __future__ import annotations

from math import log2

import pytest

from eval.retrieving import NAMES, retrieval


def test_graded_relevance() -> None:
    # a has grade 2, c grade 1, b none: the gains at ranks 1, 2, 3 are 0, 2, 1
    found = retrieval([(["b", "a", "c"], {"a": 2, "c": 1})])
    assert found["nDCG@10"] == [
        pytest.approx((2 / log2(3) + 1 / log2(4)) / (2 / log2(2) + 1 / log2(3)))
    ]
    assert found["AP@100"] == [pytest.approx((1 / 2 + 2 / 3) / 2)]
    assert found["RR@10"] == [1 / 2]
    assert found["R@10"] == [1]


def test_what_finds_nothing_counts_as_nothing_in_its_place() -> None:
    found = retrieval([(["a"], {"a": 1}), ([], {"b": 1}), (["x"], {"c": 1})])
    assert found["nDCG@10"] == found["R@100"] == found["AP@100"] == [1, 0, 0]


def test_a_document_found_twice_counts_where_it_comes_first() -> None:
    found = retrieval([(["x", "a", "x", "b", "a"], {"b": 1})])
    assert found["RR@10"] == [pytest.approx(1 / 3)]


def test_ids_may_be_any_text() -> None:
    assert retrieval([(["a b/ü.txt", "\tc"], {"\tc": 1})])["RR@10"] == [1 / 2]


def test_nothing_to_measure() -> None:
    assert retrieval([]) == {name: [] for name in NAMES}
