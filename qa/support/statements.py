"""Statements that a passage bears out or not, made from questions whose answers are known in it.

A question with its answer put in is a statement in words of its own; with another answer, a number
changed, two names exchanged, a denial or a statement of another paragraph it is one that does not hold.
The denial of what does not hold holds; of two statements in one, both have to.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import sentence_spans
from qa.reader.examples import Example

_AUX = "is|are|was|were|did|does|do|has|have|had|can|could|will|would|should|may|might"
_WITH_DO = re.compile(
    r"(?P<before>.*?)\b(?:what|which|who|whom|when|where|how many|how much|how long)\b"
    r"(?P<noun>[^?]*?) (?P<aux>did|does|do|can|could|will|would|should) (?P<rest>[^?]+)\?$",
    re.IGNORECASE,
)
_WITH_BE = re.compile(
    r"(?P<before>.*?)\b(?:when|where|in what year|in which year|what year|how|why) "
    r"(?P<aux>is|are|was|were|has|have|had) (?P<rest>[^?]+)\?$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    rf"(?:who|what|which|how many|how much)(?P<noun>(?: (?!{_AUX}\b)[\w-]+){{0,3}}?)"
    rf" (?P<aux>{_AUX}) (?P<rest>[^?]+)\?$",
    re.IGNORECASE,
)
_WHO = re.compile(r"who (?P<rest>[^?]+)\?$", re.IGNORECASE)
_PARTICIPLE = re.compile(r" (?=\w*(?:ed|en|wn|lt|nt|ld|de|ght|rn|ung|un)\b(?! \w+ly\b))")
_PREPOSITION = re.compile(r" (?:in|on|at|by|to|of|for|from|with|as|into|about)$")
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w]|,\d)")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_TURNED = (
    "first last;before after;more less;north south;east west;largest smallest;higher lower;early late"
    ";increased decreased;won lost;began ended;all few;always never;most few;old new;large small"
    ";allowed forbade;accepted rejected;support oppose;rose fell;northern southern;eastern western"
    ";gained lost;raised lowered;best worst;many few;longer shorter;opened closed;above below;only also"
)
_OPPOSITE = {
    one: other
    for pair in _TURNED.split(";")
    for one, other in (pair.split(), reversed(pair.split()))
}
_WORDS = dict(
    zip(
        range(2, 13),
        "two three four five six seven eight nine ten eleven twelve".split(),
        strict=True,
    )
)
# What can be said in another way nearly everywhere.
_SAME = (
    ("US", "American"),
    ("U\\.S\\.", "American"),
    ("American", "US"),
    ("British", "UK"),
    ("approximately", "about"),
    ("about", "roughly"),
    ("began", "started"),
    ("died", "passed away"),
    ("big", "large"),
    ("city", "town"),
    ("built", "constructed"),
    ("bought", "purchased"),
    ("wrote", "was the author of"),
    ("because of", "due to"),
    ("due to", "because of"),
    ("said", "stated"),
    ("many", "a lot of"),
    ("percent", "%"),
    ("allowed", "let"),
    ("received", "got"),
    ("assist", "help"),
    ("children", "kids"),
    ("purchased", "bought"),
    ("founded", "established"),
    ("finished", "completed"),
    ("ended", "stopped"),
)
_DENIED = re.compile(rf"\b(?P<aux>{_AUX})\b(?! not)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, the sentences it is held against, and whether they bear it out."""

    text: str
    evidence: str
    supported: bool


