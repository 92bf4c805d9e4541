"""What was called something fuller before: "the experiment", "the city"."""

from __future__ import annotations

from qa.rewriting.focus import Focus
from qa.rewriting.mentions import Mention
from qa.rewriting.nouns import PLACES
from qa.rewriting.phrases import Phrase, noun_phrases
from qa.rewriting.tagging import tag

_DEFINITE = frozenset("the this that these those".split())
_GROUPS_AND_WORKS = frozenset(
    """airline album band bank book company film firm group league magazine movie newspaper novel opera
    party song team""".split()
)
LEAST = 0.3


def name_again(question: str, focus: Focus) -> list[tuple[Mention, int, int]]:
    """Where "the experiment" is one that was called something fuller before, and what."""
    found = []
    for phrase in noun_phrases(tag(question)):
        bare = len(phrase.words) == 2 and phrase.determiner in _DEFINITE
        after = phrase.after
        ends = (
            after is None
            or after.tag not in ("ADP", "PROPN")
            or phrase.end + 1 == len(phrase.tokens)
        )
        if not (bare and ends) or phrase.is_proper:
            continue
        if mention := focus.fuller(phrase) or _of_that_sort(phrase, focus):
            found.append((mention, phrase.words[0].start, phrase.words[-1].end))
    return found


def _of_that_sort(phrase: Phrase, focus: Focus) -> Mention | None:
    """What "the city" or "the company" is, if no city was spoken of but a name that can be one's."""
    noun = phrase.noun.lower
    if noun not in PLACES | _GROUPS_AND_WORKS or focus.mentioned(phrase):
        return None
    fitting = [
        (weight, mention)
        for weight, mention in focus.weighed()
        if mention.proper and mention.place == (noun in PLACES)
        if mention.plural or not mention.person
    ]
    weight, best = max(fitting, key=lambda pair: pair[0], default=(0.0, None))
    return best if weight >= LEAST else None
