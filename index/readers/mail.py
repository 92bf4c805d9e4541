"""E-mail: who wrote to whom and when, and what; of attachments only the names."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import NamedTuple

from index.errors import DocumentError
from index.readers.charsets import decode_named
from index.readers.composing import Composer, on_one_line
from index.readers.content import Content
from index.readers.html.blocks import read_page
from index.readers.html.reader import compose, decode_page

# Python's newer policy takes quadratic time for long headers, a minute for one of 300 kB.
_POLICY = policy.compat32
_FIELDS = ("From", "To", "Cc", "Date", "Subject")
_BEGIN = re.compile(rb"\s*(?:From |[A-Za-z][\w-]*:)")
_LONGEST_FIELD = 4000
_MAX_DEPTH = 20
_TEXTS = ("text/plain", "text/html")
_NO_MAIL = "it is no e-mail: no header such as From: or Subject: begins it; rename it"
_NESTED = f"its parts are nested more than {_MAX_DEPTH} deep; take the inner messages out"


class _Parts(NamedTuple):
    """What a message consists of, in order: texts, messages that it forwards, and other files' names."""

    texts: list[Message]
    messages: list[Message]
    attachments: list[str]


def read_mail(data: bytes) -> Content:
    """Read a message; its subject is the title, and each message that it forwards is a section.

    Of alternatives the plain text is read, or else the web page. Quoted lines stay: often they are all
    that is left of what was answered. Attachments are named, but not read.

    Raises:
        DocumentError: it is no message, or one that is nested beyond reason.
    """
    if not _BEGIN.match(data):
        raise DocumentError(_NO_MAIL)
    try:
        message = message_from_bytes(data, policy=_POLICY)
    except RecursionError:
        raise DocumentError(_NESTED) from None
    composer = Composer()
    _add(composer, message, 0)
    return composer.content(_field(message, "Subject") or None, "message/rfc822")


def _add(composer: Composer, message: Message, depth: int) -> None:
    """Add a message, and after all of it the messages that it forwards."""
    fields = ((name, _field(message, name)) for name in _FIELDS)
    composer.paragraph("\n".join(f"{name}: {value}" for name, value in fields if value))
    parts = _Parts([], [], [])
    _collect(message, parts, depth)
    for part in parts.texts:
        if part.get_content_type() == "text/html":
            compose(read_page(_html(part)).blocks, composer)
        else:
            composer.listing(_text(part))
    if parts.attachments:
        composer.paragraph(f"Attachments (not read): {'; '.join(parts.attachments)}")
    for inner in parts.messages:
        composer.heading(_field(inner, "Subject") or "Forwarded message")
        _add(composer, inner, depth + 1)


def _collect(part: Message, parts: _Parts, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise DocumentError(_NESTED)
    kind = part.get_content_type()
    inner = _inner(part)
    if kind == "message/rfc822":
        parts.messages.extend(inner)
    elif kind == "multipart/alternative":
        for chosen in _best(inner):
            _collect(chosen, parts, depth + 1)
    elif part.is_multipart():
        for child in inner:
            _collect(child, parts, depth + 1)
    elif (kind in _TEXTS and not _is_attached(part)) or kind.startswith("multipart/"):
        parts.texts.append(part)  # what has no parts after all is a text
    else:
        name = part.get_filename()
        parts.attachments.append(_decoded(name) if name else f"unnamed ({kind})")


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    children = payload if isinstance(payload, list) else []
    return [child for child in children if isinstance(child, Message)]


def _best(alternatives: list[Message]) -> list[Message]:
    """The plain text, unless it is empty; or else the last, which is the best in the sender's eyes."""
    plain = (part for part in alternatives if part.get_content_type() == "text/plain")
    first = next((part for part in plain if _text(part).strip()), None)
    readable = [
        part for part in alternatives if part.is_multipart() or part.get_content_type() in _TEXTS
    ]
    return [first] if first is not None else readable[-1:]


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _text(part: Message) -> str:
    return decode_named(_data(part), part.get_content_charset())


def _html(part: Message) -> str:
    charset = part.get_content_charset()
    return decode_named(_data(part), charset) if charset else decode_page(_data(part))


def _data(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _field(message: Message, name: str) -> str:
    """A header on one line; empty where there is none."""
    values = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return _decoded(next(values, ""))


def _decoded(value: object) -> str:
    """A header's value, in whatever encodings its words are."""
    written = str(value)[:_LONGEST_FIELD]
    if not written.isascii():  # against the rules, but in the encoding of the time
        written = decode_named(written.encode("utf-8", "surrogateescape"), None)
    try:
        words = decode_header(written)
    except HeaderParseError:
        words = [(written, None)]
    return on_one_line(
        "".join(
            word if isinstance(word, str) else decode_named(word, charset)
            for word, charset in words
        )
    )
