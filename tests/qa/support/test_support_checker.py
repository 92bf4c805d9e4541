import numpy as np
import pytest

from index import Chunk, Hit
from qa.reader.model import Window
from qa.support.checker import Checker, contradicted, parts

TEXT = (
    "Mia left at noon. The train was late. Nobody minded it at all. See http://trains.example now."
)
HIT = Hit(Chunk(1, "trip.txt", 100, 100 + len(TEXT), TEXT, 3), 1.0)


class FixedModel:
    """Finds a statement borne out by texts that hold a phrase; `read_of` lists what it was asked."""

    def __init__(self, phrase):
        self.phrase = phrase
        self.read_of = []

    def read(self, statement, texts):
        self.read_of.append(statement)
        empty = np.zeros(0, dtype=np.float32)
        return [
            [
                Window(
                    empty,
                    empty,
                    np.zeros((0, 2), dtype=np.int64),
                    -3.0 if self.phrase in t else 3.0,
                )
            ]
            for t in texts
        ]


def check(sentence, phrase="train was late"):
    return Checker(FixedModel(phrase)).check(sentence, [HIT])[0]


def test_what_the_model_finds_borne_out_is_cited_by_the_sentence_nearest_to_it():
    support = check("A late train came.")
    assert support.enough
    assert support.score == pytest.approx(1 / (1 + np.exp(-3)))
    assert support.evidence.text == "The train was late."
    start, end = support.evidence.span
    assert TEXT[start - 100 : end - 100] == "The train was late."
    assert support.hit is HIT


def test_what_it_does_not_is_not_enough():
    assert not check("A late train came.", phrase="bus").enough


def test_the_documents_own_sentence_needs_no_model():
    assert check("Mia left at noon.", phrase="bus").score == 1.0


@pytest.mark.parametrize("sentence", ["The train was 5 minutes late.", "See http://evil.example."])
def test_a_number_or_an_address_that_is_not_there_cannot_be_borne_out(sentence):
    assert check(sentence).score == 0.0
    assert contradicted(sentence, TEXT)


def test_an_address_that_is_there_can():
    assert not contradicted("The address is http://trains.example now.", TEXT)


def test_the_best_passage_comes_first():
    other = Hit(Chunk(2, "town.txt", 0, 10, "Two roads.", None), 0.5)
    found = Checker(FixedModel("late")).check("A late train came.", [other, HIT])
    assert [support.hit for support in found] == [HIT, other]
    assert Checker(FixedModel("late")).check("A late train came.", []) == []


def test_a_long_sentence_is_read_to_its_end():
    long = ", ".join(f"Mia saw train number {n} as it left the town" for n in range(12)) + "."
    cut = parts(long)
    assert max(len(part.split()) for part in cut) <= 28
    assert " ".join(cut).split() == long.split()
    model = FixedModel("late")
    Checker(model).check(long, [HIT])
    assert model.read_of == cut
    assert parts("Mia left at noon.") == ["Mia left at noon."]
