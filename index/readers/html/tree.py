"""Which elements of a page are open, where tags are missing or do not match: about as browsers see it.

Each tag takes a bounded time on average, however deep or broken the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from index.readers.html.looks import Sheet, Sight, look
from index.readers.html.tokens import attributes

HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
# Elements that stand on lines of their own.
BLOCKS = HEADINGS | frozenset(
    """address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset header hgroup hr html legend li listing main menu nav ol p
    plaintext pre search section summary table tbody td tfoot th thead title tr ul xmp""".split()
)
LISTS = frozenset("dir dl menu ol ul".split())
CELLS = frozenset("caption td th".split())
_VOID = frozenset(
    """area base basefont bgsound br col embed frame hr img input keygen link meta param source track
    wbr""".split()
)
_ITEMS = frozenset("dd dt li".split())
_GROUPS = frozenset("tbody tfoot thead".split())
_TABLE_PARTS = _GROUPS | CELLS | {"tr"}
_WITHIN_P = _TABLE_PARTS | frozenset("body html legend title".split())
# Never closed before the end; and hidden only until a script is done.
_PAGE = ("body", "html")
_KEEPS_BREAKS = frozenset("listing plaintext pre textarea xmp".split())
# What browsers do not draw, or only as something to click or to label a drawing; and what is struck out.
_UNSEEN = frozenset(
    """annotation annotation-xml audio canvas datalist del desc foreignobject iframe metadata
    noembed noframes noscript s script select strike style template text textarea title video""".split()
)
# Within a line these mean something by themselves, and any other only if it says how it looks.
_TELLING = _UNSEEN | _VOID | frozenset("a button q sup".split())
# Within a line too, but whatever is still open in these ends with them.
_WIDE = frozenset("audio button canvas datalist math object select svg template video".split())
# How far the begin of a word in italics is looked for.
_NEAR = 32
_AS_ANY = Sight()


class Element(NamedTuple):
    """An open element, and what it has from those around it."""

    tag: str
    attributes: Mapping[str, str] = MappingProxyType({})
    sight: Sight = Sight()
    hidden: bool = False
    linked: bool = False
    keeps_breaks: bool = False
    in_item: bool = False  # whether an item of the list around it was open when it began


class Tree:
    """The open elements. Calls `opened` and `closed` for each, in order."""

    def __init__(
        self, sheet: Sheet, opened: Callable[[Element], None], closed: Callable[[Element], None]
    ) -> None:
        self._sheet, self._opened, self._closed = sheet, opened, closed
        self._open = [Element("html")]
        # A cell shuts off what is open around it: how many elements of a name are open since.
        self._scopes: list[tuple[str, dict[str, int]]] = [("html", {})]
        self._in_item = False
        self._attributes: dict[str, Mapping[str, str]] = {}
        self._looks: dict[tuple[str, str, Sight], Sight] = {}
        self._plain: dict[tuple[str, str], bool] = {}

    @property
    def current(self) -> Element:
        """The innermost open element."""
        return self._open[-1]

    def start(self, tag: str, written: str, closed: bool) -> None:
        """An element begins; `closed` if it ends at once."""
        if tag in _TABLE_PARTS:
            if not self._start_table_part(tag):
                return
        elif tag in BLOCKS:
            if tag in _ITEMS and self._in_item:
                self._close_item()
            if tag not in _WITHIN_P and self._scopes[-1][1].get("p"):
                self._close_to("p")
        elif tag == "a":
            self._end_inline("a")
        elif tag not in _TELLING and self._is_plain(tag, written):
            return  # most elements of a highlighted listing; so its end tag finds none open
        self._push(tag, written)
        if closed or tag in _VOID:
            self._pop()

    def end(self, tag: str) -> None:
        """An element ends; unless none of this name is open."""
        if tag not in BLOCKS:
            if self._scopes[-1][1].get(tag):
                (self._close_to if tag in _WIDE else self._end_inline)(tag)
            return
        if tag in _TABLE_PARTS or tag == "table":
            self._end_table_part(tag)
        elif tag in HEADINGS:
            counts = self._scopes[-1][1]
            if any(map(counts.get, HEADINGS)):
                while self._pop().tag not in HEADINGS:
                    pass
        elif tag not in _PAGE:
            if tag == "p" and not self._scopes[-1][1].get("p"):
                self._push("p", "")  # as browsers do
            if self._scopes[-1][1].get(tag):
                self._close_to(tag)

    def end_all(self) -> None:
        """The page ends."""
        while len(self._open) > 1:
            self._pop()

    def _push(self, tag: str, written: str) -> None:
        around = self._open[-1]
        said = self._attributes_of(written)
        sight = self._sight(tag, written, said, around.sight) if said else around.sight
        if tag in _PAGE:
            sight = around.sight._replace(ground=sight.ground)
        elif (
            tag in _UNSEEN
            or (tag == "button" and around.tag not in HEADINGS)  # which may fold its section
            or (tag == "dialog" and "open" not in said)
        ):
            sight = sight._replace(gone=True)
        element = Element(
            tag,
            said,
            sight,
            sight.hidden,
            around.linked or (tag == "a" and "href" in said),
            around.keeps_breaks or tag in _KEEPS_BREAKS,
            self._in_item,
        )
        self._open.append(element)
        counts = self._scopes[-1][1]
        counts[tag] = counts.get(tag, 0) + 1
        if tag in CELLS or tag == "table":
            self._scopes.append((tag, {}))
        if tag in _ITEMS:
            self._in_item = True
        elif tag in LISTS or tag in CELLS or tag == "table":
            self._in_item = False
        self._opened(element)

    def _pop(self) -> Element:
        element = self._open.pop()
        if element.tag in CELLS or element.tag == "table":
            self._scopes.pop()
        self._scopes[-1][1][element.tag] -= 1
        self._in_item = element.in_item
        self._closed(element)
        return element

    def _close_to(self, tag: str) -> None:
        while self._pop().tag != tag:
            pass

    def _close_item(self) -> None:
        while self._pop().tag not in _ITEMS:
            pass

    def _end_inline(self, tag: str) -> None:
        """End the nearest, unless a block began within it: `<b><p>one</b> two</p>` is one paragraph."""
        for position in range(1, min(_NEAR, len(self._open))):
            element = self._open[-position]
            if element.tag == tag:
                self._close_to(tag)
                return
            if element.tag in BLOCKS:
                return

    def _start_table_part(self, tag: str) -> bool:
        """Make room for a row or a cell in the innermost table; whether there is one."""
        if len(self._scopes) == 1:
            return False
        self._close_cell()
        counts = self._scopes[-1][1]
        if tag in CELLS and tag != "caption":
            if not counts.get("tr"):
                self._push("tr", "")
            return True
        for part in ("tr", *_GROUPS) if tag in _GROUPS else (tag,):
            if counts.get(part):
                self._close_to(part)
        return True

    def _end_table_part(self, tag: str) -> None:
        opener, counts = self._scopes[-1]
        if tag in CELLS:
            if opener in CELLS:
                self._close_cell()
        elif len(self._scopes) > 1:
            rows = self._scopes[-2][1] if opener in CELLS else counts
            if tag != "table" and not rows.get(tag):
                return
            self._close_cell()
            self._close_to(tag)

    def _close_cell(self) -> None:
        if self._scopes[-1][0] in CELLS:
            depth = len(self._scopes)
            while len(self._scopes) == depth:
                self._pop()

    def _attributes_of(self, written: str) -> Mapping[str, str]:
        if not written:
            return {}
        found = self._attributes.get(written)
        if found is None:
            found = self._attributes[written] = attributes(written)
        return found

    def _is_plain(self, tag: str, written: str) -> bool:
        """Whether it changes nothing, and none of its name is open that its end tag would be taken for."""
        if self._scopes[-1][1].get(tag):
            return False
        plain = self._plain.get((tag, written))
        if plain is None:
            # The same, not merely equal: what is said to be visible is so wherever it stands.
            plain = look(_AS_ANY, tag, self._attributes_of(written), self._sheet) is _AS_ANY
            self._plain[tag, written] = plain
        return plain

    def _sight(self, tag: str, written: str, said: Mapping[str, str], around: Sight) -> Sight:
        key = (tag, written, around)
        sight = self._looks.get(key)
        if sight is None:
            sight = self._looks[key] = look(around, tag, said, self._sheet)
        return sight
