"""Asserting on answers in another program's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import FakeAssistant, answer, citation, example, hits, refusal, unanswerable

from eval.testing import assert_answers
from index import DatasetError

CITED = citation("The ship left Oslo in 1912.")
RIGHT = answer("In 1912.[1]", "1912", [CITED], hits(CITED.quote))
ROW: dict[str, Any] = {
    "id": "when",
    "question": "When?",
    "answerable": True,
    "answers": ["1912"],
    "evidence": ["The ship left Oslo in 1912."],
}


def test_right_answers_pass_and_give_the_run(dataset: Callable[..., Path]) -> None:
    assistant = FakeAssistant({"When?": RIGHT})
    assert assert_answers(assistant, dataset(ROW)).figures()["exact_match"] == 1
    assert assert_answers(assistant, str(dataset(ROW))).figures()["accuracy"] == 1
    assert_answers(assistant, [example()])


def test_wrong_answers_are_named() -> None:
    assistant = FakeAssistant(
        {"When?": RIGHT, "Where?": refusal(), "Why?": answer("Of fog.", "fog"), "Who?": RIGHT}
    )
    asked = [
        example("a"),
        example("b", question="Where?", answers=("Oslo", "in Oslo")),
        unanswerable("c"),
        example("d", question="Who?", answers=("Ann",)),
    ]
    with pytest.raises(AssertionError) as caught:
        assert_answers(assistant, asked, min_accuracy=0.5)
    assert str(caught.value).split("\n") == [
        "accuracy is 0.250, at least 0.5 wanted",
        "  b, falsely refused: 'Where?' wanted 'Oslo' or 'in Oslo', said 'Not in the documents.'",
        "  c, falsely answered: 'Why?' wanted a refusal, said 'fog'",
        "  d, wrong answer: 'Who?' wanted 'Ann', said '1912'",
    ]
    assert_answers(assistant, asked, min_accuracy=0.25)
    with pytest.raises(AssertionError, match=r"false answers are 1\.000, at most 0 wanted"):
        assert_answers(assistant, asked, min_accuracy=0, max_false_answers=0)


def test_no_more_than_twenty_are_named() -> None:
    assistant = FakeAssistant({"When?": refusal()})
    with pytest.raises(AssertionError) as caught:
        assert_answers(assistant, [example(str(n)) for n in range(23)])
    assert str(caught.value).endswith("\n  and 3 more")


def test_evidence_in_no_document_is_told_with_its_line(dataset: Callable[..., Path]) -> None:
    with pytest.raises(DatasetError, match="line 2, evidence: no document holds 'nowhere'"):
        assert_answers(
            FakeAssistant({}), dataset(ROW, {**ROW, "id": "other", "evidence": ["nowhere"]})
        )
