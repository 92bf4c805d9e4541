import pytest

from qa import Turn
from qa.rewriting import standalone

HISTORY = [
    Turn("user", "How long did the bombers fly?"),
    Turn("assistant", "For about four hours. [1]"),
]


@pytest.mark.parametrize(
    "question",
    [
        "Who escorted them?",
        "And the fighter jets?",
        "Why?",
        "Where did it happen?",
        "What about 2019?",
    ],
)
def test_a_follow_up_carries_the_question_it_follows(question):
    assert standalone(question, HISTORY) == f"{question} (How long did the bombers fly?)"


@pytest.mark.parametrize(
    "question",
    [
        "Which sanctions were relaxed last week?",
        "Who commands the Polish border guard?",
        "Why did Poland close its border?",
        "tell me about lukashenko",
        "who is putin",
        "About Belarus",
        "Did the ministry explain its decision?",
    ],
)
def test_a_question_that_stands_alone_is_left_byte_for_byte(question):
    assert standalone(question, HISTORY) == question


def test_without_history_nothing_changes():
    assert standalone("Why?", []) == "Why?"


def test_the_thread_goes_on_over_several_turns():
    history = [*HISTORY, Turn("user", "Who escorted them?"), Turn("assistant", "MiG-31 jets. [1]")]
    assert standalone("Why?", history) == "Why? (How long did the bombers fly? Who escorted them?)"


def test_a_new_topic_ends_the_thread():
    history = [*HISTORY, Turn("user", "Which sanctions were relaxed last week?")]
    assert standalone("Why?", history) == "Why? (Which sanctions were relaxed last week?)"


def test_only_the_first_and_the_last_question_of_a_long_thread_are_carried():
    asked = ["How long did the bombers fly?", "Who escorted them?", "Where was that?", "And then?"]
    history = [Turn("user", question) for question in asked]
    assert standalone("Why?", history) == "Why? (How long did the bombers fly? And then?)"


def test_small_talk_does_not_end_a_thread():
    history = [*HISTORY, Turn("user", "Thanks!"), Turn("assistant", "You are welcome.")]
    assert standalone("Who escorted them?", history).endswith("(How long did the bombers fly?)")
