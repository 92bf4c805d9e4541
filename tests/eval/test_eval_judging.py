"""One answer judged, and a run of several scored."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_fakes import (
    FakeAssistant,
    answer,
    citation,
    example,
    hits,
    refusal,
    text_of,
    unanswerable,
)

from eval.judging import Prediction, judge
from eval.report import loss_table
from eval.run import Run, evaluate
from qa import Answer, Turn


def judged(result: Answer, answers: tuple[str, ...] = ("1912",)) -> Prediction:
    return judge(example(answers=answers), result, 1.5, text_of)


def test_right_and_cited() -> None:
    cite = citation("The ship left Oslo in 1912.")
    result = answer("She left in 1912.[1]", short="1912", citations=[cite], found=hits(cite.quote))
    prediction = judged(result)
    assert prediction.right_and_cited
    assert prediction.right
    assert (prediction.exact, prediction.f1) == (True, 1.0)
    assert (prediction.rank, prediction.supporting, prediction.valid) == (1, 1, 1)


def test_right_without_a_citation_is_not_enough() -> None:
    prediction = judged(answer("She left in 1912."))
    assert prediction.contained
    assert not prediction.right_and_cited


def test_a_citation_without_the_right_answer_is_not_enough() -> None:
    cite = citation("The ship left Oslo in 1912.")
    prediction = judged(answer("In 1913.[1]", citations=[cite]))
    assert prediction.cited
    assert not prediction.right_and_cited


def test_a_citation_that_is_not_in_the_document_bears_nothing_out() -> None:
    cite = citation("The ship left Oslo in 1912.", shift=3)
    prediction = judged(answer("In 1912.[1]", citations=[cite]))
    assert (prediction.cited, prediction.valid) == (False, 0)


def test_a_citation_on_the_evidence_bears_out_an_answer_it_does_not_spell() -> None:
    cite = citation("The ship left Oslo")
    prediction = judged(answer("In 1912.[1]", citations=[cite]))
    assert prediction.right_and_cited
    assert prediction.supporting == 0


def test_a_marker_is_no_answer() -> None:
    cite = citation("The ship left Oslo in 1912.")
    assert not judged(answer("Forty.[1]", citations=[cite]), answers=("1",)).contained


def test_without_a_short_answer_the_text_is_measured() -> None:
    cite = citation("in 1912.")
    # "she left in 1912" against "1912": 2 * 1 / (4 + 1); the marker is no word
    assert judged(answer("She left in 1912.[1]", citations=[cite])).f1 == pytest.approx(2 / 5)


def test_a_refusal_holds_no_answer() -> None:
    prediction = judge(example(answers=("documents",)), refusal(), 1.0, text_of)
    assert (prediction.answered, prediction.contained, prediction.exact) == (False, False, False)
    assert prediction.f1 == 0
    assert not prediction.right
    assert judge(unanswerable(), refusal(), 1.0, text_of).right
    assert not judge(unanswerable(), answer("In 1912."), 1.0, text_of).right


def test_the_answer_knows_best_how_long_it_took() -> None:
    assert judged(answer("x")).seconds == 1.5
    assert judged(answer("x", timings={"reading": 0.1, "total": 0.25})).seconds == 0.25


def test_a_run_of_five() -> None:
    """Two right, one refused, one rightly refused, one wrongly answered."""
    cite = citation("The ship left Oslo in 1912.")
    good = answer("In 1912.[1]", "1912", [cite], hits(cite.quote), 0.9, {"total": 1.0})
    second = hits("Nobody was lost.", cite.quote)
    history = (Turn("user", "Did she sail?"), Turn("assistant", "Yes."))
    assistant = FakeAssistant(
        {
            "1": good,
            "2": answer("In 1912.[1]", "in 1912", [cite, citation("Nobody", 2)], second, 0.7),
            "3": refusal(0.4),
            "4": refusal(0.1),
            "5": answer("In 1899.", "1899", [citation("Oslo")], (), 0.7),
        }
    )
    examples = [
        example(id="1", question="1"),
        example(id="2", question="2", history=history),
        example(id="3", question="3", kind="count"),
        unanswerable(id="4", question="4"),
        unanswerable(id="5", question="5", kind="false_premise"),
    ]
    steps: list[tuple[int, int]] = []
    run = evaluate(assistant, examples, lambda done, total: steps.append((done, total)))
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert assistant.histories[:2] == [(), history]

    scores = run.scores()
    every = scores["all"]
    assert (every.examples, every.answerable) == (5, 3)
    assert every.right_and_cited == every.contained == pytest.approx(2 / 3)
    assert every.accuracy == pytest.approx(3 / 5)  # and the one rightly refused
    assert every.exact_match == pytest.approx(1 / 3)
    # 1, then "in 1912" against "1912" 2 / 3, then a refusal 0
    assert every.f1 == pytest.approx((1 + 2 / 3) / 3)
    # and 1 for the one rightly refused, of five
    assert every.squad_exact == pytest.approx((1 + 0 + 0 + 1 + 0) / 5)
    assert every.squad_f1 == pytest.approx((1 + 2 / 3 + 0 + 1 + 0) / 5)
    # ranks 1, 2 and none
    assert every.recall_at == {
        1: pytest.approx(1 / 3),
        3: pytest.approx(2 / 3),
        5: pytest.approx(2 / 3),
    }
    assert every.mrr == pytest.approx((1 + 1 / 2) / 3)
    assert every.citations_with_answer == pytest.approx(2 / 3)  # of 3 with the answerable ones
    assert every.citation_validity == 1
    assert every.false_answer_rate == 1 / 2
    assert every.false_refusal_rate == pytest.approx(1 / 3)
    assert every.coverage.coverage == pytest.approx(3 / 5)
    assert every.coverage.precision == pytest.approx(2 / 3)
    # right 0.9 and 0.7, wrong 0.7: a win and a tie
    assert every.right_auroc == 0.75
    # answerable 0.9 0.7 0.4, not 0.1 0.7: wins 1 1, 1 1/2, 1 0 of 6
    assert every.answerable_auroc == pytest.approx(4.5 / 6)
    # bin 0.7: gap |0.7 - 0.5| over 2 of 3; bin 0.9: 0.1 over 1 of 3
    assert every.calibration_error == pytest.approx(0.2 * 2 / 3 + 0.1 / 3)

    assert next(iter(scores)) == "all"
    assert scores["standalone"].examples == 4
    assert scores["follow-up"].examples == 1
    assert scores["kind count"].right_and_cited == 0
    assert scores["unanswerable, false premise"].false_answer_rate == 1
    assert scores["unanswerable, other"].false_answer_rate == 0
    assert scores["unanswerable, other"].right_and_cited is None
    assert sum(scores[half].examples for half in ("dev", "test") if half in scores) == 5


def test_a_citation_of_no_document_does_not_end_the_run() -> None:
    cite = citation("in 1912.", document_id="gone.txt")
    run = evaluate(FakeAssistant({"When?": answer("In 1912.[1]", citations=[cite])}), [example()])
    assert run.scores()["all"].citation_validity == 0


def test_an_empty_run_has_no_groups() -> None:
    assert Run(()).scores() == {}


def test_what_follow_ups_lose_against_their_twins() -> None:
    """Three follow-ups: one as good as its twin, one refused, one whose twin was not asked."""
    cite = citation("The ship left Oslo in 1912.")
    good = answer("In 1912.[1]", "1912", [cite], hits(cite.quote))
    assistant = FakeAssistant({"When?": good, "And then?": refusal()})
    history = (Turn("user", "Did she sail?"),)
    follow_ups = [
        replace(example(id="1", history=history), twin="a"),
        replace(example(id="2", question="And then?", history=history), twin="b"),
        replace(example(id="3", question="And then?", history=history), twin="c"),
    ]
    run = evaluate(assistant, [*follow_ups, example(id="a"), example(id="b")])
    loss = run.twin_losses()["all"]
    assert (loss.pairs, loss.follow_up, loss.twin, loss.loss) == (2, 1 / 2, 1, 1 / 2)
    assert loss.recall_loss_at == {1: 1 / 2, 3: 1 / 2, 5: 1 / 2}
    assert run.scores()["twins of follow-ups"].examples == 2
    assert "+50.0 points" in loss_table(run.twin_losses())
    assert Run(run.predictions[2:]).twin_losses() == {}
