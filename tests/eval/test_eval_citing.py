"""Citation recall and precision, statement by statement, with values worked by hand."""

from __future__ import annotations

import pytest

from eval.citing import Statement, Support, statements, support, supports

OSLO = "The ship left Oslo in 1912."
PEOPLE = "She carried 40 people."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She left. [1][2] Nobody died [1].", [("She left.", (1, 2)), ("Nobody died .", (1,))]),
        ("She left.[1] Nobody died.", [("She left.", (1,)), ("Nobody died.", ())]),
        ("Line [7] of the text. [1]", [("Line [7] of the text.", (1,))]),  # 7 is no citation
        ("[1]", []),
        ("", []),
        ("It is.", []),  # of function words alone
        ("Über Köln. [2]", [("Über Köln.", (2,))]),
    ],
)
def test_statements(text: str, found: list[tuple[str, tuple[int, ...]]]) -> None:
    assert statements(text, [1, 2]) == tuple(Statement(*one) for one in found)


def test_quotes_support_what_they_hold_every_content_word_of() -> None:
    assert supports([OSLO], "It left Oslo in 1912")
    assert supports([OSLO], "leaving 1912") is False  # "leave" and "left" are other words
    assert supports([PEOPLE], "40 persons were carried") is False
    assert supports([OSLO, PEOPLE], "The ship that left Oslo carried 40 people")
    assert supports(["Der Zug nach KÖLN"], "Köln")
    assert not supports([], "Oslo")


@pytest.mark.parametrize(
    ("text", "quotes", "found"),
    [
        # one statement, borne out by its one quote
        ("The ship left Oslo.[1]", {1: OSLO}, Support(1, 1, 1, 1)),
        # it needs both quotes
        ("The ship left Oslo with 40 people.[1][2]", {1: OSLO, 2: PEOPLE}, Support(1, 1, 2, 2)),
        # the second bears nothing out, and the first does so without it
        ("The ship left Oslo.[1][2]", {1: OSLO, 2: PEOPLE}, Support(1, 1, 2, 1)),
        # either would do: both are right
        ("Left Oslo.[1][2]", {1: OSLO, 2: "They left Oslo."}, Support(1, 1, 2, 2)),
        # not borne out: neither the statement nor its citation counts
        ("The ship left Rome.[1]", {1: OSLO}, Support(1, 0, 1, 0)),
        # a statement without a citation
        ("The ship left Oslo.[1] Nobody was lost.", {1: OSLO}, Support(2, 1, 1, 1)),
        # named twice, counted once
        ("Left Oslo [1] in 1912.[1]", {1: OSLO}, Support(1, 1, 1, 1)),
        ("", {}, Support(0, 0, 0, 0)),
    ],
)
def test_support(text: str, quotes: dict[int, str], found: Support) -> None:
    assert support(text, quotes) == found
