"""Who judges what quotes bear out, and how its reliance is measured."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval import judges
from eval.citing import Support, support
from eval.judges import ByEntailment, ByWords, Reliance, reliance
from eval.support import Labelled
from index import Chunk, Hit

OSLO = "The ship left Oslo in 1912 with forty people on board."


class Wise:
    """Believes what it was told is true, and counts how often it is asked."""

    name, digest = "a wise one", "0"

    def __init__(self, *true: str) -> None:
        self.true, self.asked = true, 0

    def supports(self, quotes: Sequence[str], statement: str) -> bool:
        self.asked += 1
        return bool(quotes) and statement in self.true


def labelled(sentence: str, supported: bool) -> Labelled:
    hit = Hit(Chunk(1, "a", 0, len(OSLO), OSLO, None), 1.0)
    return Labelled(sentence, (hit,), supported, "own", "test")


def test_reliance_by_hand() -> None:
    sentences = [
        labelled("a", True),
        labelled("b", True),
        labelled("c", False),
        labelled("d", False),
    ]
    # It believes a and c: right on a and d. Of the two it believes, one is true, and of the true one.
    assert reliance(Wise("a", "c"), sentences) == Reliance(4, 0.5, 0.5, 0.5)
    assert reliance(Wise("a", "b"), sentences) == Reliance(4, 1.0, 1.0, 1.0)
    assert reliance(Wise(), sentences[2:]) == Reliance(2, 1.0, 0.0, 0.0)


def test_the_judge_decides_over_citations() -> None:
    text, quotes = "It sailed away.[1][2]", {1: OSLO, 2: "Other words."}
    assert support(text, quotes) == Support(1, 0, 2, 0)
    assert support(text, quotes, Wise("It sailed away.").supports) == Support(1, 1, 2, 2)


def test_what_was_measured_is_kept(tmp_path: Path) -> None:
    judge = Wise()
    first = judges.record(judge, tmp_path)
    asked = judge.asked
    assert asked == first["sentences"] == 87
    assert judges.record(judge, tmp_path) == first
    assert judge.asked == asked
    # Another digest is another judge, and a damaged record is measured again.
    (file,) = (tmp_path / "judges").iterdir()
    file.write_text("{")
    assert judges.record(judge, tmp_path) == first
    assert judge.asked == 2 * asked
    assert json.loads(file.read_text())["sentences"] == 87


@pytest.mark.parametrize("judge", [ByWords(), ByEntailment()])
def test_what_is_quoted_is_borne_out_and_what_is_cited_by_nothing_is_not(
    judge: judges.Judge,
) -> None:
    assert judge.supports([OSLO], OSLO)
    assert judge.supports([OSLO], f"In 1912 — “{OSLO}”")
    assert not judge.supports([], OSLO)
    assert not judge.supports([OSLO], "The ship left Oslo in 1913 with forty people on board.")


def test_entailment_knows_other_words() -> None:
    quote = "Marie Curie won the Nobel Prize in Physics in 1903."
    said = "In 1903 Marie Curie was awarded the Nobel Prize in Physics."
    assert not ByWords().supports([quote], said)
    assert ByEntailment().supports([quote], said)
