import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from index.lock import writer_lock
from qa.__main__ import main

QUESTION = "How long did the bombers fly over the Barents Sea?"


@pytest.fixture
def docs(tmp_path, seed_text, monkeypatch):
    monkeypatch.setenv("CITEWISE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "news.txt").write_text(seed_text, encoding="utf-8")
    return folder


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_ask_as_json_is_the_answer(docs, capsys, seed_text):
    status, out, err = run(capsys, "ask", QUESTION, "--docs", docs, "--json")
    assert (status, err) == (0, "")
    answer = json.loads(out)
    assert answer["status"] == "answered"
    quotes = [citation["quote"] for citation in answer["citations"]]
    assert any("about four hours" in quote for quote in quotes)
    for citation in answer["citations"]:
        assert citation["quote"] == seed_text[citation["start"] : citation["end"]]


def test_ask_for_people_shows_where_the_answer_stands(docs, capsys):
    status, out, _ = run(capsys, "ask", QUESTION, "--docs", docs)
    assert status == 0
    assert "about four hours" in out
    assert "news.txt, characters 737-926" in out


def test_an_honest_refusal_is_no_failure(docs, capsys):
    status, out, _ = run(capsys, "ask", "Which recipe uses saffron and rice?", "--docs", docs)
    assert status == 0
    assert "do not seem to answer" in out
    assert "Nearest passage" in out


def test_history_is_read_from_a_file(docs, capsys, tmp_path):
    history = tmp_path / "history.json"
    history.write_text(json.dumps([{"role": "user", "text": QUESTION}]))
    status, out, _ = run(
        capsys, "ask", "Who escorted them?", "--docs", docs, "--history", history, "--json"
    )
    assert status == 0
    assert "MiG-31" in json.loads(out)["text"]


def test_the_version_is_the_one_installed(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code in (None, 0)
    assert capsys.readouterr().out == f"citewise {version('citewise')}\n"


def test_without_a_folder_it_asks_which_and_leaves_nothing_behind(capsys, tmp_path):
    for command in ("ask", "search"):
        status, out, err = run(capsys, command, QUESTION)
        assert (status, out) == (2, "")
        assert err == "citewise: which documents? name their folder: --docs FOLDER\n"
        status, _, err = run(capsys, command, QUESTION, "--docs", "nowhere")
        assert (status, err.count("\n")) == (1, 1)
        assert err.startswith("citewise: there is no folder nowhere")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "history", ["{", "{}", '[{"role": "system", "text": "x"}]', '[{"role": "user"}]', "[1]"]
)
def test_a_wrong_history_is_wrong_usage(docs, capsys, tmp_path, history):
    file = tmp_path / "history.json"
    file.write_text(history)
    status, _, err = run(capsys, "ask", "Why?", "--docs", docs, "--history", file)
    assert status == 2
    assert err.count("\n") == 1
    assert "must hold a JSON list" in err


def test_sync_as_json_counts(docs, capsys):
    status, out, _ = run(capsys, "sync", docs, "--json")
    first = json.loads(out)
    assert status == 0
    assert (first["added"], first["failed"], first["passages"]) == (1, [], first["embedded"])
    (docs / "bad.txt").write_bytes(b"\x00\x01\x02")
    second = json.loads(run(capsys, "sync", docs, "--json")[1])
    assert (second["added"], second["unchanged"], second["embedded"]) == (0, 1, 0)
    assert [failure["path"] for failure in second["failed"]] == ["bad.txt"]
    assert "binary" in second["failed"][0]["reason"]
    rebuilt = json.loads(run(capsys, "sync", docs, "--rebuild", "--json")[1])
    assert (rebuilt["added"], rebuilt["embedded"]) == (1, first["embedded"])


def test_sync_for_people_is_a_line_and_one_for_each_failure(docs, capsys):
    (docs / "bad.txt").write_bytes(b"\x00\x01\x02")
    (docs / "copy.txt").write_bytes((docs / "news.txt").read_bytes())
    status, out, err = run(capsys, "sync", docs)
    first, failure = out.splitlines()
    assert (status, err) == (0, "")
    assert first.startswith("2 added, 0 changed, 0 moved, 0 removed, 0 unchanged, 1 failed; ")
    assert failure.startswith("failed: bad.txt: it looks like a binary file")
    again = run(capsys, "sync", docs, "--retry")[1].splitlines()
    assert again[0].startswith("0 added, 0 changed, 0 moved, 0 removed, 2 unchanged, 1 failed; ")
    assert again[1] == failure


def test_watch_and_json_exclude_each_other(docs, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["sync", str(docs), "--watch", "--json"])
    assert caught.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def interruptible():
    """What a shell starts in the background ignores Ctrl+C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_watch_follows_the_folder_until_it_is_interrupted(docs, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "qa", "sync", str(docs), "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=interruptible,
    ) as process:
        assert process.stdout.readline().startswith("1 added, ")
        assert process.stdout.readline() == f"Following {docs}. Ctrl+C stops it.\n"
        time.sleep(1.0)
        (docs / "more.txt").write_text("A red boat sailed north.")
        line = process.stdout.readline()
        assert line.startswith("1 added, 0 changed, 0 moved, 0 removed, 1 unchanged, 0 failed; ")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out.strip(), err) == (0, "", "")


def test_a_second_writer_is_one_line(docs, capsys, tmp_path):
    assert run(capsys, "sync", docs)[0] == 0
    (lock,) = (tmp_path / "home").glob("*/writer.lock")
    with writer_lock(lock):
        status, out, err = run(capsys, "sync", docs)
        assert (status, out) == (1, "")
        assert err.startswith(f"citewise: this process ({os.getpid()}) is writing the index in ")
        assert err.count("\n") == 1
        # And whoever asks gets an answer all the same.
        status, out, err = run(capsys, "ask", QUESTION, "--docs", docs)
        assert status == 0
        assert "about four hours" in out
        assert err == (
            "citewise: another process is reading the folder: answers come from what was stored "
            "before\n"
        )


def test_search_as_json_gives_passages(docs, capsys, seed_text):
    status, out, _ = run(capsys, "search", "prisoners released", "--docs", docs, "--json")
    assert status == 0
    best = json.loads(out)["hits"][0]["chunk"]
    assert "52 prisoners" in best["text"]
    assert best["text"] == seed_text[best["start"] : best["end"]]


@pytest.mark.parametrize(
    ("question", "says"), [("", "the question is empty"), ("x" * 100_000, "100,000 characters")]
)
def test_an_unusable_question_is_wrong_usage(docs, capsys, question, says):
    status, out, err = run(capsys, "ask", question, "--docs", docs)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_a_missing_folder_is_one_line(docs, capsys, tmp_path):
    for command in (["ask", "Why?", "--docs"], ["search", "why", "--docs"], ["sync"]):
        status, out, err = run(capsys, *command, tmp_path / "nowhere")
        assert (status, out) == (1, "")
        assert err.startswith("citewise: there is no folder")
        assert err.count("\n") == 1


def test_a_corrupt_catalogue_is_one_line_and_rebuild_mends_it(docs, capsys, tmp_path):
    assert run(capsys, "ask", QUESTION, "--docs", docs)[0] == 0
    (catalogue,) = (tmp_path / "home").glob("*/catalogue.sqlite")
    catalogue.write_bytes(os.urandom(4096))
    status, _, err = run(capsys, "ask", QUESTION, "--docs", docs)
    assert status == 1
    assert "sync FOLDER --rebuild" in err
    assert err.count("\n") == 1
    assert run(capsys, "sync", docs, "--rebuild")[0] == 0
    assert run(capsys, "ask", QUESTION, "--docs", docs)[0] == 0


def test_a_wrong_setting_is_wrong_usage(docs, capsys, monkeypatch):
    monkeypatch.setenv("CITEWISE_PASSAGES", "many")
    status, _, err = run(capsys, "ask", "Why?", "--docs", docs)
    assert status == 2
    assert "CITEWISE_PASSAGES" in err


def test_control_characters_never_reach_the_terminal(docs, capsys):
    (docs / "news.txt").write_text("The \x1b[31mred\x1b[0m boat sank in May.\n", encoding="utf-8")
    _, out, _ = run(capsys, "ask", "When did the red boat sink?", "--docs", docs)
    assert "May" in out
    assert "\x1b" not in out


def test_a_second_ask_embeds_nothing_and_loads_no_heavy_package(docs, tmp_path):
    """In a process of its own, since this one has long loaded everything."""
    program = f"""
import json, sys
from qa import Assistant
from qa.__main__ import main

status = main(["ask", {QUESTION!r}, "--docs", {str(docs)!r}, "--json"])
events = []
Assistant.open({str(docs)!r}, progress=events.append).close()
heavy = {{"torch", "transformers", "sentence_transformers", "llama_index", "gradio", "pandas"}}
print([event.action for event in events], sorted(heavy & set(sys.modules)), file=sys.stderr)
sys.exit(status)
"""
    assert main(["sync", str(docs)]) == 0
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "about four hours" in json.loads(done.stdout)["text"]
    assert done.stderr == "['unchanged'] []\n"
