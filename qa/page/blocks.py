"""The page's layout and wiring, and nothing of how it looks (style.css) or renders (render.py)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from index import CitewiseError, Document
from qa.page import render
from qa.types import Answer, Turn

if TYPE_CHECKING:
    from qa import Assistant

_HERE = Path(__file__).parent
_ANSWERS_AT_ONCE = 4
_QUESTIONS_WAITING = 32
# How often it is seen whether the documents have changed, in seconds.
_LOOK = 1.0

_log = logging.getLogger(__name__)

Message = dict[str, str]
Update = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one visitor has asked and been told; it lives in that visitor's session only.

    `turns` is what the assistant hears of it. `messages` and `groups` are its HTML, in the chat and
    in the panel: the history is never read back from the page.
    """

    turns: tuple[Turn, ...] = ()
    messages: tuple[Message, ...] = ()
    groups: tuple[str, ...] = ()


class Page(gr.Blocks):
    """Blocks that launch with the page's own looks, on this machine only, unless told otherwise."""

    def launch(self, *args: Any, **kwargs: Any) -> Any:
        """As `gradio.Blocks.launch`, with other defaults."""
        local = {"server_name": "127.0.0.1", "share": False}
        return super().launch(*args, **{**local, **page_options(), **kwargs})


def page_options() -> dict[str, Any]:
    """What `Blocks.launch` and `gradio.mount_gradio_app` have to be told alike."""
    return {
        # Named fonts only: the default theme's are files to fetch.
        "theme": gr.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
        "css_paths": [_HERE / "style.css"],
        "head": (_HERE / "head.html").read_text("utf-8"),
        "js": (_HERE / "page.js").read_text("utf-8"),
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "ssr_mode": False,
        "mcp_server": False,
        "pwa": False,
    }


def build_app(assistant: Assistant) -> gr.Blocks:
    """The page that asks `assistant`; `launch()` serves it."""

    suggestions = assistant.suggest()

    def header() -> str:
        return render.header(assistant.folder.name, assistant.folder_state())

    def refresh(shown: str) -> tuple[Any, Any]:
        now = header()
        return (gr.skip(), gr.skip()) if now == shown else (now, now)

    def ask(question: str, conversation: Conversation) -> Iterator[Update]:
        yield from _answering(assistant, question, conversation)

    def choose(conversation: Conversation, chosen: gr.SelectData) -> Iterator[Update]:
        yield from _answering(assistant, suggestions[chosen.index], conversation)

    page = Page(title="Citewise", fill_width=True, analytics_enabled=False)
    with page:
        conversation = gr.State(Conversation())
        shown = gr.State("")
        look = gr.Timer(_LOOK)
        with gr.Column(elem_id="cw-page"):
            top = gr.HTML(header, elem_id="cw-top", apply_default_css=False)
            with gr.Row(elem_id="cw-main"):
                with gr.Column(elem_id="cw-talk"):
                    chat = gr.Chatbot(
                        elem_id="cw-chat",
                        label="Conversation",
                        show_label=False,
                        height="100%",
                        layout="panel",
                        placeholder=render.welcome(),
                        examples=[{"text": question} for question in suggestions],
                        # Answers are escaped before they come here; this is the second lock.
                        sanitize_html=True,
                        allow_tags=False,
                        latex_delimiters=[],
                        buttons=[],
                    )
                    box = gr.Textbox(
                        elem_id="cw-box",
                        label="Your question",
                        show_label=False,
                        container=False,
                        placeholder="Ask a question",
                        max_lines=5,
                        autofocus=True,
                        submit_btn="Ask",
                    )
                    with gr.Row(elem_id="cw-under"):
                        hint = gr.HTML(render.hint(), elem_id="cw-hint", apply_default_css=False)
                        clear = gr.Button("New conversation", elem_id="cw-clear", size="sm")
                panel = gr.HTML(render.panel(()), elem_id="cw-panel", apply_default_css=False)

        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        shared = {"concurrency_limit": _ANSWERS_AT_ONCE, "concurrency_id": "answers", **quiet}
        look.tick(refresh, shown, [top, shown], queue=False, **quiet)
        outputs = [box, hint, chat, panel, conversation]
        typed = box.submit(ask, [box, conversation], outputs, **shared)
        chosen = chat.example_select(choose, conversation, outputs, **shared)
        # One after the other: an answer being written would otherwise write over the empty page.
        stopped = clear.click(None, cancels=[typed, chosen], **quiet)
        stopped.then(_cleared, None, outputs, **quiet)
    page.queue(max_size=_QUESTIONS_WAITING)
    return page


def _answering(assistant: Assistant, question: str, conversation: Conversation) -> Iterator[Update]:
    """What the page shows while one question is answered, step by step."""
    if not question.strip():
        yield _update(hint=render.hint(nudge=True))
        return
    asked = (*conversation.messages, _message("user", render.question(question)))

    def says(html: str) -> tuple[Message, ...]:
        return (*asked, _message("assistant", html))

    yield _update(box="", hint=render.hint(), chat=says(render.reading()))
    written = ""
    try:
        for event in assistant.stream(question, list(conversation.turns)):
            if isinstance(event, str):
                written += event
                yield _update(chat=says(render.partial(written)))
            else:
                yield _finished(assistant, event, conversation, asked)
        return
    except CitewiseError as error:
        # Messages are written to follow "citewise: ".
        reason = render.sentence(str(error))
    except Exception:
        _log.exception("A question could not be answered")
        reason = "Something went wrong; the log says more."
    messages = says(render.notice(reason))
    yield _update(chat=messages, conversation=replace(conversation, messages=messages))


def _finished(
    assistant: Assistant, answer: Answer, before: Conversation, asked: tuple[Message, ...]
) -> Update:
    number = len(before.groups) + 1
    sources = render.sources(answer, number, _documents(assistant, answer))
    after = Conversation(
        turns=(*before.turns, Turn("user", answer.question), Turn("assistant", answer.text)),
        messages=(*asked, _message("assistant", render.answer(answer, number))),
        groups=(*before.groups, sources),
    )
    return _update(chat=after.messages, panel=render.panel(after.groups), conversation=after)


def _documents(assistant: Assistant, answer: Answer) -> dict[str, Document]:
    """The documents an answer speaks of, less those that have gone in the meantime."""
    found = {}
    cited = {citation.document_id for citation in answer.citations}
    for document_id in cited | {hit.chunk.document_id for hit in answer.hits}:
        with suppress(CitewiseError):
            found[document_id] = assistant.document(document_id)
    return found


def _cleared() -> Update:
    return _update(hint=render.hint(), chat=(), panel=render.panel(()), conversation=Conversation())


def _message(role: str, html: str) -> Message:
    return {"role": role, "content": html}


def _update(
    *,
    box: str | None = None,
    hint: str | None = None,
    chat: Sequence[Message] | None = None,
    panel: str | None = None,
    conversation: Conversation | None = None,
) -> Update:
    """New values for the outputs, in their order; what is None stays as it is."""
    values = (box, hint, None if chat is None else list(chat), panel, conversation)
    return tuple(gr.skip() if value is None else value for value in values)
