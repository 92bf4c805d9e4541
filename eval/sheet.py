"""Data sets in a table: CSV with a header, a row for each question, as a spreadsheet saves it.

The columns are fields of `Example`: `question`, `answers`, `evidence`, `answerable`, `history`, `id`,
`kind`, `twin`. A column that holds several values comes several times under the same name. `answerable` may
be missing: then a row without answers is unanswerable. The cells of `history` are the turns before the
question, the visitor's first, then by turns; one that begins with `user:` or `assistant:` says whose it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from eval.examples import Example, numbered, read_text
from eval.rows import RowError, parse_row
from index import DatasetError

_LISTS = ("answers", "evidence", "history")
_SINGLE = ("id", "kind", "question", "answerable", "twin", "review")
_ROLES = ("user", "assistant")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def load(path: Path) -> tuple[tuple[int, Example], ...]:
    """The examples of a CSV file, each with the line that it begins on.

    Raises:
        DatasetError: names every wrong line, what is wrong with it and what to do.
    """
    reader = csv.reader(StringIO(read_text(path), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise DatasetError(f"{path.name}: line 1 is no CSV ({error})") from None
    unknown = [name for name in header if name not in (*_LISTS, *_SINGLE)]
    if unknown or "question" not in header:
        wrong = f"has the column {unknown[0]!r}" if unknown else "has no column 'question'"
        raise DatasetError(
            f"{path.name}: line 1 {wrong}; use {', '.join((*_LISTS, *_SINGLE[:-1]))}"
        )
    return numbered(path.name, _rows(header, reader))


def _rows(header: list[str], reader: Any) -> Iterator[tuple[int, Example | RowError]]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, RowError("row", f"is no CSV ({error})", "close every quotation mark")
            return
        if not any(cell.strip() for cell in cells):
            continue
        try:
            yield line, Example(**parse_row(_values(header, cells), f"line-{line}"))
        except RowError as error:
            yield line, error


def _values(header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        reason = f"has {len(cells)} cells and the header {len(header)}"
        raise RowError("row", reason, "quote cells that hold a comma")
    row: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        if not cell.strip():
            continue
        if name in _LISTS:
            row.setdefault(name, []).append(cell)
        elif name == "answerable":
            if cell.strip().casefold() not in _WORDS:
                raise RowError(name, f"is {cell[:20]!r}", "write true or false")
            row[name] = _WORDS[cell.strip().casefold()]
        else:
            row[name] = cell
    row.setdefault("answerable", bool(row.get("answers")))
    row["history"] = _turns(row.get("history", []))
    return row


def _turns(cells: list[str]) -> list[dict[str, str]]:
    """The turns of a conversation: whose each is it says itself, or it follows the other's."""
    turns: list[dict[str, str]] = []
    for cell in cells:
        role, colon, text = cell.partition(":")
        if not (colon and (role := role.strip().casefold()) in _ROLES):
            role, text = _ROLES[bool(turns) and turns[-1]["role"] == _ROLES[0]], cell
        turns.append({"role": role, "text": text.strip()})
    return turns
