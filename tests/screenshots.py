"""Pictures of the page's main states, at three widths, light and dark: make screenshots [OUT=folder].

Over the seed document and a small PDF, with the real reader.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from browsing import ask, click, load, open_browser, ready, served, sized, texts, until, wait
from pdf_making import lines, make_pdf
from selenium import webdriver

from qa import Assistant, Settings

SEEDS = Path(__file__).parent.parent / "seeds"
SIZES = {390: 844, 1024: 768, 1440: 900}


def states(browser: webdriver.Chrome) -> Iterator[str]:
    """The names of the states, each reached when its name is given."""
    until(browser, lambda: texts(browser, ".cw-example"))
    yield "welcome"
    ask(browser, "How long did the bombers fly over the Barents Sea?")
    ask(browser, "What does Poland say about NATO's budget for submarines?")
    yield "refusal"
    ask(browser, "Why did Poland close its border?")
    yield "answer"
    click(browser, "a.cw-cite")
    wait(browser, ".cw-lit mark")
    yield "passage"
    click(browser, ".cw-lit .cw-open")
    wait(browser, "#cw-view .cw-text mark")
    yield "document"
    click(browser, "#cw-close")
    ask(browser, "When was the lighthouse of Alnes built?")
    click(browser, "#cw-sources section:not([hidden]) .cw-open")
    wait(browser, "#cw-view .cw-box")
    yield "pdf"
    click(browser, "#cw-close")
    click(browser, "[data-view='documents']")
    wait(browser, "#cw-table tbody tr", 3)
    yield "documents"
    click(browser, "[data-view='ask']")
    click(browser, "#cw-side-toggle")
    yield "conversations"


def take(browser: webdriver.Chrome, url: str, out: Path, tell: Callable[[str], None]) -> None:
    for width, height in SIZES.items():
        for theme in ("light", "dark"):
            with sized(browser, width, height):
                load(browser, url)
                browser.execute_script(
                    "localStorage.setItem('citewise/theme', arguments[0])", theme
                )
                browser.refresh()
                ready(browser)
                for state in states(browser):
                    settle(browser)
                    file = out / f"{state}-{width}-{theme}.png"
                    browser.save_screenshot(str(file))
                    tell(file.name)


def settle(browser: webdriver.Chrome) -> None:
    """Wait until nothing moves: scrolling is smooth, and what opens fades in."""
    browser.execute_async_script(
        """
        let last = "", same = 0;
        const done = arguments[0];
        const look = () => {
          const now = ["#cw-panel", "#cw-chat [role=log]"].map(
            (each) => document.querySelector(each)?.scrollTop).join();
          same = now === last ? same + 1 : 0;
          last = now;
          if (same > 5) done(); else setTimeout(look, 60);
        };
        look();
        """
    )


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "papers")
        folder.mkdir()
        for file in SEEDS.glob("*.txt"):
            shutil.copy(file, folder)
        page = lines(
            "The lighthouse of Alnes",
            "The lighthouse of Alnes was built in 1853 by fishermen.",
            "Its lamp burned colza oil until 1876.",
        )
        (folder / "lighthouse.pdf").write_bytes(make_pdf(lines("A guide to Alnes"), page))
        (folder / "scan.pdf").write_bytes(make_pdf(lines()))
        browser = open_browser(Path(scratch, "profile"))
        try:
            settings = Settings(home=Path(scratch, "home"))
            with Assistant.open(folder, settings) as assistant:
                assistant.follow()
                with served(assistant) as url:
                    take(browser, url, out, print)
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
