from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from page_fakes import (
    BOMBERS,
    HOSTILE,
    QUOTE,
    FakeAssistant,
    answer,
    citation,
    document,
    hit,
)

import app
from index import Failure, Page, SyncEvent
from qa import Assistant, Settings, Turn
from qa.following import FolderState
from qa.page import blocks, render

DRILLS = document("drills.txt", "The Zapad drills", BOMBERS)


class Seen(HTMLParser):
    """What a browser would make of some HTML: the elements, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.marked = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "br":
            self.text += "\n"
        else:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marked += data


# Rendering

INERT = set("class id dir href role title tabindex hidden aria-label max value".split())


def test_escaped_text_is_only_characters() -> None:
    escaped = render.escape(HOSTILE)
    assert not re.search(r"[<>!$`*_{}\[\]():/\\\n@.=-]", escaped.replace("<br>", ""))
    assert Seen(escaped).text == HOSTILE


def test_escaped_text_has_no_character_that_cannot_be_sent_or_seen() -> None:
    assert Seen(render.escape("a\x00b\x1bc\ud800d\te\x85f")).text == "a�b�c�d e f"
    assert render.escape("Zoë 東京 ‘quoted’ – 👩‍🔬") == "Zoë 東京 ‘quoted’ – 👩‍🔬"


def test_every_piece_of_the_page_is_inert_whatever_it_is_made_of() -> None:
    hostile = document(HOSTILE, HOSTILE, HOSTILE)
    cited = citation(hostile, HOSTILE[:40])
    result = answer(
        HOSTILE,
        f"{HOSTILE} [1]",
        (cited,),
        (hit(hostile, 0, 90),),
        short="**bold**",
        standalone="?",
    )
    refusal = answer(HOSTILE, HOSTILE, (), (hit(hostile, 0, 90),), standalone=f"? {HOSTILE}")
    documents = {hostile.id: hostile}
    for html in (
        render.header(HOSTILE, FolderState(3, (Failure(HOSTILE, HOSTILE),))),
        render.header(HOSTILE, FolderState(3, trouble=HOSTILE)),
        render.header(HOSTILE, FolderState(3, event=SyncEvent(HOSTILE, "reading", 1, 3))),
        render.question(HOSTILE),
        render.partial(HOSTILE),
        render.notice(HOSTILE),
        render.answer(result, 1),
        render.answer(refusal, 1),
        render.panel([render.sources(result, 1, documents), render.sources(refusal, 2, {})]),
    ):
        seen = Seen(html)
        assert not {"img", "script", "h4", "code"} & set(seen.tags)
        assert "${" not in html
        assert "](" not in html
        assert "//" not in html
        for name, value in seen.attributes:
            assert name in INERT
            assert name != "href" or (value or "").startswith("#cw-")


def test_the_header_shows_how_far_a_sync_is() -> None:
    event = SyncEvent(
        "a.pdf", "reading", 11, 40, bytes_done=250, bytes_total=1000, embedded=300, seconds=10.0
    )
    shown = render.header("papers", FolderState(3, event=event))
    assert "3 documents" in shown
    assert 'max="1" value="0.250"' in shown
    assert Seen(shown).text.endswith(
        "Reading 12 of 40, 30 passages a second, about 30 seconds left"
    )


def test_the_header_names_the_files_that_cannot_be_read() -> None:
    failed = tuple(Failure(f"{n}.pdf", "it is password-protected") for n in range(25))
    shown = Seen(render.header("papers", FolderState(3, failed))).text
    assert "25 files could not be read" in shown
    assert "0.pdf it is password-protected" in shown
    assert shown.endswith("and 5 more")
    assert "could not" not in render.header("papers", FolderState(3))


def test_the_header_says_why_the_folder_is_not_followed() -> None:
    shown = render.header("papers", FolderState(3, trouble="the folder is gone: bring it back"))
    assert Seen(shown).text.endswith("The folder is gone: bring it back.")


def test_an_answer_links_its_markers_and_sets_off_the_short_answer() -> None:
    result = answer("How long?", "For about four hours. [1]", (citation(DRILLS, QUOTE),))
    html = render.answer(result, 3)
    assert '<a class="cw-cite" href="#cw-3-1">&#91;1&#93;</a>' in html
    assert Seen(html).text == "For about four hours.\u00a0[1]Strong confidence"
    result = answer("?", "For about four hours. [1]", (citation(DRILLS, QUOTE),), short="four")
    assert '<strong class="cw-short">four</strong>' in render.answer(result, 1)


def test_a_marker_without_a_citation_leads_nowhere() -> None:
    result = answer("?", "As said [7]. [1]", (citation(DRILLS, QUOTE),))
    assert render.answer(result, 1).count("<a ") == 1
    assert "<a " not in render.partial("As said [7]. [1]")


@pytest.mark.parametrize(
    ("probability", "word"),
    [(1.0, "strong"), (0.75, "strong"), (0.74, "moderate"), (0.5, "moderate"), (0.49, "weak")],
)
def test_confidence_in_a_word(probability: float, word: str) -> None:
    assert render.confidence(probability) == word


def test_how_a_question_was_understood_is_said_only_if_it_was_changed() -> None:
    cited = (citation(DRILLS, QUOTE),)
    assert "Understood as" not in render.answer(answer("Why?", "So. [1]", cited), 1)
    changed = answer("Why?", "So. [1]", cited, standalone="Why did they fly?")
    assert "Understood as: Why did they fly?" in Seen(render.answer(changed, 1)).text


def test_a_source_is_the_passage_with_the_quote_marked() -> None:
    start, end = BOMBERS.index("The bomber"), BOMBERS.index("Poland")
    cited = citation(DRILLS, QUOTE)
    result = answer("How long?", "Four hours. [1]", (cited,), (hit(DRILLS, start, end),))
    seen = Seen(render.sources(result, 2, {DRILLS.id: DRILLS}))
    assert seen.marked == QUOTE
    assert BOMBERS[start:end].strip() in seen.text
    assert "Poland" not in seen.text
    where = f"drills.txt · paragraph 2 · characters {cited.start}–{cited.end}"
    assert where in seen.text
    assert ("id", "cw-2-1") in seen.attributes


def test_a_quote_outside_every_passage_is_shown_in_its_surroundings() -> None:
    long = document("long.txt", "", "before " * 100 + "THE QUOTE" + " after" * 100)
    result = answer("?", "So. [1]", (citation(long, "THE QUOTE"),))
    seen = Seen(render.sources(result, 1, {long.id: long}))
    assert seen.marked == "THE QUOTE"
    assert "… " in seen.text
    assert " …" in seen.text
    assert len(seen.text) < 800


def test_a_quote_whose_document_has_gone_or_changed_still_stands() -> None:
    result = answer("?", "So. [1]", (citation(DRILLS, QUOTE),))
    assert Seen(render.sources(result, 1, {})).marked == QUOTE
    changed = document(DRILLS.id, "", BOMBERS.replace("four", "five"))
    assert Seen(render.sources(result, 1, {DRILLS.id: changed})).marked == QUOTE


def test_a_page_number_is_the_position_where_there_are_pages() -> None:
    paged = document("a.pdf", "A", BOMBERS, (Page(1, 0, 20), Page(2, 20, len(BOMBERS))))
    result = answer("?", "So. [1]", (citation(paged, QUOTE, page=2),))
    assert "a.pdf · page 2" in Seen(render.sources(result, 1, {paged.id: paged})).text


def test_paragraphs_are_counted_in_wrapped_and_in_unwrapped_text() -> None:
    wrapped = "Title\n\nOne line\nwrapped by hand.\n\n\nThe third one"
    assert render._paragraph(wrapped, wrapped.index("Title")) == 1
    assert render._paragraph(wrapped, wrapped.index("by hand")) == 2
    assert render._paragraph(wrapped, wrapped.index("third")) == 3
    assert render._paragraph(BOMBERS, BOMBERS.index("Poland")) == 3


def test_a_refusal_shows_the_nearest_passages_with_nothing_marked() -> None:
    hits = tuple(hit(DRILLS, start, start + 30) for start in (0, 30, 60, 90))
    result = answer("What is the capital of France?", "Your documents do not say.", (), hits)
    assert "Not in your documents" in render.answer(result, 1)
    assert "confidence" not in render.answer(result, 1)
    seen = Seen(render.sources(result, 1, {DRILLS.id: DRILLS}))
    assert "Nearest passages" in seen.text
    assert seen.tags.count("article") == 3
    assert "mark" not in seen.tags


def test_the_panel_shows_the_latest_answers_passages_and_keeps_the_others() -> None:
    html = render.panel(["<p>first</p>", "<p>second</p>"])
    assert html.index("second") < html.index("first")
    assert '"Sources of answer 1" hidden>' in html
    assert '"Sources of answer 2">' in html


def test_an_endless_question_is_only_begun() -> None:
    assert len(Seen(render.question("x" * 100_000)).text) < 1100


# The conversation


def ask(
    assistant: FakeAssistant, question: str, before: blocks.Conversation | None = None
) -> tuple[list[dict[str, Any]], blocks.Conversation]:
    """The page's outputs, step by step and by name, and the conversation as it is afterwards."""
    conversation = before or blocks.Conversation()
    steps = []
    for values in blocks._answering(assistant, question, conversation):
        names = ("box", "hint", "chat", "panel", "conversation")
        step = {
            name: value
            for name, value in zip(names, values, strict=True)
            if value != {"__type__": "update"}
        }
        conversation = step.get("conversation", conversation)
        steps.append(step)
    return steps, conversation


