"""`citewise serve` as it is run: a process, the page on the same port, and its end."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from api_server import Process, curl, other_address, served
from fastapi import FastAPI
from gradio_client import Client
from page_fakes import FakeAssistant

from app import build_app, login
from qa import Assistant
from qa.__main__ import main
from qa.adapters.http.server import Server
from qa.passwords import Hash, Passwords

TOKEN = "a-token-of-more-than-16-characters"
BEARER = {"authorization": f"Bearer {TOKEN}"}
QUESTION = "How long did the bombers fly over the Barents Sea?"
SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="module")
def open_to_all(
    tmp_path_factory: pytest.TempPathFactory, assistant: Assistant
) -> Iterator[Process]:
    """A server at every address of this machine, over the index of `assistant`."""
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    options = ("--host", "0.0.0.0", "--token-file", str(file))
    with Process(SEEDS, assistant.settings.home, *options) as process:
        process.wait_until_ready()
        yield process


def test_it_says_where_it_is(open_to_all: Process) -> None:
    port = open_to_all.port
    assert open_to_all.line == (
        f"Citewise answers from seeds at http://0.0.0.0:{port}/, programs at "
        f"http://0.0.0.0:{port}/docs. Ctrl+C stops it.\n"
    )


def test_from_another_address_nothing_is_answered_without_the_token(open_to_all: Process) -> None:
    if (address := other_address()) is None:
        pytest.skip("this machine has no other address")
    url = f"http://{address}:{open_to_all.port}"
    json_header = ("-H", "Content-Type: application/json")
    body = json.dumps({"question": QUESTION})
    for path in ("/", "/config", "/v1/ask", "/v1/documents", "/mcp", "/metrics", "/docs"):
        assert curl(f"{url}{path}")[0] == 401, path
        status, _ = curl(
            f"{url}{path}", *json_header, "-d", body, "-H", "X-Forwarded-For: 127.0.0.1"
        )
        assert status == 401, path
    assert curl(f"{url}/ready") == (200, '{"status":"ready"}')
    status, answer = curl(
        f"{url}/v1/ask", *json_header, "-d", body, "-H", f"Authorization: Bearer {TOKEN}"
    )
    assert status == 200
    assert json.loads(answer)["short"] == "about four hours"


def test_the_page_is_there_for_who_knows_the_token(open_to_all: Process) -> None:
    basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    with httpx.Client(
        base_url=open_to_all.url, headers={"authorization": f"Basic {basic}"}
    ) as client:
        page = client.get("/").text
        assert "Content-Security-Policy" in page
        assert "gradio_config" in page
        assert httpx.get(f"{open_to_all.url}/config").status_code == 401
        foreign = {"origin": "http://elsewhere.example"}
        response = client.post("/gradio_api/queue/join", json={}, headers=foreign)
        assert response.status_code == 403


def test_gradios_client_calls_the_mounted_page(open_to_all: Process) -> None:
    client = Client(open_to_all.url, headers=BEARER, verbose=False, analytics_enabled=False)
    said = client.predict(QUESTION, api_name="/chat")
    assert said.startswith("about four hours")
    history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": said}]
    assert "MiG-31" in client.predict("Who escorted them?", history, api_name="/chat")


def test_gradios_client_calls_the_page_alone() -> None:
    assistant = FakeAssistant()
    page = build_app(assistant)  # type: ignore[arg-type]
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False, analytics_enabled=False)
        job = client.submit("How long did the bombers fly?", api_name="/chat")
        assert job.result() == "They flew for about four hours. [1]"
        history = [{"role": "user", "content": [{"type": "text", "text": "How long?"}]}]
        assert client.predict("Who are they?", history, api_name="/chat") == "By fighter jets. [1]"
        assert [turn.text for turn in assistant.heard[-1]] == ["How long?"]
        for message, wrong, said in (
            ("x" * 600, [], "the question is too long"),
            ("How long?", [{"role": "wizard", "content": "x"}], "the history must be a list"),
            ("broken", [], "something went wrong"),
        ):
            with pytest.raises(Exception, match=said):
                client.predict(message, wrong, api_name="/chat")
    finally:
        page.close(verbose=False)


def test_the_mounted_page_keeps_its_login_and_its_guards() -> None:
    allowed = Passwords({"ida": Hash.of("correct horse battery")})
    with (
        served(FakeAssistant(), page=build_app, login=login(allowed)) as url,
        httpx.Client(base_url=url) as client,
    ):
        shown = client.get("/").text
        assert '"auth_required": true' in shown or '"auth_required":true' in shown
        assert "How long did the bombers fly?" not in shown
        assert client.get("/config").status_code == 401
        for path in ("queue/join", "upload", "call/chat"):
            assert client.post(f"/gradio_api/{path}", json={}).status_code == 401, path
        assert client.get("/", headers={"host": "rebound.example"}).status_code == 400
        user = {"username": "ida", "password": "correct horse battery"}
        assert client.post("/login", data={**user, "password": "wrong"}).status_code == 400
        assert client.post("/login", data=user).status_code == 200
        assert client.get("/config").status_code == 200
        # The page takes larger files than the API takes bodies.
        files = {"files": ("a.txt", b"a" * 2_000_000)}
        assert client.post("/gradio_api/upload", files=files).status_code == 200


def test_told_to_stop_it_finishes_what_is_in_flight(tmp_path: Path, assistant: Assistant) -> None:
    with Process(SEEDS, assistant.settings.home, CITEWISE_ANSWERS_AT_ONCE="1") as process:
        process.wait_until_ready()
        results: list[tuple[int, str]] = []
        begun = threading.Barrier(7)

        def ask(stream: bool) -> None:
            with httpx.Client(base_url=process.url, timeout=60) as client:
                client.get("/health")
                begun.wait()
                body = {"question": QUESTION, "stream": stream}
                response = client.post("/v1/ask", json=body)
                results.append((response.status_code, response.text))

        crowd = [threading.Thread(target=ask, args=(n % 2 == 0,)) for n in range(6)]
        # A browser that has the page open listens all the time; it is not waited for.
        with httpx.stream("GET", f"{process.url}/gradio_api/heartbeat/abc", timeout=60) as heart:
            lines = heart.iter_lines()
            assert next(lines) == "data: ALIVE"
            for thread in crowd:
                thread.start()
            begun.wait()
            metrics = httpx.get(f"{process.url}/metrics").text
            while "citewise_questions_waiting 0.0" in metrics:
                metrics = httpx.get(f"{process.url}/metrics").text
            told = time.monotonic()
            process.process.send_signal(signal.SIGTERM)
            for thread in crowd:
                thread.join()
            list(lines)
        assert process.wait() == 0
        assert time.monotonic() - told < 15
    assert [status for status, _ in results] == [200] * 6
    assert all("about four hours" in text for _, text in results)
    lines_ = [json.loads(line) for line in process.log.splitlines()]
    assert [line["event"] for line in lines_ if line["event"] != "request"] == [
        "ready",
        "stopping",
        "stopped",
    ]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{process.url}/health")


def test_wrong_usage_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    assert "give it a token" in capsys.readouterr().err
    assert main(["serve", "--token-file", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        assert main(["serve", str(SEEDS), "--port", str(port)]) == 1
    assert (
        capsys.readouterr().err == f"citewise: port {port} is taken: choose another with --port\n"
    )
    assert main(["serve", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.startswith("citewise: there is no folder")


def test_ctrl_c_stops_it(open_to_all: Process) -> None:
    """The last test: it ends what the others asked."""
    assert open_to_all.stop(signal.SIGINT) == 0
    assert TOKEN not in open_to_all.log
    assert "Barents" not in open_to_all.log
    assert all(json.loads(line) for line in open_to_all.log.splitlines())


def test_an_application_that_does_not_end_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.adapters.http.server.GRACE", 0.3)
    monkeypatch.setattr("qa.adapters.http.server._LATEST", 0.4)
    stuck: list[bool] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        stuck.append(True)
        await asyncio.Event().wait()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(FastAPI(lifespan=lifespan), lambda: None, lambda: None)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        server.should_exit = True
        thread.join(30)
    assert stuck
    assert not thread.is_alive()
