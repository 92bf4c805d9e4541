"""Word classes put right where a question misleads the tagger, which has mostly learnt from statements."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.rewriting.tokens import Token

_POSSESSIVE = frozenset("my your his its our their whose".split())
PRONOUNS = frozenset(
    """i me my mine you your yours he him his she her hers it its we us our ours they them their theirs
    this that these those there then one ones here who whom whose what which each both either neither
    another other others such all few many much none several""".split()
)
_INDEFINITE = re.compile(r"(?:any|some|no|every)(?:thing|one|body)$|\w+sel(?:f|ves)$|.*['’]")
_OPEN_CLASSES = frozenset("NOUN PROPN ADJ VERB ADV INTJ X NUM".split())
_REPLIES = frozenset("yes no ok okay yeah nope sure none nothing nobody maybe never hello".split())
_PARTICIPLES = frozenset(
    """found held made built kept sold born known called taken given written shown seen spent won lost paid
    caught grown drawn broken spoken hidden""".split()
)
_BEFORE_NOUNS = frozenset("of with by from".split())
_ARTICLES = frozenset("a an the".split())
_ORDERS = frozenset(
    """tell describe explain list name give show compare summarise summarize discuss define find
    outline""".split()
)
_PREPOSITIONS = frozenset("versus vs regarding concerning".split())
_SUPERLATIVE = re.compile(r"st$|^(?:same|first|second|third|next|other|main|latter|former)$")
# Endings that a verb's bare form hardly has.
_NO_BARE_VERB = re.compile(r"(?:s|[aeiouy]\w*ing|ed|ment|tion|sion|ness|ity|ance|ence)$")


def repaired(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with what closed classes, capitals and their places settle, whatever was guessed."""
    has_small = any(token.text[0].islower() for token in tokens)
    alone = sum(token.is_word for token in tokens) == 1
    settled: list[Token] = []
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if word_class := _closed_class(token, after):
            token = token.retagged(word_class)
        elif _is_name(token, inside=at > 0 and has_small, alone=alone, small=has_small):
            token = token.retagged("PROPN")
        elif not settled:
            token = token.retagged("VERB", "Inf") if token.lower in _ORDERS else token
        elif _asks_which(settled, token, after):
            token = token.retagged("NOUN")
        elif _counts_what_they_did(settled, token):
            token = token.retagged("VERB", "Fin")
        elif token.lower == "cause" and token.tag == "SCONJ" and settled[-1].is_noun:
            token = token.retagged("VERB", "Inf")
        elif token.tag == "NOUN" and _must_be_participle(settled, token, after):
            token = token.retagged("VERB", "Part")
        elif token.tag == "NOUN" and _must_be_doing(settled, token):
            token = token.retagged("VERB", "Ger")
        elif token.tag == "NOUN" and _must_be_verb(tokens, at):
            token = token.retagged("VERB", "Fin")
        elif _must_be_noun(settled, token, after):
            token = token.retagged("NOUN")
        settled.append(token)
    return _with_bare_verb(settled)


def _opens_phrase(token: Token | None) -> bool:
    return token is not None and token.tag in ("DET", "PROPN")


def _closed_class(token: Token, after: Token | None) -> str | None:
    """The class of a word that can have no other, if the tagger took it for one."""
    if token.lower in _POSSESSIVE:
        return "PRON"
    if token.lower in _PREPOSITIONS or (token.lower == "to" and _opens_phrase(after)):
        return "ADP"
    if token.tag == "PRON" and token.lower not in PRONOUNS and not _INDEFINITE.match(token.lower):
        return "NOUN"
    if token.text[0].isdigit() and token.tag not in ("NUM", "NOUN", "PROPN"):
        return "NUM"
    return None


def _is_name(token: Token, *, inside: bool, alone: bool, small: bool) -> bool:
    """Whether a capital within a sentence, or one of nothing but capitals, makes it a name."""
    if not token.text[0].isupper():
        return False
    if alone:
        return token.tag in ("NOUN", "X", "INTJ") and token.lower not in _REPLIES
    return (not small and token.tag in _OPEN_CLASSES) or (inside and len(token.text) > 1)


def _asks_which(before: list[Token], token: Token, after: Token | None) -> bool:
    """Whether "bank" was taken for a verb: "Which bank bought the insurer?"."""
    opens = len(before) == 1 and before[0].lower == "which" and token.tag == "VERB"
    return opens and not token.is_auxiliary and after is not None and after.tag in ("VERB", "AUX")


def _counts_what_they_did(before: list[Token], token: Token) -> bool:
    """Whether "died" was taken for what is counted: "How many died?"."""
    counts = len(before) == 2 and [t.lower for t in before] == ["how", "many"]
    return counts and token.tag != "VERB" and token.text.endswith("ed")


