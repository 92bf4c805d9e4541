from pathlib import Path

import pytest

from qa.support.wordnet import WordNet


def test_words_of_one_sense_of_the_opposite_and_of_the_same_kind(wordnet):
    assert wordnet.synonyms("noun", "car") == ("automobile",)
    assert wordnet.synonyms("verb", "buy") == ("purchase",)
    assert wordnet.opposites("verb", "buy") == ("sell",)
    assert wordnet.neighbours("noun", "nurse") == ("doctor", "medic")


def test_rare_words_and_unknown_ones_give_nothing(wordnet):
    assert "glebe" not in wordnet.neighbours("noun", "doctor")
    assert wordnet.synonyms("noun", "zzz") == ()
    assert wordnet.neighbours("verb", "nurse") == ()


def test_a_folder_without_its_files_is_told():
    with pytest.raises(FileNotFoundError):
        WordNet(Path("nowhere"))
