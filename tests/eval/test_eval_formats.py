"""Data sets of other forms than ours: what is read, and what is said of what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.formats import open_dataset
from index import DatasetError
from qa import Turn


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "fiqa"
    documents = [
        {"_id": "../d/1", "title": "Ships", "text": "She left."},
        {"_id": "d2", "text": "Über Köln."},
    ]
    queries = [{"_id": "q1", "text": "Who left?"}, {"_id": "q2", "text": "Unjudged?"}]
    write(folder / "corpus.jsonl", lines(*documents))
    write(folder / "queries.jsonl", lines(*queries))
    write(
        folder / "qrels" / "test.tsv",
        "query-id\tcorpus-id\tscore\nq1\t../d/1\t2\nq1\td2\t0\nq2\td2\t0\n",
    )
    return folder


def test_a_folder_as_beirs(beir: Path) -> None:
    dataset = open_dataset(beir)
    assert dataset.texts == {
        "0000001-d-1.txt": "Ships\n\nShe left.",  # no id leads out of the folder
        "0000002-d2.txt": "Über Köln.",
    }
    (only,) = dataset.examples  # the other query has nothing relevant
    assert (only.id, only.question, only.answerable, only.judged) == (
        "q1",
        "Who left?",
        True,
        False,
    )
    assert only.relevant == {"0000001-d-1.txt": 2, "0000002-d2.txt": 0}
    assert dataset.places == {"q1": "queries.jsonl line 1"}
    before = dataset.digest
    write(
        beir / "queries.jsonl",
        lines({"_id": "q1", "text": "Who else left?"}, {"_id": "q2", "text": "?"}),
    )
    assert open_dataset(beir).digest != before


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("corpus.jsonl", '{"_id": "d2", "text": "x"}\n\n{"_id"', "corpus.jsonl: line 3, bad JSON"),
        ("corpus.jsonl", "[]", "corpus.jsonl: line 1, is no object"),
        ("corpus.jsonl", '{"_id": "d2"}', "corpus.jsonl: line 1, text: is missing"),
        (
            "corpus.jsonl",
            '{"_id": 2, "text": "x"}',
            "corpus.jsonl: line 1, _id: is missing or no string",
        ),
        ("queries.jsonl", '{"_id": "q1", "text": " "}', "queries.jsonl: line 1, text: is empty"),
        (
            "queries.jsonl",
            '{"_id": "q1", "text": "x"}\n' * 2,
            "line 2, _id: 'q1' is that of line 1",
        ),
        ("qrels/test.tsv", "q1\td2\tyes", "test.tsv: line 1 is not a query id, a document id"),
        ("qrels/test.tsv", "q1 d2 1", "test.tsv: line 1 is not"),
        ("qrels/test.tsv", "q1\td2\t0\nq1\td9\t1", "test.tsv: line 2, 'd9' is not in corpus.jsonl"),
        ("qrels/test.tsv", "q9\td2\t1", "test.tsv: line 1, 'q9' is not in queries.jsonl"),
        ("qrels/test.tsv", "q1\td2\t0", "test.tsv: no query has a relevant document"),
    ],
)
def test_a_broken_folder(beir: Path, file: str, text: str, problem: str) -> None:
    write(beir / file, text)
    with pytest.raises(DatasetError) as caught:
        open_dataset(beir)
    assert problem in str(caught.value)


def test_a_folder_without_judgements_and_one_that_is_no_data_set(
    beir: Path, tmp_path: Path
) -> None:
    (beir / "qrels" / "test.tsv").unlink()
    with pytest.raises(DatasetError, match="no relevance judgements"):
        open_dataset(beir)
    with pytest.raises(DatasetError, match=r"without corpus\.jsonl"):
        open_dataset(tmp_path)


TABLE = """id,question,answers,answers,evidence,answerable
a,"When, exactly?",1912,in 1912,"The ship
left in 1912.",yes
,Why?,,,,
"""


def test_a_table(tmp_path: Path) -> None:
    # with the mark that spreadsheets put first, and their line ends
    dataset = open_dataset(write(tmp_path / "t.csv", "\ufeff" + TABLE.replace("\n", "\r\n")))
    first, second = dataset.examples
    assert (first.id, first.question, first.answers) == ("a", "When, exactly?", ("1912", "in 1912"))
    assert first.evidence == ("The ship\r\nleft in 1912.",)
    assert (second.id, second.answerable, second.answers) == ("line-4", False, ())
    assert dataset.places == {"a": "line 2", "line-4": "line 4"}
    assert dataset.texts is None


def test_a_conversation_in_a_table(tmp_path: Path) -> None:
    text = """id,question,answerable,history,history,history,twin
