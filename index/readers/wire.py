"""What passes between the program and the process that reads documents for it.

Frames of bytes, each after its length. The process is the less trusted side: its answers are JSON and
text, which can run no code, and are bounded before they are read.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import BinaryIO

from index.readers.checking import MAX_CHARACTERS
from index.readers.content import Content
from index.types import Line, Page, Section

# What a process ends with when it has no memory left to say so.
OUT_OF_MEMORY = 12
_LENGTH = struct.Struct(">Q")
_MAX_FACTS_BYTES = 64 * 1024 * 1024
_MAX_TEXT_BYTES = 4 * MAX_CHARACTERS  # of UTF-8
_ENCODING = ("utf-8", "surrogatepass")  # what text may hold is decided elsewhere


@dataclass(frozen=True, slots=True)
class Answer:
    """A document's content, or else why it is refused; `spent` where the process is to be replaced."""

    content: Content | None
    refusal: str
    spent: bool


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Send one frame; `stream` may hold it back until it is flushed."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)


def read_frame(stream: BinaryIO, limit: int) -> bytes:
    """The next frame.

    Raises:
        EOFError: the stream ends before the frame does.
        ValueError: it is longer than `limit` bytes.
    """
    (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
    if length > limit:
        raise ValueError(f"a frame of {length} bytes where {limit} are the limit")
    return _read(stream, length)


def write_answer(stream: BinaryIO, answer: Answer) -> None:
    """Send an answer."""
    content = answer.content or Content(None, "", "")
    facts = [
        answer.content is not None,
        answer.refusal,
        answer.spent,
        content.title,
        content.media_type,
        [[page.number, page.start, page.end, page.lines] for page in content.pages],
        [[section.title, section.start, section.end] for section in content.sections],
    ]
    write_frame(stream, json.dumps(facts).encode("ascii"))
    write_frame(stream, content.text.encode(*_ENCODING))
    stream.flush()


def read_answer(stream: BinaryIO) -> Answer:
    """The next answer; its content is not checked yet.

    Raises:
        EOFError: the stream ends before the answer does.
        ValueError: it is no answer.
    """
    facts = read_frame(stream, _MAX_FACTS_BYTES)
    text = read_frame(stream, _MAX_TEXT_BYTES)
    try:
        found, refusal, spent, title, media_type, pages, sections = json.loads(facts)
        content = Content(
            title,
            text.decode(*_ENCODING),
            media_type,
            tuple(
                Page(number, start, end, tuple(Line(*line) for line in lines))
                for number, start, end, lines in pages
            ),
            tuple(Section(*section) for section in sections),
        )
    except (TypeError, RecursionError) as error:
        raise ValueError(f"no answer: {error}") from None
    return Answer(content if found else None, str(refusal), bool(spent))


def _read(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
