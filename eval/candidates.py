"""A starting set of questions from a folder's own documents, for a person to review.

A sentence of a plain form is turned into a question that it answers: "The mill was built in 1853 by …"
into "When was the mill built?". Where no form fits, a telling sentence is offered as evidence, and the
question is left to be written. What names somebody or something comes before what could be about anything,
and nothing is asked twice. Some questions are asked once more with a name or a number exchanged, so that
there is nothing to answer. Every row has `review`, and `citewise eval` refuses it until that is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from index import Document, sentence_spans
from qa.reader.noise import Shapes, exchange, seeded, shapes

KIND = "candidate"
_MOST = 200
_PER_DOCUMENT = 8
_UNWRITTEN = 3
_WORDS = range(5, 45)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = rf"(?:(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}},?)? ?(?:\d{{4}})?|\d{{4}})"
# What stands for something said before would ask a question that nobody else understands.
_LEANING = (
    r"(?!(?:It|He|She|They|This|That|These|Those|There|Here|We|I|You|His|Her|Its|Their|Our|My|Your|Such"
    r"|Another|Other|Both|Each|What|Who|When|Where|Which|If|As|In|On|At|By|For|From|After|Before|But"
    r"|And|Or|So|However|Some|Most|Many|All|One|No)\b)"
)
# What holds one of these is more than the name of a thing.
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|that|which|who|whether|with|because|while|than)\b"
    r"|^\w+ing\b|\w{3}ed\b"
)
_UNCLEAR = re.compile(r"\b(?:he|him|his|she|her|it|its|they|them|their|this|these|when\?)(?=\W|$)")
_SUBJECT = rf"^(?P<subject>{_LEANING}[A-Z][^,;:()\[\]\"“”]{{1,60}}?)"
_PARTICIPLE = (
    r"(?P<done>(?:(?:first|originally|officially|finally|later|also) )?(?:\w{3,}ed|written|built|set up"
    r"|made|held|born|sold|bought|begun|broken|chosen|drawn|driven|given|grown|known|laid|led|lost|met|sent"
    r"|shot|spoken|sung|taken|taught|told|thrown|torn|won|worn))"
)
_NAME = r"(?:[A-Z][\w'’-]+ ){0,3}[A-Z][\w'’-]+"
_ACTED = (
    r"(?P<acted>\w{3,}ed|won|led|wrote|built|made|took|became|gave|found|held|met|sent|told|brought|lost|left"
    r"|bought|sold|began|drew|grew|ran|saw|chose|fought|taught)"
)
_HAVE = {
    "has": "have",
    "contains": "contain",
    "holds": "hold",
    "includes": "include",
    "uses": "use",
}
_NUMBER_WORD = r"\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty"
_NUMBER = rf"(?P<answer>{_NUMBER_WORD})"
_PERSON = re.compile(
    r"\b(?:who|president|minister|author|writer|engineer|physicist|chemist|painter|singer|actor|actress"
    r"|king|queen|politician|scientist|professor|director|player|poet|lawyer|founder|leader)\b"
)
_TELLING = re.compile(r"\d|(?<=[a-z,] )[A-Z][a-z]+")
_NAMED = re.compile(r"(?<=\S )[A-Z0-9]\S")
_OF_SOMEBODY = re.compile(r"\b(?:we|us|our|ours|you|your|yours|i|my|mine|me)\b", re.IGNORECASE)
_LEANS = re.compile(rf"^{_LEANING}[A-Z]")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could)\b")
_LATER = re.compile(r",? (?:\d{4},? )?(?:is|are|was|were|has|have|had)\b")
_DEFINES = re.compile(r"(?:What|Who) (?:is|are|was|were) [^?]*\?$")
_QUOTATION = re.compile(r"[\"“”]")
_AMOUNT = r"[$£€]\d[\d.,]*(?<![.,])(?: (?:thousand|million|billion))?|\d[\d.]* ?(?:%|per ?cent)"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, possibly still to be written, with its answer and the sentence that holds it."""

    question: str
    answer: str | None
    evidence: str
    document_id: str


