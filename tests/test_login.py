"""Who reaches a page that asks for a password, and how far: over HTTP, and in a real Chromium."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browsing import (
    CHROMIUM,
    NAMES,
    complaints,
    find,
    open_browser,
    ready,
    requests_elsewhere,
    until,
    wait,
)
from page_fakes import FakeAssistant
from selenium.webdriver.common.keys import Keys

import app
from qa import passwords
from qa.__main__ import main
from qa.passwords import Hash, Passwords

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    allowed = Passwords({"ida": Hash.of(PASSWORD)})
    page = app.build_app(FakeAssistant())  # type: ignore[arg-type]
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, auth=app.login(allowed))
    yield url
    page.close(verbose=False)


def login(client: httpx.Client, user: str, password: str) -> int:
    return client.post("/login", data={"username": user, "password": password}).status_code


def test_before_the_login_nothing_of_the_page_is_served(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        shown = client.get("/").text
        (config,) = re.findall(r"window\.gradio_config = (\{.*?\});</script>", shown)
        assert json.loads(config)["auth_required"] is True
        assert json.loads(config)["components"] == []
        for secret in ("papers", "How long did the bombers fly?", "cw-", "chatbot"):
            assert secret not in shown
        for path in ("config", "gradio_api/info", "gradio_api/queue/data?session_hash=x"):
            assert client.get(f"/{path}").status_code == 401, path
        for path in ("queue/join", "upload", "run/ask", "call/ask"):
            assert client.post(f"/gradio_api/{path}", json={}).status_code == 401, path


def test_only_the_right_password_opens_it(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        assert login(client, "ida", "wrong") == 400
        assert login(client, "nobody", PASSWORD) == 400
        assert client.get("/config").status_code == 401
        assert login(client, "ida", PASSWORD) == 200
        assert "Citewise" in client.get("/config").text


def test_a_login_does_not_hold_up_the_page(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes long on purpose; it runs beside what serves everybody else."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(self: Passwords, user: str, password: str) -> bool:
        begun.set()
        return go_on.wait(60)

    monkeypatch.setattr(Passwords, "check", slow)
    with httpx.Client(base_url=url, timeout=60) as client:
        waiting = threading.Thread(target=login, args=(client, "ida", PASSWORD))
        waiting.start()
        assert begun.wait(60)
        assert httpx.get(url, timeout=60).status_code == 200
        go_on.set()
        waiting.join()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=f"no Chromium here, under any of {NAMES}")
def test_a_visitor_logs_in_and_asks_without_a_request_to_another_host(
    url: str, tmp_path: Path
) -> None:
    with open_browser(tmp_path) as browser:
        browser.get(url)
        wait(browser, "input, textarea", count=2)
        assert "cw-page" not in browser.page_source
        for field, value in zip(find(browser, "input, textarea"), ("ida", PASSWORD), strict=True):
            field.send_keys(value)
            until(browser, lambda f=field, v=value: f.get_property("value") == v)
        field.send_keys(Keys.ENTER)
        ready(browser)
        assert "What would you like to know?" in browser.page_source
        assert requests_elsewhere(browser) == []
        assert complaints(browser) == []


# The command line


def test_an_open_page_for_others_must_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--host", "0.0.0.0"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("citewise: at '0.0.0.0' other machines reach the page: say who may ask")
    assert error.count("\n") == 1


def test_the_password_command_prints_a_line_that_lets_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_N", 16)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\r\n"))
    assert main(["password", "ida"]) == 0
    (tmp_path / "users").write_text(capsys.readouterr().out)
    assert Passwords.load(tmp_path / "users").check("ida", PASSWORD)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    typed = iter([PASSWORD, PASSWORD, PASSWORD, "another word"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert main(["password", "ole"]) == 0
    assert capsys.readouterr().out.startswith("ole:scrypt$16$8$5$")
    assert main(["password", "ole"]) == 2
    assert capsys.readouterr().err == "citewise: the two are not the same: try again\n"
    for user, line in (("i:da", PASSWORD), ("ida", "short"), ("ida", "")):
        monkeypatch.setattr("sys.stdin", io.StringIO(line))
        assert main(["password", user]) == 2
        assert capsys.readouterr().err.count("\n") == 1
