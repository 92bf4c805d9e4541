"""One row of a data set, from JSON to typed values, or a clear word on what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from qa import Turn

DEFAULT_KIND = "other"
_REQUIRED = ("question", "answerable")
_FIELDS = (
    "id",
    "kind",
    "question",
    "history",
    "answers",
    "evidence",
    "answerable",
    "twin",
    "relevant",
)


class RowError(Exception):
    """What is wrong with one row: the field, the reason and what to do about it."""

    def __init__(self, field: str, reason: str, advice: str) -> None:
        super().__init__(f"{field}: {reason}; {advice}")


class Row(TypedDict):
    """The fields of an example, each of the right type."""

    id: str
    kind: str
    question: str
    history: tuple[Turn, ...]
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    answerable: bool
    twin: str | None
    relevant: Mapping[str, int]


def parse_row(row: Any, default_id: str) -> Row:
    """The fields of one JSON value; raises `RowError` at the first thing that is wrong."""
    if not isinstance(row, dict):
        raise RowError("row", f"is {_name(row)}", "write one JSON object on each line")
    if "review" in row:
        advice = "fill in answers and evidence, or set answerable to false, then delete review"
        raise RowError("review", "is there still, so nobody has completed the row", advice)
    _known("row", row, _FIELDS)
    for field in _REQUIRED:
        if field not in row:
            raise RowError(field, "is missing", "add it")
    parsed = Row(
        id=_text("id", row.get("id", default_id)),
        kind=_text("kind", row.get("kind", DEFAULT_KIND)),
        question=_text("question", row["question"]),
        history=_history(row.get("history", [])),
        answers=_texts("answers", row.get("answers", [])),
        evidence=_texts("evidence", row.get("evidence", [])),
        answerable=_boolean("answerable", row["answerable"]),
        twin=None if row.get("twin") is None else _text("twin", row["twin"]),
        relevant=_grades("relevant", row.get("relevant", {})),
    )
    if parsed["twin"] is not None and not parsed["history"]:
        raise RowError("twin", "is given without a history", "remove it, or add the history")
    if parsed["answerable"]:
        if parsed["relevant"] and not parsed["answers"]:
            return parsed  # of retrieval alone
        for field, values in (("answers", parsed["answers"]), ("evidence", parsed["evidence"])):
            if not values:
                raise RowError(field, "is empty", "add one, or set answerable to false")
    elif parsed["answers"]:
        raise RowError("answers", "are given", "remove them, or set answerable to true")
    return parsed


def _history(value: Any) -> tuple[Turn, ...]:
    turns = []
    for position, turn in enumerate(_list("history", value)):
        field = f"history[{position}]"
        if not isinstance(turn, dict):
            raise RowError(field, f"is {_name(turn)}", "write an object with role and text")
        _known(field, turn, ("role", "text"))
        role = turn.get("role")
        if role not in ("user", "assistant"):
            reason = "is missing" if role is None else f"is {role!r}"
            raise RowError(f"{field}.role", reason, 'write "user" or "assistant"')
        if "text" not in turn:
            raise RowError(f"{field}.text", "is missing", "add it")
        turns.append(Turn(role, _text(f"{field}.text", turn["text"])))
    return tuple(turns)


def _texts(field: str, value: Any) -> tuple[str, ...]:
    items = enumerate(_list(field, value))
    return tuple(_text(f"{field}[{position}]", item) for position, item in items)


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RowError(field, f"is {_name(value)}", "write a string")
    if not value.strip():
        raise RowError(field, "is empty", "write some text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RowError(field, "holds half a character (a lone surrogate)", "remove it") from None
    return value


def _list(field: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise RowError(field, f"is {_name(value)}", "write a list")
    return value


def _grades(field: str, value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise RowError(field, f"is {_name(value)}", "write an object of document ids and grades")
    for name, grade in value.items():
        if not isinstance(grade, int) or isinstance(grade, bool) or grade < 0:
            reason = f"has the grade {str(grade)[:20]!r} for {name!r}"
            raise RowError(field, reason, "write a whole number, 0 or more")
    return value


def _boolean(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RowError(field, f"is {_name(value)}", "write true or false")
    return value


def _known(field: str, value: dict[str, Any], names: tuple[str, ...]) -> None:
    unknown = sorted(set(value) - set(names))
    if unknown:
        advice = f"use only {', '.join(names)}"
        raise RowError(field, f"has an unknown field {unknown[0]!r}", advice)


def _name(value: Any) -> str:
    """What JSON calls a value: people write JSON here, not Python."""
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "a list" if isinstance(value, list) else "an object")
