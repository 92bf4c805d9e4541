"""A WordNet of a few words."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.support.wordnet import WordNet

# offset: words, pointers
NOUNS = {
    "00000001": (("worker",), ()),
    "00000002": (("nurse",), (("@", "00000001"),)),
    "00000003": (("doctor", "medic"), (("@", "00000001"),)),
    "00000004": (("car", "automobile"), ()),
    "00000005": (("glebe",), (("@", "00000001"),)),
}
VERBS = {
    "00000001": (("buy", "purchase"), (("!", "00000002"),)),
    "00000002": (("sell",), (("!", "00000001"),)),
}
RARE = ("glebe",)


def files(letter: str, synsets: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]):
    data, index = ["  1 the licence"], ["  1 the licence"]
    for offset, (words, pointers) in synsets.items():
        listed = " ".join(f"{word} 0" for word in words)
        to = " ".join(f"{symbol} {target} {letter} 0000" for symbol, target in pointers)
        data.append(
            f"{offset} 00 {letter} {len(words):02x} {listed} {len(pointers):03} {to} | a gloss"
        )
        index += [f"{w} {letter} 1 0 1 {0 if w in RARE else 1} {offset}  " for w in words]
    return "\n".join(data), "\n".join(index)


@pytest.fixture(scope="session")
def wordnet(tmp_path_factory: pytest.TempPathFactory) -> WordNet:
    """As in WordNet's own files."""
    folder: Path = tmp_path_factory.mktemp("wordnet")
    for name, letter, synsets in (("noun", "n", NOUNS), ("verb", "v", VERBS), ("adj", "a", {})):
        data, index = files(letter, synsets)
        (folder / f"data.{name}").write_text(data, encoding="utf-8")
        (folder / f"index.{name}").write_text(index, encoding="utf-8")
    return WordNet(folder)
