import random

import pytest

from qa.reader.examples import Example
from qa.support.declaring import declare
from qa.support.rewording import Rewording
from qa.support.statements import Maker


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("When was the mill built?", "1742", "The mill was built in 1742."),
        ("Who sold the mill?", "Edmund", "Edmund sold the mill."),
        ("How many villages did the mill serve?", "eleven", "The mill served eleven villages."),
        ("What was the name of the mill?", "Harrow", "The name of the mill was Harrow."),
        ("In 1990, who did Ann see in Rome?", "Bob", "In 1990, Ann saw Bob in Rome."),
        ("In what year did the mill open?", "1742", "The mill opened in 1742."),
        ("When did Schiller die?", "16 August 1864", "Schiller died on 16 August 1864."),
        (
            "Why did the mill close?",
            "flour became cheap",
            "The mill closed because flour became cheap.",
        ),
        ("Who was elected mayor?", "Penn", "Penn was elected mayor."),
        ("Where did the railway end?", "at the port", "The railway ended at the port."),
    ],
)
def test_a_question_with_its_answer_is_a_statement(question, answer, said):
    assert declare(question, answer) == said


def test_some_questions_are_left_alone():
    assert declare("Name the owner.", "Penn") is None
    assert declare("How did the mill look?", "old") is None
    assert declare("What did someone say?", "no") is None


CONTEXT = (
    "Josiah Penn built the mill in 1742. It served Harrow until 1868. Edmund Hale sold it to Devon."
)


def example(question, answer):
    start = CONTEXT.index(answer)
    return Example(question, CONTEXT, start, start + len(answer), "test")


EXAMPLES = [
    example("When was the mill built?", "1742"),
    example("Until when did it serve Harrow?", "1868"),
    example("Who sold the mill?", "Edmund Hale"),
    example("Who built the mill?", "Josiah Penn"),
]


@pytest.fixture
def make(wordnet):
    """The statements made with a seed."""

    def make(seed):
        rng = random.Random(seed)
        return list(Maker(Rewording(wordnet, rng), rng).statements(EXAMPLES))

    return make


def test_what_holds_and_what_does_not_is_known_of_each(make):
    made = [s for seed in range(40) for s in make(seed)]
    right = {s.text for s in made if s.supported}
    wrong = {s.text for s in made if not s.supported}
    assert {"The mill was built in 1742.", "In 1742, the mill was built."} <= right
    assert "The mill was built by Josiah Penn." in right
    assert "The mill was built in 1868." in wrong
    assert "Josiah Penn sold the mill." in wrong
    assert "Josiah Penn was built by the mill." in wrong
    assert all(s.evidence in CONTEXT for s in made)


def test_a_statement_that_holds_does_not_hold_against_sentences_that_say_nothing_of_it(make):
    both = {(s.text, s.supported, "1742" in s.evidence) for seed in range(40) for s in make(seed)}
    assert ("The mill was built in 1742.", True, True) in both
    assert ("The mill was built in 1742.", False, False) in both
    assert ("The mill was built in 1742.", False, True) not in both


def test_the_same_chance_gives_the_same_statements(make):
    assert make(3) == make(3)
    assert make(3) != make(4)