def last(step: dict[str, Any]) -> str:
    return Seen(step["chat"][-1]["content"]).text


def test_an_answer_is_streamed_and_then_replaced_by_the_finished_one() -> None:
    steps, after = ask(FakeAssistant(), "How long did the bombers fly?")
    assert steps[0]["box"] == ""
    assert "Reading" in last(steps[0])
    lengths = [len(last(step)) for step in steps[1:]]
    assert lengths == sorted(lengths)
    assert len(lengths) > 5
    assert "about four hours" in last(steps[-1])
    assert Seen(steps[-1]["panel"]).marked == QUOTE
    assert [turn.role for turn in after.turns] == ["user", "assistant"]


def test_the_assistant_hears_the_conversation_as_it_was_not_as_it_looked() -> None:
    assistant = FakeAssistant()
    _, first = ask(assistant, "How long did the bombers fly?")
    steps, _ = ask(assistant, "How were they escorted?", first)
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


@pytest.mark.parametrize("question", ["", "  \n "])
def test_an_empty_question_only_nudges(question: str) -> None:
    assistant = FakeAssistant()
    steps, _ = ask(assistant, question)
    assert [set(step) for step in steps] == [{"hint"}]
    assert "Type a question first" in steps[0]["hint"]
    assert assistant.heard == []


