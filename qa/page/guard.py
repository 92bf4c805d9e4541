"""Who may speak to the page: only pages of its own, under a name of its own.

A web site that is open in another tab can send requests to this machine too. It cannot read the answers,
but it could add and remove documents; and by a name of its own that leads here it could read as well.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.serving import is_loopback

_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_HARMLESS = ("GET", "HEAD", "OPTIONS")


def guards(host: str, with_password: bool) -> list[Middleware]:
    """What stands before the page when it is served at `host`."""
    own = [Middleware(SameOrigin)]
    if is_loopback(host.strip("[]")) and not with_password:
        return [Middleware(TrustedHostMiddleware, allowed_hosts=[*_LOCAL, host]), *own]
    return own


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
            foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
            if foreign or headers.get("sec-fetch-site", "same-origin") not in (
                "same-origin",
                "none",
            ):
                refusal = PlainTextResponse("This page is not open to other sites.", 403)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
