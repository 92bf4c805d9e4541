import pytest

from index.boxes import Box, quote_boxes
from index.types import Line, Page, Span

FIRST = Line(10, 20, 0.1, 0.2, 0.5, 0.25)
SECOND = Line(21, 25, 0.1, 0.3, 0.3, 0.35)
PAGE = Page(3, 10, 30, (FIRST, SECOND))


def boxes(start, end, page=PAGE):
    return [tuple(round(side, 6) for side in box) for box in quote_boxes(page, Span(start, end))]


def test_a_line_that_is_quoted_whole_has_its_own_box():
    assert quote_boxes(PAGE, Span(10, 20)) == [Box(0.1, 0.2, 0.5, 0.25)]
    assert boxes(5, 40) == [(0.1, 0.2, 0.5, 0.25), (0.1, 0.3, 0.3, 0.35)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (12, 20, [(0.18, 0.2, 0.5, 0.25)]),
        (10, 15, [(0.1, 0.2, 0.3, 0.25)]),
        (15, 16, [(0.3, 0.2, 0.34, 0.25)]),
        (18, 23, [(0.42, 0.2, 0.5, 0.25), (0.1, 0.3, 0.2, 0.35)]),
    ],
)
def test_a_line_that_is_quoted_in_part_has_that_share_of_its_box(start, end, expected):
    assert boxes(start, end) == expected


@pytest.mark.parametrize(("start", "end"), [(0, 10), (20, 21), (25, 30), (15, 15), (30, 40)])
def test_what_is_not_printed_on_the_page_has_no_box(start, end):
    assert boxes(start, end) == []


def test_a_page_that_does_not_know_its_lines_has_no_boxes():
    assert boxes(10, 20, Page(3, 10, 30)) == []


def test_a_line_that_runs_up_the_page_is_not_cut():
    upright = Page(1, 0, 10, (Line(0, 10, 0.9, 0.2, 0.93, 0.8),))
    assert boxes(3, 5, upright) == [(0.9, 0.2, 0.93, 0.8)]
