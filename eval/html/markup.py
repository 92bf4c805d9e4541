"""Text made inert."""

from __future__ import annotations

import html


def escape(text: str) -> str:
    """The text as inert markup, what cannot be shown replaced; line breaks stay."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else _shown(c) for c in text)
    return html.escape(shown)


def _shown(character: str) -> str:
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage, or a dash where there is none."""
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def seconds(value: float) -> str:
    """A duration in the unit that people read: `0.4 ms`, `183 ms`, `1.25 s`."""
    if value < 0.0001:
        return "under 0.1 ms"
    if value >= 1:
        return f"{value:.2f} s"
    return f"{1000 * value:.0f} ms" if value >= 0.01 else f"{1000 * value:.1f} ms"
