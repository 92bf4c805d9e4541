"""A document shown at a place: its text with the place marked, and for a PDF the page's picture."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from index import Box, Document, Span
from qa.page.html.escaping import count, escape
from qa.page.places import place

# Characters shown on either side of the place.
_WINDOW = 20_000


def view(
    document: Document, span: Span, page: int | None, picture: bytes | None, boxes: Sequence[Box]
) -> str:
    """The document at `span`, which may be empty: then nothing is marked.

    Args:
        document: what is shown.
        span: what is marked.
        page: the number of the page that is shown, where there are pages.
        picture: of that page, a PNG, or None.
        boxes: on that picture, which are outlined.
    """
    where = place(page, span.start, span.end, document) if span.start < span.end else []
    if not where and page is not None:
        where = [f"page {page}"]
    parts = [f"<bdi>{escape(document.id)}</bdi>", *map(escape, where)]
    return (
        f'<header class="cw-view-head"><h2 tabindex="-1" dir="auto">{escape(document.title)}</h2>'
        f"<p>{' &#183; '.join(parts)}</p>{_pages(document, page)}</header>"
        f"{_picture(page, picture, boxes)}{_text(document, span, page)}"
    )


def _pages(document: Document, page: int | None) -> str:
    """Buttons to the pages before and after."""
    if page is None:
        return ""
    last = document.pages[-1].number

    def button(number: int, label: str) -> str:
        there = "" if 1 <= number <= last else " disabled"
        return f'<button type="button" class="cw-page" data-page="{number}"{there}>{label}</button>'

    return (
        f'<p class="cw-pages">{button(page - 1, "Previous page")}'
        f"<span>{page} of {last}</span>{button(page + 1, 'Next page')}</p>"
    )


def _picture(page: int | None, picture: bytes | None, boxes: Sequence[Box]) -> str:
    if picture is None:
        return ""
    outlines = "".join(
        f'<span class="cw-box" style="left:{box.left:.3%};top:{box.top:.3%};'
        f'width:{box.right - box.left:.3%};height:{box.bottom - box.top:.3%}"></span>'
        for box in boxes
    )
    source = base64.b64encode(picture).decode("ascii")
    return (
        f'<figure class="cw-picture"><img alt="Picture of page {page}" '
        f'src="data:image/png;base64,{source}">{outlines}</figure>'
    )


def _text(document: Document, span: Span, page: int | None) -> str:
    shown = next(
        ((item.start, item.end) for item in document.pages if item.number == page),
        (max(0, span.start - _WINDOW), min(len(document.text), span.end + _WINDOW)),
    )
    start, end = shown
    inside = start <= span.start < span.end <= end
    text = document.text
    body = (
        f"{escape(text[start : span.start])}<mark>{escape(text[span.start : span.end])}</mark>"
        f"{escape(text[span.end : end])}"
        if inside
        else escape(text[start:end])
    )
    before = "" if page or not start else f"{count(start, 'character')} before this are left out."
    left = len(text) - end
    after = "" if page or not left else f"{count(left, 'character')} after this are left out."
    return f'{_left_out(before)}<div class="cw-text" dir="auto">{body}</div>{_left_out(after)}'


def _left_out(text: str) -> str:
    return f'<p class="cw-empty">{escape(text)}</p>' if text else ""
