"""The assistant inside a program of somebody else's: many threads, an event loop, others of its kind."""

import asyncio
import json
import logging
import os
import random
import signal
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from index import CatalogueError
from qa import Answer, Assistant, Settings, Turn

QUESTIONS = (
    "How long did the bombers fly over the Barents Sea?",
    "Who escorted the bombers?",
    "Who is Viktor Khrenin?",
    "When did the red boat sink?",
    "Which recipe uses saffron and rice?",
    "Who painted the lighthouse?",
)
HISTORY = (
    Turn("user", QUESTIONS[0]),
    Turn("assistant", "For about four hours. [1]"),
)
BOATS = "The red boat sank in May 1912.\n\nThe lighthouse was painted by Ada Moss.\n"
# Of no interest to any of the questions.
GARDEN = ("Roses want pruning early. " * 40, "Tulip bulbs go into cold soil. " * 40)


def said(answer):
    """What must be the same however often a question is asked: all but the time that it took."""
    return (answer.standalone_question, answer.text, answer.short, answer.status, answer.citations)


@pytest.fixture
def folder(write, seed_text):
    return write({"news.txt": seed_text, "boats.txt": BOATS, "garden.txt": GARDEN[0]})


@pytest.fixture
def assistant(folder, tmp_path):
    with Assistant.open(folder, Settings(home=tmp_path / "home")) as assistant:
        yield assistant


def test_many_threads_get_what_one_gets_while_the_folder_changes(assistant, folder):
    asked = [(question, ()) for question in QUESTIONS] + [("Who escorted them?", HISTORY)]
    alone = [said(assistant.ask(*one)) for one in asked]
    stop, syncs = threading.Event(), []

    def change():
        while not stop.is_set():
            (folder / "garden.txt").write_text(GARDEN[len(syncs) % 2 - 1])
            syncs.append(assistant.sync().changed)

    def ask(number):
        answer = assistant.ask(*asked[number % len(asked)])
        for citation in answer.citations:
            text = assistant.document(citation.document_id).text
            assert text[citation.start : citation.end] == citation.quote
        return said(answer)

    changing = threading.Thread(target=change)
    changing.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(ask, range(5 * len(asked))))
    finally:
        stop.set()
        changing.join()
    assert together == alone * 5
    assert sum(syncs) >= 2


def test_an_event_loop_asks_in_threads_and_goes_on(assistant):
    async def ask():
        return await asyncio.gather(
            *(asyncio.to_thread(assistant.ask, question) for question in QUESTIONS)
        )

    assert [said(answer) for answer in asyncio.run(ask())] == [
        said(assistant.ask(question)) for question in QUESTIONS
    ]


async def events(assistant, question):
    """As the README has it: the stream's steps, each in a thread."""
    stream = assistant.stream(question)
    while (event := await asyncio.to_thread(next, stream, None)) is not None:
        yield event


def test_an_event_loop_hears_a_stream_across_threads(assistant):
    async def hear():
        return [event async for event in events(assistant, QUESTIONS[0])]

    *pieces, answer = asyncio.run(hear())
    assert isinstance(answer, Answer)
    assert "".join(pieces) == answer.text
    assert said(answer) == said(assistant.ask(QUESTIONS[0]))


@pytest.fixture
def endless():
    """The address of a language model that writes until nobody listens, and whether that came."""
    row = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            delta = {"index": 0, "delta": {"content": "It was late. "}, "finish_reason": None}
            body = f"data: {json.dumps({**row, 'choices': [delta]})}\n\n".encode()
            try:
                while not gone.wait(0.01):
                    self.wfile.write(body)
            except OSError:
                gone.set()

        def log_message(self, *given):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"openai-like/http://127.0.0.1:{server.server_port}/v1#m", gone
    gone.set()
    server.shutdown()
    server.server_close()


def test_a_task_that_is_cancelled_stops_the_language_model(folder, tmp_path, endless):
    llm, gone = endless
    settings = Settings(home=tmp_path / "home", llm=llm)
    with Assistant.open(folder, settings) as assistant:

        async def cancelled():
            heard = asyncio.Event()

            async def hear():
                async for event in events(assistant, QUESTIONS[0]):
                    if event:
                        heard.set()

            task = asyncio.create_task(hear())
            await asyncio.wait_for(heard.wait(), 30)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(cancelled())
        assert gone.wait(10)


def test_two_assistants_do_not_touch_each_other(write, tmp_path, seed_text):
    news, boats = write({"news.txt": seed_text}, "news"), write({"boats.txt": BOATS}, "boats")
    bold = Settings(home=tmp_path / "one", min_confidence=0.0, passages=2)
    shy = Settings(home=tmp_path / "two", min_confidence=1.0, max_question=60)
    with Assistant.open(news, bold) as one, Assistant.open(boats, shy) as two:
        assert one.document_ids() == ("news.txt",)
        assert two.document_ids() == ("boats.txt",)
        with ThreadPoolExecutor(8) as pool:
            ones = list(pool.map(one.ask, QUESTIONS * 2))
            twos = list(pool.map(two.ask, QUESTIONS * 2))
        known = [answer for answer in ones if answer.question in QUESTIONS[:3]]
        assert {answer.status for answer in known} == {"answered"}
        assert {len(answer.hits) for answer in known} == {2}
        assert {answer.status for answer in twos} == {"not_in_documents"}
        found = {hit.chunk.document_id for answer in twos for hit in answer.hits}
        assert found == {"boats.txt"}

        before = sorted(path.stat().st_mtime_ns for path in (tmp_path / "one").rglob("*"))
        (boats / "more.txt").write_text("A blue boat sailed north.")
        assert two.sync().added == 1
        assert sorted(p.stat().st_mtime_ns for p in (tmp_path / "one").rglob("*")) == before
        assert one.sync().unchanged == 1
        two.close()
        assert one.ask(QUESTIONS[0]).status == "answered"
        with pytest.raises(CatalogueError, match="was closed"):
            two.ask(QUESTIONS[0])


def test_two_over_one_folder_with_homes_of_their_own_agree(folder, tmp_path):
    with (
        Assistant.open(folder, Settings(home=tmp_path / "one")) as one,
        Assistant.open(folder, Settings(home=tmp_path / "two")) as two,
    ):
        (folder / "boats.txt").unlink()
        one.sync()
        assert one.document_ids() == ("garden.txt", "news.txt")
        assert two.document_ids() == ("boats.txt", "garden.txt", "news.txt")


def state_of_the_process():
    return {
        "environment": dict(os.environ),
        "folder": Path.cwd(),
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "logging": (logging.root.level, list(logging.root.handlers), logging.root.manager.disable),
        "random": random.getstate(),
        "numpy": str(np.random.get_state()),
        "numpy errors": np.geterr(),
        "warnings": list(warnings.filters),
        "threads": {thread.name for thread in threading.enumerate()},
    }


def test_the_process_is_left_as_it_was(folder, tmp_path):
    before = state_of_the_process()
    with Assistant.open(folder, Settings(home=tmp_path / "home")) as assistant:
        assistant.ask(QUESTIONS[0])
        assistant.ask("Who escorted them?", HISTORY)
        assistant.embed(["one", "two"])
        assistant.follow()
        assistant.suggest()
    assert state_of_the_process() == before
    assert {path.name for path in tmp_path.iterdir()} == {"docs", "home"}
