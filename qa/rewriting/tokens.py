"""Words and marks of a sentence with their word classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

_TO_BE = frozenset("is are was were am be been being 's 're 'm".split())
_DO_OR_MODAL = frozenset(
    "do does did can could will would shall should may might must ca wo".split()
)
_TO_HAVE = frozenset("has have had 've".split())


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
        return self.lower in _TO_BE and self.tag != "PART"  # the owner's "'s" is none

    @property
    def is_support(self) -> bool:
        """Whether a subject and a bare verb come after it in a question: "do" or a modal."""
        return self.lower in _DO_OR_MODAL

    @property
    def is_auxiliary(self) -> bool:
        """Whether it can stand before the subject of a question."""
        return self.is_copula or self.is_support or self.lower in _TO_HAVE

    def retagged(self, tag: str, form: str = "-") -> Self:
        """The same word as one of another class."""
        return replace(self, tag=tag, form=form)


def end_of_words(tokens: Sequence[Token]) -> int:
    """The place behind the last word."""
    end = len(tokens)
    while end and not tokens[end - 1].is_word:
        end -= 1
    return end
