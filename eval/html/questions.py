"""The questions one by one: each a row that opens to what was wanted, what was said and what was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from eval.evidence import TextOf, occurrences
from eval.html.markup import escape, percent, seconds
from eval.judging import Prediction
from index import Hit, Span

_MARKER = re.compile(r"\[(\d+)\]")

FILTERS: dict[str, Callable[[Prediction], bool]] = {
    "wrong": lambda p: p.example.judged and not p.right,
    "falsely refused": lambda p: p.example.answerable and not p.answered,
    "falsely answered": lambda p: not p.example.answerable and p.answered,
    "wrong citation": lambda p: p.answered and p.example.judged and p.wrongly_cited,
}


def verdict(prediction: Prediction) -> str:
    """What became of a question, in a word or two."""
    if not prediction.example.judged:
        return "answered" if prediction.answered else "refused"
    if not prediction.example.answerable:
        return "falsely answered" if prediction.answered else "rightly refused"
    if not prediction.answered:
        return "falsely refused"
    if not prediction.contained:
        return "wrong answer"
    return "right" if prediction.cited else "wrong citation"


def section(predictions: Sequence[Prediction], text_of: TextOf, changes: Mapping[str, str]) -> str:
    """The table of questions with its filters; `changes` says, by id, what is `better` or `worse`."""
    tests: dict[str, Callable[[Prediction], bool]] = {"all": lambda _: True, **FILTERS}
    for change in ("better", "worse"):
        if change in changes.values():
            tests[change] = lambda p, change=change: changes.get(p.example.id) == change  # type: ignore[misc]
    buttons = "".join(
        f'<button type="button" data-filter="{slug(name)}" aria-pressed="{str(name == "all").lower()}">'
        f"{name} <span>{sum(map(test, predictions))}</span></button>"
        for name, test in tests.items()
    )
    rows = "".join(
        _row(p, [name for name, test in tests.items() if test(p)], changes, text_of)
        for p in predictions
    )
    return (
        f'<section id="questions"><h2>Questions</h2><div class="filters" role="group" '
        f'aria-label="Which questions">{buttons}<input type="search" aria-label="Search the questions" '
        f'placeholder="Search"></div>{rows}<p class="none" hidden>No question is of this kind.</p>'
        "</section>"
    )


def slug(name: str) -> str:
    """A filter's name as a word of markup."""
    return name.replace(" ", "-")


def _row(p: Prediction, names: Sequence[str], changes: Mapping[str, str], text_of: TextOf) -> str:
    said = verdict(p)
    state = "plain" if not p.example.judged else "good" if p.right else "bad"
    change = changes.get(p.example.id)
    badge = f' <span class="change {change}">{change}</span>' if change else ""
    return (
        f'<details class="question {state}" data-is="{" ".join(map(slug, names))}">'
        f'<summary><span class="verdict">{said}{badge}</span>'
        f'<bdi class="asked">{escape(p.example.question)}</bdi>'
        f'<span class="sure">{percent(p.answer.confidence, 0)}</span></summary>'
        f'<div class="inside">{_facts(p)}{_history(p)}{_gold(p)}{_answer(p)}{_passages(p, text_of)}</div>'
        "</details>"
    )


def _facts(p: Prediction) -> str:
    facts = [f"id {escape(p.example.id)}", escape(p.example.kind)]
    if p.example.answers:
        facts.append(f"F1 {p.f1:.2f}")
    if p.example.evidence or p.example.relevant:
        facts.append(f"evidence at rank {p.rank}" if p.rank else "evidence not found")
    facts.append(seconds(p.seconds))
    return f'<p class="facts">{" · ".join(facts)}</p>'


def _history(p: Prediction) -> str:
    if not p.example.history:
        return ""
    turns = "".join(
        f"<p><b>{turn.role}</b> <bdi>{escape(turn.text)}</bdi></p>" for turn in p.example.history
    )
    return (
        f'<h3>Before it</h3><div class="history">{turns}</div><h3>Understood as</h3>'
        f"<p><bdi>{escape(p.answer.standalone_question)}</bdi></p>"
    )


def _gold(p: Prediction) -> str:
    if not p.example.answerable:
        return "<h3>Wanted</h3><p>A refusal: the documents do not hold it.</p>"
    answers = " <i>or</i> ".join(f"<bdi>{escape(one)}</bdi>" for one in p.example.answers)
    quotes = "".join(f"<blockquote>{escape(one)}</blockquote>" for one in p.example.evidence)
    relevant = ", ".join(escape(name) for name, grade in p.example.relevant.items() if grade > 0)
    listed = f'<p class="facts">relevant: {relevant}</p>' if relevant else ""
    return f"<h3>Wanted</h3><p>{answers or '–'}</p>{quotes}{listed}"


def _answer(p: Prediction) -> str:
    known = {citation.marker for citation in p.answer.citations}
    pieces = [
        f"<sup>[{int(piece)}]</sup>" if n % 2 and int(piece) in known else _kept(piece, n)
        for n, piece in enumerate(_MARKER.split(p.answer.text))
    ]
    quotes = "".join(
        f'<blockquote class="cited"><sup>[{c.marker}]</sup> {escape(c.quote)}'
        f"<cite>{escape(c.document_id)}, {c.start}–{c.end}</cite></blockquote>"
        for c in p.answer.citations
    )
    return f'<h3>Said</h3><p class="said"><bdi>{"".join(pieces)}</bdi></p>{quotes}'


def _kept(piece: str, position: int) -> str:
    return f"[{escape(piece)}]" if position % 2 else escape(piece)


def _passages(p: Prediction, text_of: TextOf) -> str:
    if not p.answer.hits:
        return ""
    items = "".join(
        f'<li><p class="facts">{escape(hit.chunk.document_id)}, {hit.chunk.start}–{hit.chunk.end} · '
        f'{hit.score:.3f}</p><p class="passage">{_marked(p, hit, text_of)}</p></li>'
        for hit in p.answer.hits
    )
    return (
        '<h3>Read <span class="key"><mark class="quote">cited</mark> '
        f'<mark class="gold">evidence</mark></span></h3><ol class="passages">{items}</ol>'
    )


def _marked(p: Prediction, hit: Hit, text_of: TextOf) -> str:
    """A passage with what was cited of it, and the gold evidence, marked; they may overlap."""
    chunk = hit.chunk
    cited = [Span(c.start, c.end) for c in p.answer.citations if c.document_id == chunk.document_id]
    text = text_of(chunk.document_id)
    gold = [place for quote in p.example.evidence for place in occurrences(quote, text)]
    inside = {
        place for span in (*cited, *gold) for place in span if chunk.start < place < chunk.end
    }
    cuts = [chunk.start, *sorted(inside), chunk.end]
    pieces = []
    for start, end in pairwise(cuts):
        piece = escape(chunk.text[start - chunk.start : end - chunk.start])
        kinds = [
            name
            for name, spans in (("quote", cited), ("gold", gold))
            if any(s.start <= start and end <= s.end for s in spans)
        ]
        pieces.append(f'<mark class="{" ".join(kinds)}">{piece}</mark>' if kinds else piece)
    return "".join(pieces)
