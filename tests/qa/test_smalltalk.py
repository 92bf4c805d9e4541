import pytest

from qa.smalltalk import reply

TITLES = ["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"]


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("hi", "Hello!"),
        ("Good morning!", "Hello!"),
        ("Thanks a lot :)", "You are welcome."),
        ("ok, thanks!", "You are welcome."),
        ("What can you do?", "I answer questions from your documents"),
        ("help", "I answer questions from your documents"),
        (
            "Which documents do you have?",
            "I answer from 6 documents: Alpha; Beta; Gamma; Delta; Epsilon;",
        ),
    ],
)
def test_small_talk_is_answered(message, begins):
    said = reply(message, lambda: TITLES)
    assert said is not None
    assert said.startswith(begins)


@pytest.mark.parametrize(
    "question",
    [
        "Hi, who escorted the bombers?",
        "What can you do with a radar?",
        "Which documents did the court demand?",
        "Who said thanks?",
        "Great Britain",
    ],
)
def test_a_question_to_the_documents_is_left_to_them(question):
    assert reply(question, lambda: TITLES) is None


def test_one_document_is_named_in_the_singular():
    assert reply("list documents", lambda: ["Alpha"]) == "I answer from 1 document: Alpha."
