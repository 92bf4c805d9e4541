"""The text metrics, with values worked by hand."""

from __future__ import annotations

import pytest

from eval.metrics import contains, exact_match, normalise, token_f1, without_markers


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Cat's nap!", "cats nap"),
        ("  an  apple\n a day ", "apple day"),
        ("Theatre, another", "theatre another"),  # articles are whole words only
        ("well-known", "wellknown"),  # as in SQuAD: punctuation goes, no space comes
        ("$3.50", "350"),
        ("“Löwe” – ﬁrst…", "löwe first"),  # Unicode marks go, a ligature is its letters
        ("Cafe\u0301", "caf\u00e9"),  # composed and decomposed are one
        ("five\u00a0hours", "five hours"),
        ("The", ""),
        ("", ""),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_exact_match_takes_any_gold_answer() -> None:
    assert exact_match("The Eiffel Tower.", ["Louvre", "eiffel tower"])
    assert not exact_match("Eiffel Tower in Paris", ["eiffel tower"])
    assert not exact_match("anything", [])


@pytest.mark.parametrize(
    ("text", "answers", "value"),
    [
        # 2 common words, 3 in the text, 2 in the answer: 2 * 2 / (3 + 2)
        ("the old Eiffel Tower", ["Eiffel Tower"], 4 / 5),
        # "new" is twice in the text and once in the answer, so common once, with "york": 2 * 2 / (3 + 2)
        ("new new york", ["new york"], 4 / 5),
        # the best of several: "ten" gives 2 * 1 / (2 + 1), "ten hours" gives 1
        ("ten hours", ["ten", "ten hours", "eleven"], 1.0),
        ("ten hours", ["ten", "eleven"], 2 / 3),
        ("red", ["blue"], 0.0),
        ("", ["blue"], 0.0),
        ("the", ["a"], 1.0),  # both normalise to nothing: equal, as in SQuAD
        ("blue", [], 0.0),
    ],
)
def test_token_f1(text: str, answers: list[str], value: float) -> None:
    assert token_f1(text, answers) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("They flew for ten hours, non-stop.", "Ten hours"),
        ("It was the United States.", "united states"),
        ("the war of 1914–1918", "1914"),
        ("the war of 1914–1918", "1914-1918"),
        ("ten hours—the longest", "ten hours"),
        ("Er wohnt in Köln.", "köln"),
        ("the «Rocket»", "Rocket"),
    ],
)
def test_contains_a_gold_answer(text: str, answer: str) -> None:
    assert contains(text, [answer])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("in 19120", "1912"),  # whole words only
        ("11.5 hours", "5"),
        ("hours of ten", "ten hours"),  # in that order, in a row
        ("Whatever the case", "the"),  # an answer of nothing is never held
        ("", "1912"),
    ],
)
def test_does_not_contain(text: str, answer: str) -> None:
    assert not contains(text, [answer])


def test_markers_are_no_answers() -> None:
    assert without_markers("He had two.[1] See [7].", [1]) == "He had two.  See [7]."
    assert not contains(without_markers("He had two.[1]", [1]), ["1"])
    assert contains(without_markers("He had two[1][2].", [1, 2]), ["two"])
