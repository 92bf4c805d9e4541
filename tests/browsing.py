"""A real Chromium from which no other machine can be reached, and what is done with it on the page."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

import app

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PATIENCE = 60
FINISHED = ".cw-answer:not(.cw-writing)"


@contextmanager
def served(assistant: Any, *visitors: webdriver.Chrome) -> Iterator[str]:
    """The address of the page over `assistant`; before it closes, the visitors leave."""
    page = app.build_app(assistant)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True)
    try:
        yield url
        for visitor in visitors:
            visitor.get("about:blank")
    finally:
        page.close(verbose=False)


def open_browser(profile: Path) -> webdriver.Chrome:
    """A browser with a profile of its own."""
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
        "--window-size=1440,900",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"--user-data-dir={profile}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    browser.get("about:blank")
    forget_logs(browser)  # of the browser's own first page
    return browser


def forget_logs(browser: webdriver.Chrome) -> None:
    for log in ("performance", "browser"):
        browser.get_log(log)


def requests_elsewhere(browser: webdriver.Chrome) -> list[str]:
    """What was asked of other machines since the logs were forgotten; something must have been asked."""
    requested = [
        urlsplit(message["params"]["request"]["url"])
        for entry in browser.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"]
        == "Network.requestWillBeSent"
    ]
    assert requested
    return [
        url.geturl()
        for url in requested
        if url.hostname != "127.0.0.1" and url.scheme not in {"data", "blob"}
    ]


def complaints(browser: webdriver.Chrome) -> list[Any]:
    """What the browser's console calls severe."""
    return [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


@contextmanager
def sized(browser: webdriver.Chrome, width: int, height: int = 844) -> Iterator[None]:
    """The page as a window of that size shows it; a narrow one is a telephone's."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def load(browser: webdriver.Chrome, url: str) -> None:
    """Open the page, as one who was never there, and wait until it can be used."""
    parts = urlsplit(url)
    # Not by a script on the page: a page that is left while it loads may complain.
    browser.execute_cdp_cmd(
        "Storage.clearDataForOrigin",
        {"origin": f"{parts.scheme}://{parts.netloc}", "storageTypes": "all"},
    )
    browser.get(url)
    ready(browser)


def ready(browser: webdriver.Chrome) -> None:
    """Wait until the page can be used."""
    until(browser, lambda: find(browser, "#cw-page[data-view]") and find(browser, "#cw-hello h2"))


def until(browser: webdriver.Chrome, there: Callable[[], Any], what: str = "") -> Any:
    """What `there` gives, once it gives something."""
    # What is looked at may be replaced by the page in the same moment.
    ignored = (StaleElementReferenceException,)
    try:
        return WebDriverWait(browser, PATIENCE, 0.05, ignored).until(lambda _: there(), what)
    except TimeoutException as error:
        seen = browser.execute_script("return document.body.innerText")
        raise AssertionError(f"{what or 'it'} did not come; the page says: {seen}") from error


def find(browser: webdriver.Chrome, selector: str) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, selector)


def wait(browser: webdriver.Chrome, selector: str, count: int = 1) -> WebElement:
    """The last of at least `count` elements that can be seen."""

    def there() -> WebElement | None:
        seen = [element for element in find(browser, selector) if element.is_displayed()]
        return seen[-1] if len(seen) >= count else None

    return until(browser, there, f"no {count} of {selector}")


def texts(browser: webdriver.Chrome, selector: str) -> list[str]:
    """The texts of what can be seen, all taken at the same moment."""
    script = (
        "return [...document.querySelectorAll(arguments[0])].filter(e => e.offsetParent !== null)"
        ".map(e => e.innerText.replaceAll('\\u00a0', ' '))"
    )
    return list(browser.execute_script(script, selector))


def click(browser: webdriver.Chrome, selector: str) -> None:
    """A click on the last such element, seen or not: some show only where the mouse is."""
    until(browser, lambda: find(browser, selector), f"no {selector}")
    browser.execute_script("[...document.querySelectorAll(arguments[0])].at(-1).click()", selector)


def type_question(browser: webdriver.Chrome, question: str) -> None:
    wait(browser, "#cw-box textarea").send_keys(question, Keys.ENTER)


def ask(browser: webdriver.Chrome, question: str) -> WebElement:
    """Ask, and wait for the finished answer."""
    before = len(find(browser, FINISHED))
    type_question(browser, question)
    until(
        browser, lambda: not find(browser, ".cw-writing") and len(find(browser, FINISHED)) > before
    )
    return wait(browser, FINISHED)
