"""What stands around the conversation: the folder's state, and the welcome before the first question."""

from __future__ import annotations

from collections.abc import Sequence

from index import SyncEvent
from qa.assistant import QUOTES
from qa.following import FolderState
from qa.page.html.escaping import count, escape, sentence, shortened

# How many files that cannot be read, or documents that can, are named.
_FAILURES = 20
_NAMED = 4
# Seconds that are over before anybody has read that they are left.
_WORTH_SAYING = 3


def folder(name: str, state: FolderState) -> str:
    """What is answered from, and what is being done to it or wrong with it."""
    return (
        f'<p title="The folder that answers come from"><bdi>{escape(name)}</bdi>'
        f"<span>{count(state.documents, 'document')}</span></p>{_state(state)}"
    )


def welcome(
    folder: str, state: FolderState, titles: Sequence[str], suggestions: Sequence[str]
) -> str:
    """What the chat says before the first question."""
    if not state.documents:
        return _reading_yet() if not state.ready else _empty(folder)
    named = ", ".join(f"<b><bdi>{escape(shortened(title))}</bdi></b>" for title in titles[:_NAMED])
    more = state.documents - min(len(titles), _NAMED)
    also = f" and {count(more, 'more document')}" if more > 0 else ""
    examples = "".join(
        f'<button type="button" class="cw-example" dir="auto">{escape(question)}</button>'
        for question in suggestions
    )
    return (
        f"<h2>What would you like to know?</h2><p>Answers come from {named}{also}, and from nothing "
        "else. Each shows the exact words it rests on; where your documents do not hold one, you are "
        f'told so.</p><div class="cw-examples" aria-label="Example questions">{examples}</div>'
    )


def authors(names: Sequence[str]) -> str:
    """The choice of who writes the answers; nothing where no language model is configured."""
    if not names:
        return ""
    options = "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in names)
    return (
        '<label class="cw-author">Answers by <select id="cw-author">'
        f'{options}<option value="{QUOTES}">quotes only</option></select></label>'
    )


def _reading_yet() -> str:
    return (
        "<h2>Your documents are being read</h2><p>You can ask as soon as the first ones are in. Large "
        "folders take a while the first time; after that only what changed is read.</p>"
    )


def _empty(folder: str) -> str:
    return (
        "<h2>There is nothing to read yet</h2><p>Add documents under <b>Documents</b>, or put them "
        f"into the folder <b><bdi>{escape(folder)}</bdi></b>: PDF, Word, PowerPoint, Excel, "
        "OpenDocument, web pages, e-mail, Markdown, text and more. They can be asked as soon as they "
        "are read.</p>"
        '<div class="cw-examples"><button type="button" class="cw-goto">Add documents</button></div>'
    )


def _state(state: FolderState) -> str:
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
        f"<details><summary>{count(len(state.failed), 'file')} could not be read</summary>"
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
        '<div class="cw-sync"><progress aria-label="Reading documents" max="1" '
        f'value="{min(share, 1):.3f}"></progress><span>{escape(", ".join(parts))}</span></div>'
    )


def _duration(seconds: float) -> str:
    return count(round(seconds), "second") if seconds < 90 else count(round(seconds / 60), "minute")
