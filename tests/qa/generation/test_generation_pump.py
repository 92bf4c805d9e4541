import threading
import time

import pytest

from qa.generation.pump import pumped


def test_pieces_come_through_in_order():
    assert [p for p in pumped(lambda: iter("abc"), 5) if p is not None] == ["a", "b", "c"]


def test_who_waits_is_asked_again_and_again_whether_they_still_do():
    def slow():
        time.sleep(0.7)
        yield "a"

    assert list(pumped(slow, 5)).count(None) >= 1


def test_what_goes_wrong_is_raised_where_it_is_waited_for():
    def broken():
        yield "a"
        raise ValueError("no more")

    pieces = pumped(broken, 5)
    assert next(pieces) == "a"
    with pytest.raises(ValueError, match="no more"):
        list(pieces)


def test_time_runs_out_before_the_first_piece_and_after_it():
    free = threading.Event()

    def stuck():
        free.wait(10)
        yield "a"

    def endless():
        while not free.is_set():
            yield "a"
            time.sleep(0.01)

    for source in (stuck, endless):
        with pytest.raises(TimeoutError):
            list(pumped(source, 0.4))
    free.set()


def test_who_stops_listening_stops_the_source():
    closed = threading.Event()

    def source():
        try:
            while True:
                yield "a"
                time.sleep(0.01)
        finally:
            closed.set()

    pieces = pumped(source, 5)
    assert next(pieces) == "a"
    pieces.close()
    assert closed.wait(5)
