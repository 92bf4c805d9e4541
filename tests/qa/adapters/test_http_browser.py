"""The page behind the API's guards, and the description of the API, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import served
from browsing import (
    CHROMIUM,
    NAMES,
    ask,
    complaints,
    forget_logs,
    load,
    open_browser,
    requests_elsewhere,
    until,
)
from page_fakes import FakeAssistant
from selenium import webdriver

from app import build_app
from qa.serving import Token

TOKEN = "a-token-of-more-than-16-characters"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=f"no Chromium here, under any of {NAMES}"),
]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    driver = open_browser(tmp_path)
    try:
        yield driver
    finally:
        driver.quit()


def test_who_knows_the_token_asks_on_the_mounted_page_and_reads_the_description(
    browser: webdriver.Chrome,
) -> None:
    with served(FakeAssistant(), page=build_app, token=Token(TOKEN.encode())) as url:
        # Not the page itself, which cannot fetch a thing from an address with a password in it.
        browser.get(url.replace("http://", f"http://me:{TOKEN}@") + "/openapi.json")
        forget_logs(browser)
        load(browser, url)
        answer = ask(browser, "How long did the bombers fly?")
        assert "They flew for about four hours." in answer.text
        # A browser asks for the manifest without its password, which is no part of the page.
        severe = [entry["message"] for entry in complaints(browser)]
        assert [message for message in severe if "/manifest.json" not in message] == []
        browser.get(f"{url}/docs")
        until(browser, lambda: "/v1/chat/completions" in browser.page_source)
        assert requests_elsewhere(browser) == []
        assert complaints(browser) == []
        forget_logs(browser)
        browser.get("about:blank")
