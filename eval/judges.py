"""Who judges whether quotes bear a statement out, and how often that judge is right.

The measures of `eval.citing` need a judge that did not choose the citations. For answers by quotation that
is the check of `qa.support`, a model of entailment of its own: the reader that quotes does not ask it. A
language model's sentences have passed that very check, so that there words are compared instead.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from eval import citing
from eval.support import DATASET, Labelled, load
from index import Chunk, Hit
from qa.reader.model import weights_digest
from qa.support.checker import WEIGHTS, Checker
from qa.words import words

_SPLIT = "test"


class Judge(Protocol):
    """Says whether quotes bear a statement out; `name` tells people what it is."""

    @property
    def name(self) -> str:
        """What it is, for people."""
        ...

    @property
    def digest(self) -> str:
        """What tells it from others of its name."""
        ...

    def supports(self, quotes: Sequence[str], statement: str) -> bool:
        """Whether the quotes together bear the statement out; none bear nothing out."""
        ...


class ByWords:
    """Quotes bear out what they hold every content word of: strict, and blind to who did what."""

    name = "the same content words"
    digest = "1"

    def supports(self, quotes: Sequence[str], statement: str) -> bool:
        """See `Judge`."""
        return citing.supports(quotes, statement)


class ByEntailment:
    """Quotes bear out what a model of entailment says they do, and what quotes them and adds nothing."""

    name = "the entailment model of qa.support"

    def __init__(self, folder: Path = WEIGHTS) -> None:
        """The model's weights are opened when they are first needed."""
        self._folder = folder
        self._checker: Checker | None = None

    @property
    def digest(self) -> str:
        """Of the weights."""
        return weights_digest(self._folder)

    def supports(self, quotes: Sequence[str], statement: str) -> bool:
        """See `Judge`."""
        if not quotes:
            return False
        if any(_holds(statement, quote) for quote in quotes) and citing.supports(quotes, statement):
            return True
        self._checker = self._checker or Checker.open(self._folder)
        text = " ".join(quotes)
        hit = Hit(Chunk(1, "quotes", 0, len(text), text, None), 1.0)
        return any(support.enough for support in self._checker.check(statement, [hit]))


def _holds(statement: str, quote: str) -> bool:
    said, quoted = words(statement), words(quote)
    return any(said[at : at + len(quoted)] == quoted for at in range(len(said) - len(quoted) + 1))


@dataclass(frozen=True, slots=True)
class Reliance:
    """How a judge did on sentences labelled by hand that nothing of it was chosen on.

    `accuracy` is the share judged rightly; `precision` and `recall` are of those it calls borne out.
    """

    sentences: int
    accuracy: float
    precision: float
    recall: float


def reliance(judge: Judge, labelled: Sequence[Labelled]) -> Reliance:
    """Let the judge say of each sentence whether its passages bear it out."""
    said = [judge.supports([hit.chunk.text for hit in one.hits], one.sentence) for one in labelled]
    right = sum(one.supported == verdict for one, verdict in zip(labelled, said, strict=True))
    both = sum(one.supported and verdict for one, verdict in zip(labelled, said, strict=True))
    return Reliance(
        len(labelled),
        right / max(1, len(labelled)),
        both / max(1, sum(said)),
        both / max(1, sum(one.supported for one in labelled)),
    )


def record(judge: Judge, cache: Path) -> dict[str, Any]:
    """The judge for a record of a run: its name, digest and reliance on the test half of our sentences.

    These bring their passages along. What was measured once for one digest is kept below `cache`.
    """
    of = hashlib.sha256(f"{judge.name} {judge.digest} {_digest(DATASET)}".encode()).hexdigest()
    file = cache / "judges" / f"{of[:16]}.json"
    measured: dict[str, Any] | None = None
    with suppress(OSError, ValueError, TypeError):
        measured = asdict(Reliance(**json.loads(file.read_text("utf-8"))))
    if measured is None:
        own = [one for one in load(DATASET, Path(), None, own=True) if one.split == _SPLIT]
        measured = asdict(reliance(judge, own))
        with suppress(OSError):  # it is measured again, then
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(measured), "utf-8")
    return {"name": judge.name, "digest": judge.digest, **measured}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
