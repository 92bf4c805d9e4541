import pytest

from qa.intent import Intent, intent_of, topic_of


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("How long did they fly?", Intent.SPAN),
        ("how many prisoners were freed", Intent.SPAN),
        ("Who is in charge?", Intent.SPAN),
        ("What is the codename of the drill?", Intent.SPAN),
        ("Did Poland close its border?", Intent.VERDICT),
        ("And is Belarus an ally?", Intent.VERDICT),
        ("didn't they fly?", Intent.VERDICT),
        ("Isn’t it over?", Intent.VERDICT),
        ("Canada signed what?", Intent.SPAN),
        ("Island names?", Intent.SPAN),
        ("Why did it close?", Intent.ACCOUNT),
        ("How did it end?", Intent.ACCOUNT),
        ("Explain the sanctions", Intent.ACCOUNT),
        ("What were the consequences?", Intent.ACCOUNT),
        ("Tell me about Lukashenko", Intent.SUMMARY),
        ("Can you please summarise the report?", Intent.SUMMARY),
        ("Give me a short overview of the drills", Intent.SUMMARY),
        ("what happened at the border?", Intent.SUMMARY),
        ("What is the article about?", Intent.SUMMARY),
        ("What does the report say about Trump?", Intent.SUMMARY),
    ],
)
def test_a_question_shows_what_it_wants_by_how_it_begins(question, intent):
    assert intent_of(question) is intent


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Tell me about Lukashenko.", "Lukashenko"),
        ("What does the report say about the border?", "the border"),
        ("Summarise the article", None),
        ("What is this document about?", None),
        ("Give me a summary", None),
    ],
)
def test_the_topic_is_what_is_left_without_the_asking(question, topic):
    assert topic_of(question) == topic
