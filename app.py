"""The web page's door: `python app.py [FOLDER] [--port P] [--host ADDRESS --auth FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa import Assistant
    from qa.desk import Desk
    from qa.page import Page
    from qa.passwords import Passwords

_PORT = 7860
_LOOK = 0.1  # seconds


def build_app(assistant: Assistant, desk: Desk | None = None) -> Page:
    """The page that asks `assistant`; `launch()` serves it, on this machine only unless told otherwise.

    Its questions stand in the line of `desk`, if it is given, with those of others.
    """
    from index import DEFAULT_EMBEDDER

    # Read when Gradio and what it brings along are imported: nothing here may reach out, unless the
    # user named a model of the hub.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    if assistant.settings.embedder == DEFAULT_EMBEDDER:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from qa.page import build_app as build

    return build(assistant, desk)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the page over a folder until interrupted; returns the exit status."""
    from index import CitewiseError, UsageError
    from qa.serving import add_options
    from qa.terminal import printable

    parser = argparse.ArgumentParser(
        prog="app.py", description="Ask a folder of documents in the browser."
    )
    add_options(parser, Path("seeds"))
    try:
        return serve(parser.parse_args(argv))
    except CitewiseError as error:
        print(f"citewise: {printable(str(error))}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130


def serve(options: argparse.Namespace) -> int:
    """Serve the page as the options of `qa.serving` say, until interrupted; returns the exit status.

    Raises:
        CitewiseError: it cannot be served.
    """
    from qa import Assistant
    from qa.serving import users
    from qa.terminal import printable

    allowed = users(options)
    if allowed is not None and allowed.warning:
        print(f"citewise: {printable(allowed.warning)}", file=sys.stderr)
    print(f"Opening {printable(str(options.folder))} …", file=sys.stderr)
    with Assistant.open(options.folder, wait=False) as assistant:
        return _serve(assistant, options, allowed)


def _serve(assistant: Assistant, options: argparse.Namespace, allowed: Passwords | None) -> int:
    from qa.serving import is_loopback
    from qa.terminal import printable

    page = build_app(assistant)
    try:
        # Without a port, Gradio takes the first free one from 7860 on.
        page.launch(
            server_name=f"[{options.host}]" if ":" in options.host else options.host,
            server_port=options.port,
            # Gradio awaits it, though it does not say so.
            auth=None if allowed is None else login(allowed),
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError:
        port = options.port
        wanted = f"port {port} is taken" if port else f"no port from {_PORT} on is free"
        print(f"citewise: {wanted}: choose another with --port", file=sys.stderr)
        return 1
    try:
        assistant.follow()
        taken = options.port is None and page.server_port != _PORT
        instead = f" (port {_PORT} is taken)" if taken else ""
        name = printable(assistant.folder.resolve().name)
        print(
            f"Citewise answers from {name} at {page.local_url}{instead}. Ctrl+C stops it.",
            flush=True,
        )
        if allowed is None and not is_loopback(options.host):
            may = "ask, add and remove documents" if assistant.settings.editable else "ask"
            print(f"citewise: anyone who reaches this machine may {may}", file=sys.stderr)
        _show_first_sync(assistant)
        threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    finally:
        page.close(verbose=False)
    return 0


def login(allowed: Passwords) -> Callable[[str, str], Awaitable[bool]]:
    """What Gradio asks about a user and a password; the page answers others meanwhile."""

    async def check(user: str, password: str) -> bool:
        return await asyncio.to_thread(allowed.check, user, password)

    return check


def _show_first_sync(assistant: Assistant) -> None:
    """Show how far the first sync is, and in the end what there is to answer from."""
    from qa.terminal import Bar, printable

    with Bar(sys.stderr, failures=False) as bar:
        while not (state := assistant.folder_state()).ready:
            if state.event is not None:
                bar(state.event)
            time.sleep(_LOOK)
    if state.trouble:
        print(f"citewise: {printable(state.trouble)}", file=sys.stderr)
    documents = "1 document" if state.documents == 1 else f"{state.documents:,} documents"
    unread = f", and {len(state.failed):,} that could not be read" if state.failed else ""
    print(f"{documents}{unread}.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
