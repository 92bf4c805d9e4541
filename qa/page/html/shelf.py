"""The documents, as a table, and what became of files that were added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.page.html.escaping import count, escape, shortened

if TYPE_CHECKING:
    from index import Entry
    from qa.shelf import Placed

_ROWS = 300
_OUTCOMES = {
    "added": "Added",
    "replaced": "Replaced the version before",
    "unchanged": "Already there",
    "refused": "Not added",
}


def table(entries: Sequence[Entry], total: int, editable: bool) -> str:
    """The files, each in a row; `total` counts those too that a filter left out."""
    if not total:
        return (
            '<p class="cw-empty">There is no document yet. Add some above, or put files into the '
            "folder: it is followed.</p>"
        )
    if not entries:
        return '<p class="cw-empty" role="status">No document has such a name.</p>'
    heads = "".join(
        f'<th scope="col"{" class=cw-right" if right else ""}>{name}</th>'
        for name, right in (
            ("Name", False),
            ("Kind", False),
            ("Pages", True),
            ("Passages", True),
            ("Size", True),
            ("State", False),
        )
    )
    if editable:
        heads += '<th><span class="cw-unseen">Remove</span></th>'
    rows = "".join(
        _row(position, entry, editable) for position, entry in enumerate(entries[:_ROWS])
    )
    more = len(entries) - _ROWS
    rest = (
        f'<p class="cw-empty">and {count(more, "more file")}: narrow them down by name.</p>'
        if more > 0
        else ""
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def placed(results: Sequence[Placed]) -> str:
    """What became of each file that was added."""
    items = "".join(
        f'<li class="cw-{item.outcome}"><bdi>{escape(item.path or item.name)}</bdi>'
        f"<span>{_OUTCOMES[item.outcome]}{escape(f': {item.reason}' if item.reason else '')}</span></li>"
        for item in results
    )
    return f'<ul class="cw-placed" role="status">{items}</ul>'


def _row(position: int, entry: Entry, editable: bool) -> str:
    name = entry.path.rsplit("/", 1)[-1]
    title = "" if entry.title in ("", name, name.rsplit(".", 1)[0]) else shortened(entry.title)
    below = f'<span dir="auto">{escape(title)}</span>' if title else ""
    if entry.state == "failed":
        shown = f"<bdi>{escape(entry.path)}</bdi>"
        state = f'<span class="cw-failed">Not read: {escape(entry.reason)}</span>'
    else:
        shown = f'<button type="button" class="cw-read"><bdi>{escape(entry.path)}</bdi></button>'
        state = "Ready"
    remove = (
        '<td><button type="button" class="cw-remove" '
        f'title="Remove"><span class="cw-unseen">Remove {escape(entry.path)}</span></button></td>'
        if editable
        else ""
    )
    numbers = (
        "" if entry.pages is None else f"{entry.pages:,}",
        f"{entry.passages:,}" if entry.state == "indexed" else "",
        _size(entry.size),
    )
    cells = "".join(f'<td class="cw-right">{escape(number)}</td>' for number in numbers)
    return (
        f'<tr data-position="{position}"><th scope="row">{shown}{below}</th>'
        f"<td>{escape(entry.kind)}</td>{cells}<td>{state}</td>{remove}</tr>"
    )


def _size(size: int) -> str:
    value = float(size)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} GB"
