"""What two rows tell of each other: whether the words go on, and what stands between them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from index.readers.pdf.rows import Row

# In shares of the type's size.
INDENT = 0.8
SAME_PLACE = 0.5
_CELL_GAP = 2.0
# Sizes that differ by less are the same.
_SAME_SIZE = 0.07
# So many of the words of a row of numbers are numbers.
_NUMERIC = 0.4
# An address is looked for in so many characters at the end of a row.
_ADDRESS = 200

_ENDED = re.compile(r"[.!?:;…。！？][\"'”’»)\]]{0,9}[⁰¹²³⁴⁵⁶⁷⁸⁹]{0,9}$")
_BULLET = re.compile(r"[•◦‣▪▫■□●○◆◇►➢➤✓✔❖♦·∙*–—-](?=\s|$)")
_NUMBER = (
    r"(?:\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5})[.)]|\[[^\]\s]{1,12}\]"
    r"|(?:[A-Z]|\d{1,3})(?:\.\d{1,3}){1,6}\.?)"
)
_ITEM = re.compile(_NUMBER + r"(?=\s)")
_LABEL = re.compile(_BULLET.pattern + "|" + _NUMBER + r"$|\d{1,3}$")
_NUMBER_WORD = re.compile(r"(?<!\S)(?:\d\S*|\S*\d(?!\S))")
_LEADER = re.compile(r"(?:\.\s?){4}\s*\S{1,7}$")
_WIDE_SCRIPT = re.compile("[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]")
_CUT_ADDRESS = re.compile(r"(?:://|www\.)\S*[./\-_?=&#]$")
_HYPHENATED = re.compile(r"[^\W\d_][-\u2010]$")


class Joint(NamedTuple):
    """What stands between two rows of a paragraph; `is_hyphen` where a hyphen ends the first one."""

    text: str
    is_hyphen: bool = False


def joined(one: Row, other: Row) -> Joint:
    """What stands between two rows of which the other goes on with the one."""
    end, begin = one.text[-1], other.text[0]
    if _is_cut_address(one, other):
        return Joint("")
    if _HYPHENATED.search(one.text[-2:]) and begin.isalpha():
        return Joint("", is_hyphen=True)
    if _WIDE_SCRIPT.match(end) and _WIDE_SCRIPT.match(begin):
        return Joint("")
    if end in "-\u2010—" and one.text[-2:-1].strip() and begin.isalnum():
        return Joint("")
    return Joint(" ")


def runs_on(one: Row, other: Row) -> bool:
    """Whether the words themselves tell that a sentence goes on in the other row."""
    if _HYPHENATED.search(one.text[-2:]) or _is_cut_address(one, other):
        return True
    return other.text[0].islower() and not is_ended(one)


def is_ended(row: Row) -> bool:
    """Whether a sentence may end with the row."""
    return _ENDED.search(row.text[-20:]) is not None


def has_bullet(row: Row) -> bool:
    """Whether the row begins with the mark of a list's item."""
    return _BULLET.match(row.text) is not None


def has_number(row: Row) -> bool:
    """Whether the row begins with the number or the letter of an item or a heading."""
    return _ITEM.match(row.text) is not None


def is_labelled(row: Row) -> bool:
    """Whether the row begins with a mark or a number, printed apart from what it stands for or not."""
    return has_number(row) or _LABEL.match(row.text.split(" ", 1)[0]) is not None


def is_entry(row: Row) -> bool:
    """Whether the row is one of a table of contents: dots lead to its page."""
    return _LEADER.search(row.text[-40:]) is not None


def is_table(row: Row) -> bool:
    """Whether there are cells far apart, which a label and its item are not."""
    pieces = row.pieces[1:] if _LABEL.match(row.pieces[0].text) else row.pieces
    return any(other.left - one.right > _CELL_GAP * row.size for one, other in pairwise(pieces))


def is_numeric(row: Row) -> bool:
    """Whether the row is mostly numbers, as one of a table may be whose cells stand close."""
    numbers = len(_NUMBER_WORD.findall(row.text))
    return numbers > 1 and numbers >= _NUMERIC * (row.text.count(" ") + 1)


def are_centered(one: Row, other: Row) -> bool:
    """Whether two rows have their middles, but not their left sides, one below the other."""
    middles = (one.left + one.right) / 2 - (other.left + other.right) / 2
    return abs(middles) < SAME_PLACE * one.size and abs(one.left - other.left) > INDENT * one.size


def have_same_size(one: Row, other: Row) -> bool:
    """Whether two rows are printed in one size."""
    return abs(one.size - other.size) <= _SAME_SIZE * max(one.size, other.size)


def _is_cut_address(one: Row, other: Row) -> bool:
    begin = other.text[0]
    goes_on = begin.islower() or begin.isdigit()
    return goes_on and _CUT_ADDRESS.search(one.text[-_ADDRESS:]) is not None
