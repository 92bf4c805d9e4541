"""What most of a PDF's text is printed in, which the rest is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from index.readers.pdf.rows import Row

# What is so much larger than the text is a heading.
LARGE = 1.15


class Style(NamedTuple):
    """What most of a document's text is printed in."""

    size: float
    bold: bool
    mono: bool


def style_of(pages: Sequence[Sequence[Row]]) -> Style:
    """What most characters are printed in."""
    sizes: Counter[float] = Counter()
    kinds: Counter[tuple[bool, bool]] = Counter()
    for rows in pages:
        for row in rows:
            sizes[round(row.size, 1)] += len(row.text)
            kinds[row.bold, row.mono] += len(row.text)
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    bold, mono = kinds.most_common(1)[0][0] if kinds else (False, False)
    return Style(size, bold, mono)
