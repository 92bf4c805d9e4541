from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from page_fakes import FakeAssistant

import app
from index import Failure
from qa import Assistant, Settings
from qa.following import FolderState


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
