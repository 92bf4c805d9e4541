"""Who may call: whoever knows the token. It is compared in constant time, and shown nowhere."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.adapters.http.paths import OPEN, is_called
from qa.guard import refusal
from qa.serving import Token


@dataclass(frozen=True, slots=True)
class RequireToken:
    """Lets through whoever has the token: as a bearer, or as the password of whatever user.

    Args:
        app: what stands behind.
        token: that is wanted.
        elsewhere: says of a path that something else sees to who may go there.
    """

    app: ASGIApp
    token: Token = field(repr=False)
    elsewhere: Callable[[str], bool]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "lifespan" or self._may(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            # What is not for programs alone may be looked at with a browser, which asks for a password.
            way = "Bearer" if is_called(scope["path"]) else "Basic"
            message = "send the server's token as a header: Authorization: Bearer TOKEN"
            headers = {"WWW-Authenticate": f'{way} realm="Citewise", charset="UTF-8"'}
            await refusal(401, "unauthorized", message, headers)(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        path = scope["path"]
        if path in OPEN or self.elsewhere(path):
            return True
        way, _, credentials = Headers(scope=scope).get("authorization", "").partition(" ")
        credentials = credentials.strip()
        if way.lower() == "basic":
            credentials = _password(credentials)
        elif way.lower() != "bearer":
            return False
        return self.token.is_(credentials)


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
