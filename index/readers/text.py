"""Plain text in any encoding."""

from __future__ import annotations

import codecs
import re

from index.errors import DocumentError
from index.readers.content import Content

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters that no text holds; tab, line feeds, form feed, carriage return and escape may occur.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_BINARY = "it looks like a binary file, not text; convert it to text or move it out of the folder"
# A short first line without a full stop, and nothing below it: what a person would call the title.
_HEADLINE = re.compile(r"\s*(?P<title>\S[^\n]{0,118}[^\s.,;:])[ \t]*\n[ \t]*\n")
_MAX_CONTROL_SHARE = 0.005
_UTF16_NULL_SHARE = 0.4
_SAMPLE = 1 << 16
_COMMONEST = "cp1252"


def read_text(data: bytes) -> Content:
    """Read plain text; a headline over the first paragraph is the title."""
    text = decode(data)
    headline = _HEADLINE.match(text)
    return Content(headline["title"] if headline else None, text, "text/plain")


def decode(data: bytes) -> str:
    """The text of `data`, its line ends made `\\n` as Python's own text files do.

    A byte-order mark decides; then strict UTF-8; then UTF-16 without a mark; then the best guess of
    charset-normalizer over the legacy encodings.

    Raises:
        DocumentError: the bytes are no text in any encoding.
    """
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    if len(_CONTROL.findall(text)) > _MAX_CONTROL_SHARE * len(text):
        raise DocumentError(_BINARY)
    return text


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise DocumentError(
                    f"it begins as {encoding} but breaks at byte {error.start}; save it again as UTF-8"
                ) from None
    if b"\x00" in data:  # valid in UTF-8, but no text file holds one unless it is UTF-16
        return _unmarked_utf16(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(data)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 shows as a null in every other byte wherever the text is mostly Latin."""
    sample = data[:_SAMPLE]
    for encoding, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if high.count(0) > _UTF16_NULL_SHARE * len(high):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    raise DocumentError(_BINARY)


def _legacy(data: bytes) -> str:
    # Imported here: most folders are UTF-8 and never need the detector's tables.
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:  # end it with a line: a cut character would look like no text at all
        sample = sample[: sample.rfind(b"\n") + 1] or data
    matches = from_bytes(sample)
    if not matches:
        raise DocumentError(_BINARY)
    # Of encodings that fit alike, the commonest.
    best = min(matches, key=lambda m: (m.chaos, -m.coherence, m.encoding != _COMMONEST))
    try:
        return data.decode(best.encoding)
    except UnicodeDecodeError:
        # The sample was typical but the rest is not: let the detector see everything.
        whole = from_bytes(data).best()
        if whole is None:
            raise DocumentError(_BINARY) from None
        return str(whole)
