"""Words, their classes and the noun phrases they make, in questions of the kinds people ask."""

import pytest

from qa.rewriting.phrases import is_plural, noun_phrases, plural, plural_text, singular
from qa.rewriting.tagging import tag


def phrases(sentence):
    return [phrase.text for phrase in noun_phrases(tag(sentence))]


def test_a_token_is_where_it_says():
    sentence = "Didn't the U.S. send Tu-160s, and wasn't Mr. Putin’s plane there?"
    tokens = tag(sentence)
    assert all(sentence[token.start : token.end] == token.text for token in tokens)
    texts = [token.text for token in tokens]
    assert texts[:4] == ["Did", "n't", "the", "U.S."]
    assert {"Tu-160s", "Mr.", "’s"} <= set(texts)


@pytest.mark.parametrize(
    ("sentence", "verb"),
    [
        ("How much does an Irish Wolfhound weigh?", "weigh"),
        ("How does binge drinking affect development?", "affect"),
        ("How long did the Zapad exercise last?", "last"),
        ("How did it originally work?", "work"),
        ("How does the environmental impact compare between them?", "compare"),
    ],
)
def test_the_verb_behind_do_is_found(sentence, verb):
    assert [token.text for token in tag(sentence) if token.tag == "VERB"] == [verb]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Tell me about the history of toilets.", ["the history of toilets", "toilets"]),
        ("What is Poland's capital?", ["Poland's capital", "Poland"]),
        ("Who are Maria Lopez and John Chen?",
         ["Maria Lopez and John Chen", "Maria Lopez", "John Chen"]),
        ("What was the name of the mixtape Kanye released?",
         ["the name of the mixtape", "the mixtape", "Kanye"]),
        ("Why is the drinking age in the US 21?", ["the drinking age", "the US"]),
        ("What is new in version 3?", ["version 3"]),
        ("What is taurine?", ["taurine"]),
        ("How many prisoners were released?", ["prisoners"]),
        ("Why?", []),
    ],
)  # fmt: skip
def test_noun_phrases(sentence, expected):
    assert phrases(sentence) == expected


def test_number_by_form():
    assert [
        noun for noun in ("bombers", "news", "people", "glass", "city", "crisis") if is_plural(noun)
    ] == [
        "bombers",
        "people",
    ]
    assert [plural(noun) for noun in ("plan", "city", "box", "day")] == [
        "plans",
        "cities",
        "boxes",
        "days",
    ]
    assert [singular(noun) for noun in ("plans", "cities", "boxes", "glass")] == [
        "plan",
        "city",
        "box",
        "glass",
    ]
    (plan, *_) = noun_phrases(tag("What is a 529 plan?"))
    assert plural_text(plan) == "529 plans"
