"""Which hyphens at the ends of lines belong to a word: those it has within lines too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_LAST = re.compile(r"((?:[^\W\d_]+[-\u2010])*[^\W\d_]+)[-\u2010]$")
# Of a word, with its hyphens.
_LONGEST = 80
_ADDRESS = re.compile(r"(?:://|www\.|@)\S*$")


class Words:
    """The words of a document by how often they stand within its lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Count the words that no line end cuts."""
        self._counts = Counter(word.casefold() for line in lines for word in _WORD.findall(line))

    def keeps_hyphen(self, line: str, following: str) -> bool:
        """Whether the hyphen at the end of a line stays when the following line is joined to it.

        The word is written as it is elsewhere in the document. Where it is not, the hyphen goes, unless
        the next part begins with a capital letter, or what is before it has a hyphen already.
        """
        before, after = _LAST.search(line[-_LONGEST:]), _WORD.match(following)
        if before is None or after is None or _ADDRESS.search(line[-_LONGEST:]):
            return True
        one, other = before[1].casefold(), after[0].casefold()
        with_hyphen = self._counts[f"{one}-{other}"] + self._counts[f"{one}\u2010{other}"]
        last = re.split("[-\u2010]", one)[-1]
        without = self._counts[one + other] or self._counts[last + other]
        if with_hyphen != without:
            return with_hyphen > without
        return not after[0][0].islower() or "-" in one or "\u2010" in one
