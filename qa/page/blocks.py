"""The page's layout and wiring, and nothing of how it looks (static/) or renders (html/)."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import gradio as gr
from gradio import events
from starlette.routing import Mount

from index import CitewiseError
from qa.desk import Desk, Waiting
from qa.guard import guards
from qa.page import api
from qa.page.actions import Actions
from qa.page.conversation import Conversation, Exchange, RecordError
from qa.page.html import frame, sources, talk
from qa.types import Answer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa import Assistant

_STATIC = Path(__file__).parent / "static"
_STYLES = ("base.css", "talk.css", "sources.css", "documents.css")
_SCRIPTS = ("page.js", "conversations.js", "talk.js", "sources.js", "documents.js")
# Beside the threads of those who are answered or wait: for whatever else a page asks.
_THREADS = 24
_HOUR = 3600
_UNREADABLE = "the conversation kept in this browser cannot be read: begin a new one"

_log = logging.getLogger(__name__)

Update = tuple[Any, ...]
Login = Callable[[str, str], Awaitable[bool]]


class Page(gr.Blocks):
    """Blocks that launch with the page's own looks, on this machine only, unless told otherwise."""

    launch_options: dict[str, Any]

    def launch(self, *args: Any, **kwargs: Any) -> Any:
        """As `gradio.Blocks.launch`, with other defaults."""
        local = {"server_name": "127.0.0.1", "share": False}
        options = {**local, **self.launch_options, **kwargs}
        with_password = options.get("auth") is not None
        middleware = guards(options["server_name"], with_password)
        options.setdefault("app_kwargs", {"middleware": middleware})
        return super().launch(*args, **options)

    def mount(self, app: FastAPI, auth: Login | None) -> None:
        """Become the root of `app`, which sees to the guards; `auth` says who may log in, or all may."""
        options = dict(self.launch_options)
        self.max_threads = self._queue.max_thread_count = options.pop("max_threads")
        gr.mount_gradio_app(app, self, "/", auth=auth, **options)
        (mounted,) = (route for route in app.routes if isinstance(route, Mount) and not route.path)
        self.app = cast(Any, mounted.app)  # as `launch` has it

    def hang_up(self) -> None:
        """Let go of browsers that only listen whether the page is still there."""
        self.app.stop_event.set()


def page_options() -> dict[str, Any]:
    """What `Blocks.launch` and `gradio.mount_gradio_app` have to be told alike."""
    return {
        # Named fonts only: the default theme's are files to fetch.
        "theme": gr.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
        "css_paths": [_STATIC / name for name in _STYLES],
        "head": _static("head.html"),
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "ssr_mode": False,
        "mcp_server": False,
        "pwa": False,
    }


