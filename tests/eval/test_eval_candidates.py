"""Question candidates: what is asked of which sentence, and that nobody's answers count unreviewed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from eval import command
from eval.candidates import candidates
from eval.examples import load
from index import DatasetError, Document, UsageError
from qa import Settings


def document(text: str, id: str = "a.txt") -> Document:
    return Document(id, Path(id), "A", text, (), "text/plain", "0" * 64)


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "The old mill was built by fishermen in 1853.",
            "When was the old mill built?",
            "1853",
        ),
        (
            "Ada Lovelace was born in London on 10 December 1815.",
            "When was Ada Lovelace born?",
            "10 December 1815",
        ),
        ("Emma was written by Jane Austen, they say.", "Who was Emma written by?", "Jane Austen"),
        ("The games are held in Oslo every year.", "Where are the games held?", "Oslo every year"),
        (
            "The museum holds 4,200 paintings of the sea.",
            "How many paintings does the museum hold?",
            "4,200",
        ),
        (
            "Marie Curie was a physicist who found radium.",
            "Who was Marie Curie?",
            "a physicist",
        ),
        (
            "In 1869, DNA was first isolated by Friedrich Miescher.",
            "When was DNA first isolated by Friedrich Miescher?",
            "1869",
        ),
        (
            "The tax rate for 2018 was about 18.3 % in all.",
            "How much was the tax rate for 2018?",
            "18.3 %",
        ),
        (
            "Sandvik is a village on the western coast.",
            "What is Sandvik?",
            "a village on the western coast",
        ),
    ],
)
def test_a_sentence_of_a_plain_form(sentence: str, question: str, answer: str) -> None:
    row = candidates([document(f"Hello there. {sentence} Bye.")])[0]
    assert (row["question"], row["answers"], row["evidence"]) == (question, [answer], [sentence])
    assert row["answerable"] is True
    assert row["review"]["document"] == "a.txt"


@pytest.mark.parametrize(
    "sentence",
    [
        "It was built by fishermen in 1853.",
        "Our office was opened by the mayor in 1853.",
        "Lobund was the first research organization to answer.",
        "Cox called the concept of it “brilliant, yes” in 1853.",
        "Total unrecognized compensation cost related to awards at year's end was high.",
    ],
)
def test_what_leans_on_a_sentence_before_or_asks_nothing_is_not_asked(sentence: str) -> None:
    assert [row for row in candidates([document(sentence)]) if row["question"]] == []


def test_a_telling_sentence_is_offered_where_no_form_fits() -> None:
    text = "He met her in Oslo in 1853. Rain fell on Oslo for 40 days that spring."
    (row,) = candidates([document(text)])
    assert (row["question"], row["answers"]) == ("", [])
    assert row["evidence"] == ["Rain fell on Oslo for 40 days that spring."]
    assert row["review"]["todo"].startswith("write a question")


def test_nothing_is_asked_twice_and_what_is_named_comes_first() -> None:
    text = "The mill was built by monks in 1853. Emma was written by Jane Austen in 1815."
    rows = candidates([document(text), document(text, "b.txt")])
    asked = [row["question"] for row in rows if row["answerable"] and row["question"]]
    assert sorted(set(asked)) == sorted(asked)
    first, *_ = candidates([document(f"The mill was built by monks in 1853. {SAILED}")])
    assert first["evidence"] == [SAILED]


SAILED = "The ship of Roald Amundsen was sold in 1906."


TEXT = (
    "The mill was built by monks in 1853. The dam was built by farmers in 1871. "
    "The port was opened by the king in 1902. The road was closed by snow in 1931. "
    "The school was founded by Ann Lee in 1944. The hall was built by Olga Dahl in 1962."
)


def test_every_row_is_refused_until_it_is_reviewed(tmp_path: Path) -> None:
    rows = candidates([document(TEXT), document(TEXT.replace("The", "The new"), "b.txt")])
    assert rows == candidates([document(TEXT.replace("The", "The new"), "b.txt"), document(TEXT)])
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["review"]["document"] for row in rows[:2]} == {"a.txt", "b.txt"}
    path = tmp_path / "candidates.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DatasetError, match="line 1, review: is there still"):
        load(path)
    for row in rows:
        del row["review"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows if row["question"]))
    assert len(load(path)) == len([row for row in rows if row["question"]])


def test_some_are_asked_with_something_exchanged() -> None:
    texts = [f"{name} was born in {year}." for name, year in (("Ann Lee", 1901), ("Bo Dahl", 1855))]
    years = [
        f"The bridge of {year} was built by monks in {year + 7}." for year in range(1800, 1840)
    ]
    rows = candidates(document(one, f"{n}.txt") for n, one in enumerate([*texts, *years]))
    changed = [row for row in rows if not row["answerable"]]
    assert changed
    assert all((row["answers"], row["evidence"]) == ([], []) for row in changed)
    assert all(row["question"] != row["review"]["made_from"] for row in changed)


class Shelf:
    """The documents alone."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = {one.id: one for one in documents}

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def document(self, document_id: str) -> Document:
        return self._documents[document_id]

    def document_ids(self) -> tuple[str, ...]:
        return tuple(self._documents)


def test_the_command_adds_what_visitors_said_and_writes_over_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "feedback.jsonl").write_text('{"id": "feedback-1", "review": {}}\n', "utf-8")
    settings = Settings(home=home)
    out = tmp_path / "deep" / "mine.jsonl"

    def make() -> int:
        return command.make_dataset(
            Path("docs"), out, settings, open_assistant=lambda _: Shelf([document(TEXT)])
        )

    assert make() == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert rows[-1]["id"] == "feedback-1"
    assert all("review" in row for row in rows)
    assert f"citewise eval {out} --docs docs" in capsys.readouterr().out
    with pytest.raises(UsageError, match="is there already"):
        make()
