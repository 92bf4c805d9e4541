from __future__ import annotations

import io
import json
import threading
import time
from contextlib import redirect_stdout
from typing import Any

import httpx
import numpy as np
import pytest
from api_server import served
from page_fakes import FakeAssistant, Held

from qa import Assistant, Settings
from qa.__main__ import main
from qa.following import FolderState

QUESTION = "How long did the bombers fly over the Barents Sea?"


def events(response: httpx.Response) -> list[tuple[str, Any]]:
    """The server-sent events of a response: names and data."""
    found = []
    for block in response.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if fields:
            found.append((fields.get("event", "message"), json.loads(fields["data"])))
    return found


def test_an_answer_is_what_the_command_line_prints_as_json(
    real: httpx.Client, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWISE_HOME", str(assistant.settings.home))
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert main(["ask", QUESTION, "--docs", str(assistant.folder), "--json"]) == 0
    expected = json.loads(printed.getvalue())
    answer = real.post("/v1/ask", json={"question": QUESTION}).json()
    assert list(answer) == list(expected)
    assert answer.pop("timings").keys() == expected.pop("timings").keys()
    assert answer == expected
    text = assistant.document(answer["citations"][0]["document_id"]).text
    (cited,) = answer["citations"]
    assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_the_turns_before_are_understood(real: httpx.Client) -> None:
    history = [
        {"role": "user", "text": "Which aircraft did Russia send over the Barents Sea?"},
        {"role": "assistant", "text": "Nuclear-capable bombers."},
    ]
    body = {"question": "Who escorted them?", "history": history}
    answer = real.post("/v1/ask", json=body).json()
    assert answer["standalone_question"] != "Who escorted them?"
    assert "MiG-31" in answer["text"]


@pytest.mark.parametrize("way", ["body", "header"])
def test_a_stream_has_pieces_and_then_the_same_answer(real: httpx.Client, way: str) -> None:
    plain = real.post("/v1/ask", json={"question": QUESTION}).json()
    body = {"question": QUESTION, "stream": way == "body"}
    headers = {"accept": "text/event-stream"} if way == "header" else {}
    response = real.post("/v1/ask", json=body, headers=headers)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.isascii()
    *pieces, (last, answer) = events(response)
    assert last == "answer"
    assert {name for name, _ in pieces} == {"piece"}
    assert len(pieces) > 5
    assert "".join(data["text"] for _, data in pieces) == answer["text"] == plain["text"]
    assert answer["citations"] == plain["citations"]


def test_passages_are_found(real: httpx.Client, assistant: Assistant) -> None:
    found = real.post("/v1/search", json={"query": "prisoners released", "k": 2}).json()
    expected = assistant.search("prisoners released", 2)
    assert found["query"] == "prisoners released"
    assert [hit["chunk"]["start"] for hit in found["hits"]] == [h.chunk.start for h in expected]
    assert [hit["score"] for hit in found["hits"]] == pytest.approx([h.score for h in expected])


def test_texts_become_vectors(real: httpx.Client, assistant: Assistant) -> None:
    texts = ["A boat.", "", "a" * 5000]
    found = real.post("/v1/embed", json={"texts": texts}).json()
    assert found["dimension"] == 384
    assert found["model"] == assistant.models()["embedder"]
    np.testing.assert_allclose(found["vectors"], assistant.embed(texts), atol=1e-6)


@pytest.mark.parametrize(
    ("path", "body", "status", "kind", "said"),
    [
        ("ask", {"question": "  "}, 400, "bad_question", "the question is empty"),
        ("ask", {"question": "a" * 2001}, 400, "bad_question", "2,001 characters"),
        ("ask", {}, 422, "invalid", "body.question: Field required"),
        ("ask", {"question": 1}, 422, "invalid", "body.question: Input should be a valid string"),
        ("ask", {"question": "a", "hist": []}, 422, "invalid", "body.hist: Extra inputs"),
        ("ask", {"question": "a", "stream": "yes"}, 422, "invalid", "body.stream"),
        ("ask", {"question": "\ud800?"}, 422, "invalid", "body.question"),
        (
            "ask",
            {"question": "a", "history": [{"role": "system", "text": "secret"}]},
            422,
            "invalid",
            "body.history.0.role: Input should be 'user' or 'assistant'",
        ),
        ("ask", [], 422, "invalid", "body"),
        ("search", {"query": "a", "k": 0}, 422, "invalid", "body.k"),
        ("search", {"query": ""}, 400, "bad_question", "the question is empty"),
        ("embed", {"texts": []}, 422, "invalid", "body.texts"),
        ("embed", {"texts": ["a"] * 257}, 422, "invalid", "body.texts"),
        ("embed", {"texts": ["\udc00"]}, 422, "invalid", "body.texts.0"),
    ],
)
def test_what_is_wrong_is_said_in_one_shape(
    real: httpx.Client, path: str, body: Any, status: int, kind: str, said: str
) -> None:
    headers = {"content-type": "application/json"}
    response = real.post(f"/v1/{path}", content=json.dumps(body), headers=headers)
    assert response.status_code == status
    error = response.json().pop("error")
    assert error["type"] == kind
    assert said in error["message"]
    assert "\n" not in error["message"]
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/ask", 405),
        ("POST", "/v1/nothing", 404),
        ("GET", "/v1/", 404),
        ("POST", "/health", 405),
        ("POST", "/v1/ask/", 404),
    ],
)
def test_what_is_not_there_is_said_in_the_same_shape(
    real: httpx.Client, method: str, path: str, status: int
) -> None:
    response = real.request(method, path)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"type", "message"}
    assert ("allow" in response.headers) == (status == 405)