f,And in 1912?,false,Who sailed?,Amundsen: he did.,"user: Alone?",t
g,And then?,false,Assistant: Good day.,Who sailed?,,
t,Who sailed in 1912?,false,,,,
"""
    follow, greeted, twin = open_dataset(write(tmp_path / "t.csv", text)).examples
    assert follow.history == (
        Turn("user", "Who sailed?"),
        Turn("assistant", "Amundsen: he did."),
        Turn("user", "Alone?"),
    )
    assert follow.twin == twin.id
    assert greeted.history == (Turn("assistant", "Good day."), Turn("user", "Who sailed?"))
    assert twin.history == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("question,history\nWhy?,user:\n", "line 2, history[0].text: is empty"),
        (
            "question,anwsers\n",
            "line 1 has the column 'anwsers'; use answers, evidence, history, id",
        ),
        ("id,answers\n", "line 1 has no column 'question'"),
        ("", "line 1 has no column 'question'"),
        ("question\n", "holds no examples"),
        (TABLE + "b,When?,1912\n", "line 5, row: has 3 cells and the header 6"),
        (TABLE + "a,When?,,,,\n", "line 5, id: 'a' is that of line 2 too"),
        (TABLE + "b,,,,,\n", "line 5, question: is missing"),
        (TABLE + "b,When?,1912,,,\n", "line 5, evidence: is empty"),
        (TABLE + "b,When?,,,,perhaps\n", "line 5, answerable: is 'perhaps'; write true or false"),
        (TABLE + 'b,"When?\n', "line 5, row: is no CSV"),
        ("question,review\nWhy?,todo\n", "line 2, review: is there still"),
    ],
)
def test_a_broken_table(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DatasetError) as caught:
        open_dataset(write(tmp_path / "t.csv", text))
    assert problem in str(caught.value)


def test_squad_brings_its_documents(tmp_path: Path) -> None:
    qa = {"id": "q", "question": "Who?", "answers": [{"text": "Ann", "answer_start": 0}]}
    article = {"title": "T", "paragraphs": [{"context": "Ann left.", "qas": [qa]}]}
    dataset = open_dataset(write(tmp_path / "s.json", json.dumps({"data": [article]})))
    assert dataset.texts == {"0001-t-001.txt": "Ann left."}
    assert [one.answers for one in dataset.examples] == [("Ann",)]


@pytest.mark.parametrize(
    ("squad", "problem"),
    [
        ('{"data": [', "Expecting value: line 1 column 11"),
        ('{"data": {}}', "data is missing or of the wrong type"),
        ('{"data": [3]}', "data[0] is no object"),
        ('{"data": [{}]}', "data[0].paragraphs is missing"),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', "data[0].paragraphs[0].context is missing"),
        (
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "q"}]}]}]}',
            "data[0].paragraphs[0].qas[0].question is missing",
        ),
        (
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": 1, "question": "?",'
            ' "answers": [{"text": "x"}]}]}]}]}',
            "qas[0].answers[0].answer_start is missing",
        ),
        ('{"data": []}', "holds no question"),
    ],
)
def test_a_broken_squad_file(tmp_path: Path, squad: str, problem: str) -> None:
    with pytest.raises(DatasetError) as caught:
        open_dataset(write(tmp_path / "s.json", squad))
    assert problem in str(caught.value)


def test_our_own_lines_may_judge_documents(tmp_path: Path) -> None:
    row = {"question": "Who?", "answerable": True, "relevant": {"a.txt": 1}}
    (only,) = open_dataset(write(tmp_path / "d.jsonl", lines(row))).examples
    assert (only.relevant, only.judged) == ({"a.txt": 1}, False)
    for wrong, problem in (
        (["a"], "relevant: is a list"),
        ({"a": -1}, "relevant: has the grade '-1' for 'a'"),
        ({"a": True}, "relevant: has the grade 'True'"),
    ):
        path = write(tmp_path / "d.jsonl", lines({**row, "relevant": wrong}))
        with pytest.raises(DatasetError) as caught:
            open_dataset(path)
        assert problem in str(caught.value)
