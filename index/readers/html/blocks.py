"""The paragraphs, headings, rows and listings of a web page, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.readers.composing import on_one_line, tidy
from index.readers.html.inline import Inline
from index.readers.html.looks import page_sheet
from index.readers.html.regions import Measure, Regions
from index.readers.html.tables import Table
from index.readers.html.tokens import tokens
from index.readers.html.tree import BLOCKS, HEADINGS, LISTS, Element, Tree

_LISTINGS = frozenset("listing plaintext pre xmp".split())
_INTEGER = re.compile(r"\s*(-?\d{1,9})\s*")


class Block(NamedTuple):
    """A paragraph, a heading, or a listing, whose line breaks and indents mean something."""

    kind: Literal["text", "heading", "listing"]
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a page tells: its title, empty where it has none, and its blocks."""

    title: str
    blocks: tuple[Block, ...]


def read_page(source: str, xml: bool = False) -> Page:
    """What a page tells, without what is there to find one's way; with it if there is nothing else.

    Args:
        source: the page.
        xml: whether it is written as XML, where `<a/>` has no content.
    """
    return _Reader(source, xml).page()


class _Reader:
    """The state of one run over a page."""

    def __init__(self, source: str, xml: bool) -> None:
        self._inline = Inline()
        self._blocks: list[Block] = []
        self._regions = Regions()
        self._tables: list[Table] = []
        self._numbers: list[int | None] = []  # of the next item in each open list
        self._marker = ""
        self._kind: Literal["text", "heading", "listing"] = "text"
        self._headings = self._titles = 0
        self._title: list[str] = []
        tree = Tree(page_sheet(source), self._opened, self._closed)
        for text, tag, is_end, written, is_closed in tokens(source, xml):
            if text:
                self._add(text, tree.current)
            if is_end:
                tree.end(tag)
            elif tag:
                tree.start(tag, written, is_closed)
        tree.end_all()
        self._flush()

    def page(self) -> Page:
        """What was found."""
        own = self._regions.own(
            [0 if block.kind == "heading" else len(block.text) for block in self._blocks]
        )
        blocks = (block for block, is_own in zip(self._blocks, own, strict=True) if is_own)
        return Page(on_one_line("".join(self._title)), tuple(blocks))

    def _add(self, text: str, element: Element) -> None:
        if not element.hidden:
            self._inline.add(text, element)
        elif element.tag == "title" and self._titles == 1:
            self._title.append(text)

    def _opened(self, element: Element) -> None:
        if element.tag not in BLOCKS:
            self._inline.opened(element)
        elif element.keeps_breaks and element.tag not in _LISTINGS:
            self._inline.end_line()
        else:
            self._flush()
            self._begin(element)
            if not element.hidden:
                self._regions.opened(element, self._measure)

    def _closed(self, element: Element) -> None:
        if element.tag not in BLOCKS:
            self._inline.closed(element)
        elif element.keeps_breaks and element.tag not in _LISTINGS:
            self._inline.end_line()
        else:
            self._flush()
            self._end(element)
            self._regions.closed(element, self._measure)

    def _begin(self, element: Element) -> None:
        tag = element.tag
        if tag in HEADINGS:
            self._kind = "heading"
        elif tag in _LISTINGS:
            self._kind = "listing"
        elif tag in LISTS:
            self._numbers.append(_first_number(element))
        elif tag == "li":
            self._begin_item(element)
        elif tag == "table":
            for around in self._tables[-1:]:
                around.plain = False
            self._tables.append(Table(element))
        elif tag == "title":
            self._titles += 1
        elif self._tables:
            self._tables[-1].opened(element, len(self._blocks))

    def _end(self, element: Element) -> None:
        tag = element.tag
        if tag in HEADINGS or tag in _LISTINGS:
            self._kind = "text"
        elif tag in LISTS:
            self._numbers.pop()
        elif tag == "li":
            self._marker = ""
        elif tag == "table":
            self._end_table(self._tables.pop())

    def _begin_item(self, element: Element) -> None:
        """Only numbers are kept of what stands before the items: they may be referred to."""
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            return
        if given := _INTEGER.fullmatch(element.attributes.get("value", "")):
            number = int(given[1])
        self._numbers[-1] = number + 1
        self._marker = f"{number}. "

    def _end_table(self, table: Table) -> None:
        first = table.first
        if first is None or self._regions.reach_into(first):
            return
        blocks = self._blocks[first:]
        if any(block.kind != "text" for block in blocks):
            return
        sentences = table.sentences([block.text for block in blocks])
        if sentences is not None:
            self._blocks[first:] = [Block("text", sentence) for sentence in sentences]

    def _flush(self) -> None:
        """End the paragraph."""
        if self._kind == "listing":
            listing = self._inline.take_listing()
            if listing.strip():
                self._blocks.append(Block("listing", listing))
            return
        for text in map(tidy, self._inline.take()):
            if text and self._kind == "heading":
                self._headings += 1
                self._blocks.append(Block("heading", text.replace("\n", " ")))
            elif text:
                self._blocks.append(Block("text", self._marker + text))
                self._marker = ""

    def _measure(self) -> Measure:
        inline = self._inline
        return Measure(len(self._blocks), inline.characters, inline.linked, self._headings)


def _first_number(element: Element) -> int | None:
    """The number of a list's first item; None where no numbers are seen."""
    said = element.attributes
    if element.tag != "ol" or said.get("type", "1") != "1" or "none" in said.get("style", ""):
        return None
    start = _INTEGER.fullmatch(said.get("start", ""))
    return int(start[1]) if start else 1
