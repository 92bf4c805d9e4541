"""The same said in other words, and the other way round: who did it, to whom, with which word."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token
from qa.support.declaring import base, inflected, sentence
from qa.support.wordnet import WordClass, WordNet

_KINDS: dict[str, WordClass] = {"NOUN": "noun", "VERB": "verb", "ADJ": "adj"}
_OF_PHRASE = ("NOUN", "PROPN", "NUM", "ADJ", "DET")
_SYMMETRIC = frozenset(
    "meet marry join resemble equal fight mean become remain include contain have be seem feel weigh "
    "cost last say lie stand go come do make take".split()
)
# Their most frequent sense is too often not the one that is meant.
_VAGUE = frozenset(
    "make do have get take give go come be see say run put set find hold keep work way time thing part "
    "use call know lead leave turn show point form state place case line side".split()
)
# Without these a sentence says something else.
_NEEDED = frozenset(
    "first last only former not no never few little other same second third next most least half "
    "nearly almost about possible alleged fake would-be own more less fewer many much such".split()
)
_WHEN = re.compile(
    r"^(?P<said>.+?),? (?P<when>(?:in|on|since|until|during|after|before) "
    r"(?:the )?(?:\w+ )?(?:\d{3,4}s?|[A-Z][a-z]+ \d{1,4}(?:, \d{4})?|[A-Z][a-z]+day))\.$"
)
_FRONTED = re.compile(
    r"^(?P<when>(?:In|On|Since|Until|During|After|Before) [^,]{2,40}), (?P<said>[^,]+(?:, .+)?)\.$"
)
_ARTICLE = re.compile(r"\b([aA])n? $")
_ASIDE = re.compile(r", [^,.;]{3,80},(?= )|\s?\([^()]{2,60}\)")
_WORDS = dict(
    zip(
        range(2, 13),
        "two three four five six seven eight nine ten eleven twelve".split(),
        strict=True,
    )
)
# What can be said in another way nearly everywhere.
_SAME = (
    (r"U\.?S\.?(?! \w+ dollar)", "American"),
    ("American", "US"),
    ("British", "UK"),
    ("approximately", "about"),
    ("about(?= \\d)", "roughly"),
    ("more than", "over"),
    ("over(?= \\d)", "more than"),
    ("began", "started"),
    ("died", "passed away"),
    ("because of", "due to"),
    ("due to", "because of"),
    ("many", "a lot of"),
    ("percent", "%"),
    ("wrote", "was the author of"),
    ("used to", "would once"),
    ("according to", "as stated by"),
    ("in order to", "to"),
    ("such as", "like"),
    ("is located in", "lies in"),
    ("was born in", "comes from"),
    ("known as", "called"),
    ("called", "named"),
    ("was able to", "could"),
    ("could", "was able to"),
    ("forbidden", "not allowed"),
    ("forbid", "do not allow"),
    ("allowed", "permitted"),
    ("however, ", ""),
    ("also ", ""),
)
_OPENINGS = (
    "According to the passage, {}",
    "According to the text, {}",
    "The passage says that {}",
    "The text states that {}",
    "The answer is that {}",
    "It is stated that {}",
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A plain sentence taken apart: `subject` `verb` `object` `rest`, in that order of who does what."""

    subject: str
    verb: str
    object: str
    rest: str
    passive: bool
    past: bool

    def active(self, swapped: bool = False) -> str:
        """As "Penn built the mill"; `swapped`: the mill built Penn."""
        who, whom = (self.object, self.subject) if swapped else (self.subject, self.object)
        form = "VBD" if self.past else ("VBP" if _plural(who) else "VBZ")
        return sentence(f"{who} {inflected(self.verb, form)} {whom} {self.rest}")

    def turned(self, swapped: bool = False) -> str:
        """As "The mill was built by Penn"; `swapped`: Penn was built by the mill."""
        who, whom = (self.object, self.subject) if swapped else (self.subject, self.object)
        be = (
            ("were" if _plural(whom) else "was")
            if self.past
            else ("are" if _plural(whom) else "is")
        )
        return sentence(f"{whom} {be} {inflected(self.verb, 'VBN')} by {who} {self.rest}")

    def cleft(self, swapped: bool = False) -> str:
        """As "It was Penn who built the mill"."""
        who, whom = (self.object, self.subject) if swapped else (self.subject, self.object)
        form = "VBD" if self.past else "VBZ"
        return sentence(
            f"it {'was' if self.past else 'is'} {who} that {inflected(self.verb, form)} {whom} {self.rest}"
        )


def clause(said: str) -> Clause | None:
    """The sentence taken apart, None where it is not one subject, one verb and one object."""
    text = said.rstrip(".")
    tokens = tag(text)
    at = next((i for i, t in enumerate(tokens) if t.tag in ("VERB", "AUX") and i), None)
    if at is None or at + 1 >= len(tokens) or at > 9:
        return None
    subject, verb = tokens[:at], tokens[at]
    if not _noun_phrase(subject):
        return None
    if verb.lower in ("was", "were", "is", "are"):
        return _passive(text, tokens, at)
    lemma = base(verb.text)
    if verb.tag != "VERB" or verb.form != "Fin" or lemma in _SYMMETRIC:
        return None
    past = verb.lower == inflected(lemma, "VBD")
    end = _end_of_phrase(tokens, at + 1)
    whom = tokens[at + 1 : end]
    if not _noun_phrase(whom):
        return None
    return Clause(
        _text(text, subject), lemma, _text(text, whom), _text(text, tokens[end:]), False, past
    )


