"""Web pages: what they tell, without what is there to find one's way or is not seen."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from index.readers.charsets import decode_named
from index.readers.composing import Composer, on_one_line, sensible_title
from index.readers.content import Content
from index.readers.html.blocks import Block, read_page
from index.readers.html.tokens import is_xml

_CHARSET = re.compile(
    rb"<(?:meta\b[^<>]*?charset|\?xml\b[^<>]*?encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE
)
_HEAD = 4096
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_JOINT = r"\s[-–—|/·•:»«]+\s"


def read_webpage(data: bytes) -> Content:
    """Read a web page; its title is what it says, without the name of the site.

    Raises:
        DocumentError: the bytes are no text.
    """
    source = decode_page(data)
    return _content(source, is_xml(source), "text/html")


def read_xhtml(data: bytes) -> Content:
    """Read a web page that is written as XML, by the same rules as `read_webpage`."""
    return _content(decode_page(data), True, "application/xhtml+xml")


def decode_page(data: bytes) -> str:
    """The text of a page in the encoding that it names, unless it is in another.

    Raises:
        DocumentError: the bytes are no text in any encoding.
    """
    named = None if data.startswith(_MARKS) else _CHARSET.search(data, 0, _HEAD)
    return decode_named(data, named[1].decode("ascii") if named else None)


def compose(blocks: Iterable[Block], composer: Composer) -> None:
    """Add a page's blocks to a document."""
    for block in blocks:
        match block.kind:
            case "heading":
                composer.heading(block.text)
            case "listing":
                composer.listing(block.text)
            case "text":
                composer.paragraph(block.text)


def _content(source: str, xml: bool, media_type: str) -> Content:
    page = read_page(source, xml)
    composer = Composer()
    compose(page.blocks, composer)
    headings = [on_one_line(block.text) for block in page.blocks if block.kind == "heading"]
    return composer.content(_title(page.title, headings), media_type)


def _title(said: str, headings: list[str]) -> str | None:
    """What the page calls itself; where its first heading is a part of that, the rest names the site."""
    title = sensible_title(said)
    if not headings:
        return title
    heading = re.escape(headings[0])
    if title is None or re.fullmatch(f"(?:.*{_JOINT})?{heading}(?:{_JOINT}.*)?", title):
        return headings[0]
    return title
