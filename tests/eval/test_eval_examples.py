"""Data sets: what is read, and what is said of each wrong line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eval_fakes import TEXT, example, unanswerable

from eval.examples import Example, check_evidence, digest, load, split
from index import DatasetError
from qa import Turn

Writer = Callable[..., Path]
GOOD: dict[str, Any] = {
    "question": "When?",
    "answerable": True,
    "answers": ["1912"],
    "evidence": ["in 1912."],
}


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != field}


def test_a_full_row(dataset: Writer) -> None:
    history = [{"role": "user", "text": "Hi"}, {"role": "assistant", "text": "Hello"}]
    path = dataset({**GOOD, "id": "a", "kind": "date", "history": history})
    assert load(path) == (
        Example(
            id="a",
            kind="date",
            question="When?",
            history=(Turn("user", "Hi"), Turn("assistant", "Hello")),
            answers=("1912",),
            evidence=("in 1912.",),
            answerable=True,
        ),
    )


def test_defaults_and_blank_lines(dataset: Writer) -> None:
    first, second = load(dataset(GOOD, "", {"question": "Why?", "answerable": False}))
    assert (first.id, first.kind, first.history) == ("line-1", "other", ())
    assert (second.id, second.answers, second.evidence) == ("line-3", (), ())


def test_a_line_separator_in_a_string_ends_no_line(dataset: Writer) -> None:
    (only,) = load(dataset('{"question": "One\u2028two?", "answerable": false}\r\n'))
    assert only.question == "One\u2028two?"


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    path = tmp_path / "bom.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"question": "Why?", "answerable": false}')
    assert len(load(path)) == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('{"question": ', "row: bad JSON (Expecting value at column 14); write one JSON object"),
        ("[1]", "row: is a list; write one JSON object on each line"),
        ("7", "row: is a number"),
        ("[" * 100_000, "row: is nested too deeply"),
        ({**GOOD, "anwsers": []}, "row: has an unknown field 'anwsers'; use only id, kind,"),
        (
            {**GOOD, "review": {}},
            "review: is there still, so nobody has completed the row; fill in",
        ),
        (without("question"), "question: is missing; add it"),
        (without("answerable"), "answerable: is missing; add it"),
        ({**GOOD, "question": " "}, "question: is empty; write some text"),
        ({**GOOD, "question": 3}, "question: is a number; write a string"),
        ({**GOOD, "id": 3}, "id: is a number; write a string"),
        ({**GOOD, "kind": None}, "kind: is null; write a string"),
        ({**GOOD, "answerable": "yes"}, "answerable: is a string; write true or false"),
        ({**GOOD, "answerable": 1}, "answerable: is a number; write true or false"),
        ({**GOOD, "answers": "1912"}, "answers: is a string; write a list"),
        ({**GOOD, "answers": ["1912", ""]}, "answers[1]: is empty; write some text"),
        ({**GOOD, "evidence": [True]}, "evidence[0]: is a boolean; write a string"),
        ({**GOOD, "evidence": {}}, "evidence: is an object; write a list"),
        ('{"question": "\\ud800", "answerable": false}', "question: holds half a character"),
        (without("answers"), "answers: is empty; add one, or set answerable to false"),
        ({**GOOD, "evidence": []}, "evidence: is empty; add one, or set answerable to false"),
        (
            {**GOOD, "answerable": False},
            "answers: are given; remove them, or set answerable to true",
        ),
        ({**GOOD, "history": ["Hi"]}, "history[0]: is a string; write an object"),
        (
            {**GOOD, "history": [{"role": "system", "text": "x"}]},
            'history[0].role: is \'system\'; write "user" or "assistant"',
        ),
        ({**GOOD, "history": [{"text": "x"}]}, "history[0].role: is missing"),
        ({**GOOD, "history": [{"role": "user"}]}, "history[0].text: is missing; add it"),
        ({**GOOD, "history": [{"role": "user", "text": 1}]}, "history[0].text: is a number"),
        (
            {**GOOD, "history": [{"role": "user", "text": "x", "time": 1}]},
            "history[0]: has an unknown field 'time'; use only role, text",
        ),
    ],
)
def test_a_wrong_line(dataset: Writer, row: Any, problem: str) -> None:
    path = dataset(GOOD, row)
    with pytest.raises(DatasetError) as caught:
        load(path)
    summary, line = str(caught.value).split("\n")
    assert summary == "data.jsonl: 1 line is wrong; nothing was run"
    assert line.startswith(f"  line 2, {problem}")


def test_an_id_may_not_come_twice(dataset: Writer) -> None:
    path = dataset({**GOOD, "id": "a"}, GOOD, {**GOOD, "id": "a"})
    with pytest.raises(
        DatasetError, match=r"line 3, id: 'a' is that of line 1 too; make it unique"
    ):
        load(path)


def test_all_wrong_lines_are_told_at_once_up_to_twenty(dataset: Writer) -> None:
    with pytest.raises(DatasetError) as caught:
        load(dataset(*["no JSON"] * 23))
    lines = str(caught.value).split("\n")
    assert lines[0] == "data.jsonl: 23 lines are wrong; nothing was run"
    assert lines[1].startswith("  line 1, row: bad JSON")
    assert lines[20].startswith("  line 20, ")
    assert lines[21:] == ["  and 3 more"]


def test_files_that_are_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no such file"):
        load(tmp_path / "missing.jsonl")
    with pytest.raises(DatasetError, match="cannot be read"):
        load(tmp_path)
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n \n")
    with pytest.raises(DatasetError, match=r"empty\.jsonl: holds no examples"):
        load(empty)
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b"{}\n{}\n\xe9\n")
    with pytest.raises(DatasetError, match=r"latin\.jsonl: line 3 is not UTF-8"):
        load(latin)


def test_the_split_is_for_ever_and_about_half() -> None:
    # sha256("a") begins with ca (202, even), sha256("e") with 3f (63, odd)
    assert split(example(id="a")) == "dev"
    assert split(example(id="e")) == "test"
    assert split(example(id="a", kind="date", question="Other?")) == "dev"
    halves = [split(example(id=f"line-{n}")) for n in range(1000)]
    assert 450 < halves.count("test") < 550


def test_evidence_must_be_somewhere() -> None:
    check_evidence([example(), unanswerable()], ["Another text.", TEXT])
    lost = example(id="lost", evidence=("in 1912.", "in  1912."))
    with pytest.raises(DatasetError) as caught:
        check_evidence([example(), lost], iter([TEXT]))
    summary, line = str(caught.value).split("\n")
    assert summary == "1 quote is in no document; is this the right folder?"
    assert line == (
        "  id 'lost', evidence: no document holds 'in  1912.'; "
        "copy the quote from the document, character for character"
    )


def test_a_long_quote_is_shown_short() -> None:
    with pytest.raises(DatasetError) as caught:
        check_evidence([example(evidence=("x" * 500,))], [])
    assert "x" * 79 + "…'" in str(caught.value)
    assert "x" * 80 not in str(caught.value)


@pytest.mark.parametrize("kind", ["false_premise", "false-premise", "False premise"])
def test_false_premise(kind: str) -> None:
    assert example(kind=kind).false_premise
    assert not example(kind="premise").false_premise


def test_digest(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert digest(path).startswith("ba7816bf")  # the test vector of FIPS 180


HISTORY = [{"role": "user", "text": "Who left?"}]


def test_a_follow_up_names_its_twin(dataset: Writer) -> None:
    follow_up = {**GOOD, "id": "a", "history": HISTORY, "twin": "b"}
    same_half = next(id for id in "bcdefgh" if split(example(id=id)) == split(example(id="a")))
    loaded = load(dataset({**follow_up, "twin": same_half}, {**GOOD, "id": same_half}))
    assert [one.twin for one in loaded] == [same_half, None]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([{**GOOD, "twin": "b"}], "line 1, twin: is given without a history"),
        ([{**GOOD, "history": HISTORY, "twin": 3}], "line 1, twin: is a number"),
        (
            [{**GOOD, "id": "a", "history": HISTORY, "twin": "x"}],
            "line 1, twin: no line has the id 'x'",
        ),
        (
            [
                {**GOOD, "id": "a", "history": HISTORY, "twin": "b"},
                {**GOOD, "id": "b", "history": HISTORY},
            ],
            "line 1, twin: 'b' has a history too",
        ),
    ],
)
def test_a_wrong_twin(dataset: Writer, rows: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(DatasetError) as caught:
        load(dataset(*rows))
    assert problem in str(caught.value)


def test_a_twin_in_the_other_half_is_no_comparison(dataset: Writer) -> None:
    other = next(id for id in "bcdefgh" if split(example(id=id)) != split(example(id="a")))
    follow_up = {**GOOD, "id": "a", "history": HISTORY, "twin": other}
    with pytest.raises(DatasetError, match="is in the other half"):
        load(dataset(follow_up, {**GOOD, "id": other}))