def build_app(assistant: Assistant, desk: Desk | None = None) -> Page:
    """The page that asks `assistant` in the line of `desk`, or of its own; `launch()` serves it."""
    settings = assistant.settings
    actions = Actions(assistant)
    desk = desk or Desk.of(assistant)

    def ask(question: str, record: str, ticket: str, author: str) -> Iterator[Update]:
        yield from _answering(desk, actions, question, record, ticket, author)

    def show(record: str) -> Update:
        return _shown(actions, record)

    page = Page(
        title="Citewise",
        fill_width=True,
        analytics_enabled=False,
        # What was uploaded and never placed.
        delete_cache=(_HOUR, _HOUR),
    )
    page.launch_options = {
        **page_options(),
        "max_file_size": settings.upload_megabytes * 1024 * 1024,
        "max_threads": settings.workers + settings.questions_waiting + _THREADS,
    }
    with page:
        with gr.Column(elem_id="cw-page"):
            _html("top", _static("top.html"), server_functions=actions.all(), js_on_load=_script())
            with gr.Row(elem_id="cw-main"):
                _html("side", _static("side.html"))
                with gr.Column(elem_id="cw-talk"):
                    _html("welcome", '<div id="cw-hello"></div>')
                    chat = gr.Chatbot(
                        elem_id="cw-chat",
                        label="Conversation",
                        show_label=False,
                        height="100%",
                        layout="panel",
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
                        max_length=settings.max_question,
                        autofocus=True,
                        submit_btn="Ask",
                    )
                    authors = frame.authors(assistant.authors())
                    _html("hint", _static("hint.html").replace("<!-- authors -->", authors))
                _html("documents", _static("documents.html"))
                with gr.Column(elem_id="cw-panel"):
                    panel = _html("sources", sources.EMPTY)
                    _html("dialogs", _static("dialogs.html"))
            # The page's script presses and fills these.
            record = gr.Textbox(visible="hidden", label="Conversation kept")
            ticket = gr.Textbox(visible="hidden", label="Ticket of the question")
            author = gr.Textbox(visible="hidden", label="Who writes the answer")
            chosen = gr.Button("Ask", visible="hidden", elem_id="cw-ask")
            opened = gr.Button("Show", visible="hidden", elem_id="cw-show")
            stop = gr.Button("Stop", visible="hidden", elem_id="cw-cancel")

        # Questions stand in line at the desk, not in Gradio's queue, which tells nobody how far it is.
        unlimited: dict[str, Any] = {
            "concurrency_limit": None,
            "api_visibility": "private",
            "show_progress": "hidden",
            # Gradio takes a while to believe that what was cancelled is over.
            "trigger_mode": "multiple",
        }
        outputs = [box, chat, panel, record]
        asking = "(...given) => window.citewise.asking(given[0])"
        kept = "(record) => window.citewise.keep(record)"
        asks: list[Any] = [
            trigger(ask, [box, record, ticket, author], outputs, js=asking, **unlimited)
            for trigger in (box.submit, chosen.click)
        ]
        record.change(None, [record], None, js=kept)
        stop.click(None, None, None, cancels=asks)
        opened.click(
            show,
            [record],
            [chat, panel],
            js="() => [window.citewise.record()]",
            **unlimited,
        )
        events.api(api.chat(desk), api_name="chat", concurrency_limit=None)
    page.queue(max_size=None)
    return page


def _html(name: str, value: str, **more: Any) -> gr.HTML:
    return gr.HTML(
        value, elem_id=f"cw-{name}", apply_default_css=False, **{"js_on_load": None, **more}
    )


def _static(name: str) -> str:
    return (_STATIC / name).read_text("utf-8")


def _script() -> str:
    """The page's script in one piece; its files share one scope, in this order."""
    return "\n".join(_static(name) for name in _SCRIPTS)


def _answering(
    desk: Desk, actions: Actions, question: str, record: str, ticket: str, author: str = ""
) -> Iterator[Update]:
    """What the page shows while one question is answered, step by step.

    The record goes back with the question's ticket, by which the page's script knows it again.
    """
    try:
        before = Conversation.from_json(record)
    except RecordError:
        yield _update(chat=[talk.said(talk.notice(_UNREADABLE))])
        return
    asked = [*talk.messages(before), talk.asked(question)]

    def says(html: str) -> list[talk.Message]:
        return [*asked, talk.said(html)]

    yield _update(box="", chat=says(talk.reading()))
    written, began = "", time.perf_counter()
    try:
        for event in desk.stream(question, before.turns, author or None):
            if isinstance(event, Waiting):
                yield _update(chat=says(talk.waiting(event.position)))
            elif isinstance(event, Answer):
                after = before.plus(Exchange.of(event, time.perf_counter() - began))
                yield _update(
                    chat=talk.messages(after),
                    panel=sources.panel(after, actions.lookup()),
                    record=f"{ticket}\n{after.to_json()}",
                )
            else:
                written += event
                yield _update(chat=says(talk.partial(written)))
        return
    except CitewiseError as error:
        reason = str(error)
    except Exception:
        _log.exception("A question could not be answered")
        reason = "something went wrong; the log says more"
    yield _update(chat=says(talk.notice(reason)))


def _shown(actions: Actions, record: str) -> Update:
    """A conversation that the browser kept, on the page again."""
    try:
        conversation = Conversation.from_json(record)
    except RecordError:
        return [talk.said(talk.notice(_UNREADABLE))], sources.EMPTY
    return talk.messages(conversation), sources.panel(conversation, actions.lookup())


def _update(
    *,
    box: str | None = None,
    chat: list[talk.Message] | None = None,
    panel: str | None = None,
    record: str | None = None,
) -> Update:
    """New values for the outputs, in their order; what is None stays as it is."""
    return tuple(gr.skip() if value is None else value for value in (box, chat, panel, record))
