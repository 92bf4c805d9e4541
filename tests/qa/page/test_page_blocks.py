from __future__ import annotations

import re
from typing import Any

import pytest
from page_fakes import QUOTE, FakeAssistant
from seen import Seen

import app
from qa import Settings, Turn
from qa.desk import Desk
from qa.page import blocks
from qa.page.actions import Actions
from qa.page.conversation import Conversation


def ask(
    assistant: FakeAssistant, question: str, record: str = "", author: str = ""
) -> tuple[list[dict[str, Any]], str]:
    """The page's outputs, step by step and by name, and the record as it is afterwards."""
    desk = Desk(assistant.stream, at_once=1, waiting=1, seconds=10)
    steps = []
    actions = Actions(assistant)  # type: ignore[arg-type]
    for values in blocks._answering(desk, actions, question, record, "ticket 7", author):
        step = {
            name: value
            for name, value in zip(("box", "chat", "panel", "record"), values, strict=True)
            if value != {"__type__": "update"}
        }
        if "record" in step:
            ticket, record = step["record"].split("\n")
            assert ticket == "ticket 7"
        steps.append(step)
    return steps, record


def last(step: dict[str, Any]) -> str:
    return Seen(step["chat"][-1]["content"]).text


def test_an_answer_is_streamed_and_then_replaced_by_the_finished_one() -> None:
    steps, record = ask(FakeAssistant(), "Slowly: how long did the bombers fly?".lower())
    assert steps[0]["box"] == ""
    assert "Reading" in last(steps[0])
    lengths = [len(last(step)) for step in steps[1:]]
    assert lengths == sorted(lengths)
    assert len(lengths) > 5
    assert "about four hours" in last(steps[-1])
    assert Seen(steps[-1]["panel"]).marked == QUOTE
    assert [turn.role for turn in Conversation.from_json(record).turns] == ["user", "assistant"]


def test_the_assistant_hears_the_conversation_as_it_was_not_as_it_looked() -> None:
    assistant = FakeAssistant()
    _, record = ask(assistant, "How long did the bombers fly?")
    steps, _ = ask(assistant, "How were they escorted?", record)
    assert assistant.heard == [
        [],
        [
            Turn("user", "How long did the bombers fly?"),
            Turn("assistant", "They flew for about four hours. [1]"),
        ],
    ]
    assert "Understood as: How were the bombers escorted?" in last(steps[-1])
    assert len(steps[-1]["chat"]) == 4
    assert "#cw-2-1" in steps[-1]["chat"][-1]["content"]


def test_an_explained_failure_is_one_line_in_the_chat_and_no_exchange() -> None:
    steps, record = ask(FakeAssistant(), "x" * 501)
    assert last(steps[-1]).startswith("The question is too long: ask for one thing at a time.")
    assert record == ""
    assert len(steps[-1]["chat"]) == 2


def test_an_unexpected_failure_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    steps, record = ask(FakeAssistant(), "Is it broken?")
    assert last(steps[-1]).startswith("Something went wrong; the log says more.")
    assert "a secret path" in caplog.text
    assert record == ""


def test_a_record_that_is_none_is_said_and_nothing_is_asked() -> None:
    assistant = FakeAssistant()
    steps, _ = ask(assistant, "How long?", "[1]")
    assert "cannot be read" in last(steps[-1])
    assert assistant.heard == []


def test_a_kept_conversation_is_shown_as_it_was() -> None:
    assistant = FakeAssistant()
    steps, record = ask(assistant, "How long did the bombers fly?")
    chat, panel = blocks._shown(Actions(assistant), record)  # type: ignore[arg-type]
    assert (chat, panel) == (steps[-1]["chat"], steps[-1]["panel"])
    chat, panel = blocks._shown(Actions(assistant), "{")  # type: ignore[arg-type]
    assert "cannot be read" in chat[-1]["content"]
    assert "article" not in panel


def test_who_is_to_write_is_asked_and_nobody_else() -> None:
    assistant = FakeAssistant()
    for author in ("", "quotes", "ollama/llama3.2"):
        ask(assistant, "How long did the bombers fly?", author=author)
    assert assistant.asked_of == [None, "quotes", "ollama/llama3.2"]


# The page


def test_the_page_offers_the_models_that_are_configured_and_quotes() -> None:
    assistant = FakeAssistant()
    assistant.writers = ("ollama/llama3.2", "<b>local")
    page = app.build_app(assistant)  # type: ignore[arg-type]
    html = [
        item["props"]["value"]
        for item in page.get_config_file()["components"]
        if item["type"] == "html"
    ]
    (offer,) = [value for value in html if "cw-author" in value]
    seen = Seen(offer)
    assert "ollama/llama3.2<b>localquotes only" in seen.text.replace("\n", "")
    assert "<b>" not in offer


def test_where_no_model_is_configured_there_is_nothing_to_choose(config: dict[str, Any]) -> None:
    html = [item["props"]["value"] for item in config["components"] if item["type"] == "html"]
    assert not any("cw-author" in value for value in html)


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    page = app.build_app(FakeAssistant())  # type: ignore[arg-type]
    return dict(page.get_config_file())


def test_limits_come_from_the_settings(config: dict[str, Any]) -> None:
    settings = Settings(answers_at_once=3, questions_waiting=5, upload_megabytes=2)
    page = app.build_app(FakeAssistant(settings))  # type: ignore[arg-type]
    assert page.launch_options["max_file_size"] == 2 * 1024 * 1024
    assert page.launch_options["max_threads"] > 8
    assert config["analytics_enabled"] is False


def test_the_script_begins_when_every_component_is_there(config: dict[str, Any]) -> None:
    (listed,) = re.findall(r"const NEEDED = \[(.*?)\]", blocks._script(), re.DOTALL)
    needed = set(re.findall(r"#([\w-]+)", listed))
    for component in config["components"]:
        name, value = (component["props"].get(key) for key in ("elem_id", "value"))
        # The rows and columns are there at once, and the script runs with the top.
        if not name or name == "cw-top" or component["type"] in {"row", "column"}:
            continue
        assert needed & {name, *re.findall(r'id="([\w-]+)"', str(value))}, name


def test_the_chat_renders_no_markup_of_its_own(config: dict[str, Any]) -> None:
    chat = next(item["props"] for item in config["components"] if item["type"] == "chatbot")
    assert chat["sanitize_html"] is True
    assert chat["allow_tags"] is False
    assert chat["latex_delimiters"] == []


def test_html_keeps_the_template_that_evaluates_nothing(config: dict[str, Any]) -> None:
    templates = [
        item["props"]["html_template"] for item in config["components"] if item["type"] == "html"
    ]
    assert len(templates) == 7
    assert set(templates) == {"${value}"}


def test_no_asset_of_the_page_names_another_host() -> None:
    options = blocks.page_options()
    assert options["theme"]._stylesheets == []
    parts = [options["head"], blocks._script(), *map(blocks._static, blocks._STYLES)]
    # The one address is the name of a language, in the icons; nothing fetches it.
    assert set(re.findall(r"https?://[^'\"\s)]+", "".join(parts))) == {"http://www.w3.org/2000/svg"}


def test_every_file_of_the_page_is_used() -> None:
    used = {*blocks._STYLES, *blocks._SCRIPTS}
    used |= {"head.html", "top.html", "side.html", "hint.html", "documents.html", "dialogs.html"}
    assert {path.name for path in blocks._STATIC.iterdir()} == used