Form = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _name(match: re.Match[str]) -> str:
    subject: str = match["subject"]
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "A", "An") else subject


def _is(match: re.Match[str]) -> str:
    asks = "Who" if _PERSON.search(match.string, match.start("answer")) else "What"
    return f"{asks} {match['be']} {_name(match)}?"


_FORMS: tuple[Form, ...] = (
    (
        re.compile(
            rf"^(?:In|On) (?P<answer>{_DATE}),? {_SUBJECT[1:]} (?P<be>was|were) {_PARTICIPLE}"
            r"(?P<rest>[^,;.]{0,70}?)(?=[,;.](?!\d))"
        ),
        lambda m: f"When {m['be']} {_name(m)} {m['done']}{m['rest']}?",
    ),
    (
        re.compile(
            rf"{_SUBJECT} (?P<be>was|were|is) (?:about |approximately )?(?P<answer>{_AMOUNT})(?=[ ,.;])"
        ),
        lambda m: f"How much {m['be']} {_name(m)}?",
    ),
    (
        re.compile(
            rf"{_SUBJECT} (?P<be>was|were) {_PARTICIPLE}\b[^,;]{{0,60}}? (?:in|on) "
            rf"(?P<answer>{_DATE})(?=[ ,.;])"
        ),
        lambda m: f"When {m['be']} {_name(m)} {m['done']}?",
    ),
    (
        re.compile(
            rf"{_SUBJECT} (?P<be>was|were|is|are) {_PARTICIPLE} by "
            r"(?P<answer>[^,;.]{3,60}?)(?= in | on |[,;.])"
        ),
        lambda m: f"Who {m['be']} {_name(m)} {m['done']} by?",
    ),
    (
        re.compile(
            rf"{_SUBJECT} (?P<be>was|were|is|are) (?P<done>born|held|located|based|situated|found) in "
            rf"(?P<answer>[A-Z][^,;.]{{2,40}}?)(?= in | on | and |[,;.])"
        ),
        lambda m: f"Where {m['be']} {_name(m)} {m['done']}?",
    ),
    (
        re.compile(
            rf"{_SUBJECT} (?P<verb>{'|'.join(_HAVE)}) {_NUMBER} (?P<things>[a-z]+ ?[a-z]*s)\b"
        ),
        lambda m: f"How many {m['things']} does {_name(m)} {_HAVE[m['verb']]}?",
    ),
    (
        re.compile(
            rf"{_SUBJECT} (?P<be>is|are|was|were) "
            r"(?P<answer>(?:an?|the) (?!(?:only|first|last|same|name|most|second|third)\b)[^,;.]{5,100}?)"
            r"(?=,(?!\d)| and | but | that | which | who |\.$)"
        ),
        _is,
    ),
    (
        re.compile(
            rf"^(?P<answer>{_NUMBER_WORD}) (?P<things>[a-z]+ ?[a-z]*s) "
            r"(?P<rest>(?:were|are|have|had|died|took|live|lived) [^,;.]{5,80})[,;.]",
            re.IGNORECASE,
        ),
        lambda m: f"How many {m['things']} {m['rest'].strip()}?",
    ),
    (
        re.compile(
            rf"^(?P<answer>{_LEANING}(?!The [a-z]|Then )(?:The )?{_NAME}) {_ACTED} "
            r"(?P<rest>(?!that )[^,;.]{10,90}?)(?=[,;.](?!\d))"
        ),
        lambda m: f"Who {m['acted']} {m['rest']}?",
    ),
)


