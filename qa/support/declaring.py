"""A question and its answer turned into the statement that they make together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lemminflect import getInflection, getLemma

from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token

_WH = frozenset("who whom what which when where how why".split())
_PREPOSITIONS = frozenset(
    "in on at by since from after before during until between for to with of about near around as "
    "through into over under because due along within across behind".split()
)
_BEFORE_WH = frozenset("in on at by since from for to with of about during until under".split())
_NOUNS = ("NOUN", "PROPN", "PRON", "DET", "NUM")
# Who such a thing is said of cannot be told from the question.
_VAGUE = re.compile(r"\b(?:some(?:thing|one|body)|what's|who's)\b", re.IGNORECASE)
_DATE = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* \d{1,2}\b(?!\d)|^\d{1,2} [A-Z]|day\b"
)
_THE = re.compile(r"^(?:The|An?) (?=[a-z])")
_CLAUSE = frozenset("when where which that who whose while before after because if as".split())
_LONGEST = 24  # words of a statement


def declare(question: str, answer: str) -> str | None:
    """The statement, None where no rule makes one.

    >>> declare("When did the mill open?", "1742")
    'The mill opened in 1742.'
    """
    question = " ".join(question.split()).rstrip("?. ")
    answer = answer.strip().rstrip(".,;:")
    tokens = [token for token in tag(question) if token.lower != "?"]
    at = next((i for i, token in enumerate(tokens) if token.lower in _WH), None)
    if at is None or not answer or _VAGUE.search(question) or "n't" in question:
        return None
    lead, wh, rest = tokens[:at], tokens[at].lower, tokens[at + 1 :]
    preposition = ""
    if lead and lead[-1].lower in _BEFORE_WH:
        preposition = lead.pop().lower
    before = _text(question, lead)
    said = _said(question, wh, rest, answer, preposition)
    if said is None or len(said.split()) + len(lead) > _LONGEST:
        return None
    return sentence(f"{before} {said}" if before else said)


def sentence(text: str) -> str:
    """The text as a sentence: its spaces put right, a capital first, a full stop last."""
    text = re.sub(r"\s+([,.;:'’])", r"\1", " ".join(text.split())).strip(" ,;:")
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def inflected(verb: str, form: str) -> str:
    """A verb's base form in the form that the Penn Treebank's tag names: VBD, VBZ, VBN, VBG."""
    made = getInflection(verb.lower(), form, inflect_oov=False)
    return str(made[0]) if made else verb


def base(verb: str) -> str:
    """A verb's base form."""
    made = getLemma(verb.lower(), "VERB")
    return str(made[0]) if made else verb.lower()


def _said(
    question: str, wh: str, rest: Sequence[Token], answer: str, preposition: str
) -> str | None:
    # "What year did", "How many villages does", "Which of the two was": what stands before the auxiliary.
    aux = next((i for i, t in enumerate(rest[:7]) if t.is_auxiliary or t.tag == "VERB"), None)
    if aux is None:
        return None
    noun, verb, after = rest[:aux], rest[aux], rest[aux + 1 :]
    answer = _THE.sub(lambda m: m[0].lower(), answer)
    put = _answer(question, wh, noun, answer, preposition)
    if put is None:
        return None
    adverbial = wh in ("when", "where", "why") or bool(preposition) or _is_time(noun, wh)
    if not verb.is_auxiliary:
        # "Who built the mill?"
        return None if adverbial else f"{put} {_text(question, rest[aux:])}"
    if not after:
        return None
    if verb.lower in ("did", "does", "do"):
        return _with_do(question, verb.lower, after, put, adverbial)
    return _with_be(question, verb, after, put, adverbial)


