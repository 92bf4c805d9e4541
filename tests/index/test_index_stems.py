import threading

import pytest

from index.stems import TEXT, Stemmer, numbers


@pytest.fixture
def stemmer():
    stemmer = Stemmer()
    yield stemmer
    stemmer.close()


def test_stems_are_those_of_the_catalogues_full_text(stemmer):
    texts = ["The Storms' waiting, CAFÉ-owners!", "", "日本 x\0y", 'a OR "b" NEAR c*']
    assert stemmer.stems(texts) == [
        ("the", "storm", "wait", "cafe", "owner"),
        (),
        ("日本", "x", "y"),
        ("a", "or", "b", "near", "c"),
    ]
    assert stemmer.stems(["again"]) == [("again",)]
    assert stemmer.stems([]) == []


def test_places_are_numbered_through_the_texts(stemmer):
    lengths, places = stemmer.places(
        ["red boats and a boat", "", "a red boat"], {"boat", "red", "absent"}
    )
    assert lengths.tolist() == [5, 0, 3]
    assert {stem: at.tolist() for stem, at in places.items()} == {
        "red": [0, 2 << TEXT | 1],
        "boat": [1, 4, 2 << TEXT | 2],
        "absent": [],
    }


def test_many_texts_are_numbered_like_few(stemmer):
    lengths, places = stemmer.places([f"boat {'red ' * (n % 3)}" for n in range(301)], ["red"])
    assert lengths.tolist() == [1 + n % 3 for n in range(301)]
    wanted = [n << TEXT | at for n in range(301) for at in range(1, 1 + n % 3)]
    assert places["red"].tolist() == wanted


def test_after_an_error_others_are_stemmed_as_ever(stemmer):
    assert stemmer.stems(["red"]) == [("red",)]
    with pytest.raises(UnicodeEncodeError):
        stemmer.stems(["fine", "\ud800"])
    assert stemmer.stems(["boat"]) == [("boat",)]


def test_many_threads_do_not_see_each_others_texts(stemmer):
    wrong = []

    def stem(number):
        for _ in range(30):
            if stemmer.stems([f"word{number}", "boats"]) != [(f"word{number}",), ("boat",)]:
                wrong.append(number)

    threads = [threading.Thread(target=stem, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_numbers_of_a_record_have_seven_bits_a_byte():
    assert list(numbers(b"")) == []
    assert list(numbers(bytes([5, 0x81, 0x00, 0x82, 0x80, 0x01, 0]))) == [5, 128, 2 * 128**2 + 1, 0]