# A desk that is full, slow or broken


def test_who_finds_the_line_full_is_told_when_to_come_again() -> None:
    held = Held(Settings(answers_at_once=1, questions_waiting=1))
    with served(held) as url, httpx.Client(base_url=url, timeout=60) as client:
        results: list[int] = []

        def ask() -> None:
            results.append(client.post("/v1/ask", json={"question": "How long?"}).status_code)

        waiting = [threading.Thread(target=ask) for _ in range(2)]
        for thread in waiting:
            thread.start()
        until(lambda: b"citewise_questions_waiting 1.0" in client.get("/metrics").content)
        for path, body in (
            ("ask", {"question": "How long?"}),
            ("ask", {"question": "How long?", "stream": True}),
            ("search", {"query": "bombers"}),
            ("chat/completions", {"messages": [{"role": "user", "content": "How long?"}]}),
        ):
            response = client.post(f"/v1/{path}", json=body)
            assert response.status_code == 503, path
            assert response.json()["error"]["type"] == "crowded"
            assert int(response.headers["retry-after"]) > 0
        assert client.get("/health").json() == {"status": "ok"}
        held.go.set()
        for thread in waiting:
            thread.join()
        assert results == [200, 200]


def test_who_waits_in_a_stream_is_told_the_place() -> None:
    held = Held(Settings(answers_at_once=1))
    with served(held) as url, httpx.Client(base_url=url, timeout=60) as client:
        first = threading.Thread(
            target=client.post, args=("/v1/ask",), kwargs={"json": {"question": "How long?"}}
        )
        first.start()
        until(lambda: b"citewise_questions_answering 1.0" in client.get("/metrics").content)
        body = {"question": "How long?", "stream": True}
        with client.stream("POST", "/v1/ask", json=body) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: waiting"
            assert json.loads(next(lines).removeprefix("data: ")) == {"position": 1}
            held.go.set()
            assert "event: answer" in list(lines)
        first.join()


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_is_given_up_when_nobody_waits_for_it(stream: bool) -> None:
    held = Held()
    with served(held) as url, httpx.Client(base_url=url) as client:
        body = {"question": "How long?", "stream": stream}
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/ask", json=body, timeout=0.5)
        assert held.given_up.wait(10)
        until(lambda: b"citewise_questions_answering 0.0" in client.get("/metrics").content)


def test_what_takes_too_long_is_not_waited_for() -> None:
    held = Held(Settings(answer_seconds=1))
    with served(held) as url, httpx.Client(base_url=url, timeout=60) as client:
        response = client.post("/v1/ask", json={"question": "How long?"})
        assert (response.status_code, response.json()["error"]["type"]) == (504, "late")
        response = client.post("/v1/ask", json={"question": "How long?", "stream": True})
        assert response.status_code == 200
        ((name, data),) = events(response)
        assert (name, data["error"]["type"]) == ("error", "late")


def test_what_breaks_shows_nothing_of_the_inside(caplog: pytest.LogCaptureFixture) -> None:
    with served(FakeAssistant()) as url, httpx.Client(base_url=url, timeout=60) as client:
        response = client.post("/v1/ask", json={"question": "broken"})
        assert response.status_code == 500
        assert response.json()["error"]["type"] == "failed"
        assert "secret" not in response.text
        response = client.post("/v1/ask", json={"question": "broken", "stream": True})
        assert events(response)[-1][0] == "error"
        assert "secret" not in response.text


def test_before_the_folder_is_read_it_is_not_ready() -> None:
    assistant = FakeAssistant()
    assistant.state = FolderState(documents=0, ready=False)
    with served(assistant) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert client.get("/health").status_code == 200
        response = client.get("/ready")
        assert (response.status_code, response.json()) == (503, {"status": "reading"})
        for path, body in (("ask", {"question": "How long?"}), ("search", {"query": "bombers"})):
            response = client.post(f"/v1/{path}", json=body)
            assert (response.status_code, response.json()["error"]["type"]) == (503, "not_ready")
        assistant.state = FolderState(documents=2, ready=False)
        assert client.get("/ready").status_code == 503
        assert client.post("/v1/ask", json={"question": "How long?"}).status_code == 200
        assistant.state = FolderState(documents=2)
        assert client.get("/ready").json() == {"status": "ready"}
        assistant.state = FolderState(documents=0, trouble="it is gone")
        assert client.get("/ready").json() == {"status": "trouble"}


def test_metrics_count_by_route_and_nothing_that_was_asked(real: httpx.Client) -> None:
    real.post("/v1/ask", json={"question": QUESTION})
    real.get("/v1/documents/some%20name")
    text = real.get("/metrics").text
    assert 'citewise_requests_total{method="POST",route="/v1/ask",status="200"}' in text
    assert 'route="/v1/documents/{document_id:path}",status="404"' in text
    assert 'citewise_answers_total{status="answered"}' in text
    assert "citewise_documents 1.0" in text
    assert "Barents" not in text
    assert "some" not in text


def until(condition: Any) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
