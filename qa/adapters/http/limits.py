"""How much one caller may send, how slowly, and how often."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.adapters.http.paths import is_called, is_ours
from qa.guard import refusal

MAX_JSON = 1024 * 1024  # bytes of a body that is no file
_FORM = 64 * 1024  # bytes that a form takes beside its files
_JSON_SECONDS = 30.0
_UPLOAD_SECONDS = 600.0
# Bytes of a body that is refused: who is cut off while sending does not see the refusal.
_HEARD_OUT = 8 * 1024 * 1024
_CALLERS = 10_000
_SLACK = 1e-6  # seconds; sums of them are not exact


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """Turns down bodies that are too large, by what they say or by what comes, and those that dawdle.

    The page sees to its own.

    Args:
        app: what stands behind.
        upload: how many bytes of files may come at once.
    """

    app: ASGIApp
    upload: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http" or not is_ours(scope["path"]):
            await self.app(scope, receive, send)
            return
        is_upload = scope["path"] == "/v1/documents"
        most = self.upload + _FORM if is_upload else MAX_JSON
        message = f"it is larger than the {most:,} bytes that may come at once: send less"
        if (announced := _announced(scope)) > most:
            if announced <= _HEARD_OUT:
                await _hear_out(receive)
            closing = {"Connection": "close"}
            await refusal(413, "too_large", message, closing)(scope, receive, send)
            return
        end = time.monotonic() + (_UPLOAD_SECONDS if is_upload else _JSON_SECONDS)
        got, whole = 0, False

        async def limited() -> Message:
            nonlocal got, whole
            if whole:
                return await receive()  # which waits for the caller to leave
            try:
                async with asyncio.timeout(end - time.monotonic()):
                    item = await receive()
            except TimeoutError:
                raise HTTPException(408, "the request took too long to arrive") from None
            got += len(item.get("body", b""))
            whole = not item.get("more_body", False)
            if got > most:
                raise HTTPException(413, message)
            return item

        await self.app(scope, limited, send)


async def _hear_out(receive: Receive) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_JSON_SECONDS):
            while (await receive()).get("more_body", False):
                pass


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    if not length.isdecimal():
        return 0
    return int(length) if len(length) < 19 else sys.maxsize


class Rate:
    """Each caller so many calls a minute: all at once, or spread. The generic cell rate algorithm.

    See ITU-T I.371 (2004), Annex A: of each caller it is kept when the calls so far would be over, had they
    been spread evenly.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Nobody has called yet."""
        self._between = 60 / per_minute
        self._clock = clock
        self._ends: OrderedDict[str, float] = OrderedDict()

    def wait(self, caller: str) -> float:
        """0 if the caller may call now, and then it has; or else in how many seconds."""
        now = self._clock()
        end = max(self._ends.pop(caller, now), now) + self._between
        if (early := end - now - 60) > _SLACK:
            self._ends[caller] = end - self._between
            return early
        self._ends[caller] = end
        if len(self._ends) > _CALLERS:
            self._ends.popitem(last=False)
        return 0.0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Turns away whoever calls too often, by address; the page has its line instead."""

    app: ASGIApp
    rate: Rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] == "http" and is_called(scope["path"]):
            seconds = self.rate.wait(_caller(scope))
            if seconds:
                headers = {"Retry-After": str(math.ceil(seconds))}
                message = "that is more requests than may come in a minute: slow down"
                await refusal(429, "too_many_requests", message, headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _caller(scope: Scope) -> str:
    """The caller's address; of version 6 the network, of which one caller has as many as it likes."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 6:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return host
