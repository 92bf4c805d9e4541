"""Bodies that are meant to hurt, and the arithmetic of rates."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from api_server import served
from page_fakes import FakeAssistant
from starlette.exceptions import HTTPException

from qa.adapters.http import limits
from qa.adapters.http.limits import MAX_JSON, BodyLimit, Rate

JSON = {"content-type": "application/json"}
DEEP = 100_000


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with served(FakeAssistant()) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/embed", "/v1/chat/completions"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"null", 422),
        (b"[" * DEEP, 400),
        (b"[" * DEEP + b"]" * DEEP, 400),
        (b'{"question":' * 20_000 + b"1" + b"}" * 20_000, 400),
        (b'{"question": "\xff\xfe"}', 400),
        (b'\xff\xfe{\x00"\x00', 400),
        (b"\x00", 400),
        (b'{"question": ' + b"9" * 5000 + b"}", (400, 422)),
        (b'{"question": NaN, "query": Infinity, "texts": [1e999], "messages": -0}', 422),
        (b'{"question": {"$ne": 1}, "query": [], "texts": {}, "messages": "a"}', 422),
        (json.dumps({"question": "a" * (MAX_JSON + 1)}).encode(), 413),
    ],
)
def test_a_hostile_body_is_the_callers_error(
    client: httpx.Client, path: str, body: bytes, status: Any
) -> None:
    response = client.post(path, content=body, headers=JSON)
    assert response.status_code in (status if isinstance(status, tuple) else (status,))
    assert set(response.json()["error"]) == {"type", "message"}
    assert len(response.text) < 500


def test_a_body_that_does_not_say_its_size_is_counted(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 65536

    try:
        response = client.post("/v1/ask", content=endless(), headers=JSON)
    except (httpx.WriteError, httpx.ReadError):
        return  # it was cut off while it was still sending
    assert (response.status_code, response.json()["error"]["type"]) == (413, "too_large")


def test_a_body_that_dawdles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_JSON_SECONDS", 0.3)
    with served(FakeAssistant()) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            connection.sendall(
                b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                b'Content-Length: 50\r\n\r\n{"question'
            )
            began = time.monotonic()
            assert b" 408 " in connection.recv(65536).split(b"\r\n")[0]
            assert time.monotonic() - began < 10


def test_what_a_body_says_of_its_size_is_enough_to_turn_it_down() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("nobody comes here")

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    limit = BodyLimit(app, upload=10_000_000)
    for length, path in ((b"10485760", "/v1/ask"), (b"9" * 5000, "/v1/documents")):
        scope = {"type": "http", "path": path, "headers": [(b"content-length", length)]}
        asyncio.run(limit(scope, receive, send))
    assert [m["status"] for m in sent if m["type"] == "http.response.start"] == [413, 413]


def test_files_may_be_larger_than_other_bodies() -> None:
    got: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        got.append(len((await receive())["body"]))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"a" * 2_000_000, "more_body": False}

    limit = BodyLimit(app, upload=2_000_000)
    scope: Any = {"type": "http", "path": "/v1/documents", "headers": []}
    asyncio.run(limit(scope, receive, receive))
    assert got == [2_000_000]
    with pytest.raises(HTTPException) as caught:
        asyncio.run(limit({**scope, "path": "/v1/ask"}, receive, receive))
    assert caught.value.status_code == 413


def test_so_many_calls_a_minute() -> None:
    now = 1000.0
    rate = Rate(6, clock=lambda: now)
    assert [rate.wait("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, pytest.approx(10)]
    assert rate.wait("b") == 0
    now += 9
    assert rate.wait("a") == pytest.approx(1)
    now += 1
    assert rate.wait("a") == 0
    assert rate.wait("a") == pytest.approx(10)
    now += 3600
    assert [rate.wait("a") == 0 for _ in range(7)] == [True] * 6 + [False]


def test_callers_who_are_gone_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_CALLERS", 2)
    rate = Rate(1, clock=lambda: 0.0)
    assert [rate.wait(caller) for caller in "abc"] == [0, 0, 0]
    assert rate.wait("b") > 0
    assert len(rate._ends) == 2


def test_a_network_of_version_6_is_one_caller() -> None:
    callers = [limits._caller({"client": (host, 1)}) for host in ("2001:db8::1", "2001:db8::2:3")]
    assert callers == ["2001:db8::/64"] * 2
    assert limits._caller({"client": ("192.0.2.1", 1)}) == "192.0.2.1"
    assert limits._caller({}) == ""
