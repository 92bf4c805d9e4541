"""From what is waited for to a response: JSON at the end, or server-sent events on the way.

Events carry one line of ASCII JSON each: nothing that a document holds can end an event or begin one.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.requests import Request

from index import CitewiseError
from qa.adapters.http.errors import described

_log = logging.getLogger(__name__)

T = TypeVar("T")

_QUIET = 15.0  # seconds, after which a silent stream says that it lives
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class GoneError(Exception):
    """Whoever asked has gone: nobody hears the answer."""


async def present(request: Request, events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The events as long as somebody listens, who is looked for at each.

    Raises:
        GoneError: nobody does; the events are given up.
    """
    async with aclosing(events):
        async for event in events:
            if await request.is_disconnected():
                raise GoneError
            yield event


async def last(request: Request, events: AsyncGenerator[T | None, None]) -> T:
    """The one event that is not None; raises what `present` does."""
    async for event in present(request, events):
        if event is not None:
            return event
    raise AssertionError("it ends with an event")


def event(data: Any, name: str | None = None) -> bytes:
    """One server-sent event."""
    return format_sse_event(data_str=json.dumps(data), event=name)


async def event_stream(chunks: AsyncGenerator[bytes, None]) -> EventSourceResponse:
    """A response of events; an empty one stands for nothing, and goes out as a comment now and then.

    What fails before the first one fails here, while a status can still be given; later it becomes an
    event `error`, the last.
    """
    first = await anext(chunks)

    async def body() -> AsyncGenerator[bytes, None]:
        sent = time.monotonic()
        try:
            async with aclosing(chunks):
                if first:
                    yield first
                async for chunk in chunks:
                    if not chunk and time.monotonic() - sent < _QUIET:
                        continue
                    yield chunk or KEEPALIVE_COMMENT
                    sent = time.monotonic()
        except GoneError:
            return
        except Exception as error:
            if not isinstance(error, CitewiseError):
                _log.exception("A stream broke off")
            _, kind, message = described(error)
            yield event({"error": {"type": kind, "message": message}}, "error")

    return EventSourceResponse(body(), headers=_HEADERS)
