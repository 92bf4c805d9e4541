"""The messages of a conversation."""

from __future__ import annotations

from qa.generation.answerer import NOT_FOUND
from qa.page.conversation import Conversation, Exchange
from qa.page.html.escaping import count, escape, linked, sentence

Message = dict[str, str]

# Characters of a question that the chat repeats.
_ECHO = 1000
# How many documents are named that were read in vain.
_NAMED = 3


def messages(conversation: Conversation) -> list[Message]:
    """The whole conversation as `gradio.Chatbot` takes it."""
    return [
        message
        for number, item in enumerate(conversation.exchanges, start=1)
        for message in (asked(item.question), said(answer(item, number)))
    ]


def asked(question: str) -> Message:
    """A question as a message; an endless one only begins."""
    text = question.strip()
    if len(text) > _ECHO:
        text = text[:_ECHO] + "…"
    html = (
        f'<div class="cw-question" dir="auto">{escape(text)}</div>'
        f'<p class="cw-foot">{_button("edit", "Edit this question")}</p>'
    )
    return {"role": "user", "content": html}


def said(html: str) -> Message:
    """Anything from the assistant's side as a message."""
    return {"role": "assistant", "content": html}


def waiting(position: int) -> str:
    """What a question is told that has to wait."""
    before = "yours is next" if position == 1 else f"{count(position - 1, 'question')} before yours"
    return _writing(f'<p class="cw-reading" role="status">Waiting in line: {before}</p>')


def reading() -> str:
    """An answer of which nothing is written yet."""
    dots = "<span>.</span>" * 3
    return _writing(f'<p class="cw-reading">Reading your documents{dots}</p>')


def partial(text: str) -> str:
    """An answer still being written: its markers have their size but lead nowhere yet."""
    return _writing(f'<p dir="auto">{_body(text, {}, None)}</p>')


def notice(reason: str) -> str:
    """One line that is no answer: an explained failure."""
    return (
        f'<div class="cw-answer cw-notice" role="alert"><p>{escape(sentence(reason))}</p></div>'
        f'<p class="cw-foot">{_button("again", "Ask again")}</p>'
    )


def answer(item: Exchange, number: int) -> str:
    """The finished answer; `number` tells the conversation's answers apart."""
    refused = item.status == "not_in_documents"
    links = {cited.marker: f"#{anchor(number, cited.marker)}" for cited in item.citations}
    if refused:
        body = (
            '<p class="cw-verdict">Not in your documents</p>'
            f'<p dir="auto">{escape(item.text.strip())}</p>{_searched(item)}'
        )
    else:
        body = f'<p dir="auto">{_body(item.text.strip(), links, item.short)}</p>'
    kind = "cw-answer cw-refusal" if refused else "cw-answer"
    note = f'<p class="cw-note" role="note">{escape(item.note)}</p>' if item.note else ""
    return f'{_understood(item)}<div class="{kind}">{body}{note}</div>{_foot(item)}'


def evidence(probability: float) -> str:
    """How strong the evidence is, in a word, from the calibrated confidence."""
    if probability >= 0.75:
        return "strong"
    return "moderate" if probability >= 0.5 else "weak"


def anchor(number: int, marker: int) -> str:
    """The id of the card that shows passage `marker` of answer `number`."""
    return f"cw-{number}-{marker}"


def _writing(html: str) -> str:
    # The foot is there from the start, so that nothing moves when it is filled.
    return f'<div class="cw-answer cw-writing">{html}</div><p class="cw-foot"></p>'


def _searched(item: Exchange) -> str:
    """What was read before it was refused to answer."""
    names = list(dict.fromkeys(passage.document_id for passage in item.passages))
    if not names:
        return ""
    named = ", ".join(f"<bdi>{escape(name)}</bdi>" for name in names[:_NAMED])
    more = f" and {count(len(names) - _NAMED, 'other')}" if len(names) > _NAMED else ""
    return (
        f'<p class="cw-searched">Read for this: the {count(len(item.passages), "nearest passage")}, '
        f"in {named}{more}.</p>"
    )


def _understood(item: Exchange) -> str:
    if item.standalone_question.strip() == item.question.strip():
        return ""
    return (
        '<p class="cw-understood" dir="auto">Understood as: '
        f"{escape(item.standalone_question.strip())}</p>"
    )


def _foot(item: Exchange) -> str:
    """Below an answer: how strong it is, what can be done with it, and how it was made."""
    badge = ""
    if item.citations:
        level = evidence(item.confidence)
        # With a language model the figure is derived from two, and was not fitted to what is right.
        sure = (
            f"How sure the reader is that the passages hold the answer, and the check that they bear out "
            f"what was written: {item.confidence:.0%}"
            if item.note
            else f"How sure the reader is: {item.confidence:.0%} of such answers are right"
        )
        badge = (
            f'<span class="cw-evidence" title="{sure}"><span class="cw-level cw-{level}"></span>'
            f"{level.capitalize()} evidence</span>"
        )
    buttons = [
        _button("copy", "Copy with citations"),
        _button("again", "Ask again"),
        _button("right", "This is right"),
        _button("wrong", "This is wrong"),
    ]
    read = count(len(item.passages), "passage")
    how = (
        '<details class="cw-how"><summary>Details</summary>'
        f"<span>{escape(f'{_seconds(item.seconds)}, {read} read')}</span></details>"
    )
    return f'<div class="cw-foot">{badge}{"".join(buttons)}{how}</div>'


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _button(action: str, label: str) -> str:
    # What it does is found by its class: the chat lets no other attributes of ours through.
    return (
        f'<button type="button" class="cw-act cw-act-{action}" title="{label}">'
        f"<span>{label}</span></button>"
    )


def _body(text: str, links: dict[int, str], short: str | None) -> str:
    """An answer's text with its markers as links, and the short answer set off once."""
    before, found, after = text.partition(short) if short else (text, "", "")
    emphasis = f'<strong class="cw-short">{escape(found)}</strong>' if found else ""
    html = linked(before, links) + emphasis + linked(after, links)
    unsupported = escape(NOT_FOUND)
    return html.replace(unsupported, f'<span class="cw-unsupported">{unsupported}</span>')
