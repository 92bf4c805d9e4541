"""Two runs compared in pairs, with values worked by hand."""

from __future__ import annotations

import pytest

from eval.aggregates import Interval
from eval.significance import mcnemar, paired_bootstrap


def test_mcnemar() -> None:
    # 1 worse of 6 that changed: 2 * (C(6, 0) + C(6, 1)) / 2^6
    assert mcnemar(5, 1) == mcnemar(1, 5) == pytest.approx(14 / 64)
    assert mcnemar(6, 0) == pytest.approx(2 / 64)
    assert mcnemar(3, 3) == 1  # twice the tail is more than 1
    assert mcnemar(0, 0) == 1
    assert mcnemar(1000, 1200) < 1e-4


def test_the_bootstrap_is_of_pairs() -> None:
    assert paired_bootstrap([], []) is None
    # every question gains the same, however different they are
    assert paired_bootstrap([0, 0.5, 0.25], [0.5, 1, 0.75]) == Interval(0.5, 0.5)
    # 30 of 100 gain 1: 0.3 +- 1.96 * sqrt(0.3 * 0.7 / 100) = 0.3 +- 0.09
    interval = paired_bootstrap([0] * 100, [1] * 30 + [0] * 70)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.21, 0.39), abs=0.03)
    assert paired_bootstrap([0] * 100, [1] * 30 + [0] * 70) == interval
