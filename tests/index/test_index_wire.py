import io
import json
import struct

import pytest

from index import Line, Page, Section
from index.readers import Content
from index.readers.wire import Answer, read_answer, read_frame, write_answer, write_frame

CONTENT = Content(
    "Zoë “quoted”",
    "Zoë:\n1 €. 𝄞\n\nEnd \x1b\x00",
    "a/b",
    (
        Page(1, 0, 9, (Line(0, 4, 0.1, 0.2, 1 / 3, 0.25), Line(5, 9, 0.0, 0.3, 1.0, 0.35))),
        Page(3, 9, 14),
    ),
    (Section("End", 11, 14),),
)


def frames(*parts):
    return io.BytesIO(b"".join(struct.pack(">Q", len(part)) + part for part in parts))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(CONTENT, "", False),
        Answer(Content(None, "", ""), "", True),
        Answer(Content(None, "a\ud800", "a/b"), "", False),
        Answer(None, "it is damaged", False),
    ],
)
def test_an_answer_arrives_as_it_was_sent(answer):
    stream = io.BytesIO()
    write_answer(stream, answer)
    stream.seek(0)
    assert read_answer(stream) == answer
    assert stream.read() == b""


def test_frames_follow_one_another():
    stream = io.BytesIO()
    for data in (b"", b"abc", bytes(300)):
        write_frame(stream, data)
    stream.seek(0)
    assert [read_frame(stream, 300) for _ in range(3)] == [b"", b"abc", bytes(300)]
    with pytest.raises(EOFError):
        read_frame(stream, 300)


def test_a_frame_beyond_the_limit_is_not_read():
    stream = frames(bytes(11))
    with pytest.raises(ValueError, match="11 bytes where 10 are the limit"):
        read_frame(stream, 10)
    assert stream.tell() == 8


def test_a_frame_that_is_announced_and_does_not_come_ends_the_stream():
    with pytest.raises(EOFError):
        read_frame(io.BytesIO(struct.pack(">Q", 5) + b"abcd"), 10)


FACTS = [True, "", False, None, "a/b", [], []]


@pytest.mark.parametrize(
    "facts",
    [
        None,
        {},
        [],
        FACTS[:-1],
        [*FACTS, 1],
        [*FACTS[:5], [1], []],
        [*FACTS[:5], [[1, 0, 4]], []],
        [*FACTS[:5], [[1, 0, 4, [[0, 1]]]], []],
        [*FACTS[:5], None, []],
        [*FACTS[:6], [["title", 0]]],
        [*FACTS[:6], 5],
    ],
)
def test_what_is_no_answer_is_refused(facts):
    with pytest.raises(ValueError, match=r"no answer|to unpack"):
        read_answer(frames(json.dumps(facts).encode(), b"text"))


@pytest.mark.parametrize("facts", [b"", b"\xff", b"[" * 10**6, b"{", b"[1" + b"0" * 10**5 + b"]"])
def test_what_is_no_json_is_refused(facts):
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        read_answer(frames(facts, b"text"))


def test_text_that_is_no_utf_8_is_refused():
    with pytest.raises(UnicodeDecodeError):
        read_answer(frames(json.dumps(FACTS).encode(), b"te\xffxt"))


@pytest.mark.parametrize(("frame", "limit"), [(0, "_MAX_FACTS_BYTES"), (1, "_MAX_TEXT_BYTES")])
def test_both_parts_of_an_answer_are_bounded(frame, limit, monkeypatch):
    parts = [json.dumps(FACTS).encode(), b"x" * 100]
    monkeypatch.setattr(f"index.readers.wire.{limit}", len(parts[frame]))
    assert read_answer(frames(*parts)).content.text == "x" * 100
    monkeypatch.setattr(f"index.readers.wire.{limit}", len(parts[frame]) - 1)
    with pytest.raises(ValueError, match="the limit"):
        read_answer(frames(*parts))
