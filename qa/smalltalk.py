"""Messages that are no questions to the documents: greetings, thanks, and questions about Citewise."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_NAMED = 5
# Matched against the whole message, so that a greeting before a question does not hide it.
_FORMS = {
    "greeting": (
        r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))"
        r"(?: there| citewise| everyone| all)?",
        r"how are you(?: doing)?(?: today)?",
    ),
    "thanks": (
        r"(?:ok(?:ay)?[, ]*)?(?:many )?(?:thanks|thank you|thx|ty|cheers|great|perfect|got it|nice)"
        r"(?: (?:a lot|so much|very much|you))?(?:[, ]+(?:thanks|thank you|that helps|bye|goodbye))?",
        r"(?:good)?bye|see you(?: later)?",
    ),
    "abilities": (
        r"help|(?:who|what) are you|what is (?:this|citewise)|what can i ask(?: you)?",
        r"what (?:can|do) you do(?: for me)?|how can you help(?: me)?",
        r"how do(?:es)? (?:you|this|it) work",
    ),
    "documents": (
        r"(?:what|which) (?:documents?|files?|sources?|texts?)"
        r" (?:(?:do|can) you (?:have|know|read|see|use|search)|(?:are|is) (?:there|loaded|available))",
        r"(?:list|show)(?: me)?(?: all)?(?: the| your| my)? (?:documents?|files?|sources?)",
        r"how many (?:documents?|files?) (?:do you have|are there|are loaded)",
    ),
}
_PATTERNS = {kind: re.compile("|".join(forms), re.IGNORECASE) for kind, forms in _FORMS.items()}


def reply(message: str, titles: Callable[[], Sequence[str]]) -> str | None:
    """What to say to small talk; None where the message is a question to the documents.

    Args:
        message: what was said.
        titles: gives the titles of the documents, asked for only where they matter.
    """
    kind = _kind(message)
    match kind:
        case "greeting":
            return "Hello! Ask me something about your documents."
        case "thanks":
            return "You are welcome. Ask on whenever you like."
        case "abilities":
            return (
                "I answer questions from your documents, in their own words, and show the exact passage "
                "each answer rests on. Where they do not hold the answer, I say so."
            )
        case "documents":
            return _list(titles())
        case _:
            return None


def is_smalltalk(message: str) -> bool:
    """Whether `reply` has something to say to the message."""
    return _kind(message) is not None


def _kind(message: str) -> str | None:
    plain = " ".join(message.strip(" \t\n.!?,;:)(").split())
    return next((kind for kind, form in _PATTERNS.items() if form.fullmatch(plain)), None)


def _list(titles: Sequence[str]) -> str:
    named = "; ".join(titles[:_NAMED])
    rest = f"; and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    noun = "document" if len(titles) == 1 else "documents"
    return f"I answer from {len(titles)} {noun}: {named}{rest}."
