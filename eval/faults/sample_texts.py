"""Small whole files of text, and the story that all samples tell."""

from __future__ import annotations

import csv
import io
import json
from email.message import EmailMessage

TITLE = "The lighthouse of Korso"
CHAPTERS = {
    "The keeper": [
        "Anna Lund built the lighthouse in 1887. She kept it for forty-one years.",
        "Her lamp was seen from the harbour, 23 km away – even in the fog.",
    ],
    "The storm": [
        "In the winter of 1901 a storm took the roof. Ida Dahl mended it in May.",
        "Nobody was hurt. The café by the pier was closed until Easter.",
    ],
}
ROWS = [
    ["Year", "Keeper", "Ships"],
    ["1887", "Anna Lund", "120"],
    ["1901", "Ida Dahl", "98"],
    ["1928", "Mikael Öst", "143"],
]
LINES = [line for heading, texts in CHAPTERS.items() for line in (heading, *texts)]


def text() -> bytes:
    """Plain text."""
    return "\n\n".join([TITLE, *LINES]).encode()


def markdown() -> bytes:
    """Markdown with front matter, a comment, a table and a listing."""
    rows = "\n".join("| " + " | ".join(row) + " |" for row in [ROWS[0], ["---"] * 3, *ROWS[1:]])
    chapters = "\n\n".join(f"## {h}\n\n" + "\n\n".join(t) for h, t in CHAPTERS.items())
    listing = "```python\nlamp.light()\n```"
    return f"---\nby: Eva\n---\n# {TITLE}\n\n{chapters}\n\n<!-- no -->\n\n{rows}\n\n{listing}\n".encode()


def restructured() -> bytes:
    """reStructuredText."""
    chapters = "\n\n".join(f"{h}\n{'-' * len(h)}\n\n" + "\n\n".join(t) for h, t in CHAPTERS.items())
    return f"{TITLE}\n{'=' * len(TITLE)}\n\n{chapters}\n\n.. a comment\n".encode()


def separated(delimiter: str) -> bytes:
    """A table with a separator between its cells."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(ROWS)
    return stream.getvalue().encode()


def json_file() -> bytes:
    """One JSON value."""
    records = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    return json.dumps({"title": TITLE, "chapters": CHAPTERS, "keepers": records}).encode()


def json_lines() -> bytes:
    """A JSON value a line."""
    records = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    return "\n".join(map(json.dumps, records)).encode()


def _body() -> str:
    chapters = "".join(
        f"<h2>{h}</h2>" + "".join(f"<p>{t}</p>" for t in texts) for h, texts in CHAPTERS.items()
    )
    rows = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in ROWS)
    return f"<h1>{TITLE}</h1>{chapters}<table>{rows}</table><ul><li>A lamp</li><li>Oil</li></ul>"


def page() -> bytes:
    """A web page."""
    style = "<style>.no { display: none }</style>"
    hidden = '<p class="no">Nobody sees this.</p>'
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>{style}'
        f"</head><body><nav><a href='/'>Home</a></nav><main>{_body()}{hidden}</main></body></html>"
    ).encode()


def xhtml() -> bytes:
    """A web page as strict XML."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>{TITLE}</title></head><body>{_body()}</body></html>"
    ).encode()


def mail() -> bytes:
    """A message with an alternative and an attachment."""
    message = EmailMessage()
    message["From"], message["To"] = "Eva <eva@example.org>", "Øyvind <oyvind@example.org>"
    message["Subject"], message["Date"] = TITLE, "Mon, 23 Nov 2026 10:00:00 +0100"
    message.set_content("\n\n".join(LINES))
    message.add_alternative(_body(), subtype="html")
    message.add_attachment(separated(","), maintype="text", subtype="csv", filename="keepers.csv")
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"part{number}")  # or else it is another each time
    return message.as_bytes()


def rich() -> bytes:
    """Rich Text Format."""
    text = "".join(rf"\pard {line}\par " for line in [TITLE, *LINES])
    rows = "".join(
        r"\trowd\cellx1000\cellx2000\cellx3000 "
        + "".join(rf"\intbl {cell}\cell " for cell in row)
        + r"\row "
        for row in ROWS
    )
    escaped = "".join(c if c.isascii() else rf"\u{ord(c)}?" for c in text + rows)
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}}{\colortbl;\red255\green0\blue0;}"
    return f"{head}{{\\info{{\\title {TITLE}}}}}{escaped}}}".encode("ascii")
