"""`make bench-page` asks the page that there is."""

from __future__ import annotations

import re

import pytest
from bench_page import many_visitors
from browsing import served
from page_fakes import FakeAssistant


def test_visitors_without_a_browser_are_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assistant = FakeAssistant()
    with served(assistant) as url:
        assert many_visitors(url, visitors=2, seconds=0.3) == 0
    told = re.match(
        r"2 visitors for 0\.3 s: (\d+) answers, .* 0 faults\n$", capsys.readouterr().out
    )
    assert told
    assert len(assistant.heard) == int(told[1]) >= 2
