"""The shapes of a PowerPoint slide, and the text of their paragraphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from index.readers.placing import Placed, in_reading_order
from index.readers.xmltree import Element, attribute, local_name, number

_FRAMES = {"sp": "spPr", "pic": "spPr", "cxnSp": "spPr", "grpSp": "grpSpPr", "graphicFrame": ""}
_TITLES = ("title", "ctrTitle")
# In hundredths of a point: what is smaller is there for machines only.
_SMALLEST = 100


class Box(NamedTuple):
    """Where a shape is, in the units of its slide or group."""

    left: float
    top: float
    width: float
    height: float


class Places:
    """Where the placeholders are that say nothing of it themselves."""

    def __init__(self, parents: Iterable[Element | None]) -> None:
        """Note the placeholders of the slide's layout and master, in this order."""
        self._boxes: dict[str, Box] = {}
        for root in parents:
            for shape in root.iter("{*}sp") if root is not None else ():
                if (box := _own_box(shape)) is not None:
                    for key in _keys(shape):
                        self._boxes.setdefault(key, box)

    def box(self, shape: Element) -> Box | None:
        """The shape's box; None where nothing tells it."""
        own = _own_box(shape)
        if own is not None:
            return own
        return next((self._boxes[key] for key in _keys(shape) if key in self._boxes), None)


def shapes(tree: Element, places: Places, within: Box | None = None) -> list[Element]:
    """The shapes of a slide or a group that can be seen, in the order of reading; groups are dissolved.

    What is quite outside the box `within` is not on the slide.
    """
    placed = []
    for shape in _unwrapped(tree):
        box = places.box(shape) or Box(0, 0, 0, 0)
        if _is_hidden(shape) or (within is not None and _apart(box, within)):
            continue
        items = shapes(shape, places) if local_name(shape) == "grpSp" else [shape]
        placed.append(Placed(items, *box))
    return [shape for items in in_reading_order(placed) for shape in items]


def placeholder(shape: Element) -> str | None:
    """What the layout wants in a shape: `title`, `body`, `sldNum` and so on; None where it is free."""
    mark = next(shape.iter("{*}ph"), None) if local_name(shape) == "sp" else None
    if mark is None:
        return None
    kind = attribute(mark, "type") or "obj"
    return "title" if kind in _TITLES else kind


def paragraphs(body: Element | None) -> Iterator[str]:
    """The paragraphs of a text body."""
    for paragraph in body.iterfind("{*}p") if body is not None else ():
        yield "".join(_pieces(paragraph))


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "br":
            yield "\n"
        elif name in ("r", "fld"):
            size = attribute(child.find("{*}rPr"), "sz")
            text = child.find("{*}t")
            if text is not None and number(size, _SMALLEST + 1) > _SMALLEST:
                yield text.text or ""
        elif name == "AlternateContent":
            for choice in list(child)[:1]:
                yield from _pieces(choice)
        elif name == "m":  # a formula
            yield from (text.text or "" for text in child.iter("{*}t"))


def _unwrapped(tree: Element) -> Iterator[Element]:
    for child in tree:
        name = local_name(child)
        if name in _FRAMES:
            yield child
        elif name == "AlternateContent":
            for choice in list(child)[:1]:
                yield from _unwrapped(choice)


def _own_box(shape: Element) -> Box | None:
    properties = _FRAMES[local_name(shape)]
    frame = shape.find(f"{{*}}{properties}/{{*}}xfrm" if properties else "{*}xfrm")
    if frame is None:
        return None
    offset, extent = frame.find("{*}off"), frame.find("{*}ext")
    return Box(
        number(attribute(offset, "x")),
        number(attribute(offset, "y")),
        number(attribute(extent, "cx")),
        number(attribute(extent, "cy")),
    )


def _keys(shape: Element) -> list[str]:
    """By what a placeholder is found in a layout: its number first, then its kind."""
    kind = placeholder(shape)
    if kind is None:
        return []
    mark = next(shape.iter("{*}ph"))
    number_ = attribute(mark, "idx")
    return [f"#{number_}", kind] if number_ else [kind]


def _is_hidden(shape: Element) -> bool:
    for properties in list(shape)[:1]:
        return attribute(properties.find("{*}cNvPr"), "hidden") in ("1", "true")
    return False


def _apart(box: Box, within: Box) -> bool:
    return (
        box.left >= within.left + within.width
        or box.top >= within.top + within.height
        or box.left + box.width < within.left
        or box.top + box.height < within.top
    )
