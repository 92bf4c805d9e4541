from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from qa.guard import guards


def client(host: str, with_password: bool = False, named: str = "127.0.0.1:7860") -> TestClient:
    route = Route("/", lambda _: PlainTextResponse("done"), methods=["GET", "POST"])
    page = Starlette(routes=[route], middleware=guards(host, with_password))
    return TestClient(page, base_url=f"http://{named}")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_the_page_itself_and_programs_may_send(headers: dict[str, str]) -> None:
    assert client("127.0.0.1").post("/", headers=headers).text == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://elsewhere.example", "sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_may_not(headers: dict[str, str]) -> None:
    for with_password in (False, True):
        refused = client("127.0.0.1", with_password).post("/", headers=headers)
        assert refused.status_code == 403
        assert refused.json()["error"]["message"] == "This page is not open to other sites."
    assert client("127.0.0.1").get("/", headers=headers).text == "done"


def test_by_another_name_this_machines_own_page_is_not_reached() -> None:
    assert client("127.0.0.1", named="localhost:7860").get("/").status_code == 200
    assert client("127.0.0.1", named="rebound.example").get("/").status_code == 400
    assert client("0.0.0.0", named="host.example").get("/").status_code == 200
    assert client("127.0.0.1", True, named="proxied.example").get("/").status_code == 200
