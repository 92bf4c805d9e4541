"""The data sets that can be asked, whatever their format: JSON Lines, SQuAD, BEIR and CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eval import beir, examples, sheet, squad
from eval.examples import Example
from index import DatasetError


@dataclass(frozen=True, slots=True)
class Dataset:
    """The examples of a data set and where each is, `line 3` for instance, by its id.

    `texts` are the documents that it brings along, by file name; None where it brings none. `digest` is
    the SHA-256 of its bytes in hexadecimal.
    """

    name: str
    examples: tuple[Example, ...]
    digest: str
    places: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] | None = None


def open_dataset(path: Path) -> Dataset:
    """The data set at `path`: a folder in BEIR's form, or a file by its ending.

    `.json` and `.json.gz` are SQuAD 1.1 or 2.0, `.csv` is a table, all else our JSON Lines.

    Raises:
        DatasetError: something in it is wrong; the message names the line and the reason.
    """
    if beir.is_beir(path):
        collection = beir.read(path)
        return Dataset(
            path.name,
            collection.examples,
            _digest(*collection.files),
            collection.places,
            collection.texts,
        )
    if path.is_dir():
        raise DatasetError(
            f"{path}: is a folder without corpus.jsonl and queries.jsonl, so no data set of BEIR's "
            "form; give one, or a file"
        )
    name = path.name.casefold()
    if name.endswith((".json", ".json.gz")):
        corpus = squad.convert(squad.read(path))
        if not corpus.examples:
            raise DatasetError(f"{path.name}: holds no question; give a file in the SQuAD format")
        return Dataset(path.name, corpus.examples, _digest(path), texts=corpus.texts)
    numbered = sheet.load(path) if name.endswith(".csv") else examples.load_numbered(path)
    places = {one.id: f"line {number}" for number, one in numbered}
    return Dataset(path.name, tuple(one for _, one in numbered), _digest(path), places)


def _digest(*files: Path) -> str:
    """Of one file its SHA-256, of several that of their digests and names."""
    digests = [examples.digest(file) for file in files]
    if len(files) == 1:
        return digests[0]
    lines = (f"{one} {file.name}\n" for one, file in zip(digests, files, strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()
