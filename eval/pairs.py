"""Two questions in a row, made of a SQuAD file: the second speaks of the first one's name by a pronoun.

The names are found by their capitals and not with the rewriter's own eyes, so that a name it cannot see
counts against it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from eval.examples import Example
from eval.squad import Corpus
from index import DatasetError
from qa import Turn

_NAME = re.compile(
    r"(?<=\w )(?:[Tt]he )?[A-Z][\w’-]*(?: (?:of (?:the )?|and )?[A-Z][\w’-]*)*(?P<owner>['’]s)?"
)
_AUXILIARIES = frozenset("do does did is are was were has have had can could will would".split())
# What may stand before and behind a whole name: not the nouns and adjectives that are part of it.
_BETWEEN = _AUXILIARIES | frozenset(
    """a an the in on at of to for from by with about into over under after before during since until
    through against between as than like and or but when where while that who which if because be been
    his her its their any""".split()
)
_PERSON = re.compile(r"\b(?P<she>[Ss]he|[Hh]er)\b|\b(?:[Hh]e|[Hh]is|[Hh]im)\b")
_THING = re.compile(r"\b(?:[Ii]ts?|[Tt]he[ym]|[Tt]heir)\b")
_NEAR = 150


@dataclass(frozen=True, slots=True)
class Pair:
    """A follow-up, what was said before it, and its twin, the same question standing alone."""

    follow_up: str
    first: str
    first_answer: str
    twin: Example

    def history(self, *, answered: bool) -> list[Turn]:
        """The turns before, with the answer between them or, as in CAsT, without."""
        said = [Turn("assistant", self.first_answer)] if answered else []
        return [Turn("user", self.first), *said]


def make_pairs(corpus: Corpus, seed: int = 0) -> tuple[Pair, ...]:
    """At most one pair for each answerable question, with a first question of the same paragraph.

    Raises:
        DatasetError: no two questions of a paragraph share a name.
    """
    chance = random.Random(seed)
    pairs = []
    for text, examples in _by_paragraph(corpus):
        for twin in examples:
            made = [
                Pair(follow_up, first.question, first.answers[0], twin)
                for first in examples
                if first.id != twin.id
                and (follow_up := _follow_up(twin.question, first.question, text))
            ]
            if made:
                pairs.append(chance.choice(made))
    if not pairs:
        raise DatasetError("no two questions share a name; give a SQuAD file in English")
    return tuple(pairs)


def _by_paragraph(corpus: Corpus) -> Iterator[tuple[str, list[Example]]]:
    """Each paragraph with the questions that are answered from it."""
    for text in corpus.texts.values():
        mine = [e for e in corpus.examples if e.answerable and all(q in text for q in e.evidence)]
        if len(mine) > 1:
            yield text, mine


def _follow_up(second: str, first: str, text: str) -> str | None:
    """The second question with the longest name that both have as a pronoun; None without one."""
    shared = [
        match
        for match in _NAME.finditer(second)
        if _is_whole(second, match) and re.search(rf"\b{re.escape(_plain(match))}\b", first)
    ]
    match = max(shared, key=lambda m: len(_plain(m)), default=None)
    if match is None:
        return None
    subject, object_, possessive = _pronoun(match, text)
    is_subject = second[: match.start()].split()[-1].lower() in _AUXILIARIES
    word = possessive if match["owner"] else subject if is_subject else object_
    return second[: match.start()] + word + second[match.end() :]


def _plain(match: re.Match[str]) -> str:
    name = match[0].removesuffix(match["owner"] or "")
    return re.sub(r"^[Tt]he ", "", name)


def _is_whole(question: str, match: re.Match[str]) -> bool:
    """Whether the name is a noun phrase by itself, as far as the words around it show."""
    before = question[: match.start()].split()[-1].lower()
    behind = question[match.end() :].split()
    if before in ("a", "an", "the") or (before not in _BETWEEN and not before.endswith("ed")):
        return False
    ends = not behind or not question[match.end()].isspace() or behind[0].lower() in _BETWEEN
    verb_behind = before in _AUXILIARIES and (
        len(behind) == 1 or (len(behind) > 1 and behind[1].lower() in _BETWEEN)
    )
    return bool(match["owner"]) or ends or verb_behind


def _pronoun(match: re.Match[str], text: str) -> tuple[str, str, str]:
    """As subject, object and owner: of a person as the text goes on about them, else "it" or "they"."""
    name = _plain(match)
    for place in re.finditer(rf"\b{re.escape(name)}\b", text):
        person = _PERSON.search(text, place.end(), place.end() + _NEAR)
        if person and not _THING.search(text[place.end() : person.start()]):
            return ("she", "her", "her") if person["she"] else ("he", "him", "his")
    if name.endswith("s") and match[0].lower().startswith("the "):
        return ("they", "them", "their")
    return ("it", "it", "its")
