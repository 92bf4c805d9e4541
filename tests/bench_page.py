"""How soon the page can be used and answers, and what many visitors at once get: make bench-page.

python tests/bench_page.py [--visitors 16] [--seconds 60] [--repeats 15]

The page runs in a process of its own over the seed document, with the real reader. One browser measures
what one visitor waits for. Then visitors without a browser ask over HTTP, as the page's script does, each
the next question as soon as the last is answered.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from browsing import open_browser, ready, until
from selenium import webdriver

SEEDS = Path(__file__).parent.parent / "seeds"
QUESTIONS = (
    "How long did the bombers fly over the Barents Sea?",
    "Why did Poland close its border?",
    "Who observed the exercises?",
    "Who is Viktor Khrenin?",
    "What is the capital of France?",
    "Which aircraft escorted the bombers?",
)
# In the browser, from the moment of sending: when the first piece of the answer was there, and all of it.
TIMED = """
const done = arguments[1];
const box = document.querySelector("#cw-box textarea");
box.value = arguments[0];
box.dispatchEvent(new Event("input", {bubbles: true}));
setTimeout(() => {
  const before = document.querySelectorAll(".cw-answer:not(.cw-writing)").length;
  const began = performance.now();
  let first = null;
  const look = () => {
    const writing = document.querySelector(".cw-writing > p:not(.cw-reading)");
    const all = document.querySelectorAll(".cw-answer:not(.cw-writing)").length > before;
    if (first === null && (writing || all)) first = performance.now() - began;
    if (all) done([first, performance.now() - began]); else requestAnimationFrame(look);
  };
  document.querySelector("#cw-box .submit-button").click();
  look();
}, 60);
"""


@contextmanager
def page(scratch: Path) -> Iterator[str]:
    """The address of the page, served as its door does."""
    folder = scratch / "papers"
    folder.mkdir()
    for file in SEEDS.glob("*.txt"):
        shutil.copy(file, folder)
    process = subprocess.Popen(
        [sys.executable, "-u", "app.py", str(folder)],
        cwd=SEEDS.parent,
        env={**os.environ, "CITEWISE_HOME": str(scratch / "home")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        for line in process.stdout:
            if found := re.search(r"http://\S+\d", line):
                yield found[0]
                return
        raise SystemExit("the page does not start")
    finally:
        process.terminate()
        process.wait()


def one_visitor(browser: webdriver.Chrome, url: str, repeats: int) -> None:
    """What one visitor waits for, in milliseconds."""
    painted, usable, first, full = [], [], [], []
    script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
    for _ in range(repeats):
        browser.get("about:blank")
        began = time.perf_counter()
        browser.get(url)
        ready(browser)
        usable.append(1000 * (time.perf_counter() - began))
        painted.append(until(browser, lambda: browser.execute_script(script)))
    for position in range(2 * repeats):
        question = QUESTIONS[position % len(QUESTIONS)]
        one, all_of_it = browser.execute_async_script(TIMED, question)
        first.append(one)
        full.append(all_of_it)
    for name, values in (
        ("first paint", painted),
        ("usable", usable),
        ("first piece of an answer", first),
        ("the full answer", full),
    ):
        print(f"one visitor, {name}: {spread(values)}", flush=True)


class Visitor(threading.Thread):
    """Asks one question after the other until the time is up; `waits` are in milliseconds."""

    def __init__(self, url: str, config: dict[str, Any], end: float, number: int) -> None:
        super().__init__()
        self.url, self.end, self.number = url, end, number
        parts = {item["id"]: item["props"] for item in config["components"]}
        (button,) = (id_ for id_, props in parts.items() if props.get("elem_id") == "cw-ask")
        (asks,) = (item for item in config["dependencies"] if [button, "click"] in item["targets"])
        self.function = asks["id"]
        self.fields = [parts[id_].get("label") for id_ in asks["inputs"]]
        self.prefix = config.get("api_prefix", "/gradio_api")
        self.waits: list[float] = []
        self.faults: list[str] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.url + self.prefix, timeout=120) as client:
            asked = 0
            while time.perf_counter() < self.end:
                question = QUESTIONS[(self.number + asked) % len(QUESTIONS)]
                began = time.perf_counter()
                try:
                    self.ask(client, question)
                    self.waits.append(1000 * (time.perf_counter() - began))
                except (httpx.HTTPError, AssertionError) as error:
                    self.faults.append(f"{type(error).__name__}: {error}")
                asked += 1

    def ask(self, client: httpx.Client, question: str) -> None:
        session = uuid.uuid4().hex
        ticket = f"ticket-{session}"
        given = {"Your question": question, "Ticket of the question": ticket}
        body = {
            "data": [given.get(field, "") for field in self.fields],
            "fn_index": self.function,
            "session_hash": session,
            "trigger_id": None,
        }
        client.post("/queue/join", json=body).raise_for_status()
        text = ""
        with client.stream("GET", "/queue/data", params={"session_hash": session}) as events:
            for line in events.iter_lines():
                if not line.startswith("data:"):
                    continue
                text += line
                message = json.loads(line[len("data:") :])
                if message["msg"] == "process_completed":
                    assert message["success"], line[:300]
                    break
                assert message["msg"] != "unexpected_error", line[:300]
        assert ticket in text, "no answer came back"


def many_visitors(url: str, visitors: int, seconds: float) -> int:
    """What visitors get who all ask at once; how many faults there were."""
    url = url.rstrip("/")
    config = httpx.get(f"{url}/config").json()
    end = time.perf_counter() + seconds
    crowd = [Visitor(url, config, end, number) for number in range(visitors)]
    for visitor in crowd:
        visitor.start()
    for visitor in crowd:
        visitor.join()
    waits = [wait for visitor in crowd for wait in visitor.waits]
    faults = [fault for visitor in crowd for fault in visitor.faults]
    ordered = sorted(waits)
    print(
        f"{visitors} visitors for {seconds:g} s: {len(waits)} answers, median "
        f"{statistics.median(ordered):.0f} ms, p95 {ordered[int(0.95 * len(ordered))]:.0f} ms, "
        f"longest {ordered[-1]:.0f} ms, {len(faults)} faults"
    )
    for fault in sorted(set(faults))[:10]:
        print(f"  {fault}")
    return len(faults)


def spread(values: list[float]) -> str:
    return (
        f"median {statistics.median(values):.0f} ms "
        f"({min(values):.0f} to {max(values):.0f}, {len(values)} times)"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/bench_page.py")
    parser.add_argument("--visitors", type=int, default=16, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S")
    parser.add_argument("--repeats", type=int, default=15, metavar="N")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, page(Path(scratch)) as url:
        browser = open_browser(Path(scratch, "profile"))
        try:
            one_visitor(browser, url, options.repeats)
        finally:
            browser.quit()
        return 1 if many_visitors(url, options.visitors, options.seconds) else 0


if __name__ == "__main__":
    sys.exit(main())
