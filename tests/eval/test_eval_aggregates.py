"""The aggregates, with values worked by hand."""

from __future__ import annotations

import pytest

from eval.aggregates import (
    ReliabilityBin,
    auroc,
    bootstrap_interval,
    expected_calibration_error,
    false_answer_rate,
    false_refusal_rate,
    mean,
    percentile,
    ratio,
    ratio_interval,
    reliability,
    statistic_interval,
)


def test_mean() -> None:
    assert mean([True, False, True, True]) == 0.75
    assert mean([]) is None


def test_false_answers_and_false_refusals() -> None:
    answered = [True, False, True, False, True]
    answerable = [True, True, True, False, False]
    # two unanswerable, one of them answered; three answerable, one of them refused
    assert false_answer_rate(answered, answerable) == 1 / 2
    assert false_refusal_rate(answered, answerable) == 1 / 3
    assert false_answer_rate([True], [True]) is None
    assert false_refusal_rate([True], [False]) is None


@pytest.mark.parametrize(
    ("scores", "positive", "value"),
    [
        ([0.9, 0.8, 0.1], [True, True, False], 1.0),
        ([0.1, 0.9], [True, False], 0.0),
        # pairs (positive, negative): 0.8>0.5 counts 1, 0.8>0.2 1, 0.5=0.5 a half, 0.5>0.2 1: 3.5 / 4
        ([0.8, 0.5, 0.5, 0.2], [True, True, False, False], 3.5 / 4),
        ([0.5, 0.5, 0.5], [True, False, True], 0.5),
        ([0.5, 0.9], [True, True], None),
        ([], [], None),
    ],
)
def test_auroc(scores: list[float], positive: list[bool], value: float | None) -> None:
    assert auroc(scores, positive) == value


def test_expected_calibration_error() -> None:
    # bin [0.9, 1.0]: 0.9 and 1.0, mean 0.95, half right: gap 0.45, weight 2/4
    # bin [0.3, 0.4): 0.3 wrong: gap 0.3, weight 1/4; bin [0.0, 0.1): 0.0 wrong: gap 0
    error = expected_calibration_error([0.9, 1.0, 0.3, 0.0], [True, False, False, False])
    assert error == pytest.approx(0.45 * 2 / 4 + 0.3 / 4)
    assert expected_calibration_error([], []) is None


def test_reliability() -> None:
    bins = reliability([0.9, 1.0, 0.35, 0.0], [True, False, False, False])
    assert bins == (
        ReliabilityBin(0.0, 0.1, 1, 0.0, 0.0),
        ReliabilityBin(0.3, 0.4, 1, 0.35, 0.0),
        ReliabilityBin(0.9, 1.0, 2, 0.95, 0.5),
    )
    assert reliability([], []) == ()


def test_calibration_gaps_cancel_within_a_bin_only() -> None:
    # one bin, mean confidence 0.55, half right: 0.05; in two bins, 0.5 and 0.4 are apart
    assert expected_calibration_error([0.55, 0.55], [True, False]) == pytest.approx(0.05)
    assert expected_calibration_error([0.5, 0.4], [True, False]) == pytest.approx(0.45)


def test_percentile() -> None:
    # of four values p50 lies halfway from the second to the third, p95 at 0.95 * 3 = 2.85
    assert percentile([4, 1, 3, 2], 50) == 2.5
    assert percentile([4, 1, 3, 2], 95) == pytest.approx(3.85)
    assert percentile([7], 95) == 7
    assert percentile([], 50) is None


def test_bootstrap_interval() -> None:
    values = [1.0] * 80 + [0.0] * 20
    interval = bootstrap_interval(values)
    assert interval is not None
    # normal approximation: 0.8 +- 1.96 * sqrt(0.8 * 0.2 / 100) = 0.8 +- 0.078
    assert interval.low == pytest.approx(0.722, abs=0.03)
    assert interval.high == pytest.approx(0.878, abs=0.03)
    assert bootstrap_interval(values) == interval
    assert bootstrap_interval([]) is None


def test_bootstrap_of_equal_values_has_no_width() -> None:
    interval = bootstrap_interval([1, 1, 1])
    assert interval is not None
    assert (interval.low, interval.high) == (1.0, 1.0)


def test_a_ratio_weighs_answers_by_what_they_hold() -> None:
    assert ratio([1, 0], [3, 1]) == 1 / 4
    assert ratio([0], [0]) is None
    assert ratio([], []) is None


def test_the_interval_of_a_ratio() -> None:
    # The normal approximation of a share over 2,000 like parts: 0.5 ± 1.96 * 0.5 / sqrt(2000).
    between = ratio_interval([2, 0] * 1000, [2] * 2000)
    assert between is not None
    assert (between.low, between.high) == pytest.approx((0.478, 0.522), abs=0.004)
    # What has no parts changes nothing, and samples of nothing else are left out.
    only = ratio_interval([1, 0, 0], [1, 0, 0])
    assert only is not None
    assert (only.low, only.high) == (1, 1)
    assert ratio_interval([0], [0]) is None
    assert ratio_interval([], []) is None


def test_the_interval_of_a_statistic() -> None:
    scores, right = [0.9, 0.8, 0.7, 0.2] * 50, [True, False, True, False] * 50
    between = statistic_interval(auroc, scores, right)
    exact = auroc(scores, right)
    assert between is not None
    assert exact == 0.75
    assert 0.66 < between.low < exact < between.high < 0.84
    assert between == statistic_interval(auroc, scores, right)
    perfect = statistic_interval(auroc, [0.9, 0.1], [True, False])
    assert perfect is not None  # samples of one kind alone say nothing
    assert (perfect.low, perfect.high) == (1, 1)
    assert statistic_interval(auroc, [0.9], [True]) is None
