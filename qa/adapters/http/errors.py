"""What goes wrong, as statuses and one shape of JSON: `{"error": {"type", "message"}}`.

The message is one line: what is wrong, and what to do about it. Nothing of the program's inside is in it.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from index import (
    BusyError,
    CitewiseError,
    DocumentError,
    FolderError,
    MissingError,
    QuestionError,
    UsageError,
)
from qa.adapters.asking import ReadingError
from qa.adapters.http.schemas import Failed
from qa.desk import CrowdedError, LateError
from qa.guard import refusal
from qa.shelf import NotEditableError

# The first class that fits decides: its status, and its name for programs.
STATUSES: tuple[tuple[type[CitewiseError], int, str], ...] = (
    (CrowdedError, 503, "crowded"),
    (ReadingError, 503, "not_ready"),
    (BusyError, 503, "busy"),
    (LateError, 504, "late"),
    (FolderError, 503, "no_folder"),
    (MissingError, 404, "not_found"),
    (DocumentError, 400, "unreadable"),
    (NotEditableError, 403, "not_editable"),
    (QuestionError, 400, "bad_question"),
    (UsageError, 400, "bad_request"),
    (CitewiseError, 500, "failed"),
)
_AGAIN = {"Retry-After": "10"}  # seconds
_KINDS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "wrong_type",
    429: "too_many_requests",
}
_UNEXPECTED = "something went wrong; the server's log says more"

# For the OpenAPI page: what a route may answer beside its result.
RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Failed, "description": "What was asked cannot be done as asked."},
    "5XX": {"model": Failed, "description": "It cannot be done now; see Retry-After."},
}


def handle_errors(app: FastAPI) -> None:
    """Let every error that can be explained be answered in the one shape; `Record` sees to the others."""
    app.add_exception_handler(CitewiseError, _explained)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)


def failure(error: Exception) -> JSONResponse:
    """The answer to an error."""
    status, kind, message = described(error)
    return refusal(status, kind, message, _AGAIN if status == 503 else None)


def described(error: Exception) -> tuple[int, str, str]:
    """An error's status, its name for programs, and what there is to say."""
    for kind, status, name in STATUSES:
        if isinstance(error, kind):
            return status, name, str(error)
    return 500, "failed", _UNEXPECTED


async def _explained(_: Request, error: Exception) -> JSONResponse:
    return failure(error)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for it
    kind = _KINDS.get(error.status_code, "failed")
    return refusal(error.status_code, kind, str(error.detail), error.headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Where the request is wrong, and never what it held."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    place = ".".join(str(part)[:40] for part in first["loc"][:6])
    message = f"{place}: {first['msg']}"
    return refusal(400 if first["type"] == "json_invalid" else 422, "invalid", message[:300])
