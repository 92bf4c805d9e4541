"""Who is let in, and what of them is noted."""

from __future__ import annotations

import argparse
import base64
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_server import served
from fastapi import FastAPI
from page_fakes import FakeAssistant
from starlette.testclient import TestClient

from index import UsageError
from qa import Settings
from qa.adapters.http.app import build
from qa.adapters.http.logs import JsonLines
from qa.desk import Desk
from qa.serving import Token, add_api_options, token

SECRET = "0123456789abcdef0123456789abcdef"
JSON = {"content-type": "application/json"}
ELSEWHERE = ("192.0.2.7", 50000)
PATHS = [
    ("POST", "/v1/ask"),
    ("POST", "/v1/search"),
    ("POST", "/v1/embed"),
    ("GET", "/v1/documents"),
    ("POST", "/v1/documents"),
    ("GET", "/v1/documents/drills.txt"),
    ("DELETE", "/v1/documents/drills.txt"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("GET", "/v1/nothing"),
    ("POST", "/mcp"),
    ("GET", "/mcp"),
    ("GET", "/metrics"),
    ("GET", "/docs"),
    ("GET", "/docs/static/swagger-ui.css"),
    ("GET", "/openapi.json"),
    ("GET", "/"),
    ("GET", "/config"),
    ("POST", "/gradio_api/call/chat"),
    ("GET", "//v1/models"),
    ("GET", "/V1/models"),
    ("GET", "/health/../v1/models"),
    ("FOO", "/v1/models"),
]


def application(known: str | None = SECRET, host: str = "0.0.0.0", **options: Any) -> FastAPI:
    assistant: Any = FakeAssistant(options.pop("settings", None))
    secret = Token(known.encode()) if known else None
    return build(assistant, Desk.of(assistant), host=host, token=secret, **options)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[TestClient]:
    """Somebody at another address, who calls a server that has a token."""
    with TestClient(application(), client=ELSEWHERE, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {SECRET[:-1]}",
        f"Bearer {SECRET}0",
        f"Bearer {SECRET.upper()}",
        f"Token {SECRET}",
        SECRET,
        "Basic !",
        "Basic " + base64.b64encode(SECRET.encode()).decode(),
        "Basic " + base64.b64encode(f"{SECRET}:".encode()).decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer \xff",
    ],
)
def test_without_the_token_nothing_is_answered(
    elsewhere: TestClient, method: str, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"authorization": header.encode("latin-1")}
    response = elsewhere.request(method, path, headers=headers)  # type: ignore[arg-type]
    assert response.status_code == 401
    assert response.json()["error"]["type"] == "unauthorized"
    assert response.headers["www-authenticate"].startswith(("Bearer ", "Basic "))
    assert SECRET not in response.text


def test_the_token_lets_in(elsewhere: TestClient) -> None:
    basic = base64.b64encode(f"anyone:{SECRET}".encode()).decode()
    for header in (f"Bearer {SECRET}", f"bearer  {SECRET}", f"Basic {basic}"):
        response = elsewhere.get("/v1/models", headers={"authorization": header})
        assert response.status_code == 200, header
    for path in ("/health", "/ready"):
        assert elsewhere.get(path).status_code == 200


def test_the_description_says_that_a_token_is_needed(elsewhere: TestClient) -> None:
    headers = {"authorization": f"Bearer {SECRET}"}
    described = elsewhere.get("/openapi.json", headers=headers).json()
    assert described["paths"]["/v1/ask"]["post"]["security"] == [{"HTTPBearer": []}]
    page = elsewhere.get("/docs", headers=headers).text
    assert re.findall(r"(?:src|href)=\"(?!/docs/static/)", page) == []


def test_a_server_beyond_this_machine_needs_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = argparse.ArgumentParser()
    add_api_options(parser, Path("seeds"))
    assert token(parser.parse_args([])) is None
    outside = parser.parse_args(["--host", "0.0.0.0"])
    with pytest.raises(UsageError, match="other machines reach the server: give it a token"):
        token(outside)
    monkeypatch.setenv("CITEWISE_TOKEN", f" {SECRET}\n")
    known = token(outside)
    assert known is not None
    assert known.is_(SECRET)
    assert SECRET not in repr(known)
    assert Settings.load() == Settings()
    file = tmp_path / "token"
    file.write_text("another token of 30 characters".replace(" ", "-"))
    known = token(parser.parse_args(["--token-file", str(file)]))
    assert known is not None
    assert not known.is_(SECRET)
    assert "can be read by everybody" in known.warning
    file.chmod(0o600)
    known = Token.load(file, {})
    assert known is not None
    assert known.warning == ""


