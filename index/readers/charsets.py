"""Texts that name their encoding, as pages and messages do: rightly, as a rule."""

from __future__ import annotations

import re

from index.readers.text import decode

# Python knows other codecs by name too, and not all of them make text.
_LEGACY = re.compile(
    r"iso[-_]?(?:8859[-_]\d+(?:-[ei])?|2022-\w+)|(?:windows|cp|x-mac|mac)-?\w+|koi8-?\w+|gb\w+"
    r"|big5(?:-hkscs)?|euc-?\w+|(?:ks_c_5601|x-sjis|shift[-_]jis)[-\w]*|tis-620|latin-?\d+"
)
# What everybody means by the names of smaller encodings.
_MEANT = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}


def decode_named(data: bytes, name: str | None) -> str:
    """The text of `data`, in the encoding of this name unless it is in another.

    Raises:
        DocumentError: the bytes are no text in any encoding.
    """
    name = (name or "").strip().lower()
    if _LEGACY.fullmatch(name) and not _is_utf8(data):
        try:
            text = data.decode(_MEANT.get(name, name))
        except (LookupError, UnicodeDecodeError):
            return decode(data)
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return decode(data)


def _is_utf8(data: bytes) -> bool:
    """Whether it holds characters beyond ASCII that only make sense as UTF-8, whatever it says."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
