import math

import numpy as np
import pytest

from index.bm25 import MOST, damping, frequency, rarity


def test_a_word_weighs_the_more_the_fewer_passages_hold_it():
    assert rarity(5, 2) == pytest.approx(math.log(3.5 / 2.5))
    assert rarity(1000, 0) == pytest.approx(math.log(1000.5 / 0.5))


@pytest.mark.parametrize("holders", [50, 80, 100, 120])
def test_a_word_in_half_of_the_passages_or_more_weighs_next_to_nothing(holders):
    assert rarity(100, holders) == 1e-6


def test_how_often_and_in_how_long_a_passage_by_hand():
    """k1 = 1.2, b = 0.75: once in 8 words of 4 on average is 2.2 / (1 + 1.2 (0.25 + 0.75 * 2))."""
    damped = damping(np.array([4.0, 8.0, 0.0]), 4.0)
    assert damped == pytest.approx([1.2, 2.1, 0.3])
    counted = frequency(np.array([1.0, 1.0, 0.0]), damped)
    assert counted == pytest.approx([1.0, 2.2 / 3.1, 0.0])
    assert pytest.approx(2.2) == MOST
    assert frequency(np.array([1e9]), np.array([1.2])) == pytest.approx([MOST])
