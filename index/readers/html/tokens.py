"""HTML cut into tags and text by the rules that browsers go by, in time proportional to its length.

A full HTML parser also repairs the tree, and by its own rules takes quadratic time and memory for pages
that are made to hurt: nested a hundred thousand deep, one takes minutes. Reading needs only the cuts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple


class Token(NamedTuple):
    """A text, with its character references resolved, and the tag after it.

    `tag` is its name in lower case, or empty where no tag follows; `attributes` are as they are written.
    """

    text: str
    tag: str = ""
    is_end: bool = False
    attributes: str = ""
    is_closed: bool = False  # <br/>, which only XML takes for an end as well


_TOKEN = re.compile(
    r"(?P<text>[^<]*+)<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    # A quotation mark means something only after an equals sign.
    r"(?P<attributes>(?:[^=>]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')|=)*+)>"
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s=/]++)(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s\"']\S*+)))?+"
)
_COMMENT_END = re.compile(r"--!?>")
_EMPTY_COMMENT = re.compile(r"<!---?>")
# Text only up to the end tag of the same name, shown or not.
_RAW = frozenset("iframe noembed noframes noscript script style textarea title xmp".split())
_RESOLVED = ("textarea", "title")
_SCRIPT = re.compile(r"<!--(?!-?>)|-->|<(?P<end>/?)script(?=[\s/>])", re.IGNORECASE)
_XML = re.compile(r"\s*(?:<\?xml\s|<!DOCTYPE[^>]*XHTML|<html[^>]*xmlns=)", re.IGNORECASE)


def is_xml(source: str) -> bool:
    """Whether a page says that it is written as XML."""
    return _XML.match(source) is not None


def tokens(source: str, xml: bool = False) -> Iterator[Token]:
    """The texts and the tags of a page in order; comments and declarations are left out.

    Args:
        xml: whether `<a/>` is an element without content, as in XML, or the begin of one.
    """
    at, length = 0, len(source)
    while at < length:
        token = _TOKEN.match(source, at)
        if token is None:
            opening = source.find("<", at)
            if opening < 0:
                yield Token(unescape(source[at:]))
                return
            yield Token(unescape(source[at:opening]))
            at = _end_of_other(source, opening, xml)
            if at == opening:  # a mere "less than"
                yield Token("<")
                at += 1
            elif xml and source.startswith("<![CDATA[", opening):
                yield Token(source[opening + 9 : at].removesuffix("]]>"))
            continue
        text, end, name, written = token.groups()
        at = token.end()
        name = name.lower()
        is_closed = xml and written.endswith("/")
        yield Token(unescape(text) if "&" in text else text, name, end != "", written, is_closed)
        if name in _RAW and not end and not is_closed:
            raw, at = at, _raw_end(source, at, name)
            if name in _RESOLVED:
                yield Token(unescape(source[raw:at]))


def attributes(written: str) -> dict[str, str]:
    """The attributes of a tag by their names in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        found.setdefault(name.lower(), unescape(double or single or bare))
    return found


def _end_of_other(source: str, at: int, xml: bool) -> int:
    """Where what begins with `<` but is no tag ends: a comment or a declaration; `at` if it is text."""
    if source.startswith("<!--", at):
        if empty := _EMPTY_COMMENT.match(source, at):
            return empty.end()
        end = _COMMENT_END.search(source, at + 4)
        return end.end() if end else len(source)
    following = source[at + 1 : at + 3]
    if xml and source.startswith("<![CDATA[", at):
        mark = "]]>"
    elif following[:1] in ("!", "?") or (following[:1] == "/" and following[1:] != ""):
        mark = ">"
    elif following[:1].isalpha() and following[:1].isascii():
        return len(source)  # a tag that is never closed
    else:
        return at
    end_of_mark = source.find(mark, at)
    return end_of_mark + len(mark) if end_of_mark >= 0 else len(source)


def _raw_end(source: str, at: int, name: str) -> int:
    """Where the end tag of a script or its like begins."""
    if name == "script":
        return _script_end(source, at)
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, at)
    return end.start() if end else len(source)


def _script_end(source: str, at: int) -> int:
    """Within `<!--` and `-->` a script may hold another: its end tag is not the end of the first."""
    commented = nested = False
    for mark in _SCRIPT.finditer(source, at):
        if mark[0] == "<!--":
            commented = True
        elif mark[0] == "-->":
            commented = nested = False
        elif not mark["end"]:
            nested = commented
        elif nested:
            nested = False
        else:
            return mark.start()
    return len(source)
