"""What people and programs get of a run: the table, the files, and the command that makes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import FakeAssistant, answer, citation, example, hits, refusal, unanswerable

from eval import command
from eval.command import Request
from eval.examples import digest, split
from eval.report import table
from eval.run import evaluate
from index import DatasetError, UsageError

CITED = citation("The ship left Oslo in 1912.")
RIGHT = answer("In 1912.[1]", "1912", [CITED], hits(CITED.quote), timings={"total": 0.5})
ROWS: list[dict[str, Any]] = [
    {
        "id": "a",
        "question": "When?",
        "answerable": True,
        "answers": ["1912"],
        "evidence": ["The ship left Oslo in 1912."],
    },
    {"id": "u", "question": "Why?", "answerable": False},
]


def assistant() -> FakeAssistant:
    return FakeAssistant({"When?": RIGHT, "Why?": refusal()})


def test_the_table_is_aligned() -> None:
    text = table(evaluate(assistant(), [example(id="a"), unanswerable()]).scores())
    groups, details, diagram = text.split("\n\n")
    header, every, *_ = groups.split("\n")
    assert header.split() == ("n right+cited accuracy F1 R@5 false answers false refusals".split())
    assert every.split("  ")[0] == "all"
    assert "100.0 %" in every
    for block in (groups, details, diagram):
        assert len({len(line) for line in block.split("\n")}) == 1
    assert max(map(len, groups.split("\n"))) <= 120


def test_the_reliability_diagram_shows_what_was_right_and_what_was_said() -> None:
    sure = answer("In 1912.[1]", "1912", [CITED], hits(CITED.quote), confidence=0.72)
    text = table(evaluate(FakeAssistant({"When?": sure}), [example(id="a")]).scores())
    said, drawn = text.split("\n")[-1].rsplit("  ", 1)
    assert said.split() == ["0.7", "to", "0.8", "1", "0.72", "1.00"]
    assert drawn == "██████████████|█████"  # all right; 0.72 of 20 places is the 14th


def test_the_table_says_where_there_is_nothing_to_measure() -> None:
    text = table(evaluate(assistant(), [unanswerable()]).scores())
    every = text.split("\n")[1].split()
    # n, right+cited, accuracy, F1, R@5, false answers, false refusals
    assert every[:9] == ["all", "1", "–", "100.0", "%", "–", "–", "0.0", "%"]
    assert "mean reciprocal rank" in text


def run(
    dataset: Callable[..., Path], out: Path | None, rows: list[dict[str, Any]], **options: Any
) -> int:
    path = dataset(*rows)
    request = Request(path, Path("docs"), out, **options)
    return command.run(request, open_assistant=lambda _: assistant())


def test_the_command_writes_what_it_prints(
    dataset: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "out"
    assert run(dataset, out, ROWS) == 0
    printed = capsys.readouterr()
    assert "right+cited" in printed.out
    assert printed.err == ""  # no progress into a log

    rows = [json.loads(line) for line in (out / "predictions.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["a", "u"]
    assert rows[0]["right_and_cited"] is True
    assert rows[0]["citations"][0]["quote"] == CITED.quote
    assert rows[0]["hits"][0]["start"] == 0
    assert rows[1]["status"] == "not_in_documents"
    assert rows[1]["split"] == split(unanswerable(id="u"))

    written = json.loads((out / "scores.json").read_text())
    assert written["scores"]["all"]["right_and_cited"] == 1
    assert written["scores"]["all"]["intervals"]["right_and_cited"] == {"low": 1, "high": 1}
    origin = written["provenance"]
    assert origin["dataset"] == {
        "name": "data.jsonl",
        "sha256": digest(tmp_path / "data.jsonl"),
    }
    assert origin["split"] == "all"
    assert origin["models"] == {"reader": "sha256 abc"}
    assert origin["documents"]["count"] == 1
    assert set(origin["machine"]) == {"processor", "cores", "system", "python"}
    assert {"citewise", "commit"} <= set(origin)


def test_nothing_private_is_written(dataset: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(dataset, out, ROWS)
    text = (out / "scores.json").read_text()
    settings = json.loads(text)["provenance"]["settings"]
    assert settings == {"model": "small", "home": "home", "api_key": "(set)"}
    assert "private" not in text
    assert str(tmp_path) not in text


def test_the_default_folder_is_named_after_the_data_set(
    dataset: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(dataset, None, ROWS)
    assert (tmp_path / "runs" / "data" / "scores.json").is_file()


def test_one_half_of_a_data_set(dataset: Callable[..., Path], tmp_path: Path) -> None:
    half = split(example(id="a"))
    run(dataset, tmp_path / "out", ROWS[:1], split=half)
    assert len((tmp_path / "out" / "predictions.jsonl").read_text().splitlines()) == 1
    other = "test" if half == "dev" else "dev"
    with pytest.raises(DatasetError, match=f"no example is in '{other}'"):
        run(dataset, tmp_path / "out", ROWS[:1], split=other)


def test_wrong_evidence_stops_the_run(dataset: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no document holds"):
        run(dataset, tmp_path / "out", [{**ROWS[0], "evidence": ["nowhere"]}])


def test_a_folder_that_cannot_be_made_is_told_before_the_run(
    dataset: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="choose another --out"):
        run(dataset, tmp_path / "file" / "out", ROWS)
