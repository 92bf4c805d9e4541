"""Who may speak to what is served: only pages of its own, under a name of its own.

A web site that is open in another tab can send requests to this machine too. It cannot read the answers,
but it could add and remove documents; and by a name of its own that leads here it could read as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.serving import is_loopback

_LOCAL = ("127.0.0.1", "localhost", "::1")
_HARMLESS = ("GET", "HEAD", "OPTIONS")


def guards(host: str, with_password: bool) -> list[Middleware]:
    """What stands before the page when it is served at `host`."""
    own = [Middleware(SameOrigin)]
    if is_loopback(host.strip("[]")) and not with_password:
        return [Middleware(OwnName, names=(*_LOCAL, host.strip("[]"))), *own]
    return own


def refusal(
    status: int, kind: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The one shape of everything that is refused over HTTP; `kind` is for programs."""
    return JSONResponse({"error": {"type": kind, "message": message}}, status, headers)


class OwnName:
    """Refuses whoever came by another name than this machine's own."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        """Stand before `app`, which is known by `names` alone."""
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] in ("http", "websocket"):
            try:
                name = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname
            except ValueError:
                name = None
            if name not in self._names:
                message = "Only this machine may ask, by the name 127.0.0.1 or localhost."
                await refusal(400, "wrong_host", message)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SameOrigin:
    """Refuses what a page of another origin sends to change something."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http" and scope["method"] not in _HARMLESS:
            headers = Headers(scope=scope)
            # Browsers always send one of the two with what could change something; programs neither.
            origin = headers.get("origin")
            foreign = origin is not None and _place(origin) != headers.get("host")
            if foreign or headers.get("sec-fetch-site", "same-origin") not in (
                "same-origin",
                "none",
            ):
                message = "This page is not open to other sites."
                await refusal(403, "other_site", message)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _place(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
