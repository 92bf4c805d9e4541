"""Comma- and tab-separated values, in any encoding and with any of the usual separators."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice

from index.errors import DocumentError
from index.readers.composing import Composer
from index.readers.content import Content
from index.readers.rows import make_row, sheet_sentences
from index.readers.text import decode

# Where several fit alike: a comma may stand in any cell, a tab hardly ever does.
_SEPARATORS = ("\t", ";", "|", ",")
_NAMED = re.compile(r"\s*\"?sep=(?P<separator>[^\n])\"?[ \t]*\n")
_END = "end"
_NO_ROWS = "it holds no rows of values, or a cell of more than 131,072 characters; save it as .txt"
_SAMPLE_ROWS = 100
_SAMPLE = 1 << 18


def read_csv(data: bytes) -> Content:
    """Read a file of comma-separated values, or of values separated otherwise; each row is a sentence.

    Raises:
        DocumentError: the bytes are no text, or no rows of values.
    """
    return _read(data, "text/csv")


def read_tsv(data: bytes) -> Content:
    """Read a file of tab-separated values, by the same rules as `read_csv`."""
    return _read(data, "text/tab-separated-values")


def _read(data: bytes, media_type: str) -> Content:
    text = decode(data)
    named = _NAMED.match(text)  # a note to Excel
    separator = named["separator"] if named else _separator(text[:_SAMPLE])
    rows = _rows(text[named.end() :] if named else text, separator)
    composer = Composer()
    try:
        for sentence in sheet_sentences(map(make_row, rows)):
            composer.paragraph(sentence)
    except csv.Error:
        raise DocumentError(_NO_ROWS) from None
    return composer.content(None, media_type)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """The rows. Where a quotation mark is never closed, and would swallow the rest, marks mean nothing."""
    last = deque[list[str]](maxlen=1)
    with suppress(csv.Error):  # it swallowed more than a cell may hold
        last.extend(csv.reader(chain(io.StringIO(text), ["\n", _END]), delimiter=separator))
    if list(last) == [[_END]]:
        return csv.reader(io.StringIO(text), delimiter=separator)
    return csv.reader(io.StringIO(text), delimiter=separator, quoting=csv.QUOTE_NONE)


def _separator(sample: str) -> str:
    """The separator that cuts most of the first rows into equally many cells, more than one."""

    def fit(separator: str) -> float:
        widths = Counter[int]()
        with suppress(csv.Error):  # what was read until then tells as much
            widths.update(len(row) for row in islice(_rows(sample, separator), _SAMPLE_ROWS) if row)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return count / widths.total() if width > 1 else 0.0

    return max(_SEPARATORS, key=fit)
