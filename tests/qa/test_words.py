import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.words import content_words, cover, stem, word_pairs, words

ROOT = Path(__file__).parents[2]


def test_words_are_lower_case_and_lose_possessives():
    assert words("Belarus’s leader didn’t FLY; it's Poland's 3.5") == [
        "belarus", "leader", "didn't", "fly", "it", "poland", "3", "5",
    ]  # fmt: skip


def test_pairs_hold_a_content_word_and_come_once():
    assert word_pairs("Was Tesla's laboratory in the laboratory in New York?") == [
        "was tesla's", "tesla's laboratory", "laboratory in", "the laboratory", "in new", "new york",
    ]  # fmt: skip
    assert word_pairs("Tesla") == word_pairs("of the") == word_pairs("") == []


def test_content_words_are_distinct_and_keep_their_order():
    assert content_words("How long did the bombers fly, and did the bombers land?") == [
        "long",
        "bombers",
        "fly",
        "land",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("bombers", "bomber"), ("missions", "mission"), ("closed", "close"), ("flying", "fly")],
)
def test_forms_of_a_word_share_a_stem(one, other):
    assert stem(one) == stem(other)


def test_short_words_are_left_alone():
    assert stem("bed") == "bed"
    assert stem("us") == "us"


def test_cover_by_hand():
    # Stems asked: "red" in one of two texts, weight log(1 + 2/2); "boat" in none, log(1 + 2/1).
    red, boat = math.log(2), math.log(3)
    assert cover("Which red boats?", ["The red car.", "A car."]) == [
        pytest.approx(red / (red + boat)),
        0.0,
    ]


def test_a_question_without_content_words_covers_nothing():
    assert cover("Who was it?", ["It was her."]) == [0.0]


def test_cover_does_not_depend_on_the_process():
    """Sets of words are in another order in each, and sums of floats depend on the order."""
    program = (
        "from qa.words import cover\n"
        "words = [chr(97 + n) * 3 for n in range(20)]\n"
        "texts = [' '.join(words[n::n]) for n in range(1, 9)]\n"
        "print(cover(' '.join(words), texts))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1
