"""The tools as the official client of the Model Context Protocol calls them, both ways."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from api_server import served
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from page_fakes import FakeAssistant, Held

from qa import Assistant
from qa.following import FolderState
from qa.serving import Token

ROOT = Path(__file__).parents[3]
QUESTION = "How long did the bombers fly over the Barents Sea?"


def over_http(url: str, mode: str, use: Callable[[Client], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Client(f"{url}/mcp", mode=mode) as client:
            await use(client)

    asyncio.run(run())


def over_stdio(
    folder: Path, home: Path, mode: str, use: Callable[[Client], Awaitable[None]]
) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "qa", "mcp", str(folder)],
        cwd=str(ROOT),
        env={**os.environ, "CITEWISE_HOME": str(home)},
    )

    async def run() -> None:
        async with Client(stdio_client(server), mode=mode) as client:
            await use(client)

    asyncio.run(run())


def works_with(assistant: Assistant) -> Callable[[Client], Awaitable[None]]:
    """Calls all there is to call, and looks at what comes."""

    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "search"}
        assert tools["ask"].input_schema["required"] == ["question"]
        assert tools["search"].input_schema["properties"]["k"]["default"] == 5
        for tool in tools.values():
            assert tool.description
            assert tool.output_schema is not None
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint

        result = await client.call_tool("ask", {"question": QUESTION})
        assert not result.is_error
        expected = assistant.ask(QUESTION).to_dict()
        fields: dict[str, Any] = dict(result.structured_content)  # type: ignore[arg-type]
        assert fields.keys() == expected.keys()
        fields.pop("timings")
        expected.pop("timings")
        assert fields == json.loads(json.dumps(expected))
        (block,) = result.content
        quote = fields["citations"][0]["quote"]
        assert block.text.startswith(fields["text"])  # type: ignore[union-attr]
        assert block.text.endswith(f"characters 737-926): “{quote}”")  # type: ignore[union-attr]

        history = [
            {"role": "user", "text": "Which aircraft did Russia send over the Barents Sea?"},
            {"role": "assistant", "text": "Nuclear-capable bombers."},
        ]
        arguments = {"question": "Who escorted them?", "history": history}
        result = await client.call_tool("ask", arguments)
        assert "MiG-31" in result.structured_content["text"]  # type: ignore[index]

        result = await client.call_tool("search", {"query": "prisoners released", "k": 1})
        (hit,) = result.structured_content["hits"]  # type: ignore[index]
        (found,) = assistant.search("prisoners released", 1)
        assert hit["chunk"]["text"] == found.chunk.text
        assert found.chunk.text in result.content[0].text  # type: ignore[union-attr]

        for name, wrong, said in (
            ("ask", {"question": " "}, "the question is empty"),
            ("ask", {}, "question"),
            ("ask", {"question": "a", "history": [{"role": "wizard", "text": "x"}]}, "history"),
            ("search", {"query": "a", "k": 0}, "k"),
        ):
            result = await client.call_tool(name, wrong)
            assert result.is_error
            assert said in result.content[0].text  # type: ignore[union-attr]

    return use


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http(url: str, assistant: Assistant, mode: str) -> None:
    over_http(url, mode, works_with(assistant))


def test_over_http_behind_a_token() -> None:
    token = "a-token-of-more-than-16-characters"

    async def run(url: str, headers: dict[str, str]) -> None:
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            result = await client.call_tool("ask", {"question": "How long did the bombers fly?"})
            assert result.structured_content["short"] == "about four hours"  # type: ignore[index]

    with served(FakeAssistant(), token=Token(token.encode())) as url:
        asyncio.run(run(url, {"authorization": f"Bearer {token}"}))
        assert httpx.post(f"{url}/mcp", json={}).status_code == 401


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_stdio(assistant: Assistant, mode: str) -> None:
    over_stdio(assistant.folder, assistant.settings.home, mode, works_with(assistant))


def test_nothing_but_the_protocol_is_on_standard_output(tmp_path: Path) -> None:
    """Over a folder that has to be read first, and of which something cannot be."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "boat.txt").write_text("The boat sailed north in May 1912 with nine sailors aboard.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    messages = [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        *(
            {
                "jsonrpc": "2.0",
                "id": number,
                "method": "tools/call",
                "params": {"name": "ask", "arguments": {"question": "When did it sail?"}},
            }
            for number in (2, 3)
        ),
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "qa", "mcp", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CITEWISE_HOME": str(tmp_path / "home")},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = []
        for message in messages:
            process.stdin.write("not json\n" if message == messages[-1] else "")
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            if "id" in message:
                lines.append(process.stdout.readline())
        out, err = process.communicate(timeout=60)  # the end of input ends it
    assert process.returncode == 0, err
    answers = [json.loads(line) for line in [*lines, *out.splitlines()]]
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert {answer.get("id") for answer in answers} >= {1, 2, 3}
    for line in err.splitlines():
        assert "sail" not in line
        json.loads(line)


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa", "mcp", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "CITEWISE_HOME": str(tmp_path / "home")},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("citewise: there is no folder")


def test_before_the_folder_is_read_the_model_is_told_so() -> None:
    assistant = FakeAssistant()
    assistant.state = FolderState(documents=0, ready=False)

    async def use(client: Client) -> None:
        result = await client.call_tool("ask", {"question": "How long?"})
        assert result.is_error
        assert "being read for the first time" in result.content[0].text  # type: ignore[union-attr]

    with served(assistant) as url:
        over_http(url, "auto", use)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_question_is_given_up_when_nobody_waits_for_it(mode: str) -> None:
    held = Held()

    async def leave(url: str) -> None:
        async with Client(f"{url}/mcp", mode=mode) as client:
            async with asyncio.timeout(1):
                await client.call_tool("ask", {"question": "How long?"})

    with served(held) as url:
        with suppress(TimeoutError, ExceptionGroup):
            asyncio.run(leave(url))
        assert held.given_up.wait(10)


def test_what_breaks_shows_nothing_of_the_inside() -> None:
    async def use(client: Client) -> None:
        result = await client.call_tool("ask", {"question": "broken"})
        assert result.is_error
        assert "secret" not in result.content[0].text  # type: ignore[union-attr]

    with served(FakeAssistant()) as url:
        over_http(url, "auto", use)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[" * 50_000, b'{"jsonrpc": "2.0"}', b"\xff", b"a" * 2_000_000]
)
def test_a_hostile_message_is_the_callers_error(url: str, body: bytes) -> None:
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
    }
    response = httpx.post(f"{url}/mcp", content=body, headers=headers, timeout=60)
    assert 400 <= response.status_code < 500
    assert "Traceback" not in response.text
