"""How well the check of sentences tells what a passage bears out, on sentences labelled by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import Chunk, DatasetError, Hit
from qa.support.checker import Checker

DATASET = Path(__file__).parent / "datasets" / "support.jsonl"
_SQUAD = "xquad:"
_OWN = "own"
_WORDS = 170


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, the passages it is held against, and whether they bear it out.

    `kind` is "supported", or what is wrong with it: a number, a name, a role, a time exchanged, a denial
    turned round, something overstated or invented, or "model" where SmolLM2 wrote it.
    """

    sentence: str
    hits: tuple[Hit, ...]
    supported: bool
    kind: str
    split: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Of unsupported sentences: how many of those flagged are, and how many of them are flagged."""

    sentences: int
    precision: float
    recall: float
    by_kind: Mapping[str, tuple[int, int]]
    """How many of a kind were flagged, and how many there are."""


def load(
    file: Path, seeds: Path, paragraphs: Sequence[str] | None, *, own: bool = False
) -> list[Labelled]:
    """The labelled sentences; those about paragraphs of XQuAD only where these are given.

    Args:
        file: rows of {id, split, source, text, supported, unsupported}.
        seeds: the folder that a `source` of `seeds/NAME` lies in.
        paragraphs: the contexts of the English XQuAD's every second article, in order.
        own: only the sentences about texts that stand in the file itself.

    Raises:
        DatasetError: a row is wrong.
    """
    found: list[Labelled] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            if own and row["source"] != _OWN:
                continue
            if (text := _text(row, seeds, paragraphs)) is None:
                continue
            hits = passages(row["id"], text)
            of_row = [(sentence, True, "supported") for sentence in row["supported"]] + [
                (item["sentence"], False, item["kind"]) for item in row["unsupported"]
            ]
            found += [
                Labelled(sentence, hits, right, kind, row["split"])
                for sentence, right, kind in of_row
            ]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise DatasetError(f"{file.name}: line {number} is wrong: {error!r}") from None
    return found


def _text(row: Mapping[str, Any], seeds: Path, paragraphs: Sequence[str] | None) -> str | None:
    source = row["source"]
    if source == _OWN:
        return str(row["text"])
    if source.startswith(_SQUAD):
        return None if paragraphs is None else paragraphs[int(source.removeprefix(_SQUAD))]
    return (seeds / Path(source).name).read_text(encoding="utf-8")


def passages(name: str, text: str) -> tuple[Hit, ...]:
    """A text as passages of about the length that the index makes."""
    from index import sentence_spans

    cuts, start = [], 0
    spans = sentence_spans(text)
    for at, (_, end) in enumerate(spans):
        if at + 1 == len(spans) or len(text[start : spans[at + 1][1]].split()) > _WORDS:
            cuts.append((start, end))
            start = spans[at + 1][0] if at + 1 < len(spans) else end
    return tuple(
        Hit(Chunk(number, name, begin, end, text[begin:end], None), 1 / (number + 1))
        for number, (begin, end) in enumerate(cuts)
    )


def measure(checker: Checker, labelled: Sequence[Labelled]) -> Figures:
    """Check every sentence against all passages of its text."""
    verdicts = [(item, _enough(checker.check, item)) for item in labelled]
    flagged = [item for item, enough in verdicts if not enough]
    right = sum(not item.supported for item in flagged)
    kinds: dict[str, tuple[int, int]] = {}
    for item, enough in verdicts:
        seen, of = kinds.get(item.kind, (0, 0))
        kinds[item.kind] = seen + (not enough), of + 1
    return Figures(
        sentences=len(labelled),
        precision=right / len(flagged) if flagged else 1.0,
        recall=right / max(1, sum(not item.supported for item in labelled)),
        by_kind=kinds,
    )


def _enough(check: Callable[[str, Sequence[Hit]], Sequence[Any]], item: Labelled) -> bool:
    return any(support.enough for support in check(item.sentence, item.hits))


def lines(name: str, figures: Figures) -> Iterator[str]:
    """The figures for people."""
    yield f"{name}: {figures.sentences} sentences"
    yield f"  unsupported: recall {figures.recall:.3f} (≥ 0.90), precision {figures.precision:.3f} (≥ 0.85)"
    for kind, (seen, of) in sorted(figures.by_kind.items()):
        yield f"    {kind:12} {seen} of {of} flagged"
