"""JSON made readable: a record is a sentence that names its fields, another value a line with its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from index.errors import DocumentError
from index.readers.composing import Composer, on_one_line
from index.readers.content import Content
from index.readers.rows import make_row, table_sentences
from index.readers.text import decode

_ARROW = " › "
_MAX_PATH = 8
# A field of more characters, or of several lines, is a text by itself.
_LONGEST_FIELD = 300
_PARAGRAPHS = re.compile(r"\n\s*\n")
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
_DEEP = "it is nested too deeply to be made readable; flatten it"

Path = tuple[str, ...]


class _Object(NamedTuple):
    """An object as it is written: a name may come twice."""

    fields: list[tuple[str, Any]]


def read_json(data: bytes) -> Content:
    """Read JSON, or lines of JSON in a file that is called so.

    Numbers are kept as they are written; what is null or empty is left out.

    Raises:
        DocumentError: it is no valid JSON, or is nested too deeply.
    """
    text = decode(data)
    try:
        return _content([_parse(text)], "application/json")
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and "\n" in text[: error.pos]:
            return _lines(text)
        raise DocumentError(
            f"it is no valid JSON: {error.msg} at line {error.lineno:,}, column {error.colno:,}; "
            "correct it there"
        ) from None


def read_json_lines(data: bytes) -> Content:
    """Read a file of which each line is a JSON value; lines may be blank.

    Raises:
        DocumentError: a line is no valid JSON, even the last: nothing is left out unsaid.
    """
    return _lines(decode(data))


def _lines(text: str) -> Content:
    values = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                values.append(_parse(line))
            except json.JSONDecodeError as error:
                raise DocumentError(
                    f"line {number:,} is no valid JSON: {error.msg} at column {error.colno:,}; "
                    "correct or remove it"
                ) from None
    return _content(values, "application/x-ndjson")


def _parse(text: str) -> object:
    try:
        return json.loads(
            text, object_pairs_hook=_Object, parse_int=str, parse_float=str, parse_constant=str
        )
    except RecursionError:
        raise DocumentError(_DEEP) from None


def _content(values: Sequence[object], media_type: str) -> Content:
    writer = _Writer()
    try:
        for value in values:
            writer.add(value, (), alone=len(values) == 1)
    except RecursionError:
        raise DocumentError(_DEEP) from None
    return writer.composer.content(None, media_type)


class _Writer:
    """Adds values to a document, each with the names that lead to it."""

    def __init__(self) -> None:
        self.composer = Composer()

    def add(self, value: object, path: Path, alone: bool = True) -> None:
        """Add a value; an object that does not stand alone is a record, one of several."""
        text = _in_a_line(value)
        if text is not None and path:
            self._add_field(path, text)
        elif isinstance(value, str):
            self._add_text(value)
        elif isinstance(value, _Object) and alone:
            for name, inner in value.fields:
                self.add(inner, (*path, name))
        elif isinstance(value, _Object):
            self._add_record(value, path)
        elif isinstance(value, list):
            for inner in value:
                self.add(inner, path, alone=False)

    def _add_field(self, path: Path, text: str) -> None:
        line = f"{_label(path)}: {text}"
        if text:
            self.composer.paragraph(line if _ENDED.search(line) else line + ".")

    def _add_text(self, text: str) -> None:
        for paragraph in _PARAGRAPHS.split(text):
            self.composer.paragraph(paragraph)

    def _add_record(self, record: _Object, path: Path) -> None:
        """A sentence of its short fields; then its texts, and the records within it."""
        labels: list[str] = []
        texts: list[str] = []
        longer: list[tuple[Path, object]] = []
        for names, value in _fields(record):
            text = _in_a_line(value)
            if text is None:
                longer.append((names, value))
            elif text:
                # The names that lead to the record are said once.
                labels.append(_label(names if labels else (*path, *names)))
                texts.append(text)
        for sentence in table_sentences([make_row(labels, is_header=True), make_row(texts)]):
            self.composer.paragraph(sentence)
        for names, value in longer:
            self.add(value, (*path, *names))


def _fields(record: _Object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """The record's fields and those of the objects in it, by the names that lead to them."""
    for name, value in record.fields:
        if isinstance(value, _Object):
            yield from _fields(value, (*path, name))
        else:
            yield (*path, name), value


def _in_a_line(value: object) -> str | None:
    """A short value or a list of them, as they are written; None for anything else."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            is_long = len(value) > _LONGEST_FIELD or "\n" in value.strip()
            return None if is_long else on_one_line(value)
        case list():
            items = [None if isinstance(item, list) else _in_a_line(item) for item in value]
            return None if None in items else ", ".join(filter(None, items))
        case _:
            return None


def _label(path: Path) -> str:
    return _ARROW.join(path[-_MAX_PATH:])
