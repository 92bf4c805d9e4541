import random

import pytest

from eval.calibrate import Case, false_premises, fit
from eval.examples import Example
from eval.squad import Corpus

TEXT = "Anna Lund built the lighthouse in 1887. Ida Dahl painted it in Oslo in 1901."


def test_a_feature_that_tells_right_from_wrong_is_learnt():
    rng = random.Random(1)
    every = [
        Case({"tells": float(right) + rng.gauss(0, 0.1), "noise": rng.random()}, right)
        for right in [True, False] * 100
    ]
    calibration = fit(every)
    assert calibration.weights["tells"] > 10 * abs(calibration.weights["noise"])
    assert calibration.probability({"tells": 1.0, "noise": 0.5}) > 0.9
    assert calibration.probability({"tells": 0.0, "noise": 0.5}) < 0.1


def test_a_feature_that_tells_nothing_gives_the_share_that_is_right():
    every = [Case({"same": 1.0}, number % 4 == 0) for number in range(400)]
    assert fit(every).probability({"same": 1.0}) == pytest.approx(0.25, abs=0.01)


def test_a_false_premise_exchanges_what_the_passage_says():
    example = Example(
        "q1", "fact", "Who built the lighthouse in 1887?", (), ("Anna Lund",), (TEXT,), True
    )
    texts = {"a.txt": TEXT, "b.txt": "The harbour was closed in 1950, in 1960 and in 1970."}
    (changed,) = false_premises(Corpus(texts, (example,))).examples
    assert changed.id == "q1"
    assert not changed.answerable
    assert changed.question.startswith("Who built the lighthouse in ")
    assert "1887" not in changed.question


def test_a_question_with_nothing_to_exchange_is_left_out():
    example = Example("q1", "fact", "who built it?", (), ("Anna Lund",), (TEXT,), True)
    assert false_premises(Corpus({"a.txt": TEXT}, (example,))).examples == ()
