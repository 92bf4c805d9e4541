"""From rows to paragraphs: which row goes on with the text of the one before it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.readers.pdf.joints import (
    INDENT,
    SAME_PLACE,
    Joint,
    are_centered,
    has_bullet,
    has_number,
    have_same_size,
    is_ended,
    is_entry,
    is_labelled,
    is_numeric,
    is_table,
    joined,
    runs_on,
)
from index.readers.pdf.rows import Row
from index.readers.pdf.style import LARGE, Style

# In shares of the type's size. Steps to the next row are usual, or so much more.
_MORE, _MUCH_MORE = 0.12, 0.45
_USUAL_STEP, _LARGEST_STEP = 1.25, 2.4
_FARTHEST_INDENT = 6.0
_SAME_COLUMN = 3.5
# Rows of a narrow column are rather a list; two wide ones that end in one place are justified.
_NARROW, _WIDE = 8.0, 10.0
_NEARLY = 0.8
# Points.
_JUSTIFIED = 1.5
# A row is compared with so many on either side.
_AROUND = 8
_MOST_NOTES = 3
_FEWEST_ITEMS = 3
_MOSTLY = 0.95


@dataclass(slots=True)
class Paragraph:
    """Rows that are read as one, the indices of the pages they are on, and the joints between them."""

    rows: list[Row]
    pages: list[int]
    joints: list[Joint] = field(default_factory=list)


def paragraphs(pages: Sequence[Sequence[Row]], style: Style) -> list[Paragraph]:
    """The paragraphs of a document, given the rows of its pages in the order of reading."""
    return _Flow(pages, style).run()


class _Flow:
    """The rows of a document, one after the other."""

    def __init__(self, pages: Sequence[Sequence[Row]], style: Style) -> None:
        self.style = style
        self.rows = [row for rows in pages for row in rows]
        self.pages = [page for page, rows in enumerate(pages) for _ in rows]
        self.usual = self._usual_steps()
        self.edges = self._edges()
        self.tables = list(map(self._is_table, range(len(self.rows))))
        self.found: list[Paragraph] = []
        self.ends: list[int] = []  # where the last row of each paragraph is

    def run(self) -> list[Paragraph]:
        number = 0
        for position, (row, page) in enumerate(zip(self.rows, self.pages, strict=True)):
            number, joint = self._place(number, position)
            if joint is None:
                number = len(self.found)
                self.found.append(Paragraph([row], [page]))
                self.ends.append(position)
                continue
            self.found[number].rows.append(row)
            self.found[number].pages.append(page)
            self.found[number].joints.append(joint)
            self.ends[number] = position
        return self.found

    def _place(self, number: int, position: int) -> tuple[int, Joint | None]:
        """The paragraph that a row goes on with, and what joins it; no joint where it begins its own.

        That is `number`, which the row before it went to, unless a note in the margin stands between.
        """
        joint = self._joint(number, position) if self.found else None
        if joint is None and self.found and self._step(self.ends[number], position) is None:
            last = len(self.found) - 1
            most = self._usual(position) + _MORE * self.rows[position].size
            for other in range(last, max(last - _MOST_NOTES, -1), -1):
                step = self._step(self.ends[other], position)
                if other != number and step is not None and step < most:
                    return other, self._joint(other, position)
        return number, joint

    def _step(self, one: int, other: int) -> float | None:
        """How far a row is below another, or None where the text does not just go on below."""
        above, below = self.rows[one], self.rows[other]
        step = below.baseline - above.baseline
        if (
            self.pages[one] != self.pages[other]
            or above.turn != below.turn
            or not 0 < step < _LARGEST_STEP * max(above.size, below.size)
            or min(above.right, below.right) <= max(above.left, below.left)
        ):
            return None
        return step

    def _usual_steps(self) -> dict[tuple[int, int], float]:
        """The commonest step by page and size; by size alone under page -1."""
        steps: defaultdict[tuple[int, int], Counter[float]] = defaultdict(Counter)
        for position in range(1, len(self.rows)):
            step = self._step(position - 1, position)
            if step is not None and have_same_size(self.rows[position - 1], self.rows[position]):
                size = round(self.rows[position].size)
                for page in (self.pages[position], -1):
                    steps[page, size][round(2 * step) / 2] += 1
        usual = {}
        for key, counts in steps.items():
            step, count = counts.most_common(1)[0]
            if count > 1:
                usual[key] = step
        return usual

    def _edges(self) -> dict[tuple[int, int], float]:
        """How far rows of a size reach that begin in one place, but for a few that reach farther."""
        rights = defaultdict[tuple[int, int], list[float]](list)
        for row in self.rows:
            rights[_margin(row)].append(row.right)
        return {
            key: sorted(reach)[int(_MOSTLY * (len(reach) - 1))] for key, reach in rights.items()
        }

    def _joint(self, number: int, position: int) -> Joint | None:
        """What joins a row to a paragraph before it, or None where it does not go on with it."""
        end = self.ends[number]
        last, row = self.rows[end], self.rows[position]
        step, goes_on = self._step(end, position), runs_on(last, row)
        is_code = self._is_code(last), self._is_code(row)
        if step is None:  # in another column, or on another page
            if self.pages[end] != self.pages[position] and number + 1 < len(self.found):
                return None  # a note would come after the next page's text
            alike = have_same_size(last, row) and not self.tables[end] and not is_code[1]
            return joined(last, row) if goes_on and alike else None
        more = (step - self._usual(position)) / row.size
        if not have_same_size(last, row) or more > _MUCH_MORE or has_bullet(row):
            return None
        if last.bold != row.bold and not goes_on:
            return None
        if self.tables[end] or self.tables[position]:
            return self._in_table(end, position)
        if is_entry(last) or all(is_code):
            return Joint("\n") if more <= _MORE else None
        if row.size > LARGE * self.style.size and not has_number(row):
            return joined(last, row) if more <= _MORE else None
        return self._in_text(number, position, more, goes_on, any(is_code))

    def _in_text(
        self, number: int, position: int, more: float, goes_on: bool, has_code: bool
    ) -> Joint | None:
        end = self.ends[number]
        last, row = self.rows[end], self.rows[position]
        is_full, ended = self._is_full(end, row), is_ended(last)
        if has_code:  # in the midst of a sentence, or as a block of its own
            shift = abs(row.left - last.left) / row.size
            within = is_full and shift < INDENT and more <= _MORE and (goes_on or not ended)
            return joined(last, row) if within else None
        if has_number(row) and (not is_full or ended):
            return None
        if goes_on and (is_full or not are_centered(last, row)):
            return joined(last, row)
        if more > _MORE or self._is_set_off(number, position, is_full):
            return None
        if is_full:
            return joined(last, row)
        return None if ended and not are_centered(last, row) else Joint("\n")

    def _in_table(self, end: int, position: int) -> Joint | None:
        last, row = self.rows[end], self.rows[position]
        if self.tables[end] == self.tables[position]:
            return Joint("\n")
        if self.tables[position]:
            return None
        # A cell of several lines.
        under = abs(row.left - last.pieces[-1].left) < SAME_PLACE * row.size
        return joined(last, row) if under else None

    def _is_table(self, position: int) -> bool:
        """Whether a row has cells: far apart, or below or above those of the next, or mostly numbers."""
        row = self.rows[position]
        if is_table(row):
            return True
        lefts = [piece.left for piece in row.pieces[1:]]
        if not lefts and not is_numeric(row):
            return False
        near = self.rows[max(position - 1, 0) : position] + self.rows[position + 1 : position + 2]
        return any(
            (not lefts and is_numeric(other))
            or any(
                abs(piece.left - left) < SAME_PLACE for piece in other.pieces[1:] for left in lefts
            )
            for other in near
        )

    def _is_set_off(self, number: int, position: int, is_full: bool) -> bool:
        """Whether the row's left side tells that a paragraph begins."""
        last, row = self.rows[self.ends[number]], self.rows[position]
        shift = (row.left - last.left) / row.size
        if abs(shift) <= INDENT:
            return False
        if len(self.found[number].rows) > 1 or abs(shift) > _FARTHEST_INDENT:
            return True
        if shift < 0:  # the first row was indented, or an item of a list
            return has_bullet(last)
        # Only a hanging paragraph goes on further right, and stays there.
        if is_labelled(last):
            return False
        stays = position + 1 < len(self.rows) and self._step(position, position + 1) is not None
        following = self.rows[position + 1] if stays else row
        return not is_full or abs(following.left - row.left) > SAME_PLACE * row.size

    def _is_full(self, position: int, following: Row) -> bool:
        """Whether a row ends where it has to, so that the text goes on in the one that follows."""
        row, page = self.rows[position], self.pages[position]
        width = row.right - row.left
        low, high = max(position - _AROUND, 0), position + _AROUND + 1
        around = [
            other
            for other, its_page in zip(self.rows[low:high], self.pages[low:high], strict=True)
            if its_page == page and other.turn == row.turn and other is not row
        ]
        if width > _WIDE * row.size and any(
            abs(other.right - row.right) < _JUSTIFIED
            and abs(other.baseline - row.baseline) < _LARGEST_STEP * row.size
            for other in around
        ):
            return True
        if not runs_on(row, following) and self._is_listing(position):
            return _fills(row, following, self.edges[_margin(row)])
        edge = max(
            (
                other.right
                for other in around
                if abs(other.left - row.left) < _SAME_COLUMN * row.size
                and have_same_size(other, row)
            ),
            default=row.right,
        )
        if max(edge, row.right) - row.left < _NARROW * row.size:
            return False
        if width > _NEARLY * (edge - row.left) and not is_ended(row):
            return True
        return _fills(row, following, edge)

    def _is_listing(self, position: int) -> bool:
        """Whether about a row most rows are short though no sentence ends: each is for itself."""
        row = self.rows[position]
        low, high = max(position - _AROUND, 0), min(position + _AROUND, len(self.rows) - 1)
        pairs = [
            (self.rows[one], self.rows[one + 1])
            for one in range(low, high)
            if self.pages[one] == self.pages[position]
            and self._step(one, one + 1) is not None
            and have_same_size(self.rows[one], row)
            and abs(self.rows[one].left - row.left) < INDENT * row.size
            and abs(self.rows[one + 1].left - row.left) < INDENT * row.size
        ]
        edge = max((one.right for one, _ in pairs), default=row.right)
        short = sum(
            one.right - one.left < _NEARLY * (edge - one.left)
            and not (is_ended(one) or runs_on(one, other))
            for one, other in pairs
        )
        return short >= _FEWEST_ITEMS and 2 * short >= len(pairs)

    def _is_code(self, row: Row) -> bool:
        return row.mono and not self.style.mono

    def _usual(self, position: int) -> float:
        row, page = self.rows[position], self.pages[position]
        size = round(row.size)
        usual = self.usual.get((page, size)) or self.usual.get((-1, size))
        return usual or _USUAL_STEP * row.size


def _margin(row: Row) -> tuple[int, int]:
    """Where the row begins, and its size, in whole points."""
    return round(row.left), round(row.size)


def _fills(row: Row, following: Row, edge: float) -> bool:
    """Whether the following row's first word would not have found room before the edge."""
    word = following.text.split()[0]
    return row.right + (len(word) + 1) * (row.right - row.left) / len(row.text) > edge
