"""The page as a visitor meets it, in a real Chromium from which no other machine can be reached."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from page_fakes import HOSTILE, QUOTE, FakeAssistant
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

import app
from qa import Assistant, Settings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
SEEDS = Path(__file__).parent.parent / "seeds"
PATIENCE = 60

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=f"no Chromium here, under any of {NAMES}"),
]


@contextmanager
def served(assistant: Any) -> Iterator[str]:
    page = app.build_app(assistant)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True)
    try:
        yield url
    finally:
        page.close(verbose=False)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("papers")
    for file in SEEDS.glob("*.txt"):
        shutil.copy(file, folder)
    with Assistant.open(folder, Settings(home=tmp_path_factory.mktemp("home"))) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def real(seeds: Assistant) -> Iterator[str]:
    with served(seeds) as url:
        yield url


@pytest.fixture(scope="module")
def fake() -> Iterator[str]:
    with served(FakeAssistant()) as url:
        yield url


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in (
        "--headless=new",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser; whatever a test did, no request may have been meant for another machine."""
    chromium.get("about:blank")
    for log in ("performance", "browser"):
        chromium.get_log(log)
    yield chromium
    requested = [
        urlsplit(message["params"]["request"]["url"])
        for entry in chromium.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"]
        == "Network.requestWillBeSent"
    ]
    assert requested
    elsewhere = [
        url.geturl()
        for url in requested
        if url.hostname != "127.0.0.1" and url.scheme not in {"data", "blob"}
    ]
    assert elsewhere == []
    severe = [entry for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def find(browser: webdriver.Chrome, selector: str) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, selector)


def wait(browser: webdriver.Chrome, selector: str, count: int = 1) -> WebElement:
    """The last of at least `count` elements that can be seen."""

    def there(_: object) -> WebElement | None:
        seen = [element for element in find(browser, selector) if element.is_displayed()]
        return seen[-1] if len(seen) >= count else None

    return WebDriverWait(browser, PATIENCE).until(there, f"no {count} of {selector}")


def ask(browser: webdriver.Chrome, question: str) -> WebElement:
    """Ask, and wait for the finished answer."""
    finished = ".cw-answer:has(.cw-meta), .cw-refusal, .cw-notice"
    before = len(find(browser, finished))
    wait(browser, "#cw-box textarea").send_keys(question, Keys.ENTER)
    return wait(browser, finished, before + 1)


def test_an_answer_from_the_seeds_leads_to_the_words_it_rests_on(
    browser: webdriver.Chrome, real: str, seeds: Assistant
) -> None:
    browser.get(real)
    answer = ask(browser, "How long did the bombers fly over the Barents Sea?")
    assert "about four hours" in answer.text
    answer.find_element(By.LINK_TEXT, "[1]").click()
    passage = wait(browser, "#cw-panel .cw-card.cw-lit")
    marked = passage.find_element(By.TAG_NAME, "mark").text
    assert "about four hours" in marked
    document = seeds.document(seeds.document_ids()[0])
    assert " ".join(marked.split()) in " ".join(document.text.split())
    assert document.id in passage.text


def test_a_suggested_question_is_asked_by_choosing_it(browser: webdriver.Chrome, real: str) -> None:
    browser.get(real)
    suggestion = wait(browser, "#cw-chat .example")
    question = suggestion.text
    suggestion.click()
    assert wait(browser, ".cw-question").text == question
    wait(browser, ".cw-answer .cw-meta")


def test_what_the_documents_do_not_hold_is_said_apart(browser: webdriver.Chrome, fake: str) -> None:
    browser.get(fake)
    refusal = ask(browser, "What is the capital of France?")
    assert "Not in your documents" in refusal.text
    panel = wait(browser, "#cw-panel")
    assert "Nearest passages" in panel.text
    assert find(browser, "#cw-panel mark") == []


