"""From answers and documents to HTML: pure functions, and the only place where text becomes markup.

Documents, file names, questions and answers may hold anything, so no text reaches the page except
through `escape`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from index import Document, Hit, SyncEvent
from qa.following import FolderState
from qa.types import Answer, Citation

_WINDOW = 280
"""Characters shown on either side of a quote that no retrieved passage holds."""

_NEAREST = 3
"""How many passages are shown where none is cited."""

_ECHO = 1000
"""Characters of a question that the chat repeats."""

_FAILURES = 20
"""How many files that cannot be read are named."""

_WORTH_SAYING = 3
"""Seconds that are over before anybody has read that they are left."""

_WRAPPED = 120
"""No line is longer in text that is wrapped by hand."""

_NOT_PLAIN = re.compile(r"[^0-9A-Za-z \u00a0-\ud7ff\ue000-\U0010ffff]")
_MARKER = re.compile(r" ?\[(\d{1,4})\]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def escape(text: str) -> str:
    """The text as inert markup: every ASCII character but letters, digits and spaces by number.

    `&#36;` and `&#91;` are characters to the HTML parser but syntax to nobody, whereas the output
    of `html.escape` would still be Markdown, LaTeX or a `${...}` template to what lies between here
    and the page.
    """
    return _NOT_PLAIN.sub(_entity, text)


def _entity(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\n":
        return "<br>"
    if character.isspace():
        return " "
    if character.isprintable():
        return f"&#{ord(character)};"
    return "\N{REPLACEMENT CHARACTER}"


def header(folder: str, state: FolderState) -> str:
    """The name, the promise, and what is being answered from."""
    return (
        '<header class="cw-header"><div><h1>Citewise</h1>'
        "<p>Ask your documents; get an answer you can check.</p></div>"
        f'<div class="cw-folder" title="The folder that answers come from"><p><bdi>{escape(folder)}</bdi>'
        f"<span>{_count(state.documents, 'document')}</span></p>{_state(state)}</div></header>"
    )


def _state(state: FolderState) -> str:
    """What is being done to the documents, or what is wrong with some."""
    if state.trouble:
        return f'<p class="cw-trouble" role="status">{escape(sentence(state.trouble))}</p>'
    if state.event is not None:
        return _bar(state.event)
    if not state.failed:
        return ""
    reasons = "".join(
        f"<li><bdi>{escape(failure.path)}</bdi> {escape(failure.reason)}</li>"
        for failure in state.failed[:_FAILURES]
    )
    more = len(state.failed) - _FAILURES
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return (
        f"<details><summary>{_count(len(state.failed), 'file')} could not be read</summary>"
        f"<ul>{reasons}{rest}</ul></details>"
    )


def _bar(event: SyncEvent) -> str:
    """How far a sync is."""
    left = event.seconds_left
    parts = [
        f"Reading {event.done + 1 if event.done < event.total else event.total:,} of {event.total:,}"
    ]
    if event.passages_per_second >= 1:
        parts.append(f"{event.passages_per_second:,.0f} passages a second")
    if left is not None and left >= _WORTH_SAYING:
        parts.append(f"about {_duration(left)} left")
    share = event.bytes_done / event.bytes_total if event.bytes_total else 1.0
    return (
        f'<div class="cw-sync" role="status"><progress max="1" value="{min(share, 1):.3f}"></progress>'
        f"<span>{escape(', '.join(parts))}</span></div>"
    )


def _duration(seconds: float) -> str:
    return (
        _count(round(seconds), "second") if seconds < 90 else _count(round(seconds / 60), "minute")
    )


def sentence(reason: str) -> str:
    """A message that is written to follow "citewise: ", standing alone."""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."


def welcome() -> str:
    """What the chat says before the first question."""
    return (
        '<div class="cw-welcome"><h2>What would you like to know?</h2>'
        "<p>Every answer comes from your documents and shows the exact words it rests on. "
        "If they do not hold one, you are told so.</p></div>"
    )


def hint(nudge: bool = False) -> str:
    """The line under the question box; `nudge` after an empty question."""
    if nudge:
        return '<p class="cw-hint cw-nudge" role="status">Type a question first.</p>'
    return '<p class="cw-hint">Only your documents are used.</p>'


def question(text: str) -> str:
    """What was asked, as a chat message; an endless one only begins."""
    asked = text.strip()
    if len(asked) > _ECHO:
        asked = asked[:_ECHO] + "…"
    return f'<div class="cw-question" dir="auto">{escape(asked)}</div>'


def reading() -> str:
    """An answer of which nothing is written yet."""
    dots = "<span>.</span>" * 3
    return f'<div class="cw-answer"><p class="cw-reading">Reading your documents{dots}</p></div>'


def partial(text: str) -> str:
    """An answer still being written: its markers have their size but lead nowhere yet."""
    return f'<div class="cw-answer"><p dir="auto">{_body(text, {}, None)}</p></div>'


def notice(message: str) -> str:
    """One line that is no answer: an explained failure."""
    return f'<div class="cw-answer cw-notice" role="alert"><p>{escape(message)}</p></div>'


def answer(result: Answer, number: int) -> str:
    """The finished answer, as a chat message; `number` tells the conversation's answers apart."""
    # Below the text, so that nothing moves when the last of it arrives.
    understood = ""
    if result.standalone_question.strip() != result.question.strip():
        understood = (
            '<p class="cw-understood" dir="auto">Understood as: '
            f"{escape(result.standalone_question.strip())}</p>"
        )
    if result.status == "not_in_documents":
        return (
            '<div class="cw-answer cw-refusal"><p class="cw-verdict">Not in your documents</p>'
            f'<p dir="auto">{escape(result.text.strip())}</p>{understood}</div>'
        )
    links = {cited.marker: f"#{_anchor(number, cited.marker)}" for cited in result.citations}
    level = confidence(result.confidence)
    badge = (
        f'<p class="cw-meta"><span class="cw-level cw-{level}"></span>'
        f"{level.capitalize()} confidence</p>"
    )
    return (
        f'<div class="cw-answer"><p dir="auto">{_body(result.text.strip(), links, result.short)}</p>'
        f"{badge if result.citations else ''}{understood}</div>"
    )


