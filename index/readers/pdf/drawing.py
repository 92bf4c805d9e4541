"""Pages drawn in the process that reads documents: a PDF is as hostile to who draws it as to who reads it.

What is asked of that process is named by a suffix. Here the suffix is a page and a width, `page 3 at 1200`,
and the content that comes back holds the picture in base 64.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

from index.readers.content import Content, Reader
from index.readers.pdf.picture import page_picture

MEDIA_TYPE = "image/png"
_REQUEST = re.compile(r"page (\d+) at (\d+)")


def request(number: int, width: int) -> str:
    """What the process is asked for: a page's number, from 1, and the picture's width in pixels."""
    return f"page {number} at {width}"


class _Drawings(Mapping[str, Reader]):
    """A reader for each page and width there may be."""

    def __getitem__(self, asked: str) -> Reader:
        if (found := _REQUEST.fullmatch(asked)) is None:
            raise KeyError(asked)
        number, width = map(int, found.groups())

        def draw(data: bytes) -> Content:
            png = page_picture(data, number, width)
            return Content(None, base64.b64encode(png).decode("ascii"), MEDIA_TYPE)

        return draw

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


READERS: Mapping[str, Reader] = _Drawings()
