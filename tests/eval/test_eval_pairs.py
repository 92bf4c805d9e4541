"""Pairs of questions: which name becomes which pronoun."""

import pytest

from eval.pairs import make_pairs
from eval.squad import convert
from index import DatasetError

TEXT = (
    "The Fram left Oslo in 1893. It went north. Nansen led the crew. He was 31. "
    "The Vikings had left before."
)


def corpus(*questions, text=TEXT):
    qas = [
        {"id": str(n), "question": question, "answers": [{"text": answer, "answer_start": 0}]}
        for n, (question, answer) in enumerate(questions)
    ]
    return convert({"data": [{"paragraphs": [{"context": text, "qas": qas}]}]})


def pairs_of(*questions):
    return {pair.twin.question: pair for pair in make_pairs(corpus(*questions))}


def test_a_shared_name_becomes_a_pronoun():
    pairs = pairs_of(("When did Nansen leave?", "1893"), ("How old was Nansen?", "31"))
    assert pairs["How old was Nansen?"].follow_up == "How old was he?"
    assert pairs["When did Nansen leave?"].follow_up == "When did he leave?"
    pair = pairs["How old was Nansen?"]
    assert [turn.text for turn in pair.history(answered=True)] == ["When did Nansen leave?", "1893"]
    assert [turn.text for turn in pair.history(answered=False)] == ["When did Nansen leave?"]


@pytest.mark.parametrize(
    ("question", "follow_up"),
    [
        ("What was Nansen's age?", "What was his age?"),
        ("Who went with Nansen?", "Who went with him?"),
    ],
)
def test_the_pronoun_has_the_form_of_its_place(question, follow_up):
    pairs = pairs_of(("When did Nansen leave?", "1893"), (question, "31"))
    assert pairs[question].follow_up == follow_up


def test_many_are_they_and_things_are_it():
    pairs = pairs_of(
        ("Where did the Vikings live?", "Oslo"), ("When had the Vikings left?", "before")
    )
    assert pairs["When had the Vikings left?"].follow_up == "When had they left?"
    pairs = pairs_of(("Who left Oslo?", "Nansen"), ("Who lives in Oslo?", "Vikings"))
    assert pairs["Who lives in Oslo?"].follow_up == "Who lives in it?"


def test_a_part_of_a_longer_name_is_left_alone():
    with pytest.raises(DatasetError, match="no two questions share a name"):
        make_pairs(
            corpus(("Who left Oslo?", "Nansen"), ("Where is the Oslo harbour wall?", "Oslo"))
        )


def test_the_same_seed_makes_the_same_pairs():
    questions = [(f"In which year {n} did Nansen leave?", "1893") for n in range(6)]
    assert make_pairs(corpus(*questions), 3) == make_pairs(corpus(*questions), 3)
