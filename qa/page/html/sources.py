"""The cards of the panel: what an answer cites, in its surroundings, or the nearest passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from index import Document, Hit
from qa.page.conversation import Conversation, Exchange, Passage
from qa.page.html.escaping import escape, shortened
from qa.page.html.talk import anchor
from qa.page.places import place
from qa.types import Citation

Lookup = Callable[[str], Document | None]

# Characters shown on either side of a quote that no passage holds.
_WINDOW = 280
# How many passages are shown where none is cited.
_NEAREST = 3
# Of how many answers the passages are kept at hand; those of older ones can be opened in the document.
_ANSWERS = 40

EMPTY = (
    '<section class="cw-sources" aria-label="Sources"><h2>Sources</h2><p class="cw-empty">'
    "The passages behind an answer appear here. Choose a number in the answer to see the exact words."
    "</p></section>"
)


def panel(conversation: Conversation, document: Lookup) -> str:
    """The panel beside the chat: every answer's passages, the latest first and alone in view."""
    numbered = list(enumerate(conversation.exchanges, start=1))[-_ANSWERS:]
    if not numbered:
        return EMPTY
    newest = len(conversation.exchanges)
    return "".join(
        f'<section class="cw-sources" aria-label="Sources of answer {number}"'
        f"{'' if number == newest else ' hidden'}>{_group(item, number, document)}</section>"
        for number, item in reversed(numbered)
    )


def found(hits: Sequence[Hit], document: Lookup) -> str:
    """What a search in the documents found, as cards that open at their place."""
    if not hits:
        return '<p class="cw-empty" role="status">No passage fits.</p>'
    cards = [
        _near("", position, _passage(hit), document(hit.chunk.document_id))
        for position, hit in enumerate(hits)
    ]
    return "".join(cards)


def _group(item: Exchange, number: int, document: Lookup) -> str:
    cited_in = "Sources" if item.citations else "Nearest passages"
    if item.citations:
        cards = [
            _cited(number, position, cited, item.passages, document(cited.document_id))
            for position, cited in enumerate(item.citations)
        ]
    else:
        cards = [
            _near(anchor(number, rank), rank - 1, passage, document(passage.document_id))
            for rank, passage in enumerate(item.passages[:_NEAREST], start=1)
        ]
    if not cards:
        return f'<h2>{cited_in}</h2><p class="cw-empty">This one needed no passage.</p>'
    return (
        f'<h2>{cited_in}</h2><p class="cw-asked" dir="auto">{escape(item.question.strip())}</p>'
        f"{''.join(cards)}"
    )


def _cited(
    number: int,
    position: int,
    cited: Citation,
    passages: Iterable[Passage],
    document: Document | None,
) -> str:
    before, quote, after = _around(cited, passages, document)
    still = document is not None and document.text[cited.start : cited.end] == cited.quote
    stale = "" if still else '<p class="cw-stale">The document has changed since.</p>'
    return _card(
        anchor(number, cited.marker),
        position,
        str(cited.marker),
        cited.title.strip() or cited.document_id,
        cited.document_id,
        place(cited.page, cited.start, cited.end, document if still else None),
        f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}",
        stale,
    )


def _around(
    cited: Citation, passages: Iterable[Passage], document: Document | None
) -> tuple[str, str, str]:
    """The quote within the passage it was read in, or within its surroundings, or alone."""
    if document is None or document.text[cited.start : cited.end] != cited.quote:
        return "", cited.quote, ""
    text = document.text
    for passage in passages:
        if (
            passage.document_id == cited.document_id
            and passage.start <= cited.start
            and cited.end <= passage.end
        ):
            before, after = text[passage.start : cited.start], text[cited.end : passage.end]
            return before.lstrip(), cited.quote, after.rstrip()
    start, end = max(0, cited.start - _WINDOW), cited.end + _WINDOW
    before, after = text[start : cited.start].lstrip(), text[cited.end : end].rstrip()
    return before and f"… {before}", cited.quote, after and f"{after} …"


def _near(id_: str, position: int, passage: Passage, document: Document | None) -> str:
    text = document.text[passage.start : passage.end].strip() if document else ""
    return _card(
        id_,
        position,
        "&#8226;",
        (document.title.strip() if document else "") or passage.document_id,
        passage.document_id,
        place(passage.page, passage.start, passage.end, document),
        escape(text or "This document is no longer there."),
        kind="cw-card cw-near",
    )


def _passage(hit: Hit) -> Passage:
    chunk = hit.chunk
    return Passage(chunk.document_id, chunk.page, chunk.start, chunk.end)


def _card(
    id_: str,
    position: int,
    label: str,
    name: str,
    path: str,
    where: Sequence[str],
    passage: str,
    note: str = "",
    kind: str = "cw-card",
) -> str:
    # A card is one stop for the keyboard and its button another; sources.js gives them their deeds.
    parts = [f"<bdi>{escape(path)}</bdi>"] if name != path else []
    parts += map(escape, where)
    named = f' id="{id_}"' if id_ else ""
    return (
        f'<article class="{kind}"{named} tabindex="0">'
        f'<header><span class="cw-number">{label}</span>'
        f'<div><h3 dir="auto">{escape(shortened(name, 200))}</h3>'
        f"<p>{' &#183; '.join(parts)}</p></div></header>"
        f'{note}<blockquote dir="auto">{passage}</blockquote>'
        f'<button type="button" class="cw-open" data-position="{position}">Open in document</button>'
        "</article>"
    )
