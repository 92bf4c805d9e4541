"""Questions as people type them, and questions that rest on something false."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence

_FUNCTION_WORDS = frozenset(
    "a an the is are was were be been do does did of in on at to for by with from that which "
    "has have had".split()
)
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-]|[.,]\d)")
_NAME = re.compile(r"\b[A-Z][a-zA-Z'’-]+(?: (?:of |the |de |von )?[A-Z][a-zA-Z'’-]+)*")
_OPENERS = frozenset(
    "Who What When Where Which Why How Whose Whom In On At To For By With From During After Before "
    "Is Are Was Were Do Does Did Has Have Had Can Could Would Should Will The A An About If As Of "
    "Under Along Besides Since Until According Name Approximately I It This That These Those "
    "January February March April May June July August September October November December".split()
)
_PAIRS = (
    "first last|north south|northern southern|east west|eastern western|largest smallest|highest lowest|"
    "higher lower|larger smaller|oldest youngest|older younger|before after|increase decrease|"
    "increased decreased|won lost|win lose|male female|men women|man woman|father mother|son daughter|"
    "brother sister|husband wife|king queen|maximum minimum|most least|longest shortest|early late|"
    "earliest latest|begin end|began ended|born buried|buy sell|bought sold|import export|public private|"
    "winter summer|spring autumn|left right|upper lower|internal external|positive negative|"
    "first second|second third|day night|morning evening|hot cold|strong weak|rich poor|urban rural|"
    "teacher student|doctor patient|succeeded preceded|arrived departed|opened closed|allowed forbidden|"
    "support oppose|supported opposed|accepted rejected|old new|domestic foreign|army navy|"
    "best worst|fastest slowest|minimum maximum|advantages disadvantages|import export|inside outside"
)
_OPPOSITES: dict[str, str] = {}
for _pair in _PAIRS.split("|"):
    _one, _other = _pair.split()
    _OPPOSITES.setdefault(_one, _other)
    _OPPOSITES.setdefault(_other, _one)

Shapes = dict[str, list[str]]
"""Shape of a name or number -> names or numbers of that shape, as they occur in the passages."""


def seeded(*parts: object) -> random.Random:
    """A generator of its own for what ``parts`` name, the same on every run."""
    return random.Random("/".join(map(str, parts)))


def shape(text: str) -> str:
    """What may stand in for what: years for years, numbers by length, names by words.

    >>> shape("1998"), shape("3.5"), shape("12"), shape("Edith Windsor")
    ('year', 'decimal', '2 digits', '2 words')
    """
    if text[0].isdigit():
        if re.fullmatch(r"1[0-9]\d\d|20\d\d", text):
            return "year"
        return "decimal" if "." in text else f"{sum(c.isdigit() for c in text)} digits"
    return f"{min(3, len(text.split()))} words"


def shapes(texts: Iterable[str]) -> Shapes:
    """Collect replacements; names that open a sentence are left out, they may be any word."""
    found: dict[str, dict[str, None]] = {}
    for text in texts:
        for match in _NUMBER.finditer(text):
            found.setdefault(shape(match[0]), {})[match[0]] = None
        for match in _NAME.finditer(text):
            before = text[: match.start()].rstrip()
            if before and before[-1] not in ".!?:\"'”’(" and match[0].split()[0] not in _OPENERS:
                name = re.sub(r"['’]s?$", "", match[0])
                found.setdefault(shape(name), {})[name] = None
    return {key: list(values) for key, values in found.items()}


def exchange(
    question: str,
    context: str,
    answer: str,
    replacements: Sequence[Shapes],
    rng: random.Random,
) -> str | None:
    """Exchange one name, number, year or telling word of the question that the context bears out.

    What takes its place occurs neither in the context nor in the answer; it comes from the first
    of ``replacements`` that has one, so put those nearest in topic first. ``None`` if the question
    has nothing to exchange.
    """
    low = context.lower()
    spots: list[tuple[int, int, str]] = []
    for match in _NUMBER.finditer(question):
        if match[0] in context:
            spots.append((match.start(), match.end(), shape(match[0])))
    for match in _NAME.finditer(question):
        start, text = match.start(), match[0]
        while text.split()[0] in _OPENERS:  # "In Poland" -> "Poland"
            head, _, text = text.partition(" ")
            start += len(head) + 1
            if not text:
                break
        if text and start > 0 and text.removesuffix("'s").lower() in low:
            text = text.removesuffix("'s")
            spots.append((start, start + len(text), shape(text)))
    for match in re.finditer(r"\b[a-z]+\b", question):
        other = _OPPOSITES.get(match[0])
        if other and not re.search(rf"\b{other}\b", low):
            spots.append((match.start(), match.end(), f"={other}"))
    if not spots:
        return None
    start, end, kind = rng.choice(spots)
    if kind.startswith("="):
        return question[:start] + kind[1:] + question[end:]
    taken = low + " " + answer.lower() + " " + question.lower()
    if kind == "year" and rng.random() < 0.7:  # a year nearby is the likelier mistake
        other = str(int(question[start:end]) + rng.choice((-1, 1)) * rng.randint(1, 25))
        if other not in taken:
            return question[:start] + other + question[end:]
    for source in replacements:
        for _ in range(6):
            other = rng.choice(source.get(kind) or [""])
            if other and other.lower() not in taken:
                return question[:start] + other + question[end:]
    return None


def typo(text: str, rng: random.Random) -> str:
    """One slip of the finger in a word of four letters or more: swap, drop, double or replace."""
    spots = list(re.finditer(r"[A-Za-z]{4,}", text))
    if not spots:
        return text
    match = rng.choice(spots)
    at = rng.randrange(match.start() + 1, match.end() - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + text[at + 1 :]


def telegraphic(text: str) -> str:
    """Leave the function words out, as people do in a search box."""
    kept = [w for w in text.rstrip(" ?").split() if w.lower() not in _FUNCTION_WORDS]
    return " ".join(kept) if len(kept) >= 3 else text
