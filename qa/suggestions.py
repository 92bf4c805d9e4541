"""Example questions, made from the documents themselves and kept only where they are answered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, zip_longest

from index import Document, sentence_spans
from qa.words import content_words

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
    """Up to four questions, of as many documents as can be, each of which `answered` says yes to."""
    texts = (document.text[:_MAX_CHARACTERS] for document in islice(documents, _MAX_DOCUMENTS))
    rounds = zip_longest(*(islice(_candidates(text), _MAX_TRIES) for text in texts))
    candidates = _distinct(question for turn in rounds for question in turn if question)
    return tuple(islice(filter(answered, islice(candidates, _MAX_TRIES)), _WANTED))


def _distinct(questions: Iterable[str]) -> Iterator[str]:
    """The questions, but those that ask the same in the same words."""
    seen: set[frozenset[str]] = set()
    for question in questions:
        asked = frozenset(content_words(question))
        if asked not in seen:
            seen.add(asked)
            yield question


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
