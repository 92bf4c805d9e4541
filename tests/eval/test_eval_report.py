"""What people and programs get of a run: the table, the files, and the command that makes them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import (
    FakeAssistant,
    FakeSettings,
    answer,
    citation,
    example,
    hits,
    refusal,
    unanswerable,
)

from eval import command
from eval.command import Request
from eval.examples import digest, split
from eval.judges import ByWords
from eval.provenance import commit
from eval.report import table
from eval.run import evaluate
from index import DatasetError, UsageError
from qa.__main__ import main

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
    return command.run(request, open_assistant=lambda _: assistant(), judge=ByWords())


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
    assert origin["judge"]["name"] == "the same content words"
    assert origin["judge"]["sentences"] == 87
    assert f"right on {100 * origin['judge']['accuracy']:.1f} %" in printed.out
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
    known = {"model": "small", "home": "home", "cache": "cache", "llm": ""}
    assert settings == {**known, "api_key": "(set)"}
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


def test_two_runs_write_the_same_but_for_the_times(
    dataset: Callable[..., Path], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        run(dataset, tmp_path / name, ROWS)
    for file in ("predictions.jsonl", "scores.json"):
        one, two = ((tmp_path / name / file).read_bytes() for name in ("one", "two"))
        assert one == two
    timings = json.loads((tmp_path / "one" / "timings.json").read_text())
    assert timings["questions"]["a"] == {"total": 0.5}
    assert timings["latency"]["total"]["p95"] > 0
    assert timings["peak_memory_bytes"] > 1024**2


def test_a_floor_that_is_missed_is_status_1(
    dataset: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(dataset, out, ROWS, floors=["right_and_cited=1", "recall_at_5=1", "nDCG@10=1"]) == 0
    assert "MISSED" not in capsys.readouterr().out
    assert run(dataset, out, ROWS, floors=["false_answer_rate=0.5", "mrr=0.2"]) == 1
    assert "MISSED  false_answer_rate: 0.0000, at least 0.5 wanted" in capsys.readouterr().out
    assert run(dataset, out, ROWS[:1], floors=["false_answer_rate=0"]) == 1  # nothing to measure


def test_a_ceiling_that_is_missed_is_status_1(
    dataset: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    kept = ["false_answer_rate=0", "seconds_p95=0.5", "accuracy=1"]
    assert run(dataset, out, ROWS, floors=["accuracy=1"], ceilings=kept) == 0
    assert run(dataset, out, ROWS, ceilings=["accuracy=0.9", "seconds_p50=0.1"]) == 1
    said = capsys.readouterr().out
    assert "MISSED  accuracy: 1.0000, at most 0.9 wanted" in said
    assert "MISSED  seconds_p50: " in said
    assert run(dataset, out, ROWS[:1], ceilings=["false_answer_rate=1"]) == 1  # nothing to measure
    with pytest.raises(UsageError, match=r"--max mrr: '' is no number; write mrr=0\.1"):
        run(dataset, out, ROWS, ceilings=["mrr"])


@pytest.mark.parametrize(
    ("floor", "problem"),
    [
        ("acuracy=1", "there is no metric 'acuracy'; use examples, answerable, right_and_cited"),
        ("accuracy", "'' is no number; write accuracy=0.9"),
        ("accuracy=nan", "'nan' is no number"),
        ("accuracy=high", "'high' is no number"),
    ],
)
def test_a_wrong_floor_is_told_before_the_run(
    dataset: Callable[..., Path], tmp_path: Path, floor: str, problem: str
) -> None:
    with pytest.raises(UsageError) as caught:
        run(dataset, tmp_path / "out", ROWS, floors=[floor])
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_against_an_earlier_run(
    dataset: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tmp_path / "before"
    run(dataset, before, ROWS)
    worse = FakeAssistant({"When?": refusal(), "Why?": refusal()})
    path = dataset(*ROWS, {"id": "new", "question": "Why?", "answerable": False})
    request = Request(path, Path("docs"), tmp_path / "now", against=before)
    assert command.run(request, open_assistant=lambda _: worse, judge=ByWords()) == 0
    comparison = json.loads((tmp_path / "now" / "comparison.json").read_text())
    assert (comparison["questions"], comparison["better"]) == (2, [])
    assert comparison["worse"] == [
        {
            "id": "a",
            "question": "When?",
            "before": "In 1912.[1]",
            "now": "Not in the documents.",
        }
    ]
    assert (comparison["p_value"], comparison["gain"], comparison["f1_gain"]) == (1, -0.5, -0.5)
    printed = capsys.readouterr().out
    assert "mind: the data set differs" in printed
    assert "mind: 1 questions of this run are not in the earlier one" in printed
    assert "0 better, 1 worse, p = 1.0000 (McNemar, exact)" in printed
    assert "worse   a: When?" in printed
    # Without it nothing is left of the comparison.
    run(dataset, tmp_path / "now", ROWS)
    assert not (tmp_path / "now" / "comparison.json").exists()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (FakeSettings(home=Path("/elsewhere")), []),
        (FakeSettings(model="large"), ["the settings differ"]),
    ],
)
def test_another_home_is_no_other_setting(
    dataset: Callable[..., Path], tmp_path: Path, settings: FakeSettings, told: list[str]
) -> None:
    run(dataset, tmp_path / "before", ROWS)
    other = assistant()
    other.settings = settings
    request = Request(dataset(*ROWS), Path("docs"), tmp_path / "now", against=tmp_path / "before")
    assert command.run(request, open_assistant=lambda _: other, judge=ByWords()) == 0
    comparison = json.loads((tmp_path / "now" / "comparison.json").read_text())
    assert comparison["warnings"] == told


@pytest.mark.parametrize("content", [None, "no JSON\n", '{"id": "a"}\n', "[]\n"])
def test_against_what_is_no_run(
    dataset: Callable[..., Path], tmp_path: Path, content: str | None
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    (before / "scores.json").write_text("{}")
    if content is not None:
        (before / "predictions.jsonl").write_text(content)
    with pytest.raises(UsageError, match="citewise eval"):
        run(dataset, tmp_path / "out", ROWS, against=before)


def test_documents_that_a_data_set_brings_are_asked(tmp_path: Path) -> None:
    folder = tmp_path / "fiqa"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text('{"_id": "d", "text": "The ship left Oslo in 1912."}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "When?"}\n')
    (folder / "qrels.tsv").write_text("q\td\t1\n")
    opened: list[Path] = []

    def open_assistant(docs: Path) -> FakeAssistant:
        opened.append(docs)
        return assistant()

    out = tmp_path / "out"
    assert (
        command.run(Request(folder, out=out), open_assistant=open_assistant, judge=ByWords()) == 0
    )
    assert [file.name for file in opened[0].iterdir()] == ["0000001-d.txt"]
    assert opened[0].parent == out
    scores = json.loads((out / "scores.json").read_text())["scores"]["all"]
    # the fake finds ship.txt, which is not the document
    assert (scores["retrieval"]["nDCG@10"], scores["mrr"]) == (0, 0)
    assert scores["right_and_cited"] is None
    assert scores["accuracy"] is None
    with pytest.raises(UsageError, match="leave --docs out"):
        command.run(Request(folder, Path("docs"), out), open_assistant=open_assistant)


def test_broken_lines_end_the_command_with_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.jsonl"
    good = json.dumps({"question": "Why?", "answerable": False})
    path.write_text("\n".join([good] * 16 + ['{"question": ']))
    assert main(["eval", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "line 17, row: bad JSON" in capsys.readouterr().err
    assert main(["eval", str(path), "--min", "speed=1"]) == 2
    assert "there is no metric 'speed'" in capsys.readouterr().err


def test_the_commit_is_that_of_the_checkout(tmp_path: Path) -> None:
    assert commit(tmp_path) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    (tmp_path / "code.py").write_text("1")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *arguments], check=True)
    head = subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert commit(tmp_path) == head
    (tmp_path / "code.py").write_text("2")
    assert commit(tmp_path) == f"{head}+"
