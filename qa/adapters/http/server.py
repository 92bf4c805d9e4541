"""`citewise serve`: the application on a port, from the first request to the last answer."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from index import CitewiseError
from qa.adapters.http.app import Login, build
from qa.adapters.http.logs import log_to
from qa.assistant import Assistant
from qa.desk import Desk
from qa.serving import Token, token
from qa.settings import TOKEN_VARIABLE
from qa.terminal import printable

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.page import Page

_PORT = 7860
_PORTS = 100
GRACE = 25  # seconds for what is in flight when the server is told to stop
_LATEST = 5  # more, after which the process ends whatever still runs
_CONNECTIONS = 1000
_LOOK = 0.25

_log = logging.getLogger(__name__)


def serve(
    options: Namespace,
    page: Callable[[Assistant, Desk], Page],
    login: Login | None,
) -> int:
    """Serve as the options of `qa.serving.add_api_options` say, until told to stop; the exit status.

    Args:
        options: folder, host, port and the token's file.
        page: builds the page.
        login: says who may open it; without it, those who know the token.

    Raises:
        CitewiseError: it cannot be served.
    """
    known = token(options)
    # Not for the processes that read documents.
    os.environ.pop(TOKEN_VARIABLE, None)
    with _listening(options.host, options.port) as listener:
        if known is not None and known.warning:
            print(f"citewise: {printable(known.warning)}", file=sys.stderr)
        with Assistant.open(options.folder, wait=False) as assistant:
            log_to(sys.stderr)
            return _serve(assistant, options.host, listener, known, page, login)


def _serve(
    assistant: Assistant,
    host: str,
    listener: socket.socket,
    known: Token | None,
    make_page: Callable[[Assistant, Desk], Page],
    login: Login | None,
) -> int:
    desk = Desk.of(assistant)
    page = make_page(assistant, desk)
    stopping = threading.Event()
    app = build(assistant, desk, host=host, token=known, page=page, login=login, stopping=stopping)

    def stop() -> None:
        stopping.set()
        page.hang_up()
        last = threading.Timer(GRACE + _LATEST, os._exit, args=(1,))
        last.daemon = True
        last.start()

    def start() -> None:
        assistant.follow()
        threading.Thread(target=_tell, args=(assistant, stopping), daemon=True).start()
        url = _url(host, listener.getsockname()[1])
        name = printable(assistant.folder.resolve().name)
        print(
            f"Citewise answers from {name} at {url}, programs at {url}docs. Ctrl+C stops it.",
            flush=True,
        )

    try:
        Server(app, start, stop).run(sockets=[listener])
    finally:
        stopping.set()
        desk.close()
    return 0


class Server(uvicorn.Server):
    """Finishes what is in flight when told to stop, within `GRACE` seconds, and then just returns."""

    def __init__(self, app: FastAPI, start: Callable[[], None], stop: Callable[[], None]) -> None:
        """`start` is called when requests are taken, `stop` as soon as no more are."""
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            # A caller's word for where it comes from is not taken.
            proxy_headers=False,
            server_header=False,
            ws="none",
            limit_concurrency=_CONNECTIONS,
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(config)
        self._start, self._stop = start, stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        await super().startup(sockets)
        self._start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See uvicorn."""
        _log.info("stopping", extra={"fields": {"in_flight": len(self.server_state.tasks)}})
        self._stop()
        # uvicorn waits without end for what the application does when it stops.
        with suppress(TimeoutError):
            await asyncio.wait_for(super().shutdown(sockets), GRACE + _LATEST / 2)
        _log.info("stopped")

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, without raising them again in the end: the index is still to be closed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _listening(host: str, port: int | None) -> Iterator[socket.socket]:
    """A socket at the port, or at the first free one from 7860.

    Raises:
        CitewiseError: it is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in (port,) if port else range(_PORT, _PORT + _PORTS):
        with suppress(OSError):
            address = host or "0.0.0.0"  # noqa: S104 - what an empty address means
            listener = socket.create_server((address, candidate), family=family, backlog=256)
            break
    else:
        wanted = f"port {port} is taken" if port else f"no port from {_PORT} on is free"
        raise CitewiseError(f"{wanted}: choose another with --port")
    with listener:
        yield listener


def _tell(assistant: Assistant, stopping: threading.Event) -> None:
    """Note when the folder has been read for the first time."""
    began = time.monotonic()
    with suppress(CitewiseError):
        while not stopping.wait(_LOOK):
            state = assistant.folder_state()
            if state.ready:
                fields = {
                    "documents": state.documents,
                    "unreadable": len(state.failed),
                    "trouble": bool(state.trouble),
                    "seconds": round(time.monotonic() - began, 2),
                }
                _log.info("ready", extra={"fields": fields})
                return


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host or '0.0.0.0'}:{port}/"  # noqa: S104
