"""Noun phrases: what a question or an answer speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.rewriting.tokens import Token

_MODIFIERS = frozenset({"DET", "ADJ", "NUM", "NOUN", "PROPN"})
_ASKING = frozenset("which what whose".split())
_DEMONSTRATIVES = frozenset("this these those".split())
OWNERS = frozenset("my your his her its our their whose".split())
_OURS = frozenset("my our".split())
_DEGREES = frozenset("most least more less very".split())
_QUANTITY = frozenset("many much".split())
_IRREGULAR_PLURALS = frozenset("people men women children police data media".split())
_NO_PLURAL = re.compile(r"(?:ss|us|is|ics|news|series|species)$")
_INDEFINITE = re.compile(r"(?:an?|some|any)\s+", re.IGNORECASE)
_MAX_WORDS = 10


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: `tokens[start:end]` of its sentence, `head` being the place of its main noun.

    A complement with "of" belongs to it: "the history of toilets".
    """

    tokens: tuple[Token, ...]
    start: int
    end: int
    head: int

    @property
    def noun(self) -> Token:
        """Its main noun."""
        return self.tokens[self.head]

    @property
    def words(self) -> tuple[Token, ...]:
        """Its tokens."""
        return self.tokens[self.start : self.end]

    @property
    def is_owned(self) -> bool:
        """Whether it is somebody's whom a name or pronoun tells: not "a physician's assistant"."""
        names = [
            self.tokens[at - 1].tag == "PROPN"
            for at in range(self.start + 1, self.head)
            if self.tokens[at].lower in ("'s", "'")
        ]
        return any(names) or (self.has_owner and not names)

    @property
    def before(self) -> Token | None:
        """The token before it."""
        return self.tokens[self.start - 1] if self.start else None

    @property
    def after(self) -> Token | None:
        """The token after it."""
        return self.tokens[self.end] if self.end < len(self.tokens) else None

    @property
    def has_complement(self) -> bool:
        """Whether words follow the main noun within it: "of toilets"."""
        return self.head + 1 < self.end

    @property
    def is_name(self) -> bool:
        """Whether its "of" joins the parts of one name: "the Treaty of Orsha"."""
        return self.has_complement and self.noun.tag == self.tokens[self.end - 1].tag == "PROPN"

    @property
    def has_owner(self) -> bool:
        """Whether somebody's name or pronoun stands before the main noun: "Poland's border"."""
        return any(token.lower in ("'s", "'") for token in self.words) or (
            self.before is not None and self.before.lower in OWNERS
        )

    @property
    def is_proper(self) -> bool:
        """Whether it is called by a name, be it in part: "the Zapad exercise"."""
        return any(token.tag == "PROPN" for token in self.tokens[self.start : self.head + 1])

    @property
    def is_plural(self) -> bool:
        """Whether it is many, by its form: a name in -s is taken for one unless "the" stands before."""
        joined = any(token.tag == "CCONJ" for token in self.tokens[self.start : self.head])
        noun = self.noun
        if noun.tag == "PROPN" and self.determiner != "the":
            return joined
        return joined or is_plural(noun.lower)

    @property
    def determiner(self) -> str:
        """The article or its like that it begins with; empty where there is none."""
        first = self.tokens[self.start]
        opens = (
            first.tag == "DET" or first.lower in _OURS or first.lower in _ASKING | _DEMONSTRATIVES
        )
        return first.lower if opens else ""

    @property
    def text(self) -> str:
        """Its words as the sentence has them."""
        return between(self.tokens, self.start, self.end)

    @property
    def bare(self) -> str:
        """Its words without the article or the like."""
        return between(self.tokens, self.start + bool(self.determiner), self.end)


def between(tokens: Sequence[Token], start: int, end: int) -> str:
    """The tokens from `start` up to `end` as text, spaced as they were."""
    parts = []
    for at in range(start, end):
        gap = at > start and tokens[at].start > tokens[at - 1].end
        parts.append(" " * gap + tokens[at].text)
    return "".join(parts)


def small(text: str) -> str:
    """The text as it stands within a sentence."""
    return text[:1].lower() + text[1:]


def is_plural(noun: str) -> bool:
    """Whether a common noun in lower case is a plural, by its form."""
    return noun in _IRREGULAR_PLURALS or (
        noun.endswith("s") and len(noun) > 3 and not _NO_PLURAL.search(noun)
    )


def plural(noun: str) -> str:
    """The plural of a singular noun by the rules of spelling."""
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if re.search(r"(?:s|x|z|ch|sh)$", noun) else f"{noun}s"


def singular(noun: str) -> str:
    """The singular of a plural in -s by the rules of spelling."""
    if noun.endswith("ies") and len(noun) > 4:
        return f"{noun[:-3]}y"
    if re.search(r"(?:ss|x|z|ch|sh)es$", noun):
        return noun[:-2]
    return noun[:-1] if is_plural(noun) and noun.endswith("s") else noun