def confidence(probability: float) -> str:
    """A probability in a word."""
    if probability >= 0.75:
        return "strong"
    return "moderate" if probability >= 0.5 else "weak"


def sources(result: Answer, number: int, documents: Mapping[str, Document]) -> str:
    """The passages behind one answer: what it cites, or else the nearest there are."""
    if result.citations:
        heading = "Sources"
        cards = [
            _card(
                _anchor(number, cited.marker),
                str(cited.marker),
                cited.title,
                cited.document_id,
                _position(cited.page, cited.start, cited.end, documents.get(cited.document_id)),
                _quoted(cited, result.hits, documents.get(cited.document_id)),
            )
            for cited in result.citations
        ]
    else:
        heading = "Nearest passages"
        cards = [
            _nearest(_anchor(number, rank), hit, documents.get(hit.chunk.document_id))
            for rank, hit in enumerate(result.hits[:_NEAREST], start=1)
        ]
    return (
        f"<h2>{heading}</h2>"
        f'<p class="cw-asked" dir="auto">{escape(result.question.strip())}</p>{"".join(cards)}'
    )


def panel(groups: Sequence[str]) -> str:
    """The panel beside the chat: every answer's passages, the latest first and alone in view."""
    if not groups:
        return (
            '<section class="cw-sources" aria-label="Sources"><h2>Sources</h2><p class="cw-empty">'
            "The passages behind an answer appear here. Select a number in the answer to see the "
            "exact words.</p></section>"
        )
    return "".join(
        f'<section class="cw-sources" aria-label="Sources of answer {number}"'
        f"{' hidden' if number < len(groups) else ''}>{groups[number - 1]}</section>"
        for number in range(len(groups), 0, -1)
    )


