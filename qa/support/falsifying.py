"""A statement that holds made into one that does not, by the one thing that is changed in it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import partial

from index import sentence_spans
from qa.support.declaring import sentence
from qa.support.rewording import Rewording, clause

NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w]|,\d)")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_NAMES = re.compile(r"\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
_NO_NAMES = frozenset("The In It A An On At This That These He She They But And As For".split())
_AUX = re.compile(
    r"\b(?P<aux>is|are|was|were|did|does|has|have|had|can|could|will|would|should|may|might)\b(?! not)",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:not|never|no longer) ", re.IGNORECASE)
_TURNED = (
    "first last;before after;more less;north south;east west;largest smallest;higher lower;early late"
    ";increased decreased;won lost;began ended;all few;always never;most few;old new;large small"
    ";allowed forbade;accepted rejected;support oppose;rose fell;northern southern;eastern western"
    ";gained lost;raised lowered;best worst;many few;longer shorter;opened closed;above below;only also"
    ";from to;until since;under over;inside outside;with without;parents children;father son"
    ";sister brother;teacher pupil;earlier later;younger older;higher lower;left right;up down"
)
_OPPOSITE = {
    one: other
    for pair in _TURNED.split(";")
    for one, other in (pair.split(), reversed(pair.split()))
}
_TOO_MUCH = (
    (r"\b[Ss]ome\b", "all"),
    (r"\b[Mm]any\b", "all"),
    (r"\b[Mm]ost(?: of)?\b", "all"),
    (r"\b[Ss]everal\b", "all"),
    (r"\b[Pp]art of\b", "the whole of"),
    (r"\b(?:may|might|could)\b", "will"),
    (r"\b(?:often|sometimes|usually)\b", "always"),
    (r"\b(?:partly|nearly|almost|about)\b", "entirely"),
    (r"\bone of the\b", "the only one of the"),
)
_REASON = re.compile(
    r"\b(?:because|after|before|when|while|due to|until|in order to|despite|as a result of|so that|"
    r"thanks to|by|for|with|without|during)\b [^.;,()]{8,70}"
)


class Falsifier:
    """Changes statements that evidence bears out."""

    def __init__(self, rewording: Rewording, rng: random.Random) -> None:
        self._rewording = rewording
        self._rng = rng

    def falsified(self, said: str, evidence: str, names: list[str]) -> Iterator[str]:
        """The statement with one thing changed, in ways that come in any order.

        Args:
            said: a statement that holds.
            evidence: what bears it out; what is put in comes from it where it can.
            names: of other texts.
        """
        ways: list[Callable[[str, str], str | None]] = [
            self._number,
            self._name,
            self._names_swapped,
            self._roles,
            self._roles,
            self._denied,
            self._turned,
            self._too_much,
            self._added,
        ]
        self._rng.shuffle(ways)
        for relation in self._rng.sample(("opposites", "neighbours", "neighbours"), 3):
            ways.insert(self._rng.randrange(len(ways)), partial(self._word, relation=relation))
        ways.insert(self._rng.randrange(len(ways)), partial(self._strange, names=names))
        for way in ways:
            if (false := way(said, evidence)) and sentence(false) != said:
                yield sentence(false)

    def denied(self, said: str) -> str | None:
        """The denial of a statement, or a denial taken back."""
        if _DENIAL.search(said):
            return _DENIAL.sub("", said, count=1)
        match = _AUX.search(said)
        if match is None:
            return None
        word = self._rng.choice((" not", " not", " never"))
        return f"{said[: match.end()]}{word}{said[match.end() :]}"

    def _denied(self, said: str, evidence: str) -> str | None:
        return self.denied(said)

    def _number(self, said: str, evidence: str) -> str | None:
        found = list(NUMBER.finditer(said))
        if not found:
            return None
        match = self._rng.choice(found)
        others = [m[0] for m in NUMBER.finditer(evidence) if m[0] not in said]
        if others and self._rng.random() < 0.7:
            new = self._rng.choice(others)
        else:
            digits = list(match[0])
            at = self._rng.choice([i for i, c in enumerate(digits) if c.isdigit()])
            digits[at] = self._rng.choice([c for c in "123456789" if c != digits[at]])
            new = "".join(digits)
        return said[: match.start()] + new + said[match.end() :]

    def _name(self, said: str, evidence: str) -> str | None:
        return self._named(said, [m[0] for m in NAME.finditer(evidence) if m[0] not in said])

    def _strange(self, said: str, evidence: str, names: list[str]) -> str | None:
        return self._named(said, [n for n in self._rng.choices(names or [""], k=3) if n])

    def _named(self, said: str, others: list[str]) -> str | None:
        mine = [m for m in _NAMES.finditer(said) if m[0] not in _NO_NAMES]
        if not mine or not others:
            return None
        match = self._rng.choice(mine)
        return said[: match.start()] + self._rng.choice(others) + said[match.end() :]

    def _names_swapped(self, said: str, evidence: str) -> str | None:
        found = [m for m in _NAMES.finditer(said) if m[0] not in _NO_NAMES]
        if len(found) < 2:
            return None
        one, other = sorted(self._rng.sample(found, 2), key=lambda m: m.start())
        between = said[one.end() : other.start()]
        if (
            one[0] in other[0]
            or other[0] in one[0]
            or re.fullmatch(r"[ ,]*(?:and|or|with|is|was|are|were)?[ ,]*", between)
        ):
            return None
        return said[: one.start()] + other[0] + between + one[0] + said[other.end() :]

    def _roles(self, said: str, evidence: str) -> str | None:
        parts = clause(said)
        if parts is None:
            return None
        way = self._rng.choice(
            (parts.active, parts.active, parts.turned, parts.turned, parts.cleft)
        )
        return way(swapped=True)

    def _turned(self, said: str, evidence: str) -> str | None:
        found = [m for m in re.finditer(r"\w+", said) if m[0].lower() in _OPPOSITE]
        if not found:
            return None
        match = self._rng.choice(found)
        return said[: match.start()] + _OPPOSITE[match[0].lower()] + said[match.end() :]

    def _word(self, said: str, evidence: str, relation: str) -> str | None:
        return self._rewording.exchanged(said, relation)

    def _too_much(self, said: str, evidence: str) -> str | None:
        ways = [(one, other) for one, other in _TOO_MUCH if re.search(one, said)]
        if not ways:
            return None
        one, other = self._rng.choice(ways)
        return re.sub(one, other, said, count=1)

    def _added(self, said: str, evidence: str) -> str | None:
        """With a reason, a time or a circumstance that the evidence gives of something else."""
        found = [
            match[0]
            for start, end in sentence_spans(evidence)
            for match in _REASON.finditer(evidence[start:end])
            if not _shares(said, evidence[start:end])
        ]
        return f"{said.rstrip('.')} {self._rng.choice(found)}." if found else None


def _shares(said: str, other: str) -> bool:
    """Whether they may speak of the same: half of the longer words in common."""
    mine = {w.lower() for w in re.findall(r"\w{4,}", said)}
    theirs = {w.lower() for w in re.findall(r"\w{4,}", other)}
    return len(mine & theirs) * 2 >= len(mine)
