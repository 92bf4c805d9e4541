"""What kinds of things nouns name: people, places, times."""

from __future__ import annotations

import re

from qa.rewriting.phrases import Phrase

LOCATIVE = frozenset("in at near around over from to into across through towards inside".split())
PLACES = frozenset(
    "capital city country county district island province region state town village".split()
)
TITLES = frozenset(
    """mr mrs ms miss dr sir lady lord president minister general king queen prince princess pope
    professor captain colonel senator chancellor emperor empress bishop saint""".split()
)
MALE = frozenset(
    """mr sir lord king prince emperor man boy father son brother husband uncle grandfather actor
    nephew gentleman businessman pope""".split()
)
_AGENTS = frozenset(
    """actor candidate captain chef clerk coach colonel cook diplomat envoy expert guard guest guide host
    journalist judge monk nun nurse patient pilot pupil rebel representative saint spokesman suspect thief
    victim witness""".split()
)
_NO_AGENTS = frozenset(
    """answer border chapter computer corner danger dinner fever filter flower letter manner matter number
    offer order paper power printer quarter register river rubber server shelter shower summer tower
    transformer water weather winter""".split()
)
FEMALE = frozenset(
    """mrs ms miss lady queen princess empress woman girl mother daughter sister wife aunt grandmother
    actress niece businesswoman""".split()
)
_AGENT = re.compile(
    r"(?:[^aeiou]er|[ts]or|ist|ian|man|woman|author|member|student|president|child)$"
)
_LIGHT = frozenset(
    """part kind kinds type types sort sorts way ways lot thing things example examples time times reason
    reasons bit case point term terms fact name day days year years hour hours minute minutes week weeks
    month months percent number amount place morning afternoon evening night spring summer autumn winter
    century centuries decade decades today yesterday tomorrow""".split()
)
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december""".split()
)
NAMED_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")


def is_agent(noun: str) -> bool:
    """Whether a common noun in lower case names a person, by its ending or as a title."""
    known = noun in TITLES | MALE | FEMALE | _AGENTS
    return known or (noun not in _NO_AGENTS and bool(_AGENT.search(noun)))


def is_time(word: str) -> bool:
    """Whether a word in lower case names a day, a month or a year."""
    return word in _CALENDAR or bool(NAMED_YEAR.fullmatch(word))


def is_light(phrase: Phrase) -> bool:
    """Whether it is a time, or a noun that names nothing by itself: "the last year", "May", "part"."""
    noun = phrase.noun.lower
    return (noun in _LIGHT and not phrase.is_proper) or noun.removesuffix("s") in _CALENDAR
