"""`/v1/ask`, `/v1/search` and `/v1/embed`: what can be asked, in Citewise's own terms."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from qa.adapters.asking import Asking
from qa.adapters.http.errors import RESPONSES
from qa.adapters.http.metrics import Metrics
from qa.adapters.http.schemas import Embedded, Found, Query, Question, Texts
from qa.adapters.http.streams import event, event_stream, last, present
from qa.desk import Waiting
from qa.types import Answer

_EVENTS: dict[int | str, dict[str, Any]] = {
    **RESPONSES,
    200: {
        "model": Answer,
        "description": "The answer; or, asked to stream, the events `waiting` {position}, `piece` "
        "{text}, and in the end either `answer` (the same answer) or `error`.",
        "content": {"text/event-stream": {}},
    },
}


def questions(asking: Asking, metrics: Metrics) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["questions"])
    settings = asking.assistant.settings

    @router.post("/v1/ask", response_model=None, responses=_EVENTS)
    async def ask(asked: Question, request: Request) -> Response:
        """Answer a question from the documents, with exact citations, or say that they hold no answer."""
        accepted = request.headers.get("accept", "")
        if asked.stream or accepted.startswith("text/event-stream"):
            return await event_stream(_events(asking, metrics, asked, request))
        answer = await last(request, asking.answer(asked.question, asked.turns))
        metrics.answered(answer)
        return JSONResponse(answer.to_dict())

    @router.post("/v1/search", response_model=Found, responses=RESPONSES)
    async def search(asked: Query, request: Request) -> Response:
        """The passages that fit a query best, best first."""
        hits = await last(request, asking.search(asked.query, asked.k or settings.passages))
        return JSONResponse({"query": asked.query, "hits": [asdict(hit) for hit in hits]})

    @router.post("/v1/embed", response_model=Embedded, responses=RESPONSES)
    async def embed(asked: Texts, request: Request) -> Response:
        """Unit vectors of the embedding model that the index is made with."""
        vectors = await last(request, asking.embed(asked.texts))
        model = asking.assistant.models()["embedder"]
        return JSONResponse({"model": model, "dimension": len(vectors[0]), "vectors": vectors})

    return router


async def _events(
    asking: Asking, metrics: Metrics, asked: Question, request: Request
) -> AsyncGenerator[bytes, None]:
    async for item in present(request, asking.stream(asked.question, asked.turns)):
        match item:
            case "":
                yield b""
            case str(piece):
                yield event({"text": piece}, "piece")
            case Waiting(position):
                yield event({"position": position}, "waiting")
            case Answer():
                metrics.answered(item)
                yield event(item.to_dict(), "answer")
