"""Running titles and page numbers: what is printed at the same height, page after page."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from index.readers.pdf.rows import Piece, Row, make_row, share_a_row

# They are among so many rows from the top or the bottom, within this share of the page's height.
_LEVELS = 3
_ZONE = 0.2
_LONGEST = 150
# Titles change with the chapter, and from left to right: they come again on so many of the pages near.
_NEAR = 4
_LEAST = 2
_MOST_PAGES = 0.5
_MOSTLY = 0.4
# What is larger than the text is a heading, unless most pages have it.
_LARGE = 1.2
_SAME_SIZE = 0.6
# A gap to the text inside, in shares of the size.
_CLEAR = 1.45
# Points; heights that differ by less are the same.
_SLACK = 3.0
_DIGITS = re.compile(r"\d+")
_DIGITS_OF_A_PAGE = 4
_ROMAN = re.compile(r"[ivxlc]+")
_NUMBER = re.compile(r"\W{0,3}(?:\d{1,4}|[ivxlc]+)\W{0,3}(?:\d{1,4}\W{0,3})?", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class PageRows(NamedTuple):
    """The rows of a page in the order of reading, and its height in points."""

    rows: Sequence[Row]
    height: float


class _Candidate(NamedTuple):
    """A piece near the top (side -1) or the bottom (side 1), or one that is turned (side 0).

    Level 0 is the outermost; `is_clear` where there is a gap to the next one further in.
    """

    page: int
    side: int
    level: int
    is_clear: bool
    piece: Piece

    @property
    def height(self) -> int:
        return round(self.piece.baseline / _SLACK)


def without_margins(pages: Sequence[PageRows], body_size: float) -> list[list[Row]]:
    """The rows of each page without running titles, page numbers and watermarks."""
    candidates = [c for number, page in enumerate(pages) for c in _candidates(number, page)]
    titles = _recurring([(_words(c), c) for c in candidates if _words(c)], len(pages))
    often = Counter(key for key, _ in {(_words(c), c.page) for c in titles})
    running = {
        c
        for c in titles
        if often[_words(c)] > _MOST_PAGES * len(pages)
        or (c.side and c.piece.size <= _LARGE * body_size)
    }
    running |= _numbers(candidates, running, len(pages), body_size)
    running |= _among_running(candidates, running, body_size)
    removed = _outermost(candidates, running)
    return [_without(page.rows, removed) for page in pages]


def _candidates(number: int, page: PageRows) -> Iterator[_Candidate]:
    pieces = [piece for row in page.rows for piece in row.pieces if len(piece.text) <= _LONGEST]
    for piece in pieces:
        if piece.turn:
            yield _Candidate(number, 0, 0, True, piece)
    upright = sorted((p for p in pieces if not p.turn), key=lambda piece: piece.baseline)
    for side, inwards in ((-1, upright), (1, upright[::-1])):
        levels = list(islice(_levels(inwards), _LEVELS + 1))
        for level, (members, inner) in enumerate(zip(levels, [*levels, []][1:], strict=True)):
            edge = members[0].baseline if side < 0 else page.height - members[0].baseline
            if level == _LEVELS or edge > _ZONE * page.height:
                break
            size = max(piece.size for piece in members)
            step = min((abs(members[0].baseline - p.baseline) for p in inner), default=math.inf)
            for piece in members:
                yield _Candidate(number, side, level, step > _CLEAR * size, piece)


def _levels(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces side by side, given in order of their heights."""
    members: list[Piece] = []
    for piece in pieces:
        if members and not share_a_row(members[0], piece):
            yield members
            members = []
        members.append(piece)
    if members:
        yield members


def _words(c: _Candidate) -> Hashable:
    """What makes it the same as others: its words, whatever its numbers are."""
    text = _DIGITS.sub("#", c.piece.text.casefold())
    if _NUMBER.fullmatch(text) or not any(letter.isalpha() for letter in text):
        return None
    # Headings may be numbered, and not be the same for all that.
    return c.piece.text if c.piece.bold else text