def candidates(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """The rows, of as many documents as can be, the same for the same documents; at most 200."""
    known = sorted(documents, key=lambda document: document.id)
    everywhere = shapes(document.text for document in known)
    found = [list(_of(document)) for document in known]
    written = ([one for one in each if one.question] for each in found)
    unwritten = ([one for one in each if not one.question] for each in found)
    rows: list[dict[str, Any]] = []
    asked: set[str] = set()
    for candidate in (*_in_turn(written), *_in_turn(unwritten)):
        if candidate.question in asked:
            continue
        asked |= {candidate.question} - {""}
        rows.append(_row(f"candidate-{len(rows) + 1:03}", candidate))
        if (changed := _false_premise(candidate, everywhere, len(rows) + 1)) is not None:
            rows.append(changed)
        if len(rows) >= _MOST:
            break
    return rows[:_MOST]


def _in_turn(found: Iterable[list[Candidate]]) -> Iterator[Candidate]:
    """The first of each document, then the second of each, and so on."""
    for turn in zip_longest(*found):
        yield from filter(None, turn)


def _of(document: Document) -> Iterator[Candidate]:
    sentences = [
        sentence
        for start, end in sentence_spans(document.text)
        if (sentence := document.text[start:end].strip()).endswith(".")
        and len(sentence.split()) in _WORDS
        and "\n" not in sentence
    ]
    asked = [candidate for one in sentences if (candidate := _asked(one, document.id))]
    asked.sort(key=lambda one: not _NAMED.search(one.question))
    written = asked[:_PER_DOCUMENT]
    yield from written
    used = {candidate.evidence for candidate in asked}
    telling = [one for one in sentences if one not in used and _tells(one)]
    for sentence in telling[: min(_UNWRITTEN, _PER_DOCUMENT - len(written))]:
        yield Candidate("", None, sentence, document.id)


def _tells(sentence: str) -> bool:
    """Whether a sentence says something by itself that is worth asking for."""
    leans = not _LEANS.match(sentence) or _UNCLEAR.search(sentence)
    return bool(_TELLING.search(sentence)) and not leans and not _OF_SOMEBODY.search(sentence)


def _asked(sentence: str, document_id: str) -> Candidate | None:
    for pattern, ask in _FORMS:
        match = pattern.search(sentence)
        if match is None or _CLAUSE.search(match.groupdict().get("subject") or ""):
            continue
        question = ask(match)
        if _stands_alone(question) and not _goes_on(match):
            return Candidate(question, match["answer"].strip(), sentence, document_id)
    return None


def _stands_alone(question: str) -> bool:
    halved = len(_QUOTATION.findall(question)) % 2
    return not (halved or _UNCLEAR.search(question) or _OF_SOMEBODY.search(question))


def _goes_on(match: re.Match[str]) -> bool:
    """Whether what was taken for the verb belongs to the subject, of which a verb comes only later."""
    acted = match.groupdict().get("acted") or ""
    return acted.endswith("ed") and bool(
        _FINITE.search(match["rest"]) or _LATER.match(match.string, match.end())
    )


def _row(id: str, candidate: Candidate) -> dict[str, Any]:
    todo = (
        "write a question that the evidence answers, and the answers"
        if candidate.answer is None
        else "put the question as a person would, correct the answers and add others that are right"
    )
    return {
        "id": id,
        "kind": KIND,
        "question": candidate.question,
        "answers": [] if candidate.answer is None else [candidate.answer],
        "evidence": [candidate.evidence],
        "answerable": True,
        "review": {"todo": todo, "document": candidate.document_id},
    }


def _false_premise(candidate: Candidate, everywhere: Shapes, number: int) -> dict[str, Any] | None:
    """Every third question or so, with something in it exchanged; None where nothing can be."""
    rng = seeded(candidate.question, candidate.evidence)
    # "What is X?" with another X is a question about X that may well be answered elsewhere.
    if candidate.answer is None or _DEFINES.match(candidate.question) or rng.random() > 1 / 3:
        return None
    changed = exchange(candidate.question, candidate.evidence, candidate.answer, (everywhere,), rng)
    if changed is None:
        return None
    return {
        "id": f"candidate-{number:03}",
        "kind": "false_premise",
        "question": changed,
        "answers": [],
        "evidence": [],
        "answerable": False,
        "review": {
            "todo": "make sure that no document answers this, and put it as a person would",
            "document": candidate.document_id,
            "made_from": candidate.question,
        },
    }
