"""Answering only when sure, with values worked by hand."""

from __future__ import annotations

import pytest

from eval.selective import (
    CoveragePoint,
    RiskPoint,
    aurc,
    coverage_at_risk,
    coverage_point,
    risk_coverage,
)


def test_coverage_point() -> None:
    # three of four answered, two of the three right
    point = coverage_point([True, True, True, False], [True, False, True, True])
    assert point == CoveragePoint(coverage=3 / 4, precision=2 / 3)
    assert coverage_point([False], [True]) == CoveragePoint(coverage=0.0, precision=None)
    assert coverage_point([], []) == CoveragePoint(coverage=None, precision=None)


def test_the_curve_keeps_or_drops_equally_sure_answers_together() -> None:
    # of five questions four are answered: 0.9 right; 0.7 right and wrong; 0.4 wrong
    curve = risk_coverage([0.7, 0.9, 0.4, 0.7], [True, True, False, False], questions=5)
    assert curve == (
        RiskPoint(0.9, 1 / 5, 0),
        RiskPoint(0.7, 3 / 5, 1 / 3),
        RiskPoint(0.4, 4 / 5, 2 / 4),
    )
    assert risk_coverage([], [], questions=3) == ()


def test_coverage_at_a_risk_is_the_furthest_point_that_keeps_it() -> None:
    # the risk rises to 1/2 and falls again: 1 wrong of 2, then of 20
    confidences = [1 - n / 100 for n in range(20)]
    right = [True, False] + [True] * 18
    curve = risk_coverage(confidences, right, questions=40)
    assert coverage_at_risk(curve, 0.05) == 20 / 40
    assert coverage_at_risk(curve, 0.04) == 1 / 40
    assert coverage_at_risk(risk_coverage([0.5], [False], 1), 0.05) == 0
    assert coverage_at_risk((), 0.05) == 0


def test_aurc() -> None:
    # risks of the 1, 2, 3 and 4 surest: 0, 0, 1/3, 2/4
    assert aurc([0.9, 0.8, 0.7, 0.6], [True, True, False, False]) == pytest.approx(
        (0 + 0 + 1 / 3 + 1 / 2) / 4
    )
    assert aurc([0.9], [True]) == 0
    assert aurc([], []) is None


def test_aurc_of_a_tie_is_the_mean_of_its_orders() -> None:
    # right first: (0 + 1/2) / 2; wrong first: (1 + 1/2) / 2; their mean is 1/2
    assert aurc([0.5, 0.5], [True, False]) == pytest.approx(1 / 2)
    assert aurc([0.5, 0.5], [False, True]) == pytest.approx(1 / 2)
