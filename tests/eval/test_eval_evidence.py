"""Retrieval and citations against gold evidence, over `TEXT` of the fakes."""

from __future__ import annotations

from dataclasses import replace

from eval_fakes import TEXT, citation, hits, text_of

from eval.aggregates import mean
from eval.evidence import (
    first_rank,
    holds_answer,
    holds_evidence,
    is_valid,
    occurrences,
    overlaps_evidence,
    recall_at,
    reciprocal_rank,
)

GOLD = ("She carried 40 people.",)
ANSWERS = ("40",)


def test_occurrences_may_overlap() -> None:
    assert occurrences("aa", "aaa b aa") == [(0, 2), (1, 3), (6, 8)]
    assert occurrences("c", "aaa") == []


def test_a_hit_holds_a_quote_whole() -> None:
    (hit,) = hits("1912. She carried 40 people. Nobody")
    assert holds_evidence(hit, GOLD, ["no such answer"], text_of)


def test_a_hit_holds_the_part_of_a_cut_quote_that_has_the_answer() -> None:
    with_answer, without = hits("carried 40 people. Nobody", "left Oslo in 1912. She carried")
    assert holds_evidence(with_answer, GOLD, ANSWERS, text_of)
    assert not holds_evidence(without, GOLD, ANSWERS, text_of)


def test_the_answer_outside_the_evidence_is_no_evidence() -> None:
    (hit,) = hits("The ship left Oslo in 1912.")
    assert not holds_evidence(hit, GOLD, ["1912"], text_of)


def test_rank_recall_and_reciprocal_rank() -> None:
    found = hits("Nobody was lost.", "The ship left Oslo", "She carried 40 people.")
    rank = first_rank(found, GOLD, ANSWERS, text_of)
    assert rank == 3
    assert [recall_at(k, rank) for k in (1, 2, 3, 10)] == [0, 0, 1, 1]
    assert first_rank(found[:2], GOLD, ANSWERS, text_of) is None
    assert first_rank((), GOLD, ANSWERS, text_of) is None


def test_mean_reciprocal_rank() -> None:
    # ranks 1, 4, and nothing found: (1 + 1/4 + 0) / 3
    assert mean([reciprocal_rank(rank) for rank in (1, 4, None)]) == 1.25 / 3
    assert recall_at(10, None) == 0


def test_a_valid_citation_quotes_exactly() -> None:
    exact = citation("carried 40")
    assert is_valid(exact, text_of)
    assert not is_valid(citation("carried 40", shift=1), text_of)
    assert not is_valid(replace(exact, document_id="gone.txt"), text_of)
    assert not is_valid(replace(exact, start=5, end=5, quote=""), text_of)
    # A range from the end would slice right and still be no place in the document.
    backwards = replace(exact, start=-5, end=-1, quote=TEXT[-5:-1])
    assert not is_valid(backwards, text_of)


def test_a_citation_holds_an_answer() -> None:
    assert holds_answer(citation("carried 40 people"), ["forty", "40"])
    assert not holds_answer(citation("Nobody was lost."), ["40"])
    assert not holds_answer(citation("carried 40 people"), [])


def test_overlap_is_half_of_the_shorter() -> None:
    # The gold quote has 22 characters; "carried 40 people. Nobody" shares 18 of it.
    assert overlaps_evidence(citation("carried 40 people. Nobody"), GOLD, text_of)
    # "1912. She carried 40" (20 characters) shares 14, "1912. She" (9) only 3 of the needed 4.5.
    assert overlaps_evidence(citation("1912. She carried 40"), GOLD, text_of)
    assert not overlaps_evidence(citation("1912. She"), GOLD, text_of)
    assert not overlaps_evidence(citation("Nobody was lost."), GOLD, text_of)


def test_an_empty_range_overlaps_nothing() -> None:
    empty = replace(citation("carried"), end=TEXT.index("carried"), quote="")
    assert not overlaps_evidence(empty, GOLD, text_of)