def declare(question: str, answer: str) -> str | None:
    """A question with its answer put in, None where no simple rule does it.

    The grammar may limp ("the mill did open in 1742"); the facts are in their places.
    """
    question = " ".join(question.split())
    if match := _WITH_BE.match(question):
        split = _PARTICIPLE.search(match["rest"])
        if split is None:
            return None
        subject, rest = match["rest"][: split.start()], match["rest"][split.end() :]
        link = "" if re.match(r"(?:in|on|at|by|since|from)\b", answer, re.IGNORECASE) else "in "
        return _sentence(f"{match['before']}{subject} {match['aux']} {rest} {link}{answer}")
    if (match := _WITH_DO.match(question)) and len(match["noun"].split()) < 4:
        noun = match["noun"].strip()
        counted = "how" in question.lower().split()[:2] or match[0].lower().startswith("how")
        tail = f"{answer} {noun}" if counted and noun not in answer else answer
        link = ""
        if re.search(r"\b(?:when|where|year)\b", question, re.IGNORECASE) and not re.match(
            r"(?:in|on|at|by|since|from|after|before|during)\b", answer, re.IGNORECASE
        ):
            link = "in "
        return _sentence(f"{match['rest']} {link}{tail}")
    if (match := _SUBJECT.match(question)) and not _PREPOSITION.search(match["rest"]):
        noun = match["noun"].strip() if question.lower().startswith("how") else ""
        middle = f"{answer} {noun}" if noun and noun not in answer else answer
        return _sentence(f"{middle} {match['aux']} {match['rest']}")
    if (match := _WHO.match(question)) and not _PREPOSITION.search(match["rest"]):
        return _sentence(f"{answer} {match['rest']}")
    return None


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}."


def statements(examples: Sequence[Example], rng: random.Random) -> Iterator[Statement]:
    """Statements made from examples that stand in the order of their paragraphs."""
    by_context: dict[str, list[Example]] = {}
    for example in examples:
        if example.start is not None:
            by_context.setdefault(example.context, []).append(example)
    before: list[str] = []
    for context, asked in by_context.items():
        spans = sentence_spans(context)
        answers = [context[e.start : e.end] for e in asked]
        here: list[str] = []
        for example, answer in zip(asked, answers, strict=True):
            evidence = _evidence(context, spans, example, rng)
            said = declare(example.question, answer) if len(answer.split()) <= 8 else None
            if said is not None and len(said) < 300:
                here.append(said)
                yield Statement(_reworded(said, rng), evidence, True)
                others = [other for other in answers if _other(other, answer)]
                for false in _falsified(example.question, said, answer, others, evidence, rng):
                    yield Statement(false, evidence, False)
                if others and rng.random() < 0.3:
                    yield from _denied_falsehood(
                        example.question, rng.choice(others), evidence, rng
                    )
                if before and rng.random() < 0.25:
                    yield Statement(rng.choice(before), evidence, False)
            if rng.random() < 0.5:
                copied = _copied(evidence, rng)
                yield Statement(_reworded(copied, rng), evidence, True)
                falsified = list(_changed(copied, evidence, rng))[:1]
                for false in falsified:
                    yield Statement(false, evidence, False)
                if said is not None and rng.random() < 0.6:
                    yield Statement(_joined(said, copied, rng), evidence, True)
                    for false in falsified:
                        yield Statement(_joined(said, false, rng), evidence, False)
                    if before and rng.random() < 0.5:
                        yield Statement(_joined(copied, rng.choice(before), rng), evidence, False)
        before = here or before


def _evidence(
    context: str, spans: Sequence[tuple[int, int]], example: Example, rng: random.Random
) -> str:
    """One to three sentences around the answer."""
    start = example.start or 0
    at = max((i for i, (begin, _) in enumerate(spans) if begin <= start), default=0)
    first = max(0, at - rng.choice((0, 0, 1)))
    last = min(len(spans) - 1, at + rng.choice((0, 0, 1)))
    return context[spans[first][0] : spans[last][1]]


def _other(one: str, answer: str) -> bool:
    plain, said = one.lower(), answer.lower()
    same_kind = one[:1].isdigit() == answer[:1].isdigit() and (
        one[:1].isupper() == answer[:1].isupper()
    )
    return plain not in said and said not in plain and same_kind and len(one.split()) <= 8


def _falsified(
    question: str,
    said: str,
    answer: str,
    others: Sequence[str],
    evidence: str,
    rng: random.Random,
) -> Iterator[str]:
    if others and (false := declare(question, rng.choice(others))):
        yield false
    for false in list(_changed(said, evidence, rng))[: 1 if others else 2]:
        yield false


def _denied_falsehood(
    question: str, other: str, evidence: str, rng: random.Random
) -> Iterator[Statement]:
    """The denial of a statement that does not hold."""
    false = declare(question, other)
    if false and (denied := _denied(false, evidence, rng)) and " not " in denied:
        yield Statement(denied, evidence, True)