def _must_be_participle(before: list[Token], token: Token, after: Token | None) -> bool:
    """Whether "invented" was taken for a noun: "was the first invented", "is the best found"."""
    passive = any(other.is_copula for other in before) and not any(t.tag == "VERB" for t in before)
    known = token.lower.endswith("ed") or token.lower in _PARTICIPLES
    ends = after is None or not after.is_word
    return passive and before[-1].tag == "ADJ" and known and (ends or token.lower.endswith("ed"))


def _must_be_doing(before: list[Token], token: Token) -> bool:
    """Whether "carrying" was taken for a noun: "Where is the ship carrying it?", "Who is running?"."""
    if not token.lower.endswith("ing") or any(other.tag == "VERB" for other in before):
        return False
    copula = next((at for at, other in enumerate(before) if other.is_copula), None)
    if copula is None or not _asks(before[:copula]) or not copula:
        return False
    between = before[copula + 1 :]
    if not between:
        return before[0].lower == "who"
    defined = between[0].lower in _ARTICLES
    return between[-1].tag == ("NOUN" if defined and len(between) > 1 else "PROPN")


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
    if last.lower == "there" and token.tag == "VERB" and after is not None and after.is_noun:
        return True
    if token.tag == "VERB" and token.form in ("Fin", "Inf") and last.lower in _BEFORE_NOUNS:
        return True
    leads_on = after is not None and after.tag in ("VERB", "AUX", "ADP")
    if token.tag == "ADJ" and leads_on and _lacks_noun(before, token):
        return True
    if token.tag == "VERB" and token.form in ("Fin", "Inf"):
        described = last.tag == "ADJ" and len(before) > 1 and before[-2].tag == "DET"
        return last.lower in _ARTICLES or (described and not token.lower.endswith("ed"))
    ends = after is None or not after.is_word
    if token.tag in ("ADJ", "VERB") and ends and last.lower in ("a", "an"):
        return True
    # "What is the alternative?"
    if (
        token.tag == "ADJ"
        and ends
        and last.lower == "the"
        and len(before) == 3
        and before[1].is_copula
    ):
        return before[0].lower == "what" and not _SUPERLATIVE.search(token.lower)
    # "What is taurine and …?": a rare noun looks like anything.
    ends = ends or (after is not None and after.tag == "CCONJ")
    defined = len(before) > 1 and before[1].is_copula and before[0].lower in ("what", "who")
    defined = defined and all(other.tag == "ADJ" for other in before[2:])
    doing = token.form == "Ger" or token.lower.endswith("ing")
    defined = defined and not (before[0].lower == "who" and doing)
    return ends and defined and not token.is_noun and token.lower not in PRONOUNS


def _lacks_noun(before: list[Token], token: Token) -> bool:
    """Whether an article and adjectives have come before it and no noun: "the cathedral"."""
    at = len(before) - 1
    while at > 0 and before[at].tag == "ADJ":
        at -= 1
    return before[at].lower in _ARTICLES and not _SUPERLATIVE.search(token.lower)


def _with_bare_verb(tokens: list[Token]) -> list[Token]:
    """After "does" and its like come a subject and a bare verb, though the tagger see nouns alone."""
    start = next((at for at, token in enumerate(tokens) if token.is_support), None)
    if start is None or start + 2 >= len(tokens) or not _asks(tokens[:start]):
        return tokens
    first, second = tokens[start + 1], tokens[start + 2]
    if first.tag == "VERB" and second.tag in ("ADP", "ADV", "SCONJ"):
        return tokens  # "What will happen to …?" asks for the subject
    if first.tag == "VERB":
        tokens[start + 1] = first = first.retagged("NOUN")
    if first.is_noun and second.form == "Ger":
        tokens[start + 2] = second.retagged("NOUN")
    rest = tokens[start + 1 :]
    if any((t.tag == "VERB" and t.form != "Ger") or t.lower in ("be", "have", "do") for t in rest):
        return tokens
    verb = _likeliest_verb(tokens, start + 1)
    if verb is not None:
        tokens[verb] = tokens[verb].retagged("VERB", "Inf")
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
        if joins or tokens[at].lower == "to" or not tokens[at].is_word:
            break
        run.append(at)
    able = [
        at
        for at in run[1:]
        if tokens[at - 1].lower not in _ARTICLES
        and tokens[at].tag in ("NOUN", "ADJ", "INTJ", "X")
        and tokens[at].text.islower()
        and not _NO_BARE_VERB.search(tokens[at].text)
    ]
    if not able:  # "mention" and its like are verbs too
        return next((at for at in run[2:] if tokens[at].tag == tokens[at - 1].tag == "NOUN"), None)
    if tokens[start].tag == "PRON":
        return able[0]
    if run[-1] + 1 < len(tokens) and tokens[run[-1] + 1].is_word:
        return able[-1]
    # "Does drinking affect health?" has an object behind its verb; "does a dog weigh?" has none.
    objects = [at for at in run if tokens[at].is_noun]
    with_object = [at for at in able if objects and at < objects[-1] and tokens[at].tag == "NOUN"]
    follows_noun = [at for at in with_object if tokens[at - 1].is_noun]
    return (follows_noun or able)[-1]
