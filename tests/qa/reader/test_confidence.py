import math

import pytest

from index import Chunk, Hit, ModelError, Span
from qa.reader.confidence import Calibration, answer_text, features
from qa.reading import Evidence

TEXT = "Mia Berg sold 52 boats in Oslo. The boats were red. Ida Dahl sold 7 cars."
HITS = [Hit(Chunk(1, "a.txt", 0, len(TEXT), TEXT, None), 0.75)]


def evidence(sentence, answer, score):
    start, at = TEXT.index(sentence), TEXT.index(answer)
    span = Span(start, start + len(sentence))
    return Evidence("a.txt", span, sentence, Span(at, at + len(answer)), score)


BEST = evidence("Mia Berg sold 52 boats in Oslo.", "52", 2.0)
OTHER = evidence("Ida Dahl sold 7 cars.", "7", 0.5)


def test_features_by_hand():
    seen = features("How many boats did Mia Berg sell?", [BEST, OTHER], HITS)
    assert seen["margin"] == 2.0
    assert seen["soft"] == pytest.approx(1 / (1 + math.exp(-2)))
    assert seen["lead"] == 1.5
    assert seen["agreement"] == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert seen["rank"] == 0.75
    assert seen["type_clash"] == 0.0
    assert seen["names"] == 1.0


def test_a_name_that_the_passage_lacks_counts_against_it():
    seen = features("How many boats did Mia Lund sell in 1999?", [BEST, OTHER], HITS)
    assert seen["names"] == pytest.approx(1 / 3)  # of Mia, Lund and 1999


def test_the_wrong_kind_of_answer_counts_against_it():
    name = evidence("Mia Berg sold 52 boats in Oslo.", "Mia Berg", 2.0)
    assert features("How many boats?", [name], HITS)["type_clash"] == 1.0
    assert features("Who sold boats?", [name], HITS)["type_clash"] == 0.0
    assert features("Who sold boats?", [BEST], HITS)["type_clash"] == 1.0
    assert features("What was sold?", [name], HITS)["type_clash"] == 0.0


def test_without_a_rival_the_lead_is_the_largest():
    assert features("How many boats?", [BEST], HITS)["lead"] == 10.0


def test_the_answer_is_a_slice_of_its_sentence():
    assert answer_text(BEST) == "52"
    sentence = Evidence("a.txt", Span(32, 51), "The boats were red.", None, 0.0)
    assert answer_text(sentence) == "The boats were red."


def test_probability_by_hand_and_through_a_file(tmp_path):
    calibration = Calibration({"margin": 0.5, "rank": 2.0}, -1.0)
    expected = 1 / (1 + math.exp(-(0.5 * 4 + 2.0 * 0.25 - 1.0)))
    assert calibration.probability({"margin": 4.0, "rank": 0.25}) == pytest.approx(expected)
    calibration.save(tmp_path / "calibration.json")
    assert Calibration.load(tmp_path / "calibration.json") == calibration


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"weights": {"a": "x"}, "bias": 0}'])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "calibration.json").write_text(content)
    with pytest.raises(ModelError, match=r"calibration\.json is missing or damaged"):
        Calibration.load(tmp_path / "calibration.json")
