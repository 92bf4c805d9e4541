from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest
from page_fakes import answer

from index import QuestionError
from qa import Answer, Turn
from qa.desk import CrowdedError, Desk, LateError, Waiting

ANSWER = answer("?", "So.")


class Slow:
    """Answers when it is let go; `asked` are the questions it began with, in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = threading.Semaphore(0)

    def stream(self, question: str, history: Sequence[Turn]) -> Iterator[str | Answer]:
        self.asked.append(question)
        yield "So."
        self.go.acquire()
        yield ANSWER


def quick(question: str, history: Sequence[Turn]) -> Iterator[str | Answer]:
    if question == "wrong":
        raise QuestionError("no such question")
    yield from ("So", ".", ANSWER)


def begin(desk: Desk, question: str) -> tuple[Iterator[Waiting | str | Answer], object]:
    """A question and the first that is heard of it."""
    events = desk.stream(question, [])
    return events, next(events)


def test_what_the_assistant_says_is_passed_on() -> None:
    desk = Desk(quick, at_once=2, waiting=2, seconds=5)
    assert list(desk.stream("?", []))[-1] == ANSWER
    with pytest.raises(QuestionError, match="no such question"):
        list(desk.stream("wrong", []))
    assert list(desk.stream("?", []))[-1] == ANSWER


def test_pieces_go_out_as_they_come_and_those_that_are_there_in_one() -> None:
    go = threading.Event()

    def stream(question: str, history: Sequence[Turn]) -> Iterator[str | Answer]:
        yield from ("So", " it")
        go.wait(5)
        yield from (" is", ".", ANSWER)

    events = Desk(stream, at_once=1, waiting=1, seconds=5).stream("?", [])
    said = next(events)
    while said != "So it":
        said += next(events)  # type: ignore[operator]
    go.set()
    rest = list(events)
    assert rest[-1] == ANSWER
    assert "".join(rest[:-1]) in ("", " is", " is.")


def test_a_piece_that_says_nothing_is_not_passed_on_but_lets_a_question_be_given_up() -> None:
    closed = threading.Event()

    def endless(question: str, history: Sequence[Turn]) -> Iterator[str | Answer]:
        try:
            yield "So"
            while True:
                closed.wait(0.01)
                yield ""
        finally:
            closed.set()

    events = Desk(endless, at_once=1, waiting=1, seconds=5).stream("?", [])
    assert next(events) == "So"
    events.close()  # type: ignore[attr-defined]
    assert closed.wait(5)

    def slow(question: str, history: Sequence[Turn]) -> Iterator[str | Answer]:
        yield from ("", "So.", "", ANSWER)

    *said, last = Desk(slow, at_once=1, waiting=1, seconds=5).stream("?", [])
    assert last == ANSWER
    assert said in ([], ["So."])


def test_who_has_to_wait_is_told_the_position_and_moves_up() -> None:
    slow = Slow()
    desk = Desk(slow.stream, at_once=1, waiting=3, seconds=5)
    first, said = begin(desk, "first")
    assert said == "So."
    second, place = begin(desk, "second")
    assert place == Waiting(1)
    third, place = begin(desk, "third")
    assert place == Waiting(2)
    slow.go.release()
    assert list(first) == [ANSWER]
    assert next(third) == Waiting(1)
    slow.go.release(2)
    assert list(second)[-1] == ANSWER
    assert list(third)[-1] == ANSWER
    assert slow.asked == ["first", "second", "third"]


def test_a_full_line_takes_no_more() -> None:
    slow = Slow()
    desk = Desk(slow.stream, at_once=1, waiting=1, seconds=5)
    first, _ = begin(desk, "first")
    second, _ = begin(desk, "second")
    with pytest.raises(CrowdedError, match="too many questions are waiting"):
        next(desk.stream("third", []))
    slow.go.release(2)
    assert list(first)[-1] == list(second)[-1] == ANSWER


def test_an_answer_that_takes_too_long_is_not_waited_for() -> None:
    slow = Slow()
    desk = Desk(slow.stream, at_once=1, waiting=1, seconds=0.3)
    with pytest.raises(LateError, match=r"longer than 0\.3 seconds"):
        list(desk.stream("first", []))
    slow.go.release(2)
    assert list(desk.stream("second", []))[-1] == ANSWER


def test_who_leaves_the_line_is_not_answered() -> None:
    slow = Slow()
    desk = Desk(slow.stream, at_once=1, waiting=2, seconds=5)
    first, _ = begin(desk, "first")
    second, _ = begin(desk, "second")
    third, place = begin(desk, "third")
    assert place == Waiting(2)
    second.close()
    assert next(third) == Waiting(1)
    slow.go.release(2)
    assert list(first) == [ANSWER]
    assert list(third)[-1] == ANSWER
    assert slow.asked == ["first", "third"]


def test_a_question_may_be_forgotten_at_any_moment() -> None:
    slow = Slow()
    desk = Desk(slow.stream, at_once=1, waiting=2, seconds=5)
    first, _ = begin(desk, "first")
    forgotten = [begin(desk, "second")]

    def forget() -> None:
        with desk._lock:
            forgotten.clear()

    thread = threading.Thread(target=forget, daemon=True)
    thread.start()
    thread.join(5)
    free = not thread.is_alive() and desk.load() == (1, 0)
    slow.go.release()
    assert free
    assert list(first) == [ANSWER]


def test_live_every_piece_comes_by_itself_and_silence_too() -> None:
    go = threading.Event()

    def stream(question: str, history: Sequence[Turn]) -> Iterator[str | Answer]:
        yield "So"
        go.wait(5)
        yield from (" is", ".", ANSWER)

    events = Desk(stream, at_once=1, waiting=1, seconds=5).stream("?", [], live=True)
    first = next(filter(None, events))
    assert first == "So"
    assert next(events) == ""
    go.set()
    assert [event for event in events if event != ""] == [" is", ".", ANSWER]


def test_other_work_stands_in_the_same_line() -> None:
    slow = Slow()
    desk = Desk(slow.stream, at_once=1, waiting=1, seconds=5)
    first, _ = begin(desk, "first")
    second = desk.run(lambda: [1, 2])
    assert next(second) == Waiting(1)
    assert desk.load() == (1, 1)
    with pytest.raises(CrowdedError):
        next(desk.run(lambda: [3]))
    slow.go.release()
    assert list(first) == [ANSWER]
    assert [event for event in second if event != ""] == [[1, 2]]

    def wrong() -> None:
        raise QuestionError("no such work")

    with pytest.raises(QuestionError, match="no such work"):
        list(desk.run(wrong))
    assert desk.load() == (0, 0)
    desk.close()
