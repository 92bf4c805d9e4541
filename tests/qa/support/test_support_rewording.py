import random

import pytest

from qa.support.falsifying import Falsifier
from qa.support.rewording import Rewording, clause


def test_who_did_what_can_be_said_in_three_ways_and_the_other_way_round():
    parts = clause("Josiah Penn built the mill in 1742.")
    assert parts.active() == "Josiah Penn built the mill in 1742."
    assert parts.turned() == "The mill was built by Josiah Penn in 1742."
    assert parts.cleft() == "It was Josiah Penn that built the mill in 1742."
    assert parts.active(swapped=True) == "The mill built Josiah Penn in 1742."
    assert parts.turned(swapped=True) == "Josiah Penn was built by the mill in 1742."


def test_a_passive_is_the_same_clause():
    parts = clause("The mills were sold by Edmund Penn.")
    assert (parts.subject, parts.verb, parts.object) == ("Edmund Penn", "sell", "The mills")
    assert parts.active() == "Edmund Penn sold The mills."
    assert parts.turned(swapped=True) == "Edmund Penn was sold by The mills."


@pytest.mark.parametrize(
    "said",
    [
        "The mill is old.",
        "Ann met Bob.",  # the same the other way round
        "It rained.",
        "When the mill burnt, Penn left Harrow.",
    ],
)
def test_what_has_no_doer_and_no_deed_is_left_alone(said):
    assert clause(said) is None


def test_a_word_is_exchanged_in_the_form_it_stands_in(wordnet):
    rewording = Rewording(wordnet, random.Random(1))
    assert rewording.exchanged("Two nurses left.", "neighbours") in (
        "Two doctors left.",
        "Two medics left.",
    )
    assert rewording.exchanged("Penn bought an automobile.", "opposites") == (
        "Penn sold an automobile."
    )
    assert rewording.exchanged("It stood on an automobile.", "synonyms") == "It stood on a car."
    assert rewording.exchanged("It rained.", "synonyms") is None


def test_what_stands_aside_can_go(wordnet):
    rewording = Rewording(wordnet, random.Random(2))
    said = "Penn, a merchant of Bristol, built it."
    assert {rewording.shorter(said) for _ in range(20)} == {"Penn built it.", said}
    assert rewording.shorter("The only mill burnt.") == "The only mill burnt."


def test_the_time_moves_and_nothing_else(wordnet):
    said = {
        Rewording(wordnet, random.Random(seed)).same("The fire came in 1891.") for seed in range(40)
    }
    assert "In 1891, the fire came." in said
    assert all("1891" in one and "fire" in one for one in said)


EVIDENCE = "Some 312 nurses joined in Oslo before 1954. Lena Okafor led them for the ministry."


def test_each_falsehood_differs_from_what_holds_and_ways_are_many(wordnet):
    said = "Lena Okafor led some 312 nurses in Oslo before 1954."
    found = set()
    for seed in range(30):
        rng = random.Random(seed)
        falsifier = Falsifier(Rewording(wordnet, rng), rng)
        found |= set(falsifier.falsified(said, EVIDENCE, ["Bergen"]))
    assert said not in found
    assert "Lena Okafor led some 1954 nurses in Oslo before 1954." not in found
    assert "Lena Okafor led all 312 nurses in Oslo before 1954." in found
    assert "Lena Okafor led some 312 nurses in Oslo after 1954." in found
    assert any("Bergen" in one for one in found)
    assert any("doctors" in one for one in found)
    assert any(
        "some 312 nurses led Lena Okafor" in one.lower() or "nurses led" in one for one in found
    )


def test_a_denial_is_put_in_and_taken_out(wordnet):
    falsifier = Falsifier(Rewording(wordnet, random.Random(0)), random.Random(0))
    assert falsifier.denied("The mill was sold.") in (
        "The mill was not sold.",
        "The mill was never sold.",
    )
    assert falsifier.denied("The mill was never sold.") == "The mill was sold."
    assert falsifier.denied("Rain fell.") is None
