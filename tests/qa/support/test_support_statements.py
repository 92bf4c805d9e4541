import random

import pytest

from qa.reader.examples import Example
from qa.support.statements import declare, statements


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("When was the mill built?", "1742", "The mill was built in 1742."),
        ("Who sold the mill?", "Edmund", "Edmund sold the mill."),
        ("How many villages did the mill serve?", "eleven", "The mill serve eleven villages."),
        ("What was the name of the mill?", "Harrow", "Harrow was the name of the mill."),
        ("Where did the railway end?", "at the port", "The railway end at the port."),
    ],
)
def test_a_question_with_its_answer_is_a_statement(question, answer, said):
    assert declare(question, answer) == said


def test_some_questions_are_left_alone():
    assert declare("Name the owner.", "Penn") is None


CONTEXT = (
    "Josiah Penn built the mill in 1742. It served Harrow until 1868. Edmund Penn sold it to Devon."
)


def example(question, answer):
    start = CONTEXT.index(answer)
    return Example(question, CONTEXT, start, start + len(answer), "test")


EXAMPLES = [
    example("When was the mill built?", "1742"),
    example("Until when did it serve Harrow?", "1868"),
    example("Who sold the mill?", "Edmund Penn"),
    example("Who built the mill?", "Josiah Penn"),
]


def test_what_holds_and_what_does_not_is_known_of_each():
    made = [s for seed in range(20) for s in statements(EXAMPLES, random.Random(seed))]
    right = {s.text for s in made if s.supported}
    wrong = {s.text for s in made if not s.supported}
    assert "The mill was built in 1742." in right
    assert "The mill was built in 1868." in wrong
    assert "Josiah Penn sold the mill." in wrong
    assert not right & wrong
    assert all(s.evidence in CONTEXT for s in made)


def test_the_same_chance_gives_the_same_statements():
    one, other = (list(statements(EXAMPLES, random.Random(3))) for _ in range(2))
    assert one == other
