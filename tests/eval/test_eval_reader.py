"""The reader's figures, of a model whose scores are written down, and how they stand beside targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from eval_fakes import answer, citation, example, refusal, text_of, unanswerable

from eval.bench_reader import Figure, at_threshold, calibration, open_domain, without_gold
from eval.judging import judge
from eval.reader import measure
from qa.reader.model import Window

SHIP = "The ship left Oslo in 1912."
TRAIN = "The train left Hamar in spring."
WINDOWS = {("ship", SHIP): 6.0, ("train", TRAIN): 1.0, ("ship", TRAIN): -2.0, ("train", SHIP): 2.0}


class LastWord:
    """Takes the last word of every passage for the answer, in two windows, by a set margin."""

    def read(self, question: str, passages: Sequence[str]) -> list[list[Window]]:
        asked = "ship" if "ship" in question else "train"
        return [[window(text, 0.0), window(text, WINDOWS[asked, text])] for text in passages]


def window(text: str, margin: float) -> Window:
    """One that begins with the last word, but prefers the first where it has a margin of 0."""
    words = text.rstrip(".").split()
    starts = [text.index(word) for word in words]
    offsets = np.array([[at, at + len(word)] for at, word in zip(starts, words, strict=True)])
    scores = np.full(len(words), -9, dtype=np.float32)
    scores[-1 if margin else 0] = margin / 2 + 1
    return Window(scores, scores, offsets, null=2.0)


def squad(*paragraphs: tuple[str, str, str]) -> dict[str, object]:
    listed = [
        {"context": text, "qas": [{"question": question, "answers": [{"text": gold}]}]}
        for text, question, gold in paragraphs
    ]
    return {"data": [{"paragraphs": listed}]}


def test_the_best_span_of_all_windows_is_the_answer() -> None:
    given = measure(LastWord(), squad((SHIP, "When left the ship?", "in 1912")))
    assert given.questions == 1
    assert given.exact_match == 0
    assert given.f1 == pytest.approx(200 / 3)  # one of two words
    assert given.margin_auroc is None  # there is no other paragraph


def test_the_margin_where_the_answer_is_against_where_it_is_not() -> None:
    given = measure(
        LastWord(),
        squad((SHIP, "When left the ship?", "1912"), (TRAIN, "When left the train?", "Spring")),
    )
    assert (given.exact_match, given.f1) == (100, 100)
    # Right 6 and 1; elsewhere 0, a first word, and 2: three of the four pairs are in order.
    assert given.margin_auroc == 0.75


def test_wrong_spans_are_left_out_of_the_margin() -> None:
    given = measure(
        LastWord(),
        squad((SHIP, "When left the ship?", "1912"), (TRAIN, "Where left the train?", "Hamar")),
    )
    assert (given.exact_match, given.margin_auroc) == (50, 1.0)


def test_an_unanswerable_question_is_no_question() -> None:
    file = squad((SHIP, "Who?", "x"))
    file["data"][0]["paragraphs"][0]["qas"][0]["is_impossible"] = True  # type: ignore[index]
    given = measure(LastWord(), file)
    assert (given.questions, given.exact_match, given.f1) == (0, None, None)


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("a", 0.9, least=0.9), True),
        (Figure("a", 0.89, least=0.9), False),
        (Figure("a", 0.15, most=0.15), True),
        (Figure("a", 0.16, most=0.15), False),
        (Figure("a", None, most=0.15), False),
        (Figure("a", None), True),
    ],
)
def test_a_target_is_met_or_missed(figure: Figure, met: bool) -> None:
    assert figure.met is met
    assert ("MISSED" in str(figure)) is not met


def test_one_run_shows_every_threshold() -> None:
    cite = citation("The ship left Oslo in 1912.")
    sure = answer("In 1912.", citations=[cite], confidence=0.9)
    unsure = answer("In 1912.", citations=[cite], confidence=0.3)
    wrong = answer("40 people.", confidence=0.5)
    predictions = [
        judge(example(id=str(n)), given, 0.1, text_of)
        for n, given in enumerate((sure, unsure, wrong, refusal(0.0)))
    ]
    assert at_threshold(predictions, 0.5) == [True, False, True, False]
    assert [f.value for f in open_domain(predictions)] == [0.5, 0.5, 0.5]
    nothing = [judge(unanswerable(), given, 0.1, text_of) for given in (wrong, unsure)]
    assert [f.value for f in without_gold(nothing)] == [0.5]
    # An answer to what has none is wrong, whatever it says: gaps of 0.3 and 0.5.
    assert [f.value for f in calibration(nothing)] == [pytest.approx(0.4)]
