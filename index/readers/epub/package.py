"""What an EPUB book says of itself: its title, the order of its pages, and the table of contents."""

from __future__ import annotations

import posixpath
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from index.errors import DocumentError
from index.readers.archives import open_archive, read_member
from index.readers.composing import on_one_line, sensible_title
from index.readers.html.reader import decode_page
from index.readers.html.tokens import Token, attributes, tokens

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# Fonts may be scrambled so that nobody takes them out of the book; that protects no text.
_FONT_SCRAMBLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = ("application/xhtml+xml", "text/html", "text/x-oeb1-document")
_PROTECTED = "it is protected against copying (DRM), so that only its shop's reader can open it"
_NO_BOOK = "it is no EPUB book, or a damaged one: its list of pages is missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the table of contents: its title, and whether it leads to the top of a page."""

    title: str
    is_top: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the book, by its name in the archive."""

    name: str
    media_type: str
    properties: str


@dataclass(frozen=True, slots=True)
class Package:
    """The book: its title, the names of its pages in reading order, and what the contents say of each."""

    title: str | None
    pages: tuple[str, ...]
    entries: Mapping[str, tuple[Entry, ...]]
    archive: zipfile.ZipFile

    def source(self, name: str) -> str | None:
        """What a file of the book holds; None where it is missing."""
        return _source(self.archive, name)


def open_package(data: bytes) -> Package:
    """The book held by `data`.

    Raises:
        DocumentError: it is no book, a damaged or a protected one.
    """
    archive = open_archive(data)
    if (encryption := _source(archive, _ENCRYPTION)) and _is_protected(encryption):
        raise DocumentError(_PROTECTED)
    name = _package_name(archive)
    source = None if name is None else _source(archive, name)
    if name is None or source is None:
        raise DocumentError(_NO_BOOK)
    return _package(archive, name, source)


def _package(archive: zipfile.ZipFile, name: str, source: str) -> Package:
    items: dict[str, Item] = {}
    linear: list[str] = []
    aside: list[str] = []
    contents_page, ncx, title = None, None, ""
    in_title = False
    for token in tokens(source, xml=True):
        if in_title:
            title += token.text
        tag, said = _local(token.tag), attributes(token.attributes)
        in_title = tag == "title" and not token.is_end and not title
        if token.is_end:
            continue
        match tag:
            case "item":
                target = _target(name, said.get("href", ""))
                items[said.get("id", "")] = Item(
                    target, said.get("media-type", ""), said.get("properties", "")
                )
            case "spine":
                ncx = said.get("toc")
            case "itemref":
                (aside if said.get("linear") == "no" else linear).append(said.get("idref", ""))
            case "reference" if said.get("type") == "toc":
                contents_page = _target(name, said.get("href", ""))
    navigation = next((i.name for i in items.values() if "nav" in i.properties.split()), None)
    pages = dict.fromkeys(
        item.name
        for item in map(items.get, linear + aside)
        if item is not None
        and item.media_type in _PAGES
        and item.name not in (navigation, contents_page)
    )
    contents = navigation or (items[ncx].name if ncx in items else None)
    return Package(sensible_title(title), tuple(pages), _entries(archive, contents), archive)


def _entries(archive: zipfile.ZipFile, name: str | None) -> dict[str, tuple[Entry, ...]]:
    """The table of contents, by the pages that it leads to."""
    source = None if name is None else _source(archive, name)
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for title, href in _links(tokens(source or "", xml=True)):
        page, mark, _ = href.partition("#")
        if title and page:
            found[_target(name or "", page)].append(Entry(title, not mark))
    return {page: tuple(entries) for page, entries in found.items()}


def _links(contents: Iterator[Token]) -> Iterator[tuple[str, str]]:
    """The titles and the targets: `<a href>` in newer books, `<text>` and then `<content src>` in older."""
    title, href = "", None
    for token in contents:
        title += token.text
        tag = _local(token.tag)
        if tag == "a" and token.is_end and href is not None:
            yield on_one_line(title), href
            href = None
        elif tag == "content" and not token.is_end:
            yield on_one_line(title), attributes(token.attributes).get("src", "")
        elif tag == "a":
            title, href = "", attributes(token.attributes).get("href")
        elif tag == "navlabel":
            title = "" if not token.is_end else title


def _package_name(archive: zipfile.ZipFile) -> str | None:
    for token in tokens(_source(archive, _CONTAINER) or "", xml=True):
        if _local(token.tag) == "rootfile" and not token.is_end:
            return _target("", attributes(token.attributes).get("full-path", ""))
    return next((name for name in archive.namelist() if name.endswith(".opf")), None)


def _is_protected(encryption: str) -> bool:
    methods = [
        attributes(token.attributes).get("algorithm")
        for token in tokens(encryption, xml=True)
        if _local(token.tag) == "encryptionmethod" and not token.is_end
    ]
    return any(method not in _FONT_SCRAMBLING for method in methods)


def _source(archive: zipfile.ZipFile, name: str) -> str | None:
    data = read_member(archive, name)
    return None if data is None else decode_page(data)


def _target(base: str, href: str) -> str:
    """The name in the archive that `href` leads to from the file `base`; never one outside."""
    path = unquote(href.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), path)).lstrip("/")


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]
