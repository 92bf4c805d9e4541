import pytest

from index import Span
from qa.phrasing import widen

FLIGHT = (
    "The planes flew over the Barents Sea for about four hours, said General Ivan Petrov on Monday."
)
MONEY = "It freed 52 prisoners, cost $3.5 million in 1998, and a “very good man (of Oslo)” paid 5% of it."


@pytest.mark.parametrize(
    ("sentence", "found", "whole"),
    [
        (FLIGHT, "four", "about four hours"),
        (FLIGHT, "four hours", "about four hours"),
        (FLIGHT, "Barents", "Barents Sea"),
        (FLIGHT, "Petrov", "General Ivan Petrov"),
        (FLIGHT, "Mon", "Monday"),
        (FLIGHT, "planes", "planes"),
        (MONEY, "52", "52 prisoners"),
        (MONEY, "3.5", "$3.5 million"),
        (MONEY, "1998", "1998"),
        (MONEY, "5%", "5%"),
        (MONEY, "very good man (of Oslo)”", "“very good man (of Oslo)”"),
        (MONEY, "good man (of Oslo", "good man (of Oslo)"),
    ],
)
def test_a_span_is_made_whole(sentence, found, whole):
    start = sentence.index(found)
    wide = widen(sentence, Span(start, start + len(found)))
    assert sentence[wide.start : wide.end] == whole


def test_it_never_leaves_the_sentence():
    assert widen("Oslo", Span(0, 4)) == Span(0, 4)
    assert widen("5", Span(0, 1)) == Span(0, 1)


def test_the_capital_of_a_first_word_is_no_name():
    sentence = "Yesterday Petrov left."
    wide = widen(sentence, Span(10, 16))
    assert sentence[wide.start : wide.end] == "Petrov"
