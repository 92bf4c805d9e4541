"""The report as a page: right, inert whatever the documents say, and opened in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from browsing import CHROMIUM, NAMES, complaints, find, forget_logs, open_browser, sized, texts
from eval_fakes import (
    TEXT,
    FakeAssistant,
    answer,
    citation,
    example,
    hits,
    refusal,
    text_of,
    unanswerable,
)
from selenium import webdriver
from selenium.webdriver.common.by import By

from eval.aggregates import Interval
from eval.comparison import Change, Comparison
from eval.html import charts, markup
from eval.html.page import page
from eval.html.questions import verdict
from eval.run import Run, evaluate
from eval.selective import RiskPoint
from qa import Citation, Turn

HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "</script></style></title>\"'><svg onload=alert(1)>&lt; https://evil.example/x.png \u202egnp\x00"
)
ROOT = Path(__file__).parents[2]
PROVENANCE = {
    "citewise": "1",
    "commit": "abcdef0123456789",
    "dataset": {"name": HOSTILE, "sha256": "0"},
    "documents": {"count": 1, "sha256": "0"},
    "settings": {"model": HOSTILE},
    "judge": {"name": HOSTILE, "sentences": 87, "accuracy": 0.75},
}
COST = {"started": "2026-01-01T00:00:00+00:00", "seconds": 1.0, "peak_memory_bytes": 1024**2}
CITED = citation("The ship left Oslo in 1912.")


def a_run() -> Run:
    """One of each verdict; the falsely answered one is hostile in every word."""
    nowhere = Citation(1, HOSTILE, "Ship", None, 0, len(HOSTILE), HOSTILE)
    answers = {
        "1": answer("In 1912.[1]", "1912", [CITED], hits("Oslo in 1912. She carried 40"), 0.9),
        "2": refusal(0.2),
        "3": answer("In 1899.[1]", "1899", [CITED], hits(CITED.quote), 0.6),
        "4": answer("1912", "1912", [nowhere], hits("Nobody"), 0.5),
        HOSTILE: answer(f"{HOSTILE} [1]", HOSTILE, [nowhere], hits("Nobody"), 0.7),
        "6": refusal(0.1),
    }
    history = (Turn("user", HOSTILE), Turn("assistant", "Yes."))
    examples = [
        example("a", question="1"),
        example("b", question="2", answers=(HOSTILE, "x")),
        example("c", question="3", history=history),
        example("d", question="4"),
        replace(unanswerable(HOSTILE, kind=HOSTILE), question=HOSTILE),
        unanswerable("f", question="6"),
    ]
    return evaluate(FakeAssistant(answers), examples)


def compared() -> Comparison:
    change = Change("a", HOSTILE, HOSTILE, HOSTILE)
    interval = Interval(-0.1, 0.1)
    return Comparison(HOSTILE, 6, (change,), (), 0.5, 0.1, interval, 0.1, interval, (HOSTILE,))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(page(a_run(), text_of, PROVENANCE, COST, compared()), encoding="utf-8")
    return file


def test_a_verdict_for_each_way_to_be_right_or_wrong() -> None:
    assert [verdict(p) for p in a_run().predictions] == [
        "right",
        "falsely refused",
        "wrong answer",
        "wrong citation",
        "falsely answered",
        "rightly refused",
    ]


def test_no_text_becomes_markup(report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    assert html.count("<script") == html.count("</script>") == 1
    assert html.count("<style") == html.count("</style>") == 1
    assert "<img" not in html
    assert "onload=alert(1)&gt;" in html
    assert not re.search("[\x00\u202e]", html)
    assert "default-src 'none'; style-src 'sha256-" in html


def test_escaping() -> None:
    assert markup.escape("a < b & \"c\" 'd'\n") == "a &lt; b &amp; &quot;c&quot; &#x27;d&#x27;\n"
    assert markup.escape("x\u202ey\ud800z\u3000") == "x\ufffdy\ufffdz "


def test_what_is_cited_and_what_is_evidence_are_marked(report: Path) -> None:
    html = report.read_text(encoding="utf-8")
    # the passage begins within the quote that is evidence and cited, and goes beyond it
    assert TEXT.startswith("The ship left Oslo in 1912. She carried 40")
    assert (
        '<p class="passage"><mark class="quote gold">Oslo in 1912.</mark> She carried 40</p>'
        in html
    )


def test_the_curve_is_where_the_points_are() -> None:
    svg = charts.risk_coverage([RiskPoint(0.9, 0.5, 0.0), RiskPoint(0.8, 1.0, 0.25)])
    (path,) = re.findall('class="line" d="([^"]*)"', svg)
    (x1, y1), (x2, y2) = (point.split(",") for point in path.removeprefix("M").split(" L"))
    (level,) = re.findall(r'y1="([\d.]+)" y2="\1"/><text[^>]*>0 %', svg)
    assert y1 == level  # no risk lies on the axis
    assert float(x2) - 46 == pytest.approx(2 * (float(x1) - 46), abs=0.2)
    assert float(y2) < float(y1)
    assert 'd=""' in charts.risk_coverage([])


def test_the_colours_are_the_pages() -> None:
    """One set of colours, light and dark, in two files that are served apart."""

    def colours(file: str, dark: str) -> list[list[tuple[str, str]]]:
        text = (ROOT / file).read_text(encoding="utf-8")
        light, _, rest = text.partition(dark)
        found = (re.findall(r"(--cw-\w[\w-]*): (#\w+);", part) for part in (light, rest))
        return [sorted(one) for one in found]

    ours = colours("eval/html/static/report.css", "@media (prefers-color-scheme: dark)")
    assert ours == colours("qa/page/static/base.css", "\n.dark {")
    assert all(ours)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    if CHROMIUM is None:
        pytest.skip(f"no Chromium here, under any of {NAMES}")
    browser = open_browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.mark.browser
def test_in_a_browser(browser: webdriver.Chrome, report: Path) -> None:
    forget_logs(browser)
    browser.get(report.as_uri())
    assert browser.title == f"{markup_free(HOSTILE)} · Citewise evaluation"
    messages = [json.loads(e["message"])["message"] for e in browser.get_log("performance")]
    requested = [m for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [m["params"]["request"]["url"] for m in requested] == [report.as_uri()]
    assert complaints(browser) == []
    assert find(browser, "img, iframe, link, object") == []

    assert len(find(browser, ".question:not([hidden])")) == 6
    for name, ids in (
        ("wrong", ["2", "3", "4", markup_free(HOSTILE)]),
        ("falsely-refused", ["2"]),
        ("falsely-answered", [markup_free(HOSTILE)]),
        ("wrong-citation", ["4", markup_free(HOSTILE)]),
        ("better", ["1"]),
    ):
        browser.find_element(By.CSS_SELECTOR, f"[data-filter='{name}']").click()
        assert texts(browser, ".question .asked") == ids
        (count,) = texts(browser, f"[data-filter='{name}'] span")
        assert count == str(len(ids))

    browser.find_element(By.CSS_SELECTOR, "[data-filter='all']").click()
    search = browser.find_element(By.CSS_SELECTOR, "input[type='search']")
    search.send_keys("in 1899")
    assert texts(browser, ".question .asked") == ["3"]
    browser.find_element(By.CSS_SELECTOR, ".question:not([hidden]) summary").click()
    assert texts(browser, ".question[open] h3")[:3] == ["Before it", "Understood as", "Wanted"]
    assert "In 1899.[1]" in texts(browser, ".question[open] .said")[0]
    search.send_keys(" nowhere")
    assert texts(browser, ".none") == ["No question is of this kind."]


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_window(
    browser: webdriver.Chrome, report: Path, width: int
) -> None:
    with sized(browser, width):
        browser.get(report.as_uri())
        browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")
        wide = browser.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide == 0


def markup_free(text: str) -> str:
    """The text as a browser gives it back."""
    return text.replace("\u202e", "\ufffd").replace("\x00", "\ufffd")
