"""Words of a sentence with their word classes, as a part-of-speech tagger sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

# A word with its hyphens and points ("Tu-160", "U.S."); "n't" and what follows an apostrophe stand alone.
_TOKEN = re.compile(
    r"(?:\w\.){2,}"
    r"|\w+(?=n['’]t\b)|n['’]t\b|['’](?:s|re|m|ve|d|ll)\b"
    r"|\w+(?:[-.,/&]\w+)*"
    r"|[^\w\s]"
)
_TO_BE = frozenset("is are was were am be been being 's 're 'm".split())
_DO_OR_MODAL = frozenset(
    "do does did can could will would shall should may might must ca wo".split()
)
_TO_HAVE = frozenset("has have had 've".split())
_POSSESSIVE = frozenset("my your his its our their whose".split())
PRONOUNS = frozenset(
    """i me my mine you your yours he him his she her hers it its we us our ours they them their theirs
    this that these those there then one ones here who whom whose what which each both either neither
    another other others such all few many much none several""".split()
)
_INDEFINITE = re.compile(r"(?:any|some|no|every)(?:thing|one|body)$|\w+sel(?:f|ves)$|.*['’]")
_OPEN_CLASSES = frozenset("NOUN PROPN ADJ VERB ADV INTJ X NUM".split())
_ARTICLES = frozenset("a an the".split())
_ORDERS = frozenset(
    """tell describe explain list name give show compare summarise summarize discuss define find
    outline""".split()
)
_PREPOSITIONS = frozenset("versus vs regarding concerning".split())
# Endings that a verb's bare form hardly has.
_NO_BARE_VERB = re.compile(r"(?:s|ing|ed|ment|tion|sion|ness|ity|ance|ence)$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark: `text == sentence[start:end]`.

    `tag` is a class of Universal Dependencies (https://universaldependencies.org/u/pos/) and `form`
    their VerbForm: `Fin`, `Inf`, `Part`, `Ger`, or `-` of what is no verb.
    """

    text: str
    start: int
    end: int
    tag: str
    form: str
    lower: str = field(init=False, compare=False)
    """The word in lower case, its apostrophe made plain."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", self.text.lower().replace("’", "'"))

    @property
    def is_word(self) -> bool:
        """Whether it holds a letter or digit: punctuation does not."""
        return any(map(str.isalnum, self.text))

    @property
    def is_noun(self) -> bool:
        """Whether it is a common or a proper noun."""
        return self.tag in ("NOUN", "PROPN")

    @property
    def is_copula(self) -> bool:
        """Whether it is a form of "to be"."""
        return self.lower in _TO_BE

    @property
    def is_support(self) -> bool:
        """Whether a subject and a bare verb come after it in a question: "do" or a modal."""
        return self.lower in _DO_OR_MODAL

    @property
    def is_auxiliary(self) -> bool:
        """Whether it can stand before the subject of a question."""
        return self.is_copula or self.is_support or self.lower in _TO_HAVE


@lru_cache(maxsize=1024)
def tag(sentence: str) -> tuple[Token, ...]:
    """The tokens of a sentence, tagged. The time goes with its length: 25 µs a word."""
    from denckring_en_pos import tagger

    matches = list(_TOKEN.finditer(sentence))
    # The tagger has learnt from words alone: marks would lead it astray.
    words = [m for m in matches if any(map(str.isalnum, m[0]))]
    labels = dict(zip(words, tagger().tag([m[0].replace("’", "'") for m in words]), strict=True))
    tokens = []
    for match in matches:
        word_class, _, form = labels.get(match, "PUNCT|-").partition("|")
        tokens.append(Token(match[0], match.start(), match.end(), word_class, form))
    return tuple(_with_bare_verb(_by_form(tokens)))


def _by_form(tokens: list[Token]) -> list[Token]:
    """What closed classes, digits, capitals and places settle, whatever the tagger guessed."""
    has_small = any(token.text[0].islower() for token in tokens)
    is_name = not has_small and sum(token.is_word for token in tokens) > 1
    settled: list[Token] = []
    for at, token in enumerate(tokens):
        before = settled[-1] if settled else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.lower in _POSSESSIVE:
            token = replace(token, tag="PRON", form="-")
        elif token.lower in _PREPOSITIONS:
            token = replace(token, tag="ADP", form="-")
        elif token.tag == "PRON" and token.lower not in PRONOUNS and not _INDEFINITE.match(token.lower):
            token = replace(token, tag="NOUN", form="-")
        elif token.text[0].isdigit() and token.tag not in ("NUM", "NOUN", "PROPN"):
            token = replace(token, tag="NUM", form="-")
        elif is_name and token.text[0].isupper() and token.tag in _OPEN_CLASSES:
            token = replace(token, tag="PROPN", form="-")
        elif at and has_small and token.text[0].isupper() and len(token.text) > 1:
            token = replace(token, tag="PROPN", form="-")
        elif before is None and token.lower in _ORDERS:
            token = replace(token, tag="VERB", form="Inf")
        elif token.tag == "NOUN" and before and _must_be_participle(settled, token):
            token = replace(token, tag="VERB", form="Part")
        elif token.tag == "NOUN" and before and _must_be_verb(tokens, at):
            token = replace(token, tag="VERB", form="Fin")
        elif before and _must_be_noun(settled, token, after):
            token = replace(token, tag="NOUN", form="-")
        settled.append(token)
    return settled


def _must_be_participle(before: list[Token], token: Token) -> bool:
    """Whether "invented" was taken for a noun: "was the first invented"."""
    passive = any(other.is_copula for other in before) and not any(t.tag == "VERB" for t in before)
    return passive and token.lower.endswith("ed") and before[-1].tag == "ADJ"


def _must_be_verb(tokens: Sequence[Token], at: int) -> bool:
    """Whether "stole" was taken for a noun: "that Peruggia stole the painting", "was Troy sold?"."""
    token, before = tokens[at], tokens[at - 1]
    if before.tag != "PROPN" or not token.text.islower() or any(t.tag == "VERB" for t in tokens):
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.is_word:
        return after.tag == "DET" and not any(t.is_support for t in tokens)
    adverbial = tokens[0].lower in ("when", "where", "why", "how")
    return adverbial and tokens[1].is_copula


def _must_be_noun(before: list[Token], token: Token, after: Token | None) -> bool:
    """Whether a word that was taken for a verb or adjective stands where only a noun can."""
    last = before[-1]
    if token.tag == "VERB" and token.form in ("Fin", "Inf"):
        described = last.tag == "ADJ" and len(before) > 1 and before[-2].tag == "DET"
        return last.lower in _ARTICLES or (described and not token.lower.endswith("ed"))
    ends = after is None or not after.is_word
    if token.tag in ("ADJ", "VERB") and ends and last.lower in ("a", "an"):
        return True
    # "What is taurine?": a rare noun looks like anything.
    defined = len(before) == 2 and last.is_copula and before[0].lower in ("what", "who")
    return ends and defined and not token.is_noun and token.lower not in PRONOUNS


def _with_bare_verb(tokens: list[Token]) -> list[Token]:
    """After "does" and its like come a subject and a bare verb, though the tagger see nouns alone."""
    start = next((at for at, token in enumerate(tokens) if token.is_support), None)
    if start is None or start + 2 >= len(tokens) or not _asks(tokens[:start]):
        return tokens
    first, second = tokens[start + 1], tokens[start + 2]
    if first.tag == "VERB":
        tokens[start + 1] = first = replace(first, tag="NOUN", form="-")
    if first.is_noun and second.form == "Ger":
        tokens[start + 2] = replace(second, tag="NOUN", form="-")
    rest = tokens[start + 1 :]
    if any(t.tag == "VERB" and t.form != "Ger" or t.lower in ("be", "have", "do") for t in rest):
        return tokens
    verb = _likeliest_verb(tokens, start + 1)
    if verb is not None:
        tokens[verb] = replace(tokens[verb], tag="VERB", form="Inf")
    return tokens


def _asks(before: Sequence[Token]) -> bool:
    """Whether what stands before an auxiliary is nothing, or asks: no subject of a statement."""
    words = [token.lower for token in before if token.is_word]
    return not words or any(word.startswith("wh") or word == "how" for word in words)


def _likeliest_verb(tokens: Sequence[Token], start: int) -> int | None:
    """The place of the word that is most likely the bare verb; the words of the subject go before."""
    run = []
    for at in range(start, len(tokens)):
        joins = tokens[at].tag in ("ADP", "CCONJ", "SCONJ") and tokens[at].lower != "of"
        if joins or not tokens[at].is_word:
            break
        run.append(at)
    able = [
        at
        for at in run[1:]
        if tokens[at].tag in ("NOUN", "ADJ", "INTJ", "X")
        and tokens[at].text.islower()
        and not _NO_BARE_VERB.search(tokens[at].text)
    ]
    if not able:
        return None
    if tokens[start].tag == "PRON":
        return able[0]
    if run[-1] + 1 < len(tokens) and tokens[run[-1] + 1].is_word:
        return able[-1]
    # "Does drinking affect health?" has an object behind its verb; "does a dog weigh?" has none.
    objects = [at for at in run if tokens[at].is_noun]
    with_object = [at for at in able if objects and at < objects[-1] and tokens[at].tag == "NOUN"]
    follows_noun = [at for at in with_object if tokens[at - 1].is_noun]
    return (follows_noun or able)[-1]