def test_markers_of_older_answers_bring_back_their_passages(
    browser: webdriver.Chrome, fake: str
) -> None:
    browser.get(fake)
    first = ask(browser, "How long did the bombers fly?")
    second = ask(browser, "How were they escorted?")
    assert "Understood as: How were the bombers escorted?" in second.text
    assert wait(browser, "#cw-panel mark").text == "fighter jets"
    first.find_element(By.LINK_TEXT, "[1]").click()
    assert wait(browser, "#cw-panel .cw-lit mark").text == QUOTE
    assert len([card for card in find(browser, ".cw-card") if card.is_displayed()]) == 1


def test_markers_and_cards_answer_to_the_keyboard(browser: webdriver.Chrome, fake: str) -> None:
    browser.get(fake)
    marker = ask(browser, "How long did the bombers fly?").find_element(By.LINK_TEXT, "[1]")
    marker.send_keys(Keys.ENTER)
    card = wait(browser, ".cw-card.cw-lit")
    assert browser.switch_to.active_element == card
    assert "cw-lit" in str(marker.get_attribute("class"))
    browser.execute_script("arguments[0].classList.remove('cw-lit')", card)
    card.send_keys(Keys.ENTER)
    wait(browser, ".cw-card.cw-lit")


def test_hostile_text_is_shown_and_does_nothing(browser: webdriver.Chrome, fake: str) -> None:
    browser.get(fake)
    line = HOSTILE.replace("\n", " ")
    answer = ask(browser, f"hostile {line}")
    shown = " ".join(line.split())
    for element in (answer, wait(browser, ".cw-question"), wait(browser, ".cw-card")):
        assert shown in " ".join(element.text.split())
    assert wait(browser, ".cw-card mark").text
    inside = "#cw-chat .message-wrap {0}, #cw-panel {0}, #cw-top {0}"
    for element_name in ("img", "script", "code", ".katex", "a:not(.cw-cite)", "b", "iframe"):
        assert find(browser, inside.format(element_name)) == []
    # An alert would have made every call since then fail.
    assert "<b>papers" in wait(browser, "#cw-top").text


def test_failures_and_empty_questions_are_put_kindly(browser: webdriver.Chrome, fake: str) -> None:
    browser.get(fake)
    assert ask(browser, "Is it broken?").text == "Something went wrong; the log says more."
    box = wait(browser, "#cw-box textarea")
    box.send_keys(Keys.ENTER)
    assert wait(browser, ".cw-nudge").text == "Type a question first."


def test_a_new_conversation_is_empty_and_so_is_another_visitors(
    browser: webdriver.Chrome, fake: str
) -> None:
    browser.get(fake)
    ask(browser, "How long did the bombers fly?")
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(fake)
    wait(browser, "#cw-chat .example")
    assert find(browser, ".cw-question, .cw-card") == []
    browser.close()
    browser.switch_to.window(first)
    wait(browser, "#cw-clear").click()
    wait(browser, "#cw-chat .example")
    assert find(browser, ".cw-question, .cw-card") == []


def test_a_new_conversation_ends_the_answer_being_written(
    browser: webdriver.Chrome, fake: str
) -> None:
    browser.get(fake)
    wait(browser, "#cw-box textarea").send_keys("Say it slowly", Keys.ENTER)
    WebDriverWait(browser, PATIENCE).until(lambda _: "They" in wait(browser, ".cw-answer").text)
    wait(browser, "#cw-clear").click()
    wait(browser, "#cw-chat .example")
    time.sleep(1)  # what is left of the stopped answer must not write over the empty page
    assert find(browser, ".cw-question, .cw-answer") == []
    assert wait(browser, "#cw-chat .example").is_displayed()


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_sticks_out_at_any_width(browser: webdriver.Chrome, fake: str, width: int) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(fake)
        ask(browser, f"hostile {'x' * 200}")
        assert browser.execute_script("return document.documentElement.scrollWidth") == width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
