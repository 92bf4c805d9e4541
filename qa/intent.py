"""What kind of answer a question wants."""

from __future__ import annotations

import re
from enum import Enum

from qa.words import content_words


class Intent(Enum):
    """A question wants one exact answer, a settling of yes or no, an account, or a summary."""

    SPAN = "span"
    VERDICT = "verdict"
    ACCOUNT = "account"
    SUMMARY = "summary"


_POLITE = r"\s*(?:(?:and|so|but|please|ok(?:ay)?|well)[, ]+)*(?:(?:can|could|would|will) you )?(?:please )?"


def _begins_with(*forms: str) -> re.Pattern[str]:
    return re.compile(f"{_POLITE}(?:{'|'.join(forms)})", re.IGNORECASE)


_SUMMARY = _begins_with(
    r"summari[sz]e\b",
    r"sum up\b",
    r"describe\b",
    r"(?:(?:give|show)(?: me)? )?(?:an? |the )?(?:\w+ )?(?:summary|overview|outline|gist)\b"
    r"(?: (?:of|on|about)\b)?",
    r"tell me(?: (?:more|something|all|everything))? about\b",
    r"what (?:does|do) (?:the|my|this|these|your) \w+ (?:say|tell(?: me| us)?)(?: about)?\b",
    r"what (?:is|are) (?:the|this|these|it|that) (?:\w+ )?about\b",
    r"what (?:is|do you) know(?:n)? about\b",
    r"what happened(?: (?:in|at|to|with|during))?\b",
)
_ACCOUNT = _begins_with(
    r"why\b",
    r"how come\b",
    r"explain\b",
    r"compare\b",
    r"list\b",
    r"name all\b",
    r"what (?:are|were) the\b",
    r"what (?:caused|led to|explains)\b",
    r"in what ways?\b",
    r"what (?:is|was) the (?:reason|cause|purpose|difference)\b",
    r"how (?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)\b",
)
_VERDICT = _begins_with(
    r"(?:is|are|was|were|do|does|did|has|have|had|could|would|should|must)"
    r"(?:n['’]t)?\b",
    r"(?:am|can|will|may|might)\b",
)
# What a summary is asked of when it is asked of everything.
_EVERYTHING = frozenset(
    "article content contents document documents essay everything file files folder information news "
    "page paper passage passages report reports source sources story text texts thing whole".split()
)


def intent_of(question: str) -> Intent:
    """The kind of answer that `question` wants, by how it begins."""
    for pattern, intent in (
        (_SUMMARY, Intent.SUMMARY),
        (_ACCOUNT, Intent.ACCOUNT),
        (_VERDICT, Intent.VERDICT),
    ):
        if pattern.match(question):
            return intent
    return Intent.SPAN


def topic_of(question: str) -> str | None:
    """What a summary is asked of, without the asking; None where it is asked of everything."""
    topic = _SUMMARY.sub("", question, count=1).strip(" ?.!:")
    return None if set(content_words(topic)) <= _EVERYTHING else topic
