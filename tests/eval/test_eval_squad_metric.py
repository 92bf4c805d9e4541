"""The SQuAD metrics against their published description, written down anew, on 200 generated cases.

Rajpurkar et al. 2016, section 6.1: articles and punctuation are ignored; exact match is the share equal
to any gold answer; F1 is the overlap of bags of tokens, the maximum over the gold answers. And 2018: for
a question without an answer both are 1 if nothing is predicted, else 0.
"""

from __future__ import annotations

import random
import string

import pytest

from eval.metrics import exact_match, squad_scores, token_f1

# ASCII alone: beyond it ours ignores the marks of other scripts too, and is meant to differ.
_WORDS = (
    "the a an The AN Eiffel tower's tower 1912 3.5 U.S. well-known red, red blue (blue) - . 50% x"
).split()


def described(text: str) -> list[str]:
    """Tokens by the description, in plain loops: no set, no counter, no regular expression."""
    kept = "".join(c for c in text.lower() if c not in string.punctuation)
    return [token for token in kept.split() if token not in ("a", "an", "the")]


def described_f1(prediction: str, gold: str) -> float:
    said, wanted = described(prediction), described(gold)
    if not said or not wanted:
        return 1.0 if said == wanted else 0.0
    left, common = list(wanted), 0
    for token in said:
        if token in left:
            left.remove(token)
            common += 1
    if common == 0:
        return 0.0
    precision, recall = common / len(said), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def phrase(chance: random.Random) -> str:
    return chance.choice([" ", "  ", "\n"]).join(chance.choices(_WORDS, k=chance.randrange(6)))


@pytest.mark.parametrize("seed", range(200))
def test_as_described(seed: int) -> None:
    chance = random.Random(seed)
    prediction = phrase(chance)
    golds = [phrase(chance) for _ in range(chance.randint(0, 4))]
    if chance.random() < 0.3:
        golds.append(prediction.upper() + chance.choice(["", ".", "!"]))
    exact = any(described(prediction) == described(gold) for gold in golds)
    assert exact_match(prediction, golds) == exact
    best = max((described_f1(prediction, gold) for gold in golds), default=0)
    assert token_f1(prediction, golds) == pytest.approx(best)

    real = [gold for gold in golds if described(gold)]
    if real:
        wanted = (
            float(any(described(prediction) == described(gold) for gold in real)),
            max(described_f1(prediction, gold) for gold in real),
        )
    else:  # no answer: right is to say nothing
        wanted = (float(not described(prediction)),) * 2
    assert squad_scores(prediction, golds) == pytest.approx(wanted)


def test_questions_without_an_answer_want_a_refusal() -> None:
    assert squad_scores("", []) == squad_scores("The...", ["a"]) == (1, 1)
    assert squad_scores("1912", []) == (0, 0)
    assert squad_scores("", ["1912"]) == (0, 0)  # falsely refused
    # the best of several: 2 * 1 / (2 + 1)
    assert squad_scores("in 1912", ["1899", "1912"]) == (0, pytest.approx(2 / 3))
