"""Numbers as a spreadsheet shows them, by their format codes; dates in the form of ISO 8601."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

# The formats that have a number and no code in the file, by ECMA-376, 18.8.30.
BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0',
    6: '"$"#,##0',
    7: '"$"#,##0.00',
    8: '"$"#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "yyyy-mm-dd",
    15: "yyyy-mm-dd",
    16: "yyyy-mm-dd",
    17: "yyyy-mm",
    18: "hh:mm",
    19: "hh:mm:ss",
    20: "hh:mm",
    21: "hh:mm:ss",
    22: "yyyy-mm-dd hh:mm",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss",
    48: "0.0E+0",
}
GENERAL = "General"

_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*')
# Words in quotes or after a backslash are shown; a space as wide as a character, and fillings, are not.
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|[_*].')
_DIGITS = re.compile(r"General|[#0?][#0?,]*(?:\.[#0?]*)?,*|\.[#0?]+,*", re.IGNORECASE)
_UNSUPPORTED = re.compile(r"e[+-]|[#0? ]*/", re.IGNORECASE)
_PLACE = re.compile(r"[#0?]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_DATE_LETTERS = re.compile(r"[ymdhsg]|am/pm|a/p", re.IGNORECASE)
_NOT_A_DATE = re.compile(r"general|e[+-]", re.IGNORECASE)
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
# The sheets' calendar begins with a leap day that 1900 never had.
_LEAP_BUG_DAYS = 60
_MOST_DIGITS = 15
_LONGEST_CODE = 255
_GENERAL_DIGITS = 12
_LARGEST = 1e15


class _Code(NamedTuple):
    """One section of a format code, taken apart: literals replaced by their text."""

    before: str
    digits: str
    after: str
    dates: str  # the letters that stand for parts of dates, in lower case
    elapsed: bool


def show_number(value: float, code: str, epoch_1904: bool = False) -> str:
    """The text that a cell with this value and format code shows.

    Empty where the format shows nothing. Dates and times are ISO 8601 whatever the code's order of
    parts; fractions, powers of ten and colours are left aside.
    """
    if value != value or abs(value) == float("inf"):
        return ""
    if code.strip().lower() in ("", "general", "@"):
        return _general(value)
    sections = _sections(code[:_LONGEST_CODE])
    index = _which(value, len(sections))
    section = sections[index]
    if section is None:
        return ""
    if section.dates or section.elapsed:
        return _moment(value, section, epoch_1904)
    if not section.digits:
        return (section.before + section.after).strip() or _general(value)
    # With a section of their own, negative numbers show the sign that stands in it.
    return _number(abs(value) if index == 1 else value, section)


def hides_text(code: str) -> bool:
    """Whether a format shows nothing of words in the cell: its fourth section is empty."""
    sections = _sections(code[:_LONGEST_CODE])
    return len(sections) == 4 and sections[3] is None


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Code | None, ...]:
    found, at = [], 0
    while at <= len(code):
        match = _SECTION.match(code, at)
        end = match.end() if match else len(code)
        found.append(_parse(code[at:end]))
        at = end + 1
    return tuple(found[:4])


def _parse(section: str) -> _Code | None:
    if not section:
        return None
    elapsed = _ELAPSED.search(section) is not None
    bare = _BRACKETS.sub("", _LITERAL.sub("", section))
    dates = "" if _NOT_A_DATE.search(bare) else "".join(_DATE_LETTERS.findall(bare)).lower()
    digits = _DIGITS.search(_LITERAL.sub(lambda match: "\x00" * len(match[0]), section))
    start, end = digits.span() if digits else (len(section), len(section))
    return _Code(
        _literals(section[:start]),
        section[start:end],
        _literals(section[end:]),
        dates,
        elapsed,
    )


def _literals(piece: str) -> str:
    shown = _LITERAL.sub(lambda m: m[1] or m[2] or m[3] or "", piece)
    return _BRACKETS.sub("", shown)


def _which(value: float, sections: int) -> int:
    if sections >= 3 and value == 0:
        return 2
    return 1 if sections >= 2 and value < 0 else 0


def _general(value: float) -> str:
    """The number without the noise of binary fractions."""
    if value == int(value) and abs(value) < _LARGEST:
        return str(int(value))
    text = f"{value:.{_GENERAL_DIGITS}g}"
    if "e" in text and 1e-7 < abs(value) < _LARGEST:
        text = f"{Decimal(text):f}"
    return text


def _number(value: float, section: _Code) -> str:
    if section.digits.lower() == "general":
        return f"{section.before.lstrip()}{_general(value)}{section.after.rstrip()}"
    digits = section.digits.rstrip(",")
    scale = len(section.digits) - len(digits)
    whole, _, fraction = digits.partition(".")
    percent = "%" in section.before + section.after
    if _UNSUPPORTED.match(section.after) or abs(value) >= _LARGEST:
        return _general(value)
    if _PLACE.search(section.after):
        return _masked(value, section)
    if not value and not digits.strip(
        "?"
    ):  # as accountants write a zero: a dash, and blanks for digits
        return (section.before + section.after).strip()
    # As it is written, not as it is stored: 1.005 to two places is 1.01.
    amount = Decimal(repr(value)).scaleb(2 * percent - 3 * scale)
    places = min(len(fraction), _MOST_DIGITS)
    rounded = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if (
        not rounded and "0" not in digits
    ):  # as accountants write a zero: a dash, and blanks for digits
        return (section.before + section.after).strip()
    if "," in whole:
        text = f"{abs(rounded):,.{places}f}"
    else:
        text = f"{abs(rounded):.{places}f}".rjust(whole.count("0"), "0")
    optional = len(fraction) - len(fraction.rstrip("#?"))
    if optional and "." in text:
        kept = len(text) - optional
        text = (text[:kept] + text[kept:].rstrip("0")).rstrip(".")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{section.before.lstrip()}{text}{section.after.rstrip()}"


def _masked(value: float, section: _Code) -> str:
    """A number whose digits stand in groups, as those of telephones do: `000-0000`."""
    mask = section.before + section.digits + section.after
    places = len(_PLACE.findall(mask))
    digits = str(round(abs(value))).zfill(places)
    filled = iter([digits[: len(digits) - places + 1], *digits[len(digits) - places + 1 :]])
    sign = "-" if value < 0 else ""
    return sign + _PLACE.sub(lambda _: next(filled), mask).strip()


def _moment(value: float, section: _Code, epoch_1904: bool) -> str:
    if section.elapsed:
        seconds = round(abs(value) * 86400)
        hours, minutes = divmod(seconds // 60, 60)
        sign = "-" if value < 0 and seconds else ""
        return f"{sign}{hours}:{minutes:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    days = value + 1 if not epoch_1904 and 0 < value < _LEAP_BUG_DAYS else value
    try:
        start = _EPOCH_1904 if epoch_1904 else _EPOCH
        moment = start + timedelta(seconds=round(days * 86400))
    except OverflowError:
        return _general(value)
    letters = section.dates
    clock = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    has_time = bool(set(letters) & set("hs")) or "a/p" in letters
    if not set(letters) & set("yd") and has_time:
        return clock
    if "d" not in letters and "y" in letters and not has_time:
        return f"{moment.year:04}-{moment.month:02}" if "m" in letters else f"{moment.year:04}"
    day = f"{moment.year:04}-{moment.month:02}-{moment.day:02}"
    return f"{day} {clock}" if has_time and clock != "00:00" else day