def _body(text: str, links: Mapping[int, str], short: str | None) -> str:
    """An answer's text with its markers as links, and the short answer set off once."""
    before, found, after = text.partition(short) if short else (text, "", "")
    emphasis = f'<strong class="cw-short">{escape(found)}</strong>' if found else ""
    return _linked(before, links) + emphasis + _linked(after, links)


def _linked(text: str, links: Mapping[int, str]) -> str:
    pieces = []
    for index, piece in enumerate(_MARKER.split(text)):
        if index % 2 == 0:
            pieces.append(escape(piece))
            continue
        # The space that does not break keeps a marker with the word before it.
        label = f"&#91;{int(piece)}&#93;"
        if href := links.get(int(piece)):
            pieces.append(f'&#160;<a class="cw-cite" href="{href}">{label}</a>')
        else:
            pieces.append(f'&#160;<span class="cw-cite">{label}</span>')
    return "".join(pieces)


def _anchor(number: int, marker: int) -> str:
    return f"cw-{number}-{marker}"


def _card(
    anchor: str,
    label: str,
    title: str,
    path: str,
    position: str,
    passage: str,
    kind: str = "cw-card",
) -> str:
    # A card is one stop for the keyboard; page.js lets Enter do what a click does.
    name = title.strip() or path
    file = f"<bdi>{escape(path)}</bdi> &#183; " if name != path else ""
    return (
        f'<article class="{kind}" id="{anchor}" tabindex="0">'
        f'<header><span class="cw-number">{label}</span>'
        f'<div><h3 dir="auto">{escape(name)}</h3><p>{file}{position}</p></div></header>'
        f'<blockquote dir="auto">{passage}</blockquote></article>'
    )


def _nearest(anchor: str, hit: Hit, document: Document | None) -> str:
    chunk = hit.chunk
    return _card(
        anchor,
        "&#8226;",
        document.title if document else "",
        chunk.document_id,
        _position(chunk.page, chunk.start, chunk.end, document),
        escape(chunk.text.strip()),
        kind="cw-card cw-near",
    )


def _quoted(cited: Citation, hits: Iterable[Hit], document: Document | None) -> str:
    """The quote marked within the passage it was read in, or within its surroundings."""
    before, after = "", ""
    for text, base, clipped in _contexts(cited, hits, document):
        start, end = cited.start - base, cited.end - base
        if start >= 0 and text[start:end] == cited.quote:
            before, after = text[:start].lstrip(), text[end:].rstrip()
            if clipped:
                before, after = before and f"… {before}", after and f"{after} …"
            break
    return f"{escape(before)}<mark>{escape(cited.quote)}</mark>{escape(after)}"


def _contexts(
    cited: Citation, hits: Iterable[Hit], document: Document | None
) -> Iterable[tuple[str, int, bool]]:
    """Texts that may hold the quote, best first: (text, its offset in the document, is it cut)."""
    for hit in hits:
        chunk = hit.chunk
        if chunk.document_id == cited.document_id and chunk.start <= cited.start < chunk.end:
            yield chunk.text, chunk.start, False
    if document:
        start = max(0, cited.start - _WINDOW)
        yield document.text[start : cited.end + _WINDOW], start, True


def _position(page: int | None, start: int, end: int, document: Document | None) -> str:
    if page is not None:
        return f"page {page}"
    characters = f"characters {start}&#8211;{end}"
    if document is None:
        return characters
    return f"paragraph {_paragraph(document.text, start)} &#183; {characters}"


def _paragraph(text: str, start: int) -> int:
    """The number, from 1, of the paragraph at `start`.

    Long lines are paragraphs; text wrapped by hand is divided by blank lines.
    """
    wrapped = max(map(len, text.splitlines()), default=0) <= _WRAPPED
    blocks = _BLANK_LINE.split(text[:start]) if wrapped else text[:start].split("\n")
    return 1 + sum(bool(block.strip()) for block in blocks[:-1])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
