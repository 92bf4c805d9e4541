import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from eval.command import Request, run
from eval.examples import load
from index import CitewiseError, DatasetError, UsageError
from qa import Answer, Assistant, Citation, Settings, Turn, feedback
from qa.feedback import Feedback, record

QUOTE = "They flew for about four hours."
CITED = (Citation(1, "a.txt", "A", None, 0, len(QUOTE), QUOTE),) * 2


def answer(short="about four hours", status="answered", citations=CITED):
    text = "They flew for about four hours. [1]"
    return Answer("How long?", "How long?", text, short, status, 0.8, citations, (), {})


def rows(home):
    return [json.loads(line) for line in (home / "feedback.jsonl").read_text().splitlines()]


HISTORY = [Turn("user", "Did they fly?"), Turn("assistant", " "), Turn("assistant", "Yes. [1]")]


def test_a_right_answer_is_a_row_with_what_it_held(tmp_path):
    record(tmp_path, Feedback.on(answer(), "right", "Good.", HISTORY))
    (row,) = rows(tmp_path)
    assert row.pop("id").startswith("feedback-")
    assert row == {
        "kind": "feedback",
        "question": "How long?",
        "history": [
            {"role": "user", "text": "Did they fly?"},
            {"role": "assistant", "text": "Yes. [1]"},
        ],
        "answers": ["about four hours"],
        "evidence": [QUOTE],
        "answerable": True,
        "review": {
            "verdict": "right",
            "note": "Good.",
            "said": "They flew for about four hours. [1]",
            "quotes": [QUOTE],
        },
    }


@pytest.mark.parametrize(
    ("given", "verdict", "answers", "evidence", "answerable"),
    [
        (answer(short=None), "right", [], [QUOTE], True),
        (answer(None, "not_in_documents", ()), "right", [], [], False),
        (answer(), "wrong", [], [], True),
        (answer(None, "not_in_documents", ()), "wrong", [], [], True),
    ],
)
def test_what_is_not_known_is_left_to_fill_in(given, verdict, answers, evidence, answerable):
    row = Feedback.on(given, verdict).row()
    assert (row["answers"], row["evidence"], row["answerable"]) == (answers, evidence, answerable)
    assert row["review"]["quotes"] == [citation.quote for citation in given.citations[:1]]


def test_whatever_stands_in_it_is_one_line(tmp_path):
    note = 'a\nb\r\u2028"\ud800\x00'
    record(tmp_path, Feedback.on(answer(), "wrong", note))
    record(tmp_path, Feedback.on(answer(), "wrong"))
    first, second = rows(tmp_path)
    assert first["review"]["note"] == note
    assert first["id"] != second["id"]


def test_the_file_is_its_owners_alone(tmp_path):
    record(tmp_path / "new" / "home", Feedback.on(answer(), "right"))
    mode = (tmp_path / "new" / "home" / "feedback.jsonl").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_many_visitors_at_once_write_whole_lines(tmp_path):
    notes = [str(n) * 2000 for n in range(10)] * 10
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: record(tmp_path, Feedback.on(answer(), "wrong", n)), notes))
    assert sorted(row["review"]["note"] for row in rows(tmp_path)) == sorted(notes)
    assert len({row["id"] for row in rows(tmp_path)}) == 100


@pytest.mark.parametrize(
    ("verdict", "note", "says"),
    [("right", "x" * 2001, "2,001 characters and the limit is 2,000"), ("good", "", "not 'good'")],
)
def test_a_note_too_long_and_a_verdict_that_is_none_are_refused(verdict, note, says):
    with pytest.raises(UsageError, match=says):
        Feedback.on(answer(), verdict, note)


def test_a_file_that_is_full_is_refused_in_one_line(tmp_path, monkeypatch):
    record(tmp_path, Feedback.on(answer(), "right"))
    before = (tmp_path / "feedback.jsonl").read_bytes()
    monkeypatch.setattr(feedback, "MAX_BYTES", len(before) + 10)
    with pytest.raises(CitewiseError, match="has reached its limit of 0 MB: move it away"):
        record(tmp_path, Feedback.on(answer(), "right"))
    assert (tmp_path / "feedback.jsonl").read_bytes() == before


def test_a_disk_that_is_full_leaves_no_half_line(tmp_path, monkeypatch):
    record(tmp_path, Feedback.on(answer(), "right"))
    before = (tmp_path / "feedback.jsonl").read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:20]))
    with pytest.raises(CitewiseError, match="no room left; the feedback was not kept"):
        record(tmp_path, Feedback.on(answer(), "right"))
    assert (tmp_path / "feedback.jsonl").read_bytes() == before


def test_a_home_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "home").write_text("a file")
    with pytest.raises(CitewiseError, match="cannot be written"):
        record(tmp_path / "home", Feedback.on(answer(), "right"))


def test_feedback_that_a_person_completed_is_asked_and_judged(
    tmp_path, seed_text, monkeypatch, capsys
):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "news.txt").write_text(seed_text, encoding="utf-8")
    settings = Settings(home=tmp_path / "home")
    monkeypatch.setenv("CITEWISE_HOME", str(settings.home))
    with Assistant.open(docs, settings) as assistant:
        asked = assistant.ask("How long did the bombers fly over the Barents Sea?")
        record(settings.home, Feedback.on(asked, "right"))
        history = [Turn("user", asked.question), Turn("assistant", asked.text)]
        record(settings.home, Feedback.on(assistant.ask("Who escorted them?", history), "wrong",
                                          "It was the MiG-31s.", history))  # fmt: skip
        record(settings.home, Feedback.on(assistant.ask("Which recipe uses saffron?"), "right"))
    path = settings.home / "feedback.jsonl"
    with pytest.raises(DatasetError) as caught:
        run(Request(path, docs, tmp_path / "out"))
    summary, *lines = str(caught.value).split("\n")
    assert summary == "feedback.jsonl: 3 lines are wrong; nothing was run"
    assert lines == [
        f"  line {n}, review: is there still, so nobody has completed the row; fill in answers and "
        "evidence, or set answerable to false, then delete review"
        for n in (1, 2, 3)
    ]
    completed = rows(settings.home)
    for row in completed:
        del row["review"]
    completed[1].update(answers=["MiG-31"], evidence=["MiG-31"])
    path.write_text("".join(json.dumps(row) + "\n" for row in completed))
    assert [example.answerable for example in load(path)] == [True, True, False]
    assert run(Request(path, docs, tmp_path / "out")) == 0
    judged = (tmp_path / "out" / "predictions.jsonl").read_text().splitlines()
    assert len(judged) == 3
