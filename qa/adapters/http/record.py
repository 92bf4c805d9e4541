"""Every request noted when it is over: a line in the log, and a count among the metrics."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.adapters.http.errors import failure
from qa.adapters.http.metrics import Metrics
from qa.adapters.http.paths import is_ours
from qa.adapters.http.streams import GoneError

_GONE = 499  # no status of HTTP, but what proxies note where nobody waited for the response
_METHODS = ("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH")
# Every browser that is open asks the page for these all the time.
_QUIET = ("page", "/health", "/ready", "/metrics")
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"frame-ancestors 'self'"),
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """Notes requests by route, never by what they carry, and sets headers that no response goes without."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, size = time.monotonic(), _GONE, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *_SAFE]
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counted)
        except GoneError:
            pass
        except Exception as error:
            _log.exception("A request failed")
            if status != _GONE:
                raise
            await failure(error)(scope, receive, counted)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            seconds = time.monotonic() - began
            route = _route(scope)
            self.metrics.requested(route, method, status, seconds)
            level = logging.DEBUG if route in _QUIET and status < 400 else logging.INFO
            fields = {
                "method": method,
                "route": route,
                "status": status,
                "seconds": round(seconds, 4),
                "bytes": size,
                "peer": (scope.get("client") or ("",))[0],
            }
            _log.log(level, "request", extra={"fields": fields})


def _route(scope: Scope) -> str:
    """The route's pattern: a path may hold the names of documents, or anything."""
    if not is_ours(scope["path"]):
        return "page"
    route = getattr(scope.get("route"), "path", None)
    if route is None:
        return "/mcp" if scope["path"] == "/mcp" else "none"
    return str(route)
