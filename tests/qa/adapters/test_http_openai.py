"""OpenAI's own client, and curl, pointed at Citewise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from api_server import curl, served
from page_fakes import FakeAssistant

from qa import Assistant, Settings, Turn

QUESTION = "How long did the bombers fly over the Barents Sea?"
ASKED: list[Any] = [{"role": "user", "content": QUESTION}]


@pytest.fixture
def client(url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        yield client


def check_annotations(annotations: list[Any], content: str, assistant: Assistant, url: str) -> None:
    (found,) = [a if isinstance(a, dict) else a.model_dump() for a in annotations]
    place, cited = found["url_citation"], found["citation"]
    assert found["type"] == "url_citation"
    assert content[place["start_index"] : place["end_index"]] == "[1]"
    text = assistant.document(cited["document_id"]).text
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert "about four hours" in cited["quote"]
    address, _, characters = place["url"].partition("#char=")
    assert address.startswith(f"{url}/v1/documents/")
    start, end = map(int, characters.split(","))
    assert httpx.get(address).json()["text"][start:end] == cited["quote"]


def test_the_client_gets_a_cited_answer(
    client: openai.OpenAI, assistant: Assistant, url: str
) -> None:
    done = client.chat.completions.create(model="citewise", messages=ASKED)
    (choice,) = done.choices
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    content = choice.message.content
    assert content is not None
    assert content.startswith("about four hours")
    assert choice.message.annotations is not None
    assert "about four hours" in choice.message.annotations[0].citation["quote"]  # type: ignore[attr-defined]
    check_annotations(list(choice.message.annotations), content, assistant, url)
    assert done.usage is not None
    assert done.usage.prompt_tokens == 11
    assert done.usage.total_tokens == 11 + done.usage.completion_tokens


def test_the_readmes_example(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(from openai .*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert "http://localhost:7860" in block
    exec(compile(block.replace("http://localhost:7860", url), "README.md", "exec"), {})
    said = capsys.readouterr().out
    assert said.startswith("about four hours")
    assert said.count("about four hours") >= 2  # the answer, and what it rests on


def test_the_client_gets_it_streamed(client: openai.OpenAI, assistant: Assistant, url: str) -> None:
    whole = client.chat.completions.create(model="citewise", messages=ASKED)
    chunks = list(client.chat.completions.create(model="citewise", messages=ASKED, stream=True))
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert len(list(filter(None, pieces))) > 5
    content = "".join(pieces)
    assert content == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks][-2:] == [None, "stop"]
    delta = chunks[-1].choices[0].delta.model_dump()
    check_annotations(delta["annotations"], content, assistant, url)


def test_curl_gets_it_streamed(url: str, assistant: Assistant) -> None:
    body = json.dumps({"model": "citewise", "messages": ASKED, "stream": True})
    status, said = curl(
        f"{url}/v1/chat/completions", "-H", "Content-Type: application/json", "-d", body
    )
    assert status == 200
    lines = [line.removeprefix("data: ") for line in said.splitlines() if line]
    assert lines.pop() == "[DONE]"
    deltas = [json.loads(line)["choices"][0]["delta"] for line in lines]
    content = "".join(delta.get("content", "") for delta in deltas)
    check_annotations(deltas[-1]["annotations"], content, assistant, url)


def test_the_messages_before_are_the_history() -> None:
    assistant = FakeAssistant()
    messages: list[Any] = [
        {"role": "system", "content": "Answer in French."},
        {"role": "user", "content": "How long did the bombers fly?"},
        {"role": "assistant", "content": "For about four hours. [1]"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": [{"type": "text", "text": "Who"}, {"type": "text", "text": "they?"}]},
    ]  # fmt: skip
    with (
        served(assistant) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client,
    ):
        done = client.chat.completions.create(
            model="gpt-4o", messages=messages, temperature=0.2, max_tokens=5, top_p=1, user="ida"
        )
    assert done.choices[0].message.content == "By fighter jets. [1]"
    assert assistant.heard == [
        [
            Turn("user", "How long did the bombers fly?"),
            Turn("assistant", "For about four hours. [1]"),
        ]
    ]


def test_a_refusal_is_said_without_annotations(client: openai.OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "What is the capital of Peru?"}]
    message = client.chat.completions.create(model="citewise", messages=asked).choices[0].message
    assert message.content is not None
    assert message.content.startswith("Your documents do not seem to answer this.")
    assert message.annotations == []


def test_there_is_one_model(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["citewise"]
    assert client.models.retrieve("citewise").owned_by == "citewise"
    with pytest.raises(openai.NotFoundError, match="there is no model of that name"):
        client.models.retrieve("gpt-4o")


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user"}],
        [{"role": "user", "content": " "}],
        [{"role": "assistant", "content": "So?"}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
        [{"role": "wizard", "content": "So?"}],
    ],
)
def test_what_cannot_be_asked_is_an_error_of_the_clients(
    client: openai.OpenAI, messages: list[Any]
) -> None:
    with pytest.raises((openai.BadRequestError, openai.UnprocessableEntityError)) as caught:
        client.chat.completions.create(model="citewise", messages=messages)
    assert set(caught.value.response.json()["error"]) == {"type", "message"}


def test_what_breaks_in_a_stream_is_the_clients_error() -> None:
    asked: list[Any] = [{"role": "user", "content": "broken"}]
    with (
        served(FakeAssistant(Settings())) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(openai.APIError, match="something went wrong"),
    ):
        list(client.chat.completions.create(model="citewise", messages=asked, stream=True))
