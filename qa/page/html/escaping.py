"""Text made inert, and the markers in it made links."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NOT_PLAIN = re.compile(
    r"[^0-9A-Za-z \u00a0-\ud7ff\ue000-\U0010ffff]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_MARKER = re.compile(r" ?\[(\d{1,4})\]")


def escape(text: str) -> str:
    """The text as inert markup: every ASCII character but letters, digits and spaces by number.

    `&#36;` and `&#91;` are characters to the HTML parser but syntax to nobody, whereas the output
    of `html.escape` would still be Markdown, LaTeX or a `${...}` template to what lies between here
    and the page. What turns the direction of text around is shown as what cannot be shown.
    """
    return _NOT_PLAIN.sub(_entity, text)


def _entity(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\n":
        return "<br>"
    if character.isspace():
        return " "
    if character.isprintable():
        return f"&#{ord(character)};"
    return "\N{REPLACEMENT CHARACTER}"


def linked(text: str, links: Mapping[int, str]) -> str:
    """The text with its markers as links, those that `links` knows."""
    pieces = []
    for index, piece in enumerate(_MARKER.split(text)):
        if index % 2 == 0:
            pieces.append(escape(piece))
            continue
        # The space that does not break keeps a marker with the word before it.
        label = f"&#91;{int(piece)}&#93;"
        if href := links.get(int(piece)):
            pieces.append(f'&#160;<a class="cw-cite" href="{href}">{label}</a>')
        else:
            pieces.append(f'&#160;<span class="cw-cite">{label}</span>')
    return "".join(pieces)


def count(number: int, noun: str) -> str:
    """A number of things: `1 page`, `1,200 pages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shortened(title: str, length: int = 90) -> str:
    """A title in one line of at most so many characters."""
    line = " ".join(title.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def sentence(reason: str) -> str:
    """A message that is written to follow "citewise: ", standing alone."""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
