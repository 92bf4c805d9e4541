"""SelQA made into a folder of documents and questions (Jurczyk, Zhai and Choi 2016, ICTAI).

Each row of its JSON Lines holds a question, a sentence and whether the sentence answers it; the rows
of one question are the sentences of one section of Wikipedia, in order. The questions were written
anew by a second person with as few words of the section as possible: as people ask who have not read
the text.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from eval.examples import Example
from eval.squad import LEFT_OUT, Corpus
from index import DatasetError

ANSWERED = "section"
# Less than a few sentences says nothing of whether a reader finds the right one.
_SENTENCES = range(3, 41)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its section's sentences, in order, each with whether it answers."""

    question: str
    sentences: tuple[tuple[str, bool], ...]

    def text(self, *, without_gold: bool) -> str:
        """The section, or what is left of it without the sentences that answer."""
        kept = (text for text, answers in self.sentences if not (answers and without_gold))
        return " ".join(kept)

    @property
    def gold(self) -> tuple[str, ...]:
        """The sentences that answer."""
        return tuple(text for text, answers in self.sentences if answers)


def read(path: Path, split: str) -> tuple[Asked, ...]:
    """The questions of one split of a file, `.jsonl` or `.jsonl.gz`, that have an answer.

    Raises:
        DatasetError: it is no such file.
    """
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
        every = (json.loads(line) for line in text.split("\n") if line.strip())
        rows = [row for row in every if row["split"] == split]
        return tuple(
            asked
            for question, of_question in groupby(rows, key=lambda row: str(row["question"]))
            if (asked := _asked(question, of_question)) is not None
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{path}: holds no SelQA pairs ({error}); give a .jsonl or .jsonl.gz with split, "
            "question, sentence and label in each line"
        ) from None


def _asked(question: str, rows: Iterator[dict[str, object]]) -> Asked | None:
    pairs = tuple((str(row["sentence"]).strip(), bool(row["label"])) for row in rows)
    asked = Asked(question, tuple(pair for pair in pairs if pair[0]))
    return asked if asked.gold and len(asked.sentences) in _SENTENCES else None


def sample(every: Sequence[Asked], size: int, seed: int) -> tuple[Asked, ...]:
    """So many of them, by chance."""
    return tuple(random.Random(seed).sample(every, min(size, len(every))))


def convert(every: Sequence[Asked], *, without_gold: bool = False) -> Corpus:
    """Each section a document, its question an example whose answers are the sentences that answer.

    With `without_gold` those sentences are taken out of all sections and no question has an answer:
    what is left is on the same subject, which is the hard case for a refusal.
    """
    texts: dict[str, str] = {}
    examples: list[Example] = []
    for number, asked in enumerate(every, start=1):
        if not (text := asked.text(without_gold=without_gold)):
            continue
        texts[f"{number:05}.txt"] = text
        gold = () if without_gold else asked.gold
        examples.append(
            Example(
                id=f"{number:05}",
                kind=LEFT_OUT if without_gold else ANSWERED,
                question=asked.question,
                history=(),
                answers=gold,
                evidence=gold,
                answerable=not without_gold,
            )
        )
    return Corpus(texts, tuple(examples))