def _answer(
    question: str, wh: str, noun: Sequence[Token], answer: str, preposition: str
) -> str | None:
    """The answer as it stands in the statement, with the preposition that it needs."""
    first = answer.split()[0].lower()
    if wh == "why":
        if first in ("because", "due", "to", "for", "in"):
            return answer
        clause = any(token.form == "Fin" for token in tag(answer))
        return f"because {answer}" if clause else f"because of {answer}"
    if wh == "how" and not (noun and noun[0].lower in ("many", "much")):
        return answer if first in _PREPOSITIONS or first.endswith("ly") else None
    if wh == "how" and noun[0].lower in ("many", "much") and len(noun) > 1:
        counted = _text(question, noun[1:])
        return answer if counted.split()[-1].lower() in answer.lower() else f"{answer} {counted}"
    if first in _PREPOSITIONS:
        return answer
    if preposition:
        return f"{preposition} {answer}"
    if wh == "when" or _is_time(noun, wh):
        return f"on {answer}" if _DATE.search(answer) else f"in {answer}"
    return f"in {answer}" if wh == "where" else answer


def _is_time(noun: Sequence[Token], wh: str) -> bool:
    return wh in ("what", "which") and [t.lower for t in noun] in (
        ["year"],
        ["month"],
        ["century"],
        ["decade"],
    )


def _with_do(
    question: str, do: str, after: Sequence[Token], put: str, adverbial: bool
) -> str | None:
    """ "did the mill open in spring" and "1742": the verb takes over what "did" said of time."""
    verb = next(
        (i for i, t in enumerate(after) if i and t.tag == "VERB" and t.form in ("Inf", "Fin")),
        None,
    )
    if verb is None or any(t.lower in _CLAUSE or t.lower == "not" for t in after[:verb]):
        return None
    form = {"did": "VBD", "does": "VBZ"}.get(do)
    word = after[verb].text
    if form and base(word) != word.lower():
        return None
    said = inflected(word, form) if form else word
    subject, rest = _text(question, after[:verb]), after[verb + 1 :]
    if rest and rest[-1].lower in _PREPOSITIONS:
        put = put.removeprefix("in ")
    elif rest and not adverbial and len(rest) > 6:
        return None
    if adverbial or not rest or rest[-1].lower in _PREPOSITIONS:
        return f"{subject} {said} {_text(question, rest)} {put}"
    if rest[0].lower in _PREPOSITIONS | {"when", "while", "because"}:
        return f"{subject} {said} {put} {_text(question, rest)}"
    return f"{subject} {said} {_text(question, rest)} {put}"


def _with_be(
    question: str, aux: Token, after: Sequence[Token], put: str, adverbial: bool
) -> str | None:
    """ "was the mill built" and "1742", or "was elected president" and "Penn"."""
    subject_first = after[0].tag in _NOUNS or adverbial
    if not subject_first:
        return f"{put} {aux.text} {_text(question, after)}"
    verb = next(
        (
            i
            for i, t in enumerate(after)
            if i
            and (t.tag == "VERB" or t.lower in ("been", "be", "located", "called"))
            and t.form in ("Part", "Inf", "Fin", "Ger", "-")
            and after[i - 1].lower not in ("to", "that", "who", "which")
        ),
        None,
    )
    if verb is not None and any(t.lower in _CLAUSE for t in after[:verb]):
        return None
    if verb is None:
        if not aux.is_copula:
            return None
        # "was the name of the mill": nothing but a noun phrase
        return f"{_text(question, after)} {aux.text} {put}"
    if after[-1].lower in _PREPOSITIONS:
        put = put.removeprefix("in ")
    # "was first introduced": an adverb goes with its verb.
    while verb > 1 and after[verb - 1].tag == "ADV":
        verb -= 1
    if after[verb - 1].tag in ("DET", "ADP", "ADJ") or after[verb - 1].lower.endswith("'s"):
        return None
    subject, rest = _text(question, after[:verb]), _text(question, after[verb:])
    return f"{subject} {aux.text} {rest} {put}"


def _text(question: str, tokens: Sequence[Token]) -> str:
    return question[tokens[0].start : tokens[-1].end] if tokens else ""
