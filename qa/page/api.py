"""What other programs may call of the page, by Gradio's own client: `chat`.

from gradio_client import Client

Client("http://127.0.0.1:7860").predict("How long did the bombers fly?", api_name="/chat")
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import gradio as gr

from index import CitewiseError
from qa.desk import Desk, Waiting
from qa.types import Answer, Turn

_MOST = 400
_FAILED = "something went wrong; the log says more"
_WRONG = "the history must be a list of {role, content}, with the roles user and assistant"

_log = logging.getLogger(__name__)


def chat(desk: Desk) -> Callable[..., Iterator[str]]:
    """The function that answers a message in the line of `desk`, as far as it is written each time."""

    # Gradio reads the types to describe it, and they must be there to read.
    def answer(message: str, history: list[dict[str, Any]] = []) -> Iterator[str]:  # noqa: B006
        """Answer a message from the documents; `history` are the messages before it, {role, content}."""
        written = ""
        try:
            if not isinstance(message, str):
                raise gr.Error("the message must be a text", print_exception=False)
            with closing(desk.stream(message, _turns(history))) as events:
                for event in events:
                    if isinstance(event, Waiting):
                        continue
                    written = event.text if isinstance(event, Answer) else written + event
                    yield written
        except gr.Error:
            raise
        except CitewiseError as error:
            raise gr.Error(str(error), print_exception=False) from None
        except Exception:
            _log.exception("A question could not be answered")
            raise gr.Error(_FAILED, print_exception=False) from None

    answer.__annotations__ = {
        "message": str,
        "history": list[dict[str, Any]],
        "return": Iterator[str],
    }
    return answer


def _turns(history: Any) -> list[Turn]:
    if history is None:
        return []
    if not isinstance(history, list) or len(history) > _MOST:
        raise gr.Error(_WRONG, print_exception=False)
    turns = []
    for item in history:
        match item:
            case {"role": "user" | "assistant" as role, "content": str(text)}:
                turns.append(Turn(role, text))
            case {"role": "user" | "assistant" as role, "content": list(parts)}:
                turns.append(Turn(role, "\n".join(map(_text, parts))))
            case _:
                raise gr.Error(_WRONG, print_exception=False)
    return turns


def _text(part: Any) -> str:
    if isinstance(part, dict) and isinstance(text := part.get("text"), str):
        return text
    raise gr.Error(_WRONG, print_exception=False)
