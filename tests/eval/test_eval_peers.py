from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval import bench_peers
from eval.bench_peers import bench, questions_of
from eval.peers import contest
from eval.peers.contest import Contender, Measured, compete, last_line
from eval.peers.table import Question, ndcg, recall_at_1, tables

SQUAD: Any = {
    "data": [
        {"paragraphs": [{"context": "One.", "qas": [{"id": "a", "question": " First? "}]}]},
        {
            "paragraphs": [
                {
                    "context": "Two.",
                    "qas": [
                        {"id": "b", "question": "Second?", "answers": [{"text": "Two"}]},
                        {"id": "c", "question": "None?", "is_impossible": True},
                    ],
                },
            ]
        },
    ]
}


def test_each_paragraph_is_a_file_and_what_its_questions_want() -> None:
    files, questions, answering = questions_of(SQUAD)
    assert files == {"00000.txt": "One.", "00001.txt": "Two."}
    second = Question("Second?", "00001.txt", ("Two",))
    assert questions == [Question("First?", "00000.txt"), second]
    assert answering == [second]  # of every second article, and only what has an answer


@pytest.mark.parametrize(
    ("found", "recall", "gain"),
    [
        (["a", "b", "c"], 1.0, 1.0),
        (["b", "a", "c"], 0.0, 1 / math.log2(3)),
        (["b", "c", "a"], 0.0, 0.5),
        (["b", "c"], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
)
def test_gains_worked_by_hand(found: list[str], recall: float, gain: float) -> None:
    assert recall_at_1(found, "a") == recall
    assert ndcg(found, "a") == pytest.approx(gain)


RUNNER = """
import sys
from pathlib import Path
sys.path.insert(0, {runners!r})
from running import Said, run

def ingest(job):
    store = Path(job["store"])
    store.mkdir()
    (store / "kept").write_text("x" * 10)
    return len(list(Path(job["folder"]).iterdir()))

def open_store(job):
    assert (Path(job["store"]) / "kept").exists()
    return lambda question, k: ["00001.txt", "deep/00001.txt", "00000.txt"][:k]

def open_answers(job):
    return lambda question: Said("two", "deep/00001.txt") if job["reader"] else 1 / 0

if __name__ == "__main__":
    run(ingest, open_store, open_answers)
"""


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that makes a contender of a name, answering or not, with an interpreter of its own."""
    runners = tmp_path / "runners"
    runners.mkdir()
    (runners / "fake.py").write_text(RUNNER.format(runners=str(contest.RUNNERS)))
    (runners / "broken.py").write_text("raise SystemExit('it needs a key')")
    monkeypatch.setattr(contest, "RUNNERS", runners)
    python = tmp_path / "fake" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (tmp_path / "absent.log").write_text("Collecting\nERROR: no such package\n\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in questions_of(SQUAD)[0].items():
        (folder / name).write_text(text)

    def make(name: str, runner: str = "fake", reader: str = "reader", **how: Any) -> Measured:
        job = {"folder": str(folder), "k": 3, "reader": reader}
        environment = "fake" if runner else "absent"
        return Measured(Contender(name, environment, runner, **how), job, tmp_path)

    return make


def test_contenders_run_in_their_own_processes_and_take_turns(measured: Any) -> None:
    _, questions, answering = questions_of(SQUAD)
    everyone = [
        measured("Ours", answers=True),
        measured("llama-index", mute="asks a language model"),
        measured("Silent", answers=True, reader=""),
        measured("Broken", "broken"),
        measured("Absent", ""),
    ]
    assert bench(everyone, questions, answering, rounds=2, minutes=5) == 2
    ours, plain, silent, broken, absent = everyone
    assert len(ours.ingested) == len(ours.searched) == 2
    assert ours.ingested[0]["passages"] == 2
    assert ours.ingested[0]["bytes"] == 10
    assert ours.searched[0]["found"] == [["00001.txt", "00000.txt"]] * 2
    assert ours.answered["said"] == [["two", "00001.txt"]]
    assert plain.answered == {}
    assert "ZeroDivisionError" in silent.answer_failure
    assert "it needs a key" in broken.failure
    assert absent.failure == "ERROR: no such package"
    lines = list(tables(everyone, questions, answering))
    # nDCG: (1 / log2(3) + 1) / 2; beside itself nobody gains.
    assert lines[2].startswith("| Ours | 0.500 (0.000 to 1.000) |  | 0.815 (0.631 to 1.000) |")
    assert lines[3].endswith("| +0.000 (+0.000 to +0.000) |")
    said = lines.index("- llama-index: asks a language model")
    assert lines[said - 2].startswith(
        "| Ours | 1.000 | 1.000 | 1.000 (1.000 to 1.000) | 1.000 | 1.000 |"
    )
    assert lines[said + 1 :] == [
        "- Silent: does not answer: ZeroDivisionError: division by zero",
        "- Broken: not measured: it needs a key",
        "- Absent: not measured: ERROR: no such package",
    ]


def test_what_we_lose_is_bold(measured: Any) -> None:
    questions = [Question("First?", "a"), Question("Second?", "a")]
    ours, theirs = measured("Ours"), measured("Better")
    for each, found in ((ours, ["b", "a"]), (theirs, ["a", "b"])):
        each.ingested = [{"seconds": 2.0, "passages": 4, "bytes": 10, "peak_memory": 1e6}]
        each.searched = [
            {"found": [found, found], "warm_seconds": [0.1], "cold_seconds": 1, "peak_memory": 2e6}
        ]
    lines = list(tables([ours, theirs], questions, []))
    assert "| **−1.000 (−1.000 to −1.000)** |" in lines[3]
    assert "| 2.0 s | – | 2 | 0.00 MB | 2 MB | 1.00 s | 100.0 ms | 100.0 ms |" in lines[7]


def test_turns_go_back_and_forth_and_end_in_time(measured: Any) -> None:
    everyone = [measured("a"), measured("b")]
    order: list[str] = []

    def work(each: Measured, number: int) -> None:
        order.append(f"{each.contender.name}{number}")

    assert compete(everyone, 3, work, lambda: True) == 3
    assert order == ["a0", "b0", "b1", "a1", "a2", "b2"]
    assert compete(everyone, 3, work, lambda: False) == 1


def test_the_last_line_says_what_is_wrong() -> None:
    assert last_line("Traceback\nValueError: no\n\n") == "ValueError: no"
    assert last_line("") == ""


def test_a_file_that_is_no_squad_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.json"
    file.write_text("{}")
    arguments: Sequence[str] = [str(file)]
    assert bench_peers.main(arguments) == 2
    assert 'has no "data"' in capsys.readouterr().err
