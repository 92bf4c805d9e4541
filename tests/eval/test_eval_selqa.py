"""SelQA's pairs made into documents and questions."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from eval.selqa import convert, read, sample
from index import DatasetError

SECTION = [("It rained in Oslo. ", 0), ("Ida Dahl sang there.", 1), ("", 0), ("Ole left.", 0)]


def pairs(file: Path, *questions: str, split: str = "dev") -> Path:
    rows = [
        {"split": split, "question": question, "sentence": sentence, "label": label}
        for question in questions
        for sentence, label in SECTION
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
    return file


def test_the_sentences_of_a_question_are_a_document(tmp_path: Path) -> None:
    corpus = convert(read(pairs(tmp_path / "pairs.jsonl.gz", "Who was heard?"), "dev"))
    assert corpus.texts == {"00001.txt": "It rained in Oslo. Ida Dahl sang there. Ole left."}
    (example,) = corpus.examples
    assert (example.question, example.answerable) == ("Who was heard?", True)
    assert example.evidence == ("Ida Dahl sang there.",)


def test_without_what_answers_it_a_question_cannot_be_answered(tmp_path: Path) -> None:
    asked = read(pairs(tmp_path / "pairs.jsonl", "Who was heard?"), "dev")
    corpus = convert(asked, without_gold=True)
    assert corpus.texts == {"00001.txt": "It rained in Oslo. Ole left."}
    (example,) = corpus.examples
    assert (example.answerable, example.answers, example.evidence) == (False, (), ())


def test_one_split_is_read(tmp_path: Path) -> None:
    assert read(pairs(tmp_path / "pairs.jsonl", "Who?", split="test"), "dev") == ()


def test_a_sample_is_the_same_each_time(tmp_path: Path) -> None:
    asked = read(pairs(tmp_path / "pairs.jsonl", *(f"Who is {n}?" for n in range(20))), "dev")
    assert len(asked) == 20
    some = sample(asked, 5, seed=3)
    assert some == sample(asked, 5, seed=3)
    assert len(set(some)) == 5
    assert sample(asked, 50, seed=3) != ()


@pytest.mark.parametrize("content", [b"{", b'{"question": "Who?"}', b"\x1f\x8bno", b"[1]"])
def test_another_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_bytes(content)
    with pytest.raises(DatasetError, match=r"pairs\.jsonl: holds no SelQA pairs"):
        read(file, "dev")