@lru_cache(maxsize=1024)
def noun_phrases(tokens: tuple[Token, ...]) -> tuple[Phrase, ...]:
    """The noun phrases in order; one within another ("of toilets", "Poland's") comes after."""
    return tuple(_noun_phrases(tokens))


def _noun_phrases(tokens: tuple[Token, ...]) -> Iterator[Phrase]:
    cores = list(_cores(tokens))
    named = 0
    for number, (start, end) in enumerate(cores):
        if start < named:
            continue
        stop = end
        for next_start, next_end in cores[number + 1 :]:
            joined = next_start == stop + 1 and tokens[stop].lower == "of"
            if not joined or next_end - start > _MAX_WORDS:
                break
            stop = next_end
        phrase = Phrase(tokens, start, stop, _head(tokens, start, end))
        yield phrase
        named = stop if phrase.is_name else named
        for at in range(start + 1, end):
            if tokens[at].lower in ("'s", "'"):
                yield Phrase(tokens, start, at, _head(tokens, start, at))
            elif tokens[at].tag == "CCONJ" and tokens[at + 1].tag == "PROPN":
                yield Phrase(tokens, start, at, _head(tokens, start, at))
                yield Phrase(tokens, at + 1, end, _head(tokens, at + 1, end))


def _cores(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Runs of modifiers with a noun at their end."""
    at = 0
    while at < len(tokens):
        end = _run(tokens, at)
        last = end
        while last > at and not (tokens[last - 1].is_noun or tokens[last - 1].tag == "NUM"):
            last -= 1
        if last > at and any(token.is_noun for token in tokens[at:last]):
            yield at, last
        at = max(end, at + 1)


def _run(tokens: Sequence[Token], at: int) -> int:
    """Where the run of nominal words that begins at `at` ends."""
    start = at
    while at < len(tokens):
        token = tokens[at]
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.tag == "DET" or token.lower in _OURS or token.lower in _ASKING | _DEMONSTRATIVES:
            if at > start or not (after and _may_modify(after)):
                return at
        elif token.lower in ("'s", "'") and at > start and tokens[at - 1].is_noun:
            if not (after and after.start > token.end and _may_modify(after)):
                return at
        elif token.tag == "CCONJ":
            nouns = after and tokens[at - 1].is_noun and after.is_noun
            alike = nouns or (after and tokens[at - 1].tag == after.tag == "ADJ")
            if at == start or not alike:
                return at
        elif token.tag == "VERB":
            if not _modifies(tokens, at, at > start):
                return at
        elif token.lower in _DEGREES and at > start:
            pass
        elif (
            token.tag not in _MODIFIERS
            or token.lower in _QUANTITY
            or (token.tag == "PROPN" and _opens_clause(tokens, start, at))
            or (token.tag == "NUM" and at > start and not _is_numbered(tokens, start, at))
        ):
            return at
        at += 1
    return at


def _is_numbered(tokens: Sequence[Token], start: int, at: int) -> bool:
    """Whether a number behind a noun belongs to it: "version 3", but not "the US 21"."""
    opens = tokens[start].tag == "DET"
    ends = at + 1 == len(tokens) or not tokens[at + 1].is_noun
    return not tokens[at - 1].is_noun or (ends and not opens)


def _opens_clause(tokens: Sequence[Token], start: int, at: int) -> bool:
    """Whether a name begins a clause about the noun before: "the mixtape Kanye released"."""
    if tokens[start].tag != "DET" or at == start or tokens[at - 1].tag != "NOUN":
        return False
    if start and tokens[start - 1].is_support:
        return False
    while at < len(tokens) and tokens[at].tag == "PROPN":
        at += 1
    return at < len(tokens) and tokens[at].tag == "VERB" and tokens[at].form == "Fin"


def _may_modify(token: Token) -> bool:
    if token.lower in _DEGREES:
        return True
    return token.tag in _MODIFIERS or (token.tag == "VERB" and token.form in ("Part", "Ger"))


def _modifies(tokens: Sequence[Token], at: int, inside: bool) -> bool:
    """Whether a participle stands before its noun: "the streaming service", "popular hiking trails"."""
    token = tokens[at]
    if token.form not in ("Part", "Ger") or at + 1 == len(tokens):
        return False
    opens = inside and tokens[at - 1].tag in ("DET", "ADJ", "NUM")
    return (opens or (inside and token.form == "Ger")) and tokens[at + 1].is_noun


def _head(tokens: Sequence[Token], start: int, end: int) -> int:
    nouns = [at for at in range(start, end) if tokens[at].is_noun]
    return nouns[-1]


def plural_text(phrase: Phrase) -> str:
    """The phrase made many: "a 529 plan" is one of "529 plans"."""
    before = between(phrase.tokens, phrase.start + bool(phrase.determiner), phrase.head)
    after = between(phrase.tokens, phrase.head + 1, phrase.end)
    return " ".join(part for part in (before, plural(phrase.noun.text), after) if part)
