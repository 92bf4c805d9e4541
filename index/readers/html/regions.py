"""Which parts of a web page are there to find one's way, by what the page calls them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import accumulate

from index.readers.html.tree import Element
from index.types import Span


class Region(Enum):
    """What a part of a page is for."""

    MAIN = auto()
    ARTICLE = auto()
    NAVIGATION = auto()
    MAYBE_NAVIGATION = auto()  # by a name that may mean something else
    LINKS = auto()  # a table of contents or the like, if most of it is links
    HEADER = auto()
    FOOTER = auto()


_TAGS = {
    "article": Region.ARTICLE,
    "aside": Region.LINKS,
    "blockquote": Region.ARTICLE,
    "figure": Region.ARTICLE,
    "footer": Region.FOOTER,
    "header": Region.HEADER,
    "main": Region.MAIN,
    "nav": Region.NAVIGATION,
}
_ROLES = {
    "article": Region.ARTICLE,
    "banner": Region.HEADER,
    "complementary": Region.LINKS,
    "contentinfo": Region.FOOTER,
    "doc-toc": Region.NAVIGATION,
    "main": Region.MAIN,
    "menu": Region.NAVIGATION,
    "menubar": Region.NAVIGATION,
    "navigation": Region.NAVIGATION,
    "search": Region.NAVIGATION,
    "toolbar": Region.NAVIGATION,
}
# Not the part that has a sidebar, but the sidebar.
_OF_SOMETHING = r"(?:(?!(?:has|hide|no|show|with|without)[-_])[\w-]+[-_])?"
_OF_THE_SITE = r"(?:site-?|page-?|global-?)?"
_NAMES = (
    (
        Region.MAYBE_NAVIGATION,
        _OF_SOMETHING + r"(?:nav|navbar|navigation|navheader|navfooter|navlinks|docnav|breadcrumbs?"
        r"|pagination|pager|cookie-?(?:banner|consent|notice|bar))",
    ),
    (
        Region.LINKS,
        _OF_SOMETHING
        + r"(?:toc|sidebar|sphinxsidebar|menu|related|toctree-wrapper|table-of-contents)",
    ),
    (Region.HEADER, _OF_THE_SITE + r"(?:header|banner|masthead)"),
    (Region.FOOTER, _OF_THE_SITE + r"(?:footer|colophon)"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _NAMES)
# Elsewhere a class or an id names no part of a page.
_NAMED = frozenset("aside div form ol p section table td tr ul".split())
_SHORT_NAVIGATION = 400
_SHORT_FOOTER = 1000
# What is marked as the main part may be only one of several.
_MAIN_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Measure:
    """How much there was on the page up to a point: blocks, characters, those in links, headings."""

    blocks: int
    characters: int
    linked: int
    headings: int


class Regions:
    """The parts of a page that are open, and those that turned out to be none of what it tells."""

    def __init__(self) -> None:
        self._open: list[tuple[Element, Region, Measure]] = []
        self._articles = 0
        self._main: list[Span] = []
        self._ways: list[Span] = []
        self._lists: list[Span] = []

    def opened(self, element: Element, measure: Callable[[], Measure]) -> None:
        """An element begins that is seen."""
        kind = _region(element.tag, element.attributes)
        # Within an article, these are its own.
        if kind is None or (self._articles and kind in (Region.HEADER, Region.FOOTER)):
            return
        self._articles += kind in (Region.MAIN, Region.ARTICLE)
        self._open.append((element, kind, measure()))

    def closed(self, element: Element, measure: Callable[[], Measure]) -> None:
        """An element ends."""
        if not self._open or self._open[-1][0] is not element:
            return
        _, kind, before = self._open.pop()
        self._articles -= kind in (Region.MAIN, Region.ARTICLE)
        after = measure()
        span = Span(before.blocks, after.blocks)
        if kind is Region.MAIN:
            self._main.append(span)
        elif _is_left_out(kind, before, after):
            (self._lists if kind is Region.LINKS else self._ways).append(span)

    def reach_into(self, first: int) -> bool:
        """Whether any begins at the block at `first` or after it."""
        lists = (self._main, self._ways, self._lists)
        return any(spans and spans[-1].end > first for spans in lists)

    def own(self, lengths: Sequence[int]) -> list[bool]:
        """Which blocks, of these lengths or 0 for a heading, are what the page tells.

        Where there would be none, lists of links are; and if there are none either, everything is.
        """
        for left_out in (self._ways + self._lists, self._ways):
            own = [not out for out in _covered(left_out, len(lengths))]
            main = [a and b for a, b in zip(own, _covered(self._main, len(lengths)), strict=True)]
            if _total(lengths, main) > _MAIN_SHARE * _total(lengths, own):
                return main
            if _total(lengths, own):
                return own
        return [True] * len(lengths)


def _region(tag: str, attributes: Mapping[str, str]) -> Region | None:
    found = _ROLES.get(attributes.get("role", "")) or _TAGS.get(tag)
    if tag in _NAMED and ("class" in attributes or "id" in attributes):
        found = found or _named(f"{attributes.get('class', '')} {attributes.get('id', '')}")
    return found


@lru_cache(maxsize=4096)
def _named(names: str) -> Region | None:
    words = names.lower().split()
    return next((kind for kind, word in _PATTERNS if any(map(word.fullmatch, words))), None)


def _is_left_out(kind: Region, before: Measure, after: Measure) -> bool:
    characters = after.characters - before.characters
    linked = after.linked - before.linked
    match kind:
        case Region.NAVIGATION:
            return True
        case Region.MAYBE_NAVIGATION:
            return characters < _SHORT_NAVIGATION or 4 * linked >= characters
        case Region.LINKS:
            return 2 * linked >= characters
        case Region.HEADER:
            return after.headings == before.headings or 2 * linked >= characters
        case Region.FOOTER:
            return characters < _SHORT_FOOTER or 4 * linked >= characters
        case _:
            return False


def _covered(spans: Sequence[Span], length: int) -> list[bool]:
    """Which positions lie in any of the spans."""
    steps = [0] * (length + 1)
    for span in spans:
        steps[span.start] += 1
        steps[span.end] -= 1
    return [depth > 0 for depth in accumulate(steps[:length])]


def _total(lengths: Sequence[int], chosen: Sequence[bool]) -> int:
    return sum(length for length, is_chosen in zip(lengths, chosen, strict=True) if is_chosen)