def _numbers(
    candidates: Sequence[_Candidate], titles: set[_Candidate], pages: int, body_size: float
) -> set[_Candidate]:
    """Those that count the pages: their numbers are always as far from the page's own."""
    plain = [(offset, c) for c in candidates if c.side and _is_number(c) for offset in _offsets(c)]
    found = _recurring(plain, pages)
    counts: defaultdict[int, set[int]] = defaultdict(set)
    for c in (*titles, *found):
        counts[c.page] |= _offsets(c)
    # Where a chapter begins, the number may stand elsewhere.
    found |= {c for offset, c in plain if any(offset in counts.get(n, ()) for n in _near(c.page))}
    # A page has its number once: another that counts along by chance is a footnote's.
    counted = {c.page for c in (*titles, *found) if _offsets(c)}
    worded = [
        (offset, c)
        for c in candidates
        if c.side and c.page not in counted and not _is_number(c)
        if not c.piece.bold and c.piece.size <= body_size + _SAME_SIZE
        for offset in _offsets(c, only_bare=True)
    ]
    return found | _recurring(worded, pages)


def _is_number(c: _Candidate) -> bool:
    return _NUMBER.fullmatch(c.piece.text) is not None


def _offsets(c: _Candidate, only_bare: bool = False) -> set[int]:
    """How far the numbers in it are from the page's own; bare ones have no full stop as headings have."""
    words = c.piece.text.split()
    digits = words if only_bare else _DIGITS.findall(c.piece.text)
    numbers = [int(n) for n in digits if n.isdecimal() and len(n) <= _DIGITS_OF_A_PAGE]
    ends = {words[0].lower(), words[-1].lower()}
    numbers += [_roman(word) for word in ends if _ROMAN.fullmatch(word)]
    return {number - c.page for number in numbers}


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    return sum(
        -value if value < max(values[position:]) else value for position, value in enumerate(values)
    )


def _recurring(keyed: Sequence[tuple[Hashable, _Candidate]], pages: int) -> set[_Candidate]:
    """Those that have their like at the same height of enough pages near."""
    places: defaultdict[tuple[Hashable, int, int], set[int]] = defaultdict(set)
    for key, c in keyed:
        places[key, c.side, c.height].add(c.page)
    least = min(_LEAST, max(pages - 1, 1))

    def near(key: Hashable, c: _Candidate) -> int:
        found = [
            places[place] for d in (-1, 0, 1) if (place := (key, c.side, c.height + d)) in places
        ]
        return sum(any(page in numbers for numbers in found) for page in _near(c.page))

    return {c for key, c in keyed if near(key, c) >= least}


def _near(page: int) -> list[int]:
    """The indices of the pages before and after."""
    return [*range(page - _NEAR, page), *range(page + 1, page + 1 + _NEAR)]


def _among_running(
    candidates: Sequence[_Candidate], running: set[_Candidate], body_size: float
) -> set[_Candidate]:
    """Those where most have been found to be running: titles that come once, for a short chapter."""
    heights = Counter((c.side, c.height) for c in candidates)
    found = Counter((c.side, c.height) for c in running)

    def is_usual(c: _Candidate) -> bool:
        near = [(c.side, c.height + d) for d in (-1, 0, 1)]
        count = sum(found[place] for place in near)
        return count > _LEAST and count >= _MOSTLY * sum(heights[place] for place in near)

    return {
        c for c in candidates if c.side and c.piece.size <= body_size + _SAME_SIZE and is_usual(c)
    }


def _outermost(candidates: Sequence[_Candidate], running: set[_Candidate]) -> set[int]:
    """The ids of the pieces to remove: from outside, up to a gap, and none inside of what stays."""
    margins: defaultdict[tuple[int, int], defaultdict[int, list[_Candidate]]]
    margins = defaultdict(lambda: defaultdict(list))
    for c in candidates:
        margins[c.page, c.side][c.level].append(c)
    removed: set[int] = set()
    for levels in margins.values():
        outer: list[_Candidate] = []
        for level in sorted(levels):
            found = [c for c in levels[level] if c in running]
            outer += found
            if found and levels[level][0].is_clear:
                removed.update(id(c.piece) for c in outer)
            if len(found) < len(levels[level]):
                break
    return removed


def _without(rows: Iterable[Row], removed: set[int]) -> list[Row]:
    left = []
    for row in rows:
        pieces = [piece for piece in row.pieces if id(piece) not in removed]
        if pieces:
            left.append(row if len(pieces) == len(row.pieces) else make_row(pieces))
    return left
