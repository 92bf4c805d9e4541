"""Example questions, made from the documents themselves and kept only where they are answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from index import Document, sentence_spans

_WANTED = 4
_MAX_TRIES = 12
_MAX_DOCUMENTS = 20
_MAX_CHARACTERS = 20_000
_NAME = r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,2}"
_PERSON = re.compile(
    r"\b(?:[Pp]resident|[Mm]inister|[Ll]eader|[Dd]irector|[Pp]rofessor|[Cc]hief|[Aa]uthor|[Ee]ngineer"
    rf"|[Mm]anager|[Cc]hair|[Gg]eneral|[Ss]ecretary|[Ff]ounder|Dr\.|Mrs?\.|Ms\.) ({_NAME})"
)
_NAMED = re.compile(rf"(?<=[a-z] )(?:the )?{_NAME}")


def suggest(documents: Iterable[Document], answered: Callable[[str], bool]) -> tuple[str, ...]:
    """Up to four questions about the documents, each of which `answered` says yes to."""
    candidates = dict.fromkeys(
        question
        for document in islice(documents, _MAX_DOCUMENTS)
        for question in _candidates(document.text[:_MAX_CHARACTERS])
    )
    return tuple(islice(filter(answered, islice(candidates, _MAX_TRIES)), _WANTED))


def _candidates(text: str) -> Iterator[str]:
    """Questions the text asks itself, then who its people are, then what it says of its names."""
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        if sentence.endswith("?") and 4 <= len(sentence.split()) <= 12 and sentence[0].isupper():
            yield sentence
    people = [name for name, _ in Counter(_PERSON.findall(text)).most_common(2)]
    for name in people:
        yield f"Who is {name}?"
    for name, _ in Counter(_NAMED.findall(text)).most_common():
        if not any(person in name or name in person for person in people):
            yield f"What do the documents say about {name}?"