@pytest.mark.parametrize("text", ["", "short", "a" * 15, "a b" * 9, "ä" * 20, "a\x00" * 20])
def test_what_is_no_token_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "token"
    file.write_text(text)
    with pytest.raises(UsageError, match="holds no token") as caught:
        Token.load(file, {})
    assert text == "" or text not in str(caught.value)
    with pytest.raises(UsageError, match="cannot be read"):
        Token.load(tmp_path / "none", {})


def test_on_this_machine_only_its_own_names_and_pages_get_in() -> None:
    app = application(known=None, host="127.0.0.1")
    for name, status in (("127.0.0.1", 200), ("localhost", 200), ("rebound.example", 400)):
        with TestClient(app, base_url=f"http://{name}:7860") as client:
            assert client.get("/v1/models").status_code == status
            app = application(known=None, host="127.0.0.1")  # an application lives once
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        for headers in ({"origin": "http://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
            for path in ("/v1/ask", "/v1/documents", "/mcp"):
                response = client.post(path, headers=headers, json={"question": "How long?"})
                assert (response.status_code, response.json()["error"]["type"]) == (
                    403,
                    "other_site",
                )
        response = client.post("/v1/ask", json={"question": "How long?"})
        assert response.status_code == 200
        assert "access-control-allow-origin" not in response.headers
        # What a form of another site can send is no JSON.
        response = client.post(
            "/v1/ask",
            content=b'{"question": "How long?"}',
            headers={"content-type": "text/plain"},
        )
        assert response.status_code == 422


def test_a_caller_who_calls_too_often_is_turned_away() -> None:
    settings = Settings(requests_per_minute=3)
    with TestClient(application(settings=settings), client=ELSEWHERE) as client:
        headers = {"authorization": f"Bearer {SECRET}"}
        statuses = [client.get("/v1/models", headers=headers).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        response = client.get("/v1/models")
        assert response.status_code == 429
        assert response.json()["error"]["type"] == "too_many_requests"
        assert 0 < int(response.headers["retry-after"]) <= 20
        assert client.get("/health").status_code == 200


def test_the_log_is_json_and_holds_nothing_of_what_was_asked() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = logging.getLogger("qa").level
    root.addHandler(handler)
    logging.getLogger("qa").setLevel(logging.INFO)
    try:
        with served(FakeAssistant(), token=Token(SECRET.encode())) as url:
            headers = {"authorization": f"Bearer {SECRET}"}
            with httpx.Client(base_url=url, headers=headers) as client:
                for question in ("How long did the bombers fly?", "broken", "x" * 600):
                    client.post("/v1/ask?secret=query", json={"question": question})
                client.get("/v1/documents/private-name.txt")
                client.post("/v1/documents", files={"file": ("private-name.txt", b"a text")})
                client.post("/v1/ask", content=b"{private", headers=JSON)
                httpx.get(f"{url}/v1/models", headers={"authorization": "Bearer wrong-wrong"})
    finally:
        root.removeHandler(handler)
        logging.getLogger("qa").setLevel(level)
    text = stream.getvalue()
    lines = [json.loads(line) for line in text.splitlines()]
    for secret in ("bombers", "a secret path", "private", "query", SECRET, "wrong-wrong"):
        assert secret not in text
    requests = [line for line in lines if line.get("event") == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [
        ("/v1/ask", 200),
        ("/v1/ask", 500),
        ("/v1/ask", 400),
        ("/v1/documents/{document_id:path}", 500),
        ("/v1/documents", 200),
        ("/v1/ask", 400),
        ("none", 401),
    ]
    assert requests[0]["peer"] == "127.0.0.1"
    broken = [line for line in lines if line.get("error") == "RuntimeError"]
    assert broken
    assert all(any("page_fakes.py" in frame for frame in line["raised"]) for line in broken)
