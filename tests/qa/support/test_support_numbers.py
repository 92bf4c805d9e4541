from fractions import Fraction

import pytest

from qa.support.numbers import numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He paid 1.5 million.", {1_500_000}),
        ("twenty-seven votes to 12", {27, 12}),
        ("four thousand people", {4000}),
        ("1,450 euros at 8:15", {1450, "8:15"}),
        ("the seventh President, in the 880s", {7, 880}),
        ("two hundred and five", {200, 5}),
        ("640km of coast", {640}),
        ("one of the first", set()),
        ("two windows, three doors", {2, 3}),
    ],
)
def test_numbers_in_digits_and_words(text, found):
    assert numbers(text) == {n if isinstance(n, str) else Fraction(n) for n in found}