def test_an_explained_failure_is_one_line_in_the_chat_and_no_turn() -> None:
    steps, after = ask(FakeAssistant(), "x" * 501)
    assert last(steps[-1]) == "The question is too long: ask for one thing at a time."
    assert after.turns == ()
    assert len(after.messages) == 2


def test_an_unexpected_failure_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    steps, after = ask(FakeAssistant(), "Is it broken?")
    assert last(steps[-1]) == "Something went wrong; the log says more."
    assert "a secret path" in caplog.text
    assert after.turns == ()


def test_clearing_forgets_everything() -> None:
    _, hint, chat, panel, conversation = blocks._cleared()
    assert (chat, conversation) == ([], blocks.Conversation())
    assert "Type a question" not in hint
    assert "article" not in panel


# The page


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    page = app.build_app(FakeAssistant())  # type: ignore[arg-type]
    return dict(page.get_config_file())


def test_the_page_answers_several_visitors_and_bounds_its_queue(config: dict[str, Any]) -> None:
    page = app.build_app(FakeAssistant())  # type: ignore[arg-type]
    assert page._queue.max_size
    limits = [
        fn.concurrency_limit for fn in page.fns.values() if fn.inputs and fn.queue is not False
    ]
    assert limits
    assert min(limits) > 1
    assert config["analytics_enabled"] is False


def test_the_chat_renders_no_markup_of_its_own(config: dict[str, Any]) -> None:
    chat = next(item["props"] for item in config["components"] if item["type"] == "chatbot")
    assert chat["sanitize_html"] is True
    assert chat["allow_tags"] is False
    assert chat["latex_delimiters"] == []
    assert [example["text"] for example in chat["examples"]] == list(FakeAssistant().suggest())


