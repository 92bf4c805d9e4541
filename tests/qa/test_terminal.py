import io
from types import SimpleNamespace

import pytest

from index import SyncEvent
from qa.terminal import Bar, Countdown


class Terminal(io.StringIO):
    """A terminal of 80 columns that remembers what was written."""

    def isatty(self):
        return True

    def screen(self):
        """What a person sees now: each line as it was written over last."""
        lines = []
        for line in self.getvalue().split("\n"):
            shown = []
            for written in line.split("\r"):
                shown[: len(written)] = written
            lines.append("".join(shown).rstrip())
        return lines


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    # Not the clock of all: an event loop of another thread would sleep until that one comes back.
    monkeypatch.setattr("qa.terminal.time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def event(name="a.txt", action="added", done=3, total=2000, **more):
    values = {"bytes_done": 250, "bytes_total": 1000, "embedded": 30, "seconds": 10.0, **more}
    return SyncEvent(name, action, done, total, **values)


def test_a_line_is_written_over_and_gone_in_the_end(clock):
    terminal = Terminal()
    with Bar(terminal) as bar:
        clock[0] += 1
        bar(event("a rather long name.txt"))
        assert terminal.screen() == [
            "3 of 2,000 files, 3 passages/s, 30 s left: a rather long name.txt"
        ]
        clock[0] += 1
        bar(event("b.txt", done=4))
        assert terminal.screen() == ["4 of 2,000 files, 3 passages/s, 30 s left: b.txt"]
    assert terminal.screen() == [""]
    assert "\n" not in terminal.getvalue()


def test_what_is_over_at_once_is_not_drawn(clock):
    terminal = Terminal()
    with Bar(terminal) as bar:
        for _ in range(10_000):
            bar(event(action="unchanged"))
    assert terminal.getvalue() == ""


def test_a_failure_stays(clock):
    terminal = Terminal()
    with Bar(terminal) as bar:
        clock[0] += 1
        bar(event("a long name that is drawn before the failure.txt"))
        bar(event("bad\x1b[31m\nname.txt", "failed", reason="it holds no text"))
        clock[0] += 1
        bar(event("c.txt"))
        assert terminal.screen() == [
            "failed: bad [31m name.txt: it holds no text",
            "3 of 2,000 files, 3 passages/s, 30 s left: c.txt",
        ]
    assert terminal.screen() == ["failed: bad [31m name.txt: it holds no text", ""]


def test_failures_can_be_left_to_others(clock):
    terminal = Terminal()
    with Bar(terminal, failures=False) as bar:
        bar(event("bad.txt", "failed", reason="it holds no text"))
    assert terminal.getvalue() == ""


def test_where_nobody_watches_nothing_is_written(clock):
    stream = io.StringIO()
    with Bar(stream) as bar:
        clock[0] += 1
        bar(event("bad.txt", "failed", reason="it holds no text"))
        assert not bar.active
    assert stream.getvalue() == ""


@pytest.mark.parametrize("name", ["n" * 300 + ".txt", "船" * 100 + ".txt", "e\u0301" * 100])
def test_a_line_never_leaves_its_row(clock, name):
    terminal = Terminal()
    bar = Bar(terminal)
    clock[0] += 1
    bar(event(name))
    (line,) = terminal.screen()
    wide = sum(character == "船" for character in line)
    marks = sum(character == "\u0301" for character in line)
    assert 77 <= len(line) + wide - marks <= 79


@pytest.mark.parametrize(
    ("seconds", "left"),
    [(0.2, "0 s"), (59.4, "59 s"), (90, "1 min 30 s"), (3599, "59 min 59 s"), (7260, "2 h 1 min")],
)
def test_times_are_told_as_people_do(clock, seconds, left):
    terminal = Terminal()
    bar = Bar(terminal)
    clock[0] += 1
    bar(event(bytes_done=1, bytes_total=2, seconds=seconds, embedded=0))
    assert terminal.screen() == [f"3 of 2,000 files, {left} left: a.txt"]


def test_before_anything_is_read_no_end_is_foretold(clock):
    terminal = Terminal()
    bar = Bar(terminal)
    clock[0] += 1
    bar(event(bytes_done=0, embedded=0))
    assert terminal.screen() == ["3 of 2,000 files: a.txt"]


def test_a_countdown_tells_how_many_are_left_and_how_long(clock):
    terminal = Terminal()
    with Countdown(terminal, "questions") as countdown:
        clock[0] += 30
        countdown(1, 4)
        assert terminal.screen() == ["██████░░░░░░░░░░░░░░░░░░ 1 of 4 questions, 1 min 30 s left"]
        countdown(2, 4)  # too soon to be drawn
        assert "1 of 4" in terminal.screen()[0]
    assert terminal.screen() == [""]


def test_a_countdown_is_silent_where_nobody_watches():
    log = io.StringIO()
    with Countdown(log, "questions") as countdown:
        countdown(1, 1)
    assert log.getvalue() == ""
