from __future__ import annotations

import math
import sys
from pathlib import Path

import pytest

from eval import bench_peers
from eval.bench_peers import (
    Contender,
    FailedError,
    Measured,
    Question,
    interval,
    ndcg,
    questions_of,
    recall_at_1,
    table,
)

SQUAD = {
    "data": [
        {
            "paragraphs": [
                {"context": "One.", "qas": [{"question": " First? "}]},
                {
                    "context": "Two.",
                    "qas": [{"question": "Second?"}, {"question": "None?", "is_impossible": True}],
                },
            ]
        }
    ]
}


def test_each_paragraph_is_a_file_and_what_its_questions_want() -> None:
    files, questions = questions_of(SQUAD)
    assert files == {"00000.txt": "One.", "00001.txt": "Two."}
    assert questions == [Question("First?", "00000.txt"), Question("Second?", "00001.txt")]


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


def test_the_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = interval([0.0, 1.0] * 10), interval([0.0, 1.0] * 1000)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert interval([1.0] * 9) == (1.0, 1.0)
    # The normal approximation: 0.5 ± 1.96 * 0.5 / sqrt(2000).
    assert many == pytest.approx((0.478, 0.522), abs=0.004)


RUNNER = """
import sys
from pathlib import Path
sys.path.insert(0, {runners!r})
from running import run

def ingest(job):
    store = Path(job["store"])
    store.mkdir()
    (store / "kept").write_text("x" * 10)
    return len(list(Path(job["folder"]).iterdir()))

def open_store(job):
    assert (Path(job["store"]) / "kept").exists()
    return lambda question, k: ["00001.txt", "deep/00001.txt", "00000.txt"][:k]

if __name__ == "__main__":
    run(ingest, open_store)
"""


def test_a_contender_runs_in_its_own_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runners = tmp_path / "runners"
    runners.mkdir()
    (runners / "fake.py").write_text(RUNNER.format(runners=str(bench_peers._RUNNERS)))
    (runners / "broken.py").write_text("raise SystemExit('it needs a key')")
    monkeypatch.setattr(bench_peers, "_RUNNERS", runners)
    python = tmp_path / "fake" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    folder = tmp_path / "folder"
    folder.mkdir()
    files, questions = questions_of(SQUAD)
    for name, text in files.items():
        (folder / name).write_text(text)
    job = {"folder": str(folder), "questions": [q.text for q in questions], "k": 3}
    fake = Measured(Contender("Fake", "fake", "fake"), job, tmp_path)
    fake.ingest()
    fake.search()
    assert fake.stored["passages"] == 2
    assert fake.stored["bytes"] == 10
    assert fake.searched["found"] == [["00001.txt", "00000.txt"]] * 2
    broken = Measured(Contender("Broken", "fake", "broken"), job, tmp_path)
    with pytest.raises(FailedError, match="it needs a key"):
        broken.ingest()
    broken.failure = "it needs a key"
    (tmp_path / "absent.log").write_text("Collecting\nERROR: no such package\n\n")
    absent = Measured(Contender("Absent", "absent", ""), job, tmp_path)
    _, *rows = table([fake, broken, absent], questions)
    assert rows[0].split()[:5] == ["Fake", "0.500", "(0.000", "to", "1.000)"]
    # (1 / log2(3) + 1) / 2
    assert "0.815" in rows[0]
    assert rows[1].split(maxsplit=1)[1] == "not measured: it needs a key"
    assert rows[2].split(maxsplit=1)[1] == "not measured: ERROR: no such package"