def test_html_keeps_the_template_that_evaluates_nothing(config: dict[str, Any]) -> None:
    templates = [
        item["props"]["html_template"] for item in config["components"] if item["type"] == "html"
    ]
    assert len(templates) == 3
    assert set(templates) == {"${value}"}


def test_no_asset_of_the_page_names_another_host() -> None:
    options = blocks.page_options()
    assert options["theme"]._stylesheets == []
    parts = [options["head"], options["js"], *(path.read_text() for path in options["css_paths"])]
    # The one address is the name of a language, in the icon; nothing fetches it.
    assert set(re.findall(r"https?://[^'\"\s)]+", "".join(parts))) == {"http://www.w3.org/2000/svg"}


# The door


@pytest.mark.parametrize(
    ("embedder", "offline"), [("DEFAULT_EMBEDDER", "1"), ("'somebody/model'", "None")]
)
def test_the_page_reports_to_nobody_and_asks_no_hub_unless_told_to(
    embedder: str, offline: str
) -> None:
    code = f"""
import app, os, sys
assert "gradio" not in sys.modules
assert "GRADIO_ANALYTICS_ENABLED" not in os.environ
from page_fakes import FakeAssistant
from index import DEFAULT_EMBEDDER
from qa import Settings
assistant = FakeAssistant()
assistant.settings = Settings(embedder={embedder})
app.build_app(assistant)
print(os.environ["GRADIO_ANALYTICS_ENABLED"], os.environ.get("HF_HUB_OFFLINE"))
"""
    here = Path(app.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=here,
        env={"PYTHONPATH": str(here / "tests"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", offline]


def test_a_missing_folder_is_one_line_and_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main([str(tmp_path / "none\n\x1b[31m")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    progress, error = err.splitlines()
    assert progress.startswith("Opening")
    assert error.startswith("citewise: there is no folder")
    assert "\x1b" not in error


def test_wrong_usage_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CITEWISE_PASSAGES", "0")
    assert app.main([]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("citewise: the setting passages")


@pytest.mark.parametrize("port", ["x", "0", "-1", "65536"])
def test_a_port_that_is_none_is_wrong_usage(port: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        app.main(["--port", port])
    assert stopped.value.code == 2


def test_a_port_that_is_taken_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        options = argparse.Namespace(host="127.0.0.1", port=port)
        assert app._serve(FakeAssistant(), options, None) == 1  # type: ignore[arg-type]
    assert (
        capsys.readouterr().err == f"citewise: port {port} is taken: choose another with --port\n"
    )


def test_the_page_is_up_before_the_documents_are_read_and_ends_at_once(tmp_path: Path) -> None:
    docs = tmp_path / "papers"
    docs.mkdir()
    for number in range(600):
        (docs / f"{number}.txt").write_text(f"The boat number {number} sailed north in May.")
    here = Path(app.__file__).parent
    with subprocess.Popen(
        [sys.executable, str(here / "app.py"), str(docs)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "CITEWISE_HOME": str(tmp_path / "home")},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.fullmatch(r"Citewise answers from papers at http://127.0.0.1:\d+/.*\n", line)
        (catalogue,) = (tmp_path / "home").glob("*/catalogue.sqlite")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, "")
        assert err == f"Opening {docs} …\n"
    stored = sqlite3.connect(catalogue).execute("SELECT count(*) FROM files").fetchone()[0]
    assert stored < 600
    with Assistant.open(docs, Settings(home=tmp_path / "home")) as assistant:
        assert assistant.notes == ()
        assert len(assistant.document_ids()) == 600


def test_an_empty_folder_is_served(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "qa", "chat", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(app.__file__).parent,
        env={**os.environ, "CITEWISE_HOME": str(tmp_path / ".home")},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"Citewise answers from {tmp_path.name} at")
        assert process.stdout.readline() == "0 documents.\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_after_the_first_sync_it_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assistant = FakeAssistant()
    failed = (Failure("a.pdf", "it is damaged"),)
    for state, out, err in (
        (FolderState(1), "1 document.\n", ""),
        (FolderState(1200, failed), "1,200 documents, and 1 that could not be read.\n", ""),
        (FolderState(0, trouble="it is\ngone"), "0 documents.\n", "citewise: it is gone\n"),
    ):
        assistant.state = state
        app._show_first_sync(assistant)  # type: ignore[arg-type]
        assert capsys.readouterr() == (out, err)
