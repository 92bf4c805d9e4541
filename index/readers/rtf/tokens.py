"""Rich Text Format cut into control words and text, and the code pages of its text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

OPEN, CLOSE, HEX, STAR = "{", "}", "'", "\\*"
DEFAULT_ENCODING = "cp1252"

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<brace>[{}])"
    rb"|(?P<text>[^\\{}\r\n\0]+)"
    rb"|[\r\n\0]+|\\"
)
# Of the character sets that fonts name, those with a code page of their own.
_CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_PAGES = {65001: "utf-8", 10000: "mac_roman", 936: "gb18030", 1361: "johab", 0: DEFAULT_ENCODING}


class Control(NamedTuple):
    """A control word with its number if it has one, a symbol with its backslash, a brace, or a byte."""

    word: str
    number: int | None = None


def tokens(data: bytes) -> Iterator[Control | bytes]:
    """The controls and the pieces of plain text, in order; binary data is jumped over."""
    position, length = 0, len(data)
    while position < length and (match := _TOKEN.match(data, position)):
        position = match.end()
        if (word := match["word"]) is not None:
            control = Control(
                word.decode(), None if match["number"] is None else int(match["number"])
            )
            if control.word == "bin":
                position += max(0, control.number or 0)
            yield control
        elif match["hex"] is not None:
            yield Control(HEX, int(match["hex"], 16))
        elif match["text"] is not None:
            yield match["text"]
        elif match["symbol"] is not None:  # escaped braces are no groups
            yield Control("\\" + match["symbol"].decode("latin-1"))
        elif match["brace"] is not None:
            yield Control(match["brace"].decode())


def charset_encoding(charset: int | None) -> str | None:
    """The encoding of a font's character set; None for the document's own."""
    return _CHARSETS.get(charset or 0)


def page_encoding(page: int | None) -> str:
    """The encoding of a Windows code page; the commonest where Python knows no such page."""
    name = _PAGES.get(page or 0, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return DEFAULT_ENCODING
