import pytest

from qa.generation.writing import LONGEST, MOST, Draft, Written, plain_text

GIVEN = (101, 202)


def read(text, piece=None):
    """Every sentence of a draft that came in pieces of a length."""
    draft = Draft(GIVEN)
    size = piece or len(text)
    found = []
    for at in range(0, len(text), size):
        found += draft.feed(text[at : at + size])
    return found + draft.finish()


TEXT = "Mia left at noon [101]. The train was late. [202] Nobody minded [101, 202]."


@pytest.mark.parametrize("piece", [None, 1, 2, 7])
def test_each_sentence_has_the_numbers_that_stand_in_it_or_behind_it(piece):
    assert read(TEXT, piece) == [
        Written("Mia left at noon.", (101,)),
        Written("The train was late.", (202,)),
        Written("Nobody minded.", (101, 202)),
    ]


def test_a_sentence_is_given_as_soon_as_the_next_one_begins():
    draft = Draft(GIVEN)
    assert draft.feed("Mia left at noon [101]. ") == []
    assert draft.feed("The train was late.") == [Written("Mia left at noon.", (101,))]
    assert draft.finish() == [Written("The train was late.", ())]


def test_numbers_that_were_not_given_out_are_dropped():
    assert read("Mia left at noon [1][999].") == [Written("Mia left at noon.", ())]


@pytest.mark.parametrize("not_strict", ["[101a]", "[#101]", "(101)", "[101-202]", "[passage 101]"])
def test_only_digits_in_brackets_are_a_marker(not_strict):
    (sentence,) = read(f"Mia left at noon {not_strict}.")
    assert sentence.numbers == ()


def test_what_was_broken_off_counts_only_where_it_is_all_there_is():
    assert read("Mia left at noon. The train was") == [Written("Mia left at noon.", ())]
    assert read("Mia left at") == [Written("Mia left at", ())]


@pytest.mark.parametrize("piece", [None, 1])
def test_links_and_images_keep_their_words_only(piece):
    text = "See ![a map](http://evil.example/x.png?q=1) and [the list](https://evil.example)."
    assert read(text, piece) == [Written("See a map and the list.", ())]


def test_marks_and_control_characters_go():
    assert plain_text("# A\n- **b** `c`\u202e\x07") == "A\nb c"


def test_what_a_model_thinks_is_no_answer():
    assert read("<think>Noon? [101].</think>Mia left at noon.") == [
        Written("Mia left at noon.", ())
    ]
    assert read("<think>Noon.") == []


def test_a_model_that_repeats_itself_is_heard_once():
    assert read("Mia left at noon. " * 5) == [Written("Mia left at noon.", ())]


def test_there_is_an_end_to_what_is_read():
    draft = Draft(GIVEN)
    many = "".join(f"Train {number} was late. " for number in range(MOST + 5))
    assert len(draft.feed(many) + draft.finish()) == MOST
    assert draft.full
    endless = Draft(GIVEN)
    endless.feed("a " * LONGEST)
    assert endless.full
