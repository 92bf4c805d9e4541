"""A SQuAD file made into a folder and a data set."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from eval.examples import check_evidence, load
from eval.squad import convert, half, main, sample

FIRST = "Dr. Smith was born in Köln. He moved to Rome in 1901.\nHe painted."
SECOND = "He died in Paris. Smith's wife was Anna."


def qa(id: str, question: str, context: str, *answers: str, **more: Any) -> dict[str, Any]:
    found = [{"text": text, "answer_start": context.find(text)} for text in answers]
    return {"id": id, "question": question, "answers": found, **more}


SQUAD = {
    "data": [
        {
            "title": "John Smith / painter",
            "paragraphs": [
                {
                    "context": FIRST,
                    "qas": [
                        qa("q1", "Where was he born?", FIRST, "Köln", "in Köln"),
                        qa("q2", "What sort of writer was he?", FIRST, is_impossible=True),
                    ],
                },
                {
                    "context": SECOND,
                    "qas": [
                        qa("q3", "Where did he die?", SECOND, "Paris"),
                        qa("q4", "What was his name?", SECOND, "Smith"),
                    ],
                },
            ],
        }
    ]
}


def test_paragraphs_and_questions() -> None:
    corpus = convert(SQUAD)
    assert corpus.texts == {
        "0001-john-smith-painter-001.txt": FIRST,
        "0001-john-smith-painter-002.txt": SECOND,
    }
    first, impossible, third, _ = corpus.examples
    assert first.answers == ("Köln", "in Köln")
    assert first.evidence == ("Dr. Smith was born in Köln.",)  # the one sentence of both
    assert (impossible.answerable, impossible.answers) == (False, ())
    assert third.evidence == ("He died in Paris.",)
    check_evidence(corpus.examples, corpus.texts.values())


def test_an_answer_over_two_sentences_takes_both() -> None:
    context = "He came. He saw. He won."
    squad = {
        "data": [{"paragraphs": [{"context": context, "qas": [qa("q", "?", context, "saw. He")]}]}]
    }
    corpus = convert(squad)
    assert list(corpus.texts) == ["0001-001.txt"]
    assert corpus.examples[0].evidence == ("He saw. He won.",)


def test_a_wrong_offset_is_mended_and_a_lost_answer_leaves_its_question_out() -> None:
    moved = {"id": "a", "question": "?", "answers": [{"text": "Paris", "answer_start": 0}]}
    lost = {"id": "b", "question": "?", "answers": [{"text": "Oslo", "answer_start": 0}]}
    squad = {"data": [{"paragraphs": [{"context": SECOND, "qas": [moved, lost]}]}]}
    (only,) = convert(squad).examples
    assert (only.id, only.answers) == ("a", ("Paris",))


def test_without_gold_every_second_paragraph_goes() -> None:
    corpus = convert(SQUAD, without_gold=True)
    assert list(corpus.texts.values()) == [FIRST]
    # "Smith" still stands in the first paragraph, so q4 might be answered and is left out.
    assert [(e.id, e.answerable) for e in corpus.examples] == [
        ("q1", True),
        ("q2", False),
        ("q3", False),
    ]
    assert corpus.examples[2].kind == "gold left out"


@pytest.mark.parametrize("name", ["squad.json", "squad.json.gz"])
def test_what_is_written_loads(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.dumps(SQUAD).encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    assert main([str(tmp_path / name), str(tmp_path / "out")]) == 0
    assert "2 documents, 4 questions" in capsys.readouterr().out
    examples = load(tmp_path / "out" / "questions.jsonl")
    texts = [path.read_bytes().decode() for path in (tmp_path / "out" / "docs").iterdir()]
    assert sorted(texts) == sorted([FIRST, SECOND])
    check_evidence(examples, texts)


@pytest.mark.parametrize("content", [b"no JSON", b"[]", b"{}", b"\xff"])
def test_no_squad_file(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "squad.json"
    path.write_bytes(content)
    assert main([str(path), str(tmp_path / "out")]) == 2
    assert "squad.json" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_halves_are_of_whole_articles_from_the_first_on() -> None:
    articles = [
        {"paragraphs": [{"context": FIRST, "qas": [qa(id, "Where?", FIRST) for id in ids]}]}
        for ids in ("ab", "c", "de")
    ]
    squad = {"data": articles}
    assert half(squad, odd=False) == frozenset("abde")
    assert half(squad, odd=True) == frozenset("c")


def test_a_sample_keeps_whole_paragraphs_in_their_order() -> None:
    contents = {
        "data": [
            {
                "title": title,
                "paragraphs": [{"context": f"{title}{n}", "qas": []} for n in range(9)],
            }
            for title in "ab"
        ]
    }
    drawn = sample(contents, 5, seed=1)
    kept = [p["context"] for article in drawn["data"] for p in article["paragraphs"]]
    assert len(kept) == 5
    assert kept == sorted(kept)
    assert [article["title"] for article in drawn["data"]] == ["a", "b"]
    assert drawn == sample(contents, 5, seed=1)
    assert sample(contents, 99, seed=1) == contents
