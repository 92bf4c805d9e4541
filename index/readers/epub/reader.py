"""EPUB books: web pages in an archive, read in the order of the book."""

from __future__ import annotations

from collections.abc import Sequence

from index.readers.composing import Composer
from index.readers.content import Content
from index.readers.epub.package import Entry, open_package
from index.readers.html.blocks import Block, read_page
from index.readers.html.reader import compose

# A title that is set as a paragraph stands among the first.
_TOP = 3


def read_epub(data: bytes) -> Content:
    """Read an EPUB book; its headings are the sections, and so are chapters that only the contents name.

    The table of contents itself is left out. Pages outside the reading order, such as notes, come last.

    Raises:
        DocumentError: it is no book, a damaged or a protected one.
    """
    package = open_package(data)
    composer = Composer()
    for name in package.pages:
        source = package.source(name)
        if source is not None:
            blocks = read_page(source, xml=True).blocks
            compose(_titled(blocks, package.entries.get(name, ())), composer)
    return composer.content(package.title or composer.first_heading, "application/epub+zip")


def _titled(blocks: Sequence[Block], entries: Sequence[Entry]) -> Sequence[Block]:
    """The blocks of a page, with a heading where the page has none but the table of contents does."""
    if not blocks or any(block.kind == "heading" for block in blocks):
        return blocks
    titles = {entry.title.casefold() for entry in entries}
    for position, block in enumerate(blocks[:_TOP]):
        if block.text.casefold() in titles:
            return [*blocks[:position], Block("heading", block.text), *blocks[position + 1 :]]
    top = [Block("heading", entry.title) for entry in entries if entry.is_top]
    return [*top[:1], *blocks]