def _joined(one: str, other: str, rng: random.Random) -> str:
    """Two statements in one, in any order."""
    parts = [one.rstrip("."), other.rstrip(".")]
    rng.shuffle(parts)
    return f"{parts[0]}{rng.choice([', and ', ' and ', ', while ', '; '])}{parts[1]}."


def _changed(said: str, evidence: str, rng: random.Random) -> Iterator[str]:
    """The statement with one thing changed, in ways that come in any order."""
    ways = [_number_changed, _name_changed, _names_swapped, _denied, _turned]
    rng.shuffle(ways)
    for way in ways:
        if (false := way(said, evidence, rng)) and false != said:
            yield false


def _number_changed(said: str, evidence: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(said))
    if not found:
        return None
    match = rng.choice(found)
    others = [m[0] for m in _NUMBER.finditer(evidence) if m[0] != match[0]]
    if others and rng.random() < 0.5:
        new = rng.choice(others)
    else:
        digits = list(match[0])
        at = rng.choice([i for i, c in enumerate(digits) if c.isdigit()])
        digits[at] = rng.choice([c for c in "123456789" if c != digits[at]])
        new = "".join(digits)
    return said[: match.start()] + new + said[match.end() :]


def _name_changed(said: str, evidence: str, rng: random.Random) -> str | None:
    mine = list(_CAPITAL.finditer(said))
    others = [m[0] for m in _CAPITAL.finditer(evidence) if m[0] not in said]
    if not mine or not others:
        return None
    match = rng.choice(mine)
    return said[: match.start()] + rng.choice(others) + said[match.end() :]


def _names_swapped(said: str, evidence: str, rng: random.Random) -> str | None:
    found = list(re.finditer(r"\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*", said))
    found = [m for m in found if m[0] in evidence and m[0] not in ("The", "In", "It", "A")]
    if len(found) < 2:
        return None
    one, other = sorted(rng.sample(found, 2), key=lambda m: m.start())
    if one[0] in other[0] or other[0] in one[0]:
        return None
    between = said[one.end() : other.start()]
    if re.fullmatch(r"[ ,]*(?:and|or)?[ ,]*", between):
        return None
    return said[: one.start()] + other[0] + between + one[0] + said[other.end() :]


def _denied(said: str, evidence: str, rng: random.Random) -> str | None:
    if re.search(r"\b(?:not|never|no)\b", said):
        return re.sub(r"\b(?:not|never) ", "", said, count=1)
    match = _DENIED.search(said)
    return f"{said[: match.end()]} not{said[match.end() :]}" if match else None


def _turned(said: str, evidence: str, rng: random.Random) -> str | None:
    found = [m for m in re.finditer(r"\w+", said) if m[0].lower() in _OPPOSITE]
    if not found:
        return None
    match = rng.choice(found)
    return said[: match.start()] + _OPPOSITE[match[0].lower()] + said[match.end() :]


def _copied(evidence: str, rng: random.Random) -> str:
    """A sentence of the evidence, or a part of one that is long enough to say something."""
    spans = sentence_spans(evidence)
    start, end = rng.choice(spans) if spans else (0, len(evidence))
    sentence = evidence[start:end]
    pieces = re.split(r"(?<=[;,]) ", sentence)
    if len(pieces) > 2 and rng.random() < 0.4:
        # What stands between two commas can mostly go.
        del pieces[rng.randrange(1, len(pieces) - 1)]
        return _sentence(" ".join(pieces).rstrip("."))
    parts = [part for part in re.split(r"[;,] ", sentence) if len(part.split()) >= 6]
    return _sentence((rng.choice(parts) if parts and rng.random() < 0.5 else sentence).rstrip("."))


def _reworded(said: str, rng: random.Random) -> str:
    """The same in slightly other words: small numbers spelt out, "did" folded, quotes left out."""
    if rng.random() < 0.5:
        said = re.sub(
            r"(?<![\w.,:-])([2-9]|1[0-2])(?![\w.,:%-])", lambda m: _WORDS[int(m[1])], said
        )
    if rng.random() < 0.5:
        for number, word in _WORDS.items():
            said = re.sub(rf"(?<= ){word}(?= )", str(number), said)
    for one, other in _SAME:
        if rng.random() < 0.5:
            said = re.sub(rf"\b{one}\b", other, said)
    return said
