from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from gradio.utils import get_upload_folder
from page_fakes import BOMBERS, HOSTILE, QUOTE, FakeAssistant, answer, citation
from seen import Seen

from qa.page.actions import Actions
from qa.page.conversation import Conversation, Exchange


class Page:
    """The actions as the page calls them, by name."""

    def __init__(self, assistant: FakeAssistant) -> None:
        self._actions = {action.__name__: action for action in Actions(assistant).all()}  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        return self._actions[name]


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def page(assistant: FakeAssistant) -> Page:
    return Page(assistant)


@pytest.fixture(autouse=True)
def upload_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))


def uploaded(name: str, data: bytes) -> str:
    folder = Path(get_upload_folder()) / "of-a-test"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_the_state_is_the_folders_and_settles_with_the_suggestions(page: Page) -> None:
    first = page.state({})
    assert "2 documents" in Seen(first["folder"]).text
    end = time.monotonic() + 10
    while not (state := page.state({}))["settled"]:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert "How long did the bombers fly?" in Seen(state["welcome"]).text


def test_a_document_is_shown_at_a_place(page: Page) -> None:
    start = BOMBERS.index(QUOTE)
    asked = {"document": "drills.txt", "start": start, "end": start + len(QUOTE)}
    assert Seen(page.view(asked)["html"]).marked == QUOTE


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "The page sent no document: load it again."),
        ({"document": "drills.txt", "start": 5, "end": 9_999}, "that place is no longer in it"),
        ({"document": "drills.txt", "start": 9, "end": 5}, "that place is no longer in it"),
        ({"document": "drills.txt", "start": "0", "end": 5}, "The page sent no start"),
        ({"document": "drills.txt", "start": True, "end": 5}, "The page sent no start"),
        ({"document": "../../etc/passwd", "start": 0, "end": 5}, "Something went wrong"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_line(
    page: Page, asked: dict[str, Any], said: str
) -> None:
    answered = page.view(asked)
    assert list(answered) == ["error"]
    assert said in answered["error"]


@pytest.mark.parametrize("asked", [None, [], "x", 7])
def test_no_action_falls_over_what_is_no_object(page: Page, asked: Any) -> None:
    for action in (page.view, page.find, page.documents, page.remove, page.feedback, page.export):
        assert list(action(asked)) == ["error"]


def test_passages_are_found_with_their_places(page: Page) -> None:
    found = page.find({"query": "bomber"})
    assert found["places"] == [{"document_id": "drills.txt", "start": 0, "end": len(BOMBERS)}]
    assert "The Zapad drills" in Seen(found["html"]).text
    assert "No passage fits" in page.find({"query": "nothing like it"})["html"]
    assert page.find({"query": "x" * 501})["error"].startswith("The question is too long")


def test_the_table_can_be_narrowed_by_name(page: Page) -> None:
    everything = page.documents({"filter": ""})
    assert len(everything["paths"]) == 3
    narrowed = page.documents({"filter": "DRILLS"})
    assert narrowed["paths"] == ["drills.txt"]
    assert "x</i>" not in Seen(narrowed["html"]).text


def test_uploaded_files_are_placed_and_what_was_uploaded_is_gone(
    page: Page, assistant: FakeAssistant
) -> None:
    good, empty = uploaded("a.txt", b"Some text."), uploaded("b.txt", b"")
    files = [{"name": "notes/a.txt", "path": good}, {"name": "b.txt", "path": empty}]
    seen = Seen(page.place({"files": files})["html"])
    assert seen.text == "notes/a.txtAddedb.txtNot added: it holds no text"
    assert assistant.added == [("notes/a.txt", b"Some text."), ("b.txt", b"")]
    assert not Path(good).exists()
    assert not Path(empty).exists()


def test_only_what_was_uploaded_can_be_placed(
    page: Page, assistant: FakeAssistant, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a key")
    inside = Path(uploaded("link.txt", b""))
    inside.unlink()
    inside.symlink_to(secret)
    sideways = f"{get_upload_folder()}/../secret.txt"
    for path in (str(secret), "/etc/passwd", sideways, str(inside), get_upload_folder(), ""):
        answered = page.place({"files": [{"name": "a.txt", "path": path}]})
        assert answered == {"error": "That file was not uploaded: add it again."}
    assert assistant.added == []
    assert secret.read_text() == "a key"


def test_a_document_is_removed_by_its_path(page: Page, assistant: FakeAssistant) -> None:
    assert page.remove({"path": "drills.txt"}) == {}
    assert "There is no file" in page.remove({"path": "../x"})["error"]
    assert assistant.removed == ["drills.txt"]


def record() -> str:
    document = FakeAssistant().document("drills.txt")
    item = Exchange.of(answer("How long?", "Four. [1]", (citation(document, QUOTE),)), 0.1)
    return Conversation((item,)).to_json()


def test_a_conversation_is_exported(page: Page) -> None:
    text = page.export({"record": record()})["text"]
    assert "## How long?" in text
    assert "> for about four hours" in text
    assert "cannot be read" in page.export({"record": HOSTILE})["error"]


@pytest.mark.parametrize(
    "wrong", [{"number": 0}, {"number": 2}, {"verdict": "maybe"}, {"note": None}, {"record": "{"}]
)
def test_feedback_that_is_none_is_refused(page: Page, wrong: dict[str, Any]) -> None:
    asked = {"record": record(), "number": 1, "verdict": "right", "note": ""}
    assert "error" in page.feedback({**asked, **wrong})
