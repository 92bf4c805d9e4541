"""`/v1/chat/completions` and `/v1/models`, as OpenAI's clients call them.

An answer is the assistant's message; its citations are the message's annotations, each with the characters
of the message where its marker stands. A stream has them in its last piece. What the documents do not hold
is said in the message, as on the page. System messages change nothing, and neither do temperatures and the
like: answers are the documents' words.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from index import MissingError, QuestionError
from qa.adapters.asking import Asking
from qa.adapters.http.errors import RESPONSES
from qa.adapters.http.metrics import Metrics
from qa.adapters.http.schemas import Chat, ChatRequest, Model, Models
from qa.adapters.http.streams import event, event_stream, last, present
from qa.types import Answer, Citation, Turn

MODEL = "citewise"
_DONE = b"data: [DONE]\n\n"
_TOKEN = re.compile(r"\w+|[^\w\s]")

_EVENTS: dict[int | str, dict[str, Any]] = {
    **RESPONSES,
    200: {
        "model": Chat,
        "description": "The answer; or, asked to stream, chunks of it as server-sent events.",
        "content": {"text/event-stream": {}},
    },
}


def openai(asking: Asking, metrics: Metrics) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["OpenAI-compatible"])
    model = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": "citewise"}

    @router.post("/v1/chat/completions", response_model=None, responses=_EVENTS)
    async def complete(asked: ChatRequest, request: Request) -> Response:
        """Answer the last message from the documents; the messages before it are the history."""
        question, history = _conversation(asked)
        head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": MODEL,
        }
        documents = f"{request.base_url}v1/documents/"
        if asked.stream:
            chunks = _chunks(asking, metrics, question, history, request, head, documents)
            return await event_stream(chunks)
        answer = await last(request, asking.answer(question, history))
        metrics.answered(answer)
        message = {
            "role": "assistant",
            "content": answer.text,
            "refusal": None,
            "annotations": _annotations(answer, documents),
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        said = [item.text for item in asked.messages]
        body = {**head, "object": "chat.completion", "choices": [choice]}
        return JSONResponse({**body, "usage": _usage(said, answer.text)})

    @router.get("/v1/models", response_model=Models, responses=RESPONSES)
    async def models() -> Response:
        """The one model there is: the documents, read by Citewise."""
        return JSONResponse({"object": "list", "data": [model]})

    @router.get("/v1/models/{name}", response_model=Model, responses=RESPONSES)
    async def one_model(name: str) -> Response:
        """The one model there is."""
        if name != MODEL:
            raise MissingError(f"there is no model of that name: ask {MODEL}")
        return JSONResponse(model)

    return router


def _conversation(asked: ChatRequest) -> tuple[str, list[Turn]]:
    """The question, and the turns before it."""
    *before, question = asked.messages
    if question.role != "user":
        raise QuestionError("the last message must be the user's: it is the question")
    turns = [
        Turn(item.role, item.text)
        for item in before
        if (item.role == "user" or item.role == "assistant") and item.text
    ]
    return question.text, turns


async def _chunks(
    asking: Asking,
    metrics: Metrics,
    question: str,
    history: list[Turn],
    request: Request,
    head: dict[str, Any],
    documents: str,
) -> AsyncGenerator[bytes, None]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return event({**head, "object": "chat.completion.chunk", "choices": [choice]})

    begun = False
    async for item in present(request, asking.stream(question, history)):
        if not begun:
            yield chunk({"role": "assistant", "content": ""})
            begun = True
        if isinstance(item, Answer):
            metrics.answered(item)
            yield chunk({"annotations": _annotations(item, documents)}, "stop")
            yield _DONE
        else:
            yield chunk({"content": item}) if isinstance(item, str) and item else b""


def _annotations(answer: Answer, documents: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": start,
                "end_index": end,
                "title": citation.title,
                "url": _url(citation, documents),
            },
            "citation": asdict(citation),
        }
        for citation in answer.citations
        for start, end in _places(answer.text, citation)
    ]


def _places(text: str, citation: Citation) -> list[tuple[int, int]]:
    """Where the citation's marker stands in the text; at its end, should it be nowhere."""
    marker = re.escape(f"[{citation.marker}]")
    return [found.span() for found in re.finditer(marker, text)] or [(len(text), len(text))]


def _url(citation: Citation, documents: str) -> str:
    """The document, with the quoted characters as RFC 5147 names them: positions in its `text`."""
    return f"{documents}{quote(citation.document_id)}#char={citation.start},{citation.end}"


def _usage(said: list[str], answer: str) -> dict[str, int]:
    asked = sum(len(_TOKEN.findall(text)) for text in said)
    answered = len(_TOKEN.findall(answer))
    return {
        "prompt_tokens": asked,
        "completion_tokens": answered,
        "total_tokens": asked + answered,
    }
