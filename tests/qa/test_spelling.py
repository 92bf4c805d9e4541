import pytest

from qa.spelling import correct

KNOWN = frozenset(
    "who when which what how many did watch the exercise went along with lay all released relaxed is"
    " or neutral an ally of in english".split()
)
NEARBY = frozenset("officers fighter jets ally bombers relaxed belarus prisoners".split())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Wehn did the oficers wacth the excercise?", "when did the officers watch the exercise?"),
        ("Whcih fihgter jets went allong?", "which fighter jets went along?"),
        ("is it an aly", "is it an ally"),  # not "lay": nobody misses the first letter
        ("how many prisners were relased", "how many prisoners were released"),
        ("hwo many", "how many"),
    ],
)
def test_a_slip_of_the_finger_is_put_right(typed, meant):
    assert correct(typed, NEARBY, KNOWN.__contains__) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Which officers watch the exercise?",
        "Who is Khrenin?",  # nothing is one slip away
        "What did NATO do?",
        "Which MiG-31 jets?",
        "où est la frontière?",
        "the co-pilot's jets",
        "",
    ],
)
def test_what_is_right_or_unknown_stays_byte_for_byte(question):
    assert correct(question, NEARBY, KNOWN.__contains__) == question
