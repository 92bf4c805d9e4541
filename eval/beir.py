"""Data sets in the form of BEIR (Thakur et al. 2021): a corpus, queries, and which documents fit them.

    corpus.jsonl     {"_id": "d1", "title": "…", "text": "…"}
    queries.jsonl    {"_id": "q1", "text": "…"}
    qrels/test.tsv   query-id, corpus-id and score behind a header; or dev.tsv, train.tsv, or qrels.tsv

Only queries with a relevant document are asked. They have no gold answers: retrieval alone is measured.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.examples import Example, read_text
from index import DatasetError

_CORPUS, _QUERIES = "corpus.jsonl", "queries.jsonl"
_QRELS = ("qrels/test.tsv", "qrels/dev.tsv", "qrels/train.tsv", "qrels.tsv")
KIND = "query"


@dataclass(frozen=True, slots=True)
class Collection:
    """The documents, text by file name, the examples and where these are, and the files that were read."""

    texts: Mapping[str, str]
    examples: tuple[Example, ...]
    places: Mapping[str, str]
    files: tuple[Path, ...]


def is_beir(path: Path) -> bool:
    """Whether the folder has what a data set of this form needs."""
    return (path / _CORPUS).is_file() and (path / _QUERIES).is_file()


def read(folder: Path) -> Collection:
    """The collection in a folder.

    Raises:
        DatasetError: a line is wrong, an id comes twice or is not there; it names the file and the line.
    """
    found = next((folder / name for name in _QRELS if (folder / name).is_file()), None)
    if found is None:
        raise DatasetError(f"{folder.name}: has no relevance judgements; add {_QRELS[0]}")
    documents = {
        id: f"{row['title']}\n\n{row['text']}" if row["title"] else row["text"]
        for id, (_, row) in _table(folder / _CORPUS, ("title", "text")).items()
    }
    names = {id: _file_name(number, id) for number, id in enumerate(documents, start=1)}
    queries = _table(folder / _QUERIES, ("text",))
    relevant: dict[str, dict[str, int]] = {}
    for line, query, document, grade in _judgements(found):
        for id, known, file in ((query, queries, _QUERIES), (document, names, _CORPUS)):
            if id not in known:
                reason = f"{id[:40]!r} is not in {file}; add it there, or remove the line"
                raise _wrong(found, line, reason)
        relevant.setdefault(query, {})[names[document]] = grade
    asked = [id for id in queries if any(grade > 0 for grade in relevant.get(id, {}).values())]
    if not asked:
        raise DatasetError(f"{found.name}: no query has a relevant document; add a line for one")
    return Collection(
        texts={names[id]: text for id, text in documents.items()},
        examples=tuple(
            Example(id, KIND, queries[id][1]["text"], (), (), (), True, None, relevant[id])
            for id in asked
        ),
        places={id: f"{_QUERIES} line {queries[id][0]}" for id in asked},
        files=(folder / _CORPUS, folder / _QUERIES, found),
    )


def _file_name(number: int, id: str) -> str:
    """A name that no id can turn into a path, and by which a person knows the document again."""
    return f"{number:07}-{re.sub(r'[^A-Za-z0-9]+', '-', id).strip('-')[:40] or 'document'}.txt"


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        if line.strip():
            yield number, line


def _table(file: Path, fields: tuple[str, ...]) -> dict[str, tuple[int, dict[str, str]]]:
    """The rows of a JSON Lines file by `_id`, each with its line; a missing title is empty."""
    rows: dict[str, tuple[int, dict[str, str]]] = {}
    for number, line in _lines(file):
        try:
            row: Any = json.loads(line)
        except (ValueError, RecursionError):
            raise _wrong(file, number, "bad JSON; write one JSON object on each line") from None
        if not isinstance(row, dict):
            raise _wrong(file, number, "is no object; write one JSON object on each line")
        row = {"title": "", **row}
        for field in ("_id", *fields):
            if not isinstance(row.get(field), str):
                raise _wrong(file, number, f"{field}: is missing or no string; add it")
        if not row["text"].strip() and file.name == _QUERIES:
            raise _wrong(file, number, "text: is empty; write the question")
        if row["_id"] in rows:
            raise _wrong(
                file, number, f"_id: {row['_id'][:40]!r} is that of line {rows[row['_id']][0]} too"
            )
        rows[row["_id"]] = number, {field: row[field] for field in fields}
    return rows


def _wrong(file: Path, line: int, reason: str) -> DatasetError:
    return DatasetError(f"{file.name}: line {line}, {reason}")


def _judgements(file: Path) -> Iterator[tuple[int, str, str, int]]:
    for number, line in _lines(file):
        cells = line.rstrip("\r").split("\t")
        if number == 1 and cells[-1].strip() in ("score", "relevance"):
            continue
        try:
            query, document, grade = cells
            yield number, query, document, int(grade)
        except ValueError:
            raise DatasetError(
                f"{file.name}: line {number} is not a query id, a document id and a whole number, "
                "separated by tabs"
            ) from None
