"""The server's log: lines of JSON, of which none holds what was asked, found or answered.

Our own messages are fixed texts with figures and names beside. Of an exception its kind and where it was
raised are told, and not its message, which may quote anything; of what libraries say, only where they said
it.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

_OURS = ("qa.", "index.", "uvicorn.error")
_FRAMES = 6


class JsonLines(logging.Formatter):
    """A record as one line; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.startswith(_OURS):
            line["event"] = record.msg if record.exc_info else record.getMessage()
        else:
            line["where"] = f"{record.module}:{record.lineno}"
        line |= getattr(record, "fields", {})
        if record.exc_info and (error := record.exc_info[1]) is not None:
            frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
            line["error"] = type(error).__name__
            line["raised"] = [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line)


def log_to(stream: TextIO) -> None:
    """Send all that is logged in this process to `stream`, as lines of JSON."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("qa").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").rsplit("/", 3)[-3:])