def _passive(text: str, tokens: Sequence[Token], at: int) -> Clause | None:
    by = next((i for i, t in enumerate(tokens) if i > at and t.lower == "by"), None)
    if by is None or by != at + 2 or tokens[at + 1].form != "Part":
        return None
    end = _end_of_phrase(tokens, by + 1)
    who, lemma = tokens[by + 1 : end], base(tokens[at + 1].text)
    if not _noun_phrase(who) or lemma in _SYMMETRIC:
        return None
    past = tokens[at].lower in ("was", "were")
    subject = _text(text, tokens[:at])
    return Clause(_text(text, who), lemma, subject, _text(text, tokens[end:]), True, past)


def _noun_phrase(tokens: Sequence[Token]) -> bool:
    allowed = (*_OF_PHRASE, "ADP", "CCONJ", "PART")
    return bool(tokens) and tokens[-1].is_noun and all(t.tag in allowed for t in tokens)


def _end_of_phrase(tokens: Sequence[Token], start: int) -> int:
    end = start
    while end < len(tokens) and (
        tokens[end].tag in _OF_PHRASE or (tokens[end].lower == "of" and end > start)
    ):
        end += 1
    return end


def _plural(phrase: str) -> bool:
    last = phrase.split()[-1]
    return " and " in phrase or (last.islower() and last.endswith("s") and not last.endswith("ss"))


class Rewording:
    """Rewords with words of WordNet."""

    def __init__(self, wordnet: WordNet, rng: random.Random) -> None:
        self._wordnet = wordnet
        self._rng = rng

    def same(self, said: str) -> str:
        """The same in other words, as far as rules can tell; at times the same words."""
        rng = self._rng
        if rng.random() < 0.5 and (parts := clause(said)):
            ways = [parts.active, parts.turned, parts.cleft]
            said = rng.choice(ways)()
        if rng.random() < 0.5:
            said = self._moved(said)
        if rng.random() < 0.3:
            said = self.shorter(said)
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            said = self.exchanged(said, "synonyms") or said
        said = self._spelt(said)
        for one, other in _SAME:
            if rng.random() < 0.4:
                said = re.sub(rf"\b{one}(?!\w)", other, said)
        return sentence(said)

    def opened(self, said: str) -> str:
        """Behind such words as models like to begin with."""
        opening = self._rng.choice(_OPENINGS)
        first = said.split()[0]
        lower = first.lower() in ("the", "a", "an", "it", "in", "on", "there", "this", "these")
        return opening.format(said[:1].lower() + said[1:] if lower else said)

    def shorter(self, said: str) -> str:
        """Without what stands aside, or without an adjective or adverb."""
        asides = list(_ASIDE.finditer(said))
        if asides and self._rng.random() < 0.7:
            aside = self._rng.choice(asides)
            return sentence(said[: aside.start()] + said[aside.end() :])
        tokens = tag(said)
        spare = [
            token
            for token, after in pairwise(tokens)
            if token.tag == "ADJ" and after.is_noun and token.lower not in _NEEDED
        ]
        if not spare:
            return said
        one = self._rng.choice(spare)
        return sentence(said[: one.start] + said[one.end :].lstrip())

    def exchanged(self, said: str, relation: str) -> str | None:
        """With one word exchanged for one of its "synonyms", "opposites" or "neighbours"."""
        tokens = [t for t in tag(said) if t.tag in _KINDS and t.text.isalpha() and t.text.islower()]
        self._rng.shuffle(tokens)
        for token in tokens:
            kind = _KINDS[token.tag]
            lemma, form = _lemma(token, kind)
            others = getattr(self._wordnet, relation)(kind, lemma)
            if others and lemma not in _VAGUE:
                other = self._rng.choice(others)
                new = inflected(other, form) if form else other
                before = _ARTICLE.sub(partial(_article, new=new), said[: token.start])
                return f"{before}{new}{said[token.end :]}"
        return None

    def _moved(self, said: str) -> str:
        """The time to the other end of the sentence."""
        if match := _WHEN.match(said):
            first = match["said"]
            lower = first.split()[0].lower() in (
                "the",
                "a",
                "an",
                "it",
                "he",
                "she",
                "they",
                "there",
            )
            first = first[:1].lower() + first[1:] if lower else first
            return sentence(f"{match['when']}, {first}")
        if match := _FRONTED.match(said):
            when = match["when"]
            return sentence(f"{match['said']} {when[:1].lower()}{when[1:]}")
        return said

    def _spelt(self, said: str) -> str:
        """Small numbers in words, or in digits."""
        if self._rng.random() < 0.5:
            said = re.sub(
                r"(?<![\w.,:$£€-])([2-9]|1[0-2])(?![\w.,:%-])", lambda m: _WORDS[int(m[1])], said
            )
        elif self._rng.random() < 0.5:
            for number, word in _WORDS.items():
                said = re.sub(rf"(?<= ){word}(?= )", str(number), said)
        return said


def _article(match: re.Match[str], new: str) -> str:
    """ "a" or "an", as the word that comes behind it wants."""
    return f"{match[1]}{'n' if new[0] in 'aeiou' else ''} "


def _lemma(token: Token, kind: WordClass) -> tuple[str, str | None]:
    """A word's base form, and the Penn Treebank's tag of the form it stands in."""
    from lemminflect import getLemma

    upos = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ"}[kind]
    made = getLemma(token.lower, upos)
    lemma = str(made[0] if made else "") or token.lower
    if lemma == token.lower:
        return lemma, None
    forms = {"noun": ("NNS",), "verb": ("VBD", "VBN", "VBG", "VBZ"), "adj": ("JJR", "JJS")}[kind]
    if kind == "verb" and token.form == "Part":
        forms = ("VBN", "VBG", "VBD", "VBZ")
    form = next((form for form in forms if inflected(lemma, form) == token.lower), None)
    return (lemma, form) if form else (token.lower, None)


def _text(text: str, tokens: Sequence[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end] if tokens else ""
