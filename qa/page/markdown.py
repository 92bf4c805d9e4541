"""A conversation written down: Markdown in which every quote stands with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from index import Document
from qa.page.conversation import Conversation, Exchange
from qa.page.places import place
from qa.types import Citation

_SYNTAX = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$:@])")


def plain(text: str) -> str:
    """The text in one line, in which no character is Markdown or HTML."""
    return _SYNTAX.sub(r"\\\1", " ".join(text.split()))


def to_markdown(
    conversation: Conversation, folder: str, document: Callable[[str], Document | None], day: date
) -> str:
    """The whole conversation, as it was on `day`, with the citations below each answer."""
    begin = f"# Asked of {plain(folder)}\n\n{day.isoformat()}, with Citewise\n"
    return "\n".join([begin, *(_exchange(item, document) for item in conversation.exchanges)])


def _exchange(item: Exchange, document: Callable[[str], Document | None]) -> str:
    lines = [f"## {plain(item.question)}", ""]
    if item.standalone_question.strip() != item.question.strip():
        lines += [f"Understood as: {plain(item.standalone_question)}", ""]
    lines += [plain(item.text), ""]
    if item.note:
        lines += [f"*{plain(item.note)}*", ""]
    for cited in item.citations:
        lines += _citation(cited, document(cited.document_id))
    return "\n".join(lines)


def _citation(cited: Citation, document: Document | None) -> list[str]:
    where = ", ".join(
        [plain(cited.document_id), *place(cited.page, cited.start, cited.end, document)]
    )
    quote = plain(cited.quote)
    return [f"\\[{cited.marker}\\] {plain(cited.title)} ({where})", "", f"> {quote}", ""]
