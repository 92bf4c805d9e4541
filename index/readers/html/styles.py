"""What the style of an element says that decides whether a text in it is seen."""

from __future__ import annotations

import re
from collections.abc import Mapping

Style = Mapping[str, str]
Colour = tuple[int, int, int]

COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_LENGTH = re.compile(r"(?P<size>[-+]?\d*\.?\d+)(?P<unit>[a-z]+|%)?")
_CLIPPED = re.compile(r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?\b|inset\(\s*(?:50|100)%|circle\(\s*0")
_HEX = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+(?P<share>[\d.]+)%?)?\s*\)")
# The colours that paper has, and the one that letters have.
_NAMED: Mapping[str, Colour] = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "black": (0, 0, 0),
}
_WORD = re.compile(r"[a-z]+")
_FAR = -900
_FAINT = 0.05
_OF_THE_PARENT = ("em", "%", "ex", "ch")


def declarations(style: str) -> dict[str, str]:
    """The properties that a style sets, in lower case."""
    found: dict[str, str] = {}
    for declaration in COMMENT.sub("", style).lower().split(";"):
        name, _, value = declaration.partition(":")
        found[name.strip()] = value.replace("!important", "").strip()
    return found


def is_gone(style: Style) -> bool:
    """Whether the element is taken off the page, with all that is in it."""
    opacity = _length(style.get("opacity"))
    sizes = ("height", "width", "max-height", "max-width")
    return (
        style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or (opacity is not None and opacity <= _FAINT)
        or any(_is_far(style.get(name)) for name in ("text-indent", "left", "top"))
        or _CLIPPED.search(f"{style.get('clip', '')} {style.get('clip-path', '')}") is not None
        or (style.get("overflow") == "hidden" and any(_length(style.get(s)) == 0 for s in sizes))
    )


def is_tiny(style: Style) -> bool | None:
    """Whether its letters have no size; None if it says nothing, or a share of the size around it."""
    size = style.get("font-size") or style.get("font", "").partition("/")[0]
    length = _LENGTH.fullmatch(size)
    if length is None:
        return False if size in ("small", "medium", "large") else None
    if float(length["size"]) <= (1 if length["unit"] in ("px", "pt") else 0):
        return True
    return None if length["unit"] in _OF_THE_PARENT else False


def is_invisible(style: Style) -> bool | None:
    """Whether it is drawn without ink; None if it says nothing."""
    visibility, ink = style.get("visibility"), style.get("color", "")
    rgb = _RGB.search(ink)
    share = _length(rgb["share"]) if rgb else None
    if visibility in ("hidden", "collapse") or ink == "transparent" or share == 0:
        return True
    return False if visibility == "visible" else None


def ink(style: Style, around: Colour | None) -> Colour | None:
    """The colour of its letters; None where it is not known."""
    value = style.get("color")
    return _colour(value) if value else around


def ground(style: Style, around: Colour | None) -> Colour | None:
    """The colour behind its letters; None where it is not known, as that of a picture is not."""
    colour = around
    for name in ("background", "background-color", "background-image"):
        value = style.get(name, "")
        if value in ("", "none", "transparent", "inherit", "initial", "unset"):
            continue
        colour = None if "(" in value and not _RGB.search(value) else _colour(value)
    return colour


def _colour(value: str) -> Colour | None:
    if match := _HEX.search(value):
        digits = match[0][1:]
        if len(digits) < 6:
            digits = "".join(2 * digit for digit in digits)
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    if match := _RGB.search(value):
        return int(match[1]), int(match[2]), int(match[3])
    return next((_NAMED[word] for word in _WORD.findall(value) if word in _NAMED), None)


def _length(value: str | None) -> float | None:
    match = _LENGTH.fullmatch(value or "")
    return float(match["size"]) if match else None


def _is_far(value: str | None) -> bool:
    match = _LENGTH.fullmatch(value or "")
    return match is not None and match["unit"] != "%" and float(match["size"]) <= _FAR
