"""What a reader returned, proven to keep its contract before anything relies on it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from index.errors import DocumentError
from index.readers.content import Content
from index.types import Line, Page, Section

MAX_CHARACTERS = 64 * 1024 * 1024
# Plain text and Markdown are kept as they are written, whatever stands in them.
_AS_WRITTEN = ("text/plain", "text/markdown")
_CONTROL = bytes({*range(32), 127} - set(b"\t\n"))
_LONGEST_MESSAGE = 300


def checked(content: Content) -> Content:
    """The same content, if it is one that every later stage can rely on.

    Raises:
        DocumentError: it is too long, or breaks the contract of readers.
    """
    if (fault := _fault(content)) is not None:
        raise DocumentError(f"its reader returned {fault}; convert it to another format")
    if len(content.text) > MAX_CHARACTERS:
        raise DocumentError(
            f"it holds {len(content.text):,} characters and the limit is {MAX_CHARACTERS:,}; "
            "split it into smaller files"
        )
    return content


def unreadable(error: BaseException) -> str:
    """What to say of a file whose reader failed with an error that is not meant for people."""
    what = ": ".join(filter(None, [type(error).__name__, str(error)]))
    return one_line(f"it cannot be read, and is probably damaged ({what})")


def one_line(message: str) -> str:
    """The message on a single printable line of a bounded length."""
    line = "".join(c if c.isprintable() else " " for c in message[: 2 * _LONGEST_MESSAGE])
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _fault(content: object) -> str | None:
    """What is wrong with it, in a few words; custom readers may return anything, and so may a process."""
    if not isinstance(content, Content):
        return "no content"
    words = (content.text, content.media_type, "" if content.title is None else content.title)
    if not all(map(_is_text, words)):
        return "text that is no Unicode"
    if content.media_type not in _AS_WRITTEN and _has_control(content.text):
        return "control characters"
    if not _are_pages(content.pages, len(content.text)):
        return "pages that do not fit its text"
    if not _are_sections(content.sections, len(content.text)):
        return "sections that do not fit its text"
    return None


def _is_text(value: object) -> bool:
    """Whether it can be stored: no half of a surrogate pair can."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_control(text: str) -> bool:
    # By bytes, which is quicker than a pattern: in UTF-8 no other character holds one of these.
    data = text.encode()
    return len(data.translate(None, _CONTROL)) < len(data)


def _are_pages(pages: object, length: int) -> bool:
    if not isinstance(pages, tuple) or not all(isinstance(page, Page) for page in pages):
        return False
    numbers = [page.number for page in pages]
    return (
        all(type(number) is int and number > 0 for number in numbers)
        and all(one < following for one, following in pairwise(numbers))
        and _in_order(pages, 0, length)
        and all(_are_lines(page) for page in pages)
    )


def _are_lines(page: Page) -> bool:
    return (
        isinstance(page.lines, tuple)
        and all(isinstance(line, Line) for line in page.lines)
        and _in_order(page.lines, page.start, page.end)
        and all(
            _is_share(line.left, line.right) and _is_share(line.top, line.bottom)
            for line in page.lines
        )
    )


def _is_share(low: object, high: object) -> bool:
    return isinstance(low, int | float) and isinstance(high, int | float) and 0 <= low <= high <= 1


def _are_sections(sections: object, length: int) -> bool:
    return (
        isinstance(sections, tuple)
        and all(isinstance(item, Section) and _is_text(item.title) for item in sections)
        and _in_order(sections, 0, length)
    )


def _in_order(ranges: Iterable[Line | Page | Section], first: int, last: int) -> bool:
    """Whether the ranges follow one another without overlap, from `first` to `last` at most."""
    at = first
    for item in ranges:
        if not (type(item.start) is int and type(item.end) is int):
            return False
        if not at <= item.start <= item.end <= last:
            return False
        at = item.end
    return True
