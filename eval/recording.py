"""A language model's answers kept in a file: the model is slow, and it is the check that is worked on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import DatasetError, Hit
from qa.generation import prompts
from qa.generation.answerer import Writer
from qa.generation.cache import Sentence
from qa.generation.models import GenerationError, Model


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a model wrote to a question, and why it went no further, where it did not."""

    sentences: tuple[Sentence, ...]
    failed: str | None


class Recording:
    """A writer that asks another only what it does not find in its file, and adds that to it.

    The file is JSON Lines. An answer is found by the model's name, the prompts, the question and the
    passages, so one that was written to other passages is never given again.
    """

    def __init__(self, writer: Writer, file: Path) -> None:
        """Read the file, if there is one.

        Raises:
            DatasetError: it is no such file.
        """
        self._writer = writer
        self._file = file
        self._kept = dict(_read(file)) if file.exists() else {}

    @property
    def model(self) -> Model:
        """See `Writer`."""
        return self._writer.model

    def write(self, question: str, hits: Sequence[Hit]) -> Iterator[Sentence | None]:
        """See `Writer`; a failure is repeated as it was."""
        key = self._key(question, hits)
        if key not in self._kept:
            self._kept[key] = self._asked(question, hits)
            self._append(key, question, self._kept[key])
        kept = self._kept[key]
        yield from kept.sentences
        if kept.failed is not None:
            raise GenerationError(kept.failed)

    def _asked(self, question: str, hits: Sequence[Hit]) -> Recorded:
        sentences: list[Sentence] = []
        try:
            sentences += (s for s in self._writer.write(question, hits) if s is not None)
        except GenerationError as error:
            return Recorded(tuple(sentences), str(error))
        return Recorded(tuple(sentences), None)

    def _append(self, key: str, question: str, recorded: Recorded) -> None:
        row = {
            "key": key,
            "model": self.model.name,
            "question": question,
            "sentences": [{"text": s.text, "cited": s.cited} for s in recorded.sentences],
            "failed": recorded.failed,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _key(self, question: str, hits: Sequence[Hit]) -> str:
        asked = [self.model.name, prompts.VERSION, question, *(hit.chunk.text for hit in hits)]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _read(file: Path) -> Iterator[tuple[str, Recorded]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line:
            continue
        try:
            row = json.loads(line)
            sentences = (Sentence(s["text"], tuple(s["cited"])) for s in row["sentences"])
            yield row["key"], Recorded(tuple(sentences), row["failed"])
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{file.name}: line {number} is no answer: {error!r}") from None
