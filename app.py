"""The web page's door: `python app.py [FOLDER] [--port P]`."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio

    from qa import Assistant

_PORT = 7860


def build_app(assistant: Assistant) -> gradio.Blocks:
    """The page that asks `assistant`; `launch()` serves it on this machine only."""
    from index import DEFAULT_EMBEDDER

    # Read when Gradio and what it brings along are imported: nothing here may reach out, unless the
    # user named a model of the hub.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    if assistant.settings.embedder == DEFAULT_EMBEDDER:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from qa.page import build_app as build

    return build(assistant)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the page over a folder until interrupted; returns the exit status."""
    options = _parser().parse_args(argv)
    from index import CitewiseError, UsageError
    from qa import Assistant

    try:
        print(f"Reading the documents in {_printable(str(options.folder))} …", file=sys.stderr)
        with Assistant.open(options.folder) as assistant:
            return _serve(assistant, options.port)
    except CitewiseError as error:
        print(f"citewise: {_printable(str(error))}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130


def _serve(assistant: Assistant, port: int | None) -> int:
    page = build_app(assistant)
    try:
        # Without a port, Gradio takes the first free one from 7860 on.
        page.launch(server_port=port, quiet=True, prevent_thread_lock=True)
    except OSError:
        wanted = f"port {port} is taken" if port else f"no port from {_PORT} on is free"
        print(f"citewise: {wanted}: choose another with --port", file=sys.stderr)
        return 1
    assistant.follow()
    count = len(assistant.document_ids())
    documents = "1 document" if count == 1 else f"{count} documents"
    instead = f" (port {_PORT} is taken)" if port is None and page.server_port != _PORT else ""
    print(
        f"Citewise answers from {_printable(assistant.folder.name)} ({documents}) "
        f"at {page.local_url}{instead}. Ctrl+C stops it.",
        flush=True,
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    finally:
        page.close(verbose=False)
    return 0


def _printable(text: str) -> str:
    """The text in one line, without control characters, which could rewrite the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="app.py", description="Ask a folder of documents in the browser."
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("seeds"), metavar="FOLDER")
    parser.add_argument("--port", type=_port, metavar="P", help="default: the first free from 7860")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
