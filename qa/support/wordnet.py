"""Words of the same, the opposite and a neighbouring meaning, from WordNet's database files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

WordClass = Literal["noun", "verb", "adj"]
_FILES: tuple[WordClass, ...] = ("noun", "verb", "adj")


@dataclass(frozen=True, slots=True)
class _Synset:
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str], ...]
    """What kind of pointer, and the offset of what it points at, in the same file."""


class WordNet:
    """Single words by their most frequent sense alone: which other one is meant nobody says.

    The files' form: https://wordnet.princeton.edu/documentation/wndb5wn.
    """

    def __init__(self, folder: Path) -> None:
        """Read `index.*` and `data.*` in the folder; OSError where they are missing."""
        self._first: dict[tuple[WordClass, str], str] = {}
        self._common: set[tuple[WordClass, str]] = set()
        self._synsets: dict[tuple[WordClass, str], _Synset] = {}
        self._below: dict[tuple[WordClass, str], list[str]] = defaultdict(list)
        for kind in _FILES:
            self._read(folder, kind)

    def synonyms(self, kind: WordClass, word: str) -> tuple[str, ...]:
        """Words whose most frequent sense is this word's too."""
        first = self._first.get((kind, word))
        return () if first is None else self._leading(kind, first, word)

    def opposites(self, kind: WordClass, word: str) -> tuple[str, ...]:
        """Words of the opposite meaning."""
        return self._by_pointer(kind, word, "!")

    def neighbours(self, kind: WordClass, word: str) -> tuple[str, ...]:
        """Words for other things of the next wider kind: "nurse" has "doctor"."""
        found: list[str] = []
        first = self._first.get((kind, word))
        for symbol, above in self._pointers(kind, first):
            if symbol == "@":
                for below in self._below[kind, above]:
                    if below != first:
                        found += self._leading(kind, below, word)
        return tuple(found)

    def _by_pointer(self, kind: WordClass, word: str, wanted: str) -> tuple[str, ...]:
        first = self._first.get((kind, word))
        return tuple(
            other
            for symbol, target in self._pointers(kind, first)
            if symbol == wanted
            for other in self._leading(kind, target, word)
        )

    def _pointers(self, kind: WordClass, offset: str | None) -> tuple[tuple[str, str], ...]:
        return () if offset is None else self._synsets[kind, offset].pointers

    def _leading(self, kind: WordClass, offset: str, but: str) -> tuple[str, ...]:
        """The synset's common words that mean it before all else."""
        words = self._synsets[kind, offset].words
        return tuple(
            w
            for w in words
            if w != but and (kind, w) in self._common and self._first[kind, w] == offset
        )

    def _read(self, folder: Path, kind: WordClass) -> None:
        for line in (folder / f"index.{kind}").read_text(encoding="utf-8").splitlines():
            if not line.startswith(" "):
                fields = line.split()
                senses = int(fields[2])
                self._first[kind, fields[0]] = fields[-senses]
                # How many of its senses occur in the texts that were counted: none of rare words'.
                if fields[-senses - 1] != "0":
                    self._common.add((kind, fields[0]))
        for line in (folder / f"data.{kind}").read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                continue
            fields = line.split(" | ")[0].split()
            offset, count = fields[0], int(fields[3], 16)
            words = [fields[4 + 2 * i].partition("(")[0] for i in range(count)]
            at = 4 + 2 * count
            pointers = tuple(
                (fields[at + 1 + 4 * i], fields[at + 2 + 4 * i])
                for i in range(int(fields[at]))
                if fields[at + 3 + 4 * i][0] in f"{kind[0]}s"
            )
            # Names and compounds are nothing that a sentence's word can be exchanged for.
            plain = tuple(w for w in words if w.isalpha() and w.islower())
            self._synsets[kind, offset] = _Synset(plain, pointers)
            for symbol, target in pointers:
                if symbol == "@":
                    self._below[kind, target].append(offset)
