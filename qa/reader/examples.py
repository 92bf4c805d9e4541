"""What the reader learns from: questions, passages, and spans, from the usual annotation files.

Three formats are read. ``squad`` is SQuAD 1.1/2.0 JSON, plain or gzipped, and with it every set that
was published in the same shape. ``qamr`` is a JSON of articles split into sentences, some of which
carry questions; a passage is made of each such sentence and its neighbours. ``sentences`` is JSON
Lines of questions and sentences, and whether the one answers the other. A collection keeps
questions and passages apart, because what a question is trained against (its own passage, a near
one that does not answer it, the same one with the answer cut out) is decided later, in
:mod:`qa.reader.mixture`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from index import Span

MAX_ANSWER_WORDS = 30
"""A longer span is a passage, not an answer; its question is not trained on."""

GZIP = b"\x1f\x8b"
# Not `index.sentence_spans`: where passages were cut belongs to the recorded recipe of the weights,
# and must not change with the sentence rules of the index.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*(?:\[\d+\])*\s+(?=[\"'“‘(\[]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|vs|No|Gen|Col|Lt|Prof|[A-Z]|[A-Z]\.[A-Z]))\.$"
)
_DANGLING = re.compile(
    r"\b(?:he|she|they|his|her|hers|him|their|them|theirs|this|these|those|there|here|it|its|we|our|"
    r"else|other|others|another|also|any|anything|more)\b",
    re.IGNORECASE,
)
_NAME_INSIDE = re.compile(r"(?<!^)\b[A-Z][a-z]+|\b(?:1[5-9]|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Example:
    """One training case: where in ``context`` the answer stands, or that it is not there.

    ``start`` and ``end`` are character offsets into ``context``; ``end`` is ``None``, and ``start``
    too, when the context does not answer the question. ``source`` names the collection, and after
    a slash how a case was made (``squad/near``), so that losses can be told apart. ``loose`` where
    the answer is not known more closely than to stand somewhere between ``start`` and ``end``.
    """

    question: str
    context: str
    start: int | None
    end: int | None
    source: str
    loose: bool = False

    @property
    def answer(self) -> str | None:
        """The answer as it stands in the context, or ``None`` where there is none."""
        return None if self.start is None else self.context[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph; passages with the same ``article`` are about the same thing."""

    text: str
    article: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question about passage number ``passage``; ``span`` is ``None`` if it is unanswerable.

    ``loose`` where only the sentence is known that the answer stands in.
    """

    text: str
    passage: int
    span: Span | None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """All questions and passages of one annotation file."""

    name: str
    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]


def sentence_spans(text: str) -> list[Span]:
    """Split text into sentences that together cover it; good enough to cut passages at.

    >>> [s.start for s in sentence_spans("Dr. Who left. He ran.")]
    [0, 14]
    """
    starts = [0]
    for match in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start()]):
            starts.append(match.end())
    return [Span(a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True) if b > a]


def load(path: str | Path, name: str, form: str = "squad") -> Collection:
    """Read one annotation file; ``form`` is ``squad``, ``qamr``, ``dialogue`` or ``sentences``.

    ``dialogue`` is SQuAD JSON whose questions come from a conversation: only those that can be
    understood alone are kept, and only their shorter answers. Of ``sentences`` the split called
    "dev" is left out, if there is one: confidence is fitted on it.
    """
    raw = Path(path).read_bytes()
    raw = gzip.decompress(raw) if raw[:2] == GZIP else raw
    if form == "sentences":
        return _from_sentences(map(json.loads, raw.decode().splitlines()), name)
    data: dict[str, Any] = json.loads(raw)
    if form == "qamr":
        return _from_qamr(data, name)
    if form not in ("squad", "dialogue"):
        raise ValueError(f"unknown format {form!r}: use squad, qamr, dialogue or sentences")
    return _from_squad(data, name, dialogue=form == "dialogue")


def _from_squad(data: dict[str, Any], name: str, *, dialogue: bool) -> Collection:
    passages: list[Passage] = []
    questions: list[Question] = []
    for number, article in enumerate(data["data"]):
        for paragraph in article["paragraphs"]:
            title = article.get("title") or ""
            text = paragraph["context"]
            passages.append(Passage(text, f"{name}:{title or number}"))
            for qa in paragraph["qas"]:
                question = str(qa["question"]).strip()
                span = _squad_span(qa, text)
                if span is None and not qa.get("is_impossible"):
                    continue
                if dialogue and not _stands_alone(question, span, text):
                    continue
                questions.append(Question(question, len(passages) - 1, span))
    if len(data["data"]) == 1:  # no titles: every paragraph is an article of its own
        passages = [Passage(p.text, f"{name}:{i}") for i, p in enumerate(passages)]
    return Collection(name, tuple(passages), tuple(questions))


def _squad_span(qa: dict[str, Any], text: str) -> Span | None:
    """The first annotated answer, if it is where it says and short enough to be one."""
    if qa.get("is_impossible") or not qa.get("answers"):
        return None
    answer = str(qa["answers"][0]["text"])
    start = int(qa["answers"][0]["answer_start"])
    stripped = answer.strip()
    start += len(answer) - len(answer.lstrip())
    right_place = text[start : start + len(stripped)] == stripped
    if not stripped or not right_place or len(stripped.split()) > MAX_ANSWER_WORDS:
        return None
    return Span(start, start + len(stripped))


def _stands_alone(question: str, span: Span | None, text: str) -> bool:
    """Whether a question from a conversation makes sense without it (and is answered briefly)."""
    words = question.split()
    if len(words) < 5 or _DANGLING.search(question) or not _NAME_INSIDE.search(question):
        return False
    return span is None or len(text[span.start : span.end].split()) <= 12


def _from_qamr(data: dict[str, Any], name: str, around: int = 3) -> Collection:
    """Set each questioned sentence among up to ``around`` neighbours on either side."""
    passages: list[Passage] = []
    questions: list[Question] = []
    for article in data["articles"]:
        sentences = article["sentences"]
        for number, sentence in enumerate(sentences):
            if not sentence.get("qas"):
                continue
            # Uneven neighbourhoods, so that the answer is not always in the middle.
            before = sentences[max(0, number - (number * 7 + 2) % (around + 2)) : number]
            after = sentences[number + 1 : number + 1 + (number * 5 + 3) % (around + 2)]
            head = "".join(s["text"].strip() + " " for s in before)
            text = head + sentence["text"] + "".join(" " + s["text"].strip() for s in after)
            passages.append(Passage(text, f"{name}:{article['id']}"))
            for qa in sentence["qas"]:
                span = Span(len(head) + int(qa["start"]), len(head) + int(qa["end"]))
                questions.append(Question(str(qa["q"]).strip(), len(passages) - 1, span))
    return Collection(name, tuple(passages), tuple(questions))


def _from_sentences(rows: Iterable[dict[str, Any]], name: str) -> Collection:
    """The sentences of one question, in order, are a passage; its answer is in one marked 1."""
    passages: dict[str, int] = {}
    questions: list[Question] = []
    kept = (row for row in rows if row.get("split") != "dev" and row["sentence"].strip())
    for question, group in groupby(kept, key=lambda row: str(row["question"]).strip()):
        text, span = "", None
        for row in group:
            text += " " if text else ""
            start = len(text)
            text += row["sentence"].strip()
            if span is None and row["label"]:
                span = Span(start, len(text))
        if span is not None:
            number = passages.setdefault(text, len(passages))
            questions.append(Question(question, number, span, loose=True))
    found = (Passage(text, f"{name}:{number}") for text, number in passages.items())
    return Collection(name, tuple(found), tuple(questions))


def gold(collection: Collection) -> Iterator[Example]:
    """Every question with its own passage, as annotated."""
    for question in collection.questions:
        start, end = question.span or (None, None)
        text = collection.passages[question.passage].text
        yield Example(question.text, text, start, end, collection.name, question.loose)
