"""The application: routes, the MCP endpoint and the page on one port, behind the same guards."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Security
from fastapi.security import HTTPBearer
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from qa.adapters.asking import Asking
from qa.adapters.http.auth import RequireToken
from qa.adapters.http.documents import documents
from qa.adapters.http.errors import handle_errors
from qa.adapters.http.limits import BodyLimit, Rate, RateLimit
from qa.adapters.http.metrics import Metrics
from qa.adapters.http.openai import openai
from qa.adapters.http.paths import is_ours
from qa.adapters.http.questions import questions
from qa.adapters.http.record import Record
from qa.adapters.http.schemas import Standing
from qa.adapters.mcp import mcp_app
from qa.assistant import Assistant
from qa.desk import Desk
from qa.guard import guards
from qa.serving import Token

if TYPE_CHECKING:
    from qa.page import Page

Login = Callable[[str, str], Awaitable[bool]]

_ABOUT = """Ask a folder of documents: every answer cites the exact characters it rests on, or says that the
documents hold none. All that goes wrong is answered as `{"error": {"type", "message"}}`."""
_STATIC = "/docs/static"
_MEGABYTE = 1024 * 1024


def build(
    assistant: Assistant,
    desk: Desk,
    *,
    host: str,
    token: Token | None = None,
    page: Page | None = None,
    login: Login | None = None,
    stopping: threading.Event | None = None,
) -> FastAPI:
    """The application over an assistant.

    Args:
        assistant: whose folder somebody else follows.
        desk: over the assistant; the page's as well.
        host: where it is served.
        token: that callers must know.
        page: at `/`, or nothing is there.
        login: who may open the page; without it, those who know the token.
        stopping: set when no more should come here.
    """
    asking = Asking(assistant, desk)
    metrics = Metrics(assistant, desk)
    mcp, mcp_lifespan = mcp_app(asking)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with mcp_lifespan():
            yield

    app = FastAPIOffline(
        title="Citewise",
        description=_ABOUT,
        version=version("citewise"),
        redoc_url=None,
        static_url=_STATIC,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    # Declared for those who read the description; what stands before the routes sees to it.
    known: dict[str, Any] = (
        {"dependencies": [Security(HTTPBearer(auto_error=False))]} if token else {}
    )
    routers = [questions(asking, metrics), documents(asking), openai(asking, metrics)]
    for router in routers:
        app.include_router(router, **known)
    routers.append(_standing(asking, metrics, stopping or threading.Event()))
    app.include_router(routers[-1])
    app.router.routes.extend(mcp.routes)
    nothing = _Nothing([route for router in routers for route in router.routes])
    for path in ("/v1/{rest:path}", "/health", "/ready", "/metrics"):
        app.router.routes.append(Route(path, nothing))
    handle_errors(app)
    if page is not None:
        page.mount(app, login)

    # From the innermost to the outermost.
    settings = assistant.settings
    app.add_middleware(BodyLimit, upload=settings.upload_megabytes * _MEGABYTE)
    if token is not None:
        app.add_middleware(
            RequireToken, token=token, elsewhere=lambda path: bool(login) and not is_ours(path)
        )
    if settings.requests_per_minute:
        app.add_middleware(RateLimit, rate=Rate(settings.requests_per_minute))
    for guard in reversed(guards(host, with_password=token is not None)):
        app.add_middleware(guard.cls, *guard.args, **guard.kwargs)
    app.add_middleware(Record, metrics=metrics)
    return app


def _standing(asking: Asking, metrics: Metrics, stopping: threading.Event) -> APIRouter:
    """Whether the server lives, is ready, and what it has done."""
    router = APIRouter(tags=["server"])

    @router.get("/health", response_model=Standing)
    async def health() -> Response:
        """Whether the server lives. Needs no token."""
        return JSONResponse({"status": "ok"})

    @router.get("/ready", response_model=Standing, responses={503: {"model": Standing}})
    async def ready() -> Response:
        """Whether the folder has been read, and questions may come. Needs no token."""
        state = await asking.look(asking.assistant.folder_state)
        if stopping.is_set():
            status = "stopping"
        elif not state.ready:
            status = "reading"
        else:
            status = "trouble" if state.trouble and not state.documents else "ready"
        if status == "ready":
            return JSONResponse({"status": status})
        return JSONResponse({"status": status}, 503, {"Retry-After": "2"})

    @router.get(
        "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}}
    )
    async def metrics_() -> Response:
        """Counts and times for Prometheus."""
        return Response(await asking.look(metrics.text), media_type=CONTENT_TYPE_LATEST)

    return router


class _Nothing:
    """What is asked at paths that are ours and is not among the routes, whatever the method.

    The page at the root would take it for its own.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = {
            method
            for route in self._routes
            if isinstance(route, Route) and route.matches(scope)[0] is Match.PARTIAL
            for method in route.methods or ()
        }
        if allowed:
            headers = {"Allow": ", ".join(sorted(allowed))}
            raise HTTPException(
                405, f"{scope['method'][:20]} cannot be done here: see /docs", headers
            )
        raise HTTPException(404, "there is nothing here: see /docs")
