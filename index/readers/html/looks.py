"""Whether a person looking at a web page sees a text: by the styles of the elements that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from index.readers.html.styles import (
    COMMENT,
    Colour,
    Style,
    declarations,
    ground,
    ink,
    is_gone,
    is_invisible,
    is_tiny,
)

_SHEETS = re.compile(
    r"<!--.*?(?:-->|\Z)|<script\b.*?(?:</script|\Z)|<style\b[^<>]*>(?P<rules>.*?)(?:</style|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_BRACE = re.compile(r"([{}])")
_SIMPLE = re.compile(r"(?:[a-z][\w-]*)?(?P<name>[.#][\w-]+)", re.IGNORECASE)
_NAME = re.compile(r"[.#][\w-]+")
# What the style sheets of most pages show to the readers of screens alone; and what is no part of a text.
_APART = frozenset(
    """sr-only screen-reader-text visually-hidden visuallyhidden skip-link skip-nav skip-to-content linenos
    linenodiv lineno mw-editsection copybtn""".split()
)
_SAME = 12  # of 255: a difference that no eye finds


class Sight(NamedTuple):
    """How an element looks. `ink` and `ground` are None where they are not known."""

    gone: bool = False
    tiny: bool = False
    invisible: bool = False
    ink: Colour | None = None
    ground: Colour | None = (255, 255, 255)

    @property
    def hidden(self) -> bool:
        """Whether a text in the element is not seen."""
        return self.gone or self.tiny or self.invisible or self._blends_in

    @property
    def _blends_in(self) -> bool:
        if self.ink is None or self.ground is None:
            return False
        return all(abs(one - two) <= _SAME for one, two in zip(self.ink, self.ground, strict=True))


class Sheet:
    """The rules of a page's own style sheets, as far as they are about a class or an id alone.

    A name that any rule shows again counts as shown: a script may switch it, as it does tabs.
    """

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, str]] = {}
        self._shown: set[str] = set()

    def add(self, css: str) -> None:
        """Add the rules of a style sheet; those for some media only are left out."""
        depth, selector = 0, ""
        parts = _BRACE.split(COMMENT.sub("", css))
        for part, brace in zip(parts[::2], parts[1::2], strict=False):
            if brace == "}":
                if depth == 1 and not selector.startswith("@"):
                    self._add_rule(selector, declarations(part))
                depth = max(0, depth - 1)
            else:
                if depth == 0:
                    selector = part.rpartition(";")[2].strip()
                depth += 1

    def style(self, names: Iterable[str]) -> dict[str, str]:
        """What the rules say of an element with these classes (`.name`) and ids (`#name`)."""
        found: dict[str, str] = {}
        for name in names:
            if name in self._rules and name not in self._shown:
                found.update(self._rules[name])
        return found

    def _add_rule(self, selectors: str, style: dict[str, str]) -> None:
        # What is behind the letters may be said by a rule that is not followed, so colours are left out.
        style.pop("color", None)
        hides = is_gone(style) or is_tiny(style) or is_invisible(style)
        shows = not hides and not style.keys().isdisjoint(("display", "visibility", "opacity"))
        for selector in selectors.split(","):
            if simple := _SIMPLE.fullmatch(selector.strip()):
                self._rules.setdefault(simple["name"], {}).update(style)
            if shows:
                self._shown.update(_NAME.findall(selector))


def page_sheet(source: str) -> Sheet:
    """The style sheets within a page."""
    sheet = Sheet()
    if "<style" in source or "<STYLE" in source:
        for match in _SHEETS.finditer(source):
            sheet.add(match["rules"] or "")
    return sheet


def look(sight: Sight, tag: str, attributes: Mapping[str, str], sheet: Sheet) -> Sight:
    """How an element looks that stands in one which looks like `sight`."""
    classes = attributes.get("class", "").split()
    style = sheet.style([*(f".{name}" for name in classes), f"#{attributes.get('id', '')}"])
    if "bgcolor" in attributes:
        style["background-color"] = attributes["bgcolor"].lower()
    if "background" in attributes:
        style["background-image"] = "url()"
    if tag == "font" and "color" in attributes:
        style["color"] = attributes["color"].lower()
    if "style" in attributes:
        style.update(declarations(attributes["style"]))
    hidden = "hidden" in attributes or attributes.get("aria-hidden") == "true"
    if hidden or not _APART.isdisjoint(classes):
        style["display"] = "none"
    return _styled(sight, style) if style else sight


def _styled(sight: Sight, style: Style) -> Sight:
    tiny, invisible = is_tiny(style), is_invisible(style)
    return Sight(
        gone=sight.gone or is_gone(style),
        tiny=sight.tiny if tiny is None else tiny,
        invisible=sight.invisible if invisible is None else invisible,
        ink=ink(style, sight.ink),
        ground=ground(style, sight.ground),
    )
