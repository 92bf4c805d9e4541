"""What a conversation is about: the things its questions and answers spoke of, weighed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.rewriting.phrases import Phrase, is_plural, noun_phrases, small
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import Token, end_of_words
from qa.words import stem

# How much of its weight a thing keeps with each further question.
_FADING = 0.72
# The weights of places in a question, after the scale of centring theory (Grosz, Joshi and Weinstein
# 1995, "Centering"): subject before object before the rest; what was spoken of again comes first.
_CONTINUED = 1.35
_TURNED_TO = 1.4
_TOPIC = 1.0
_SPOKEN_ABOUT = 1.05
_OBJECT = 0.8
_OBLIQUE = 0.6
_OWNER = 0.55
_PREDICATE = 0.2
_ANSWER = 1.02
_SAID_BRIEFLY = 0.7
_SAID = 0.45
# "Fever and a rash" are the symptoms that were asked for, and nothing new.
_LISTED = 0.5
_FURTHER = 0.6
_ASKS_FOR_A_NAME = frozenset("who whom whose which where name".split())
_PROPER = 1.15
# A definition asks about its complement: after "What is the history of toilets?" they are the toilets.
_ATTRIBUTE = 0.6
_ASKED_FOR = 0.8

_TITLES = frozenset(
    """mr mrs ms miss dr sir lady lord president minister general king queen prince princess pope
    professor captain colonel senator chancellor emperor empress bishop saint""".split()
)
_MALE = frozenset(
    """mr sir lord king prince emperor man boy father son brother husband uncle grandfather actor
    nephew gentleman businessman pope""".split()
)
_AGENTS = frozenset(
    """actor candidate captain chef clerk coach colonel cook diplomat envoy expert guard guest guide host
    journalist judge monk nun nurse patient pilot pupil rebel representative saint spokesman suspect thief
    victim witness""".split()
)
_NO_AGENTS = frozenset(
    """answer border chapter computer corner danger dinner fever filter flower letter manner matter number offer
    order paper power printer quarter register river rubber server shelter shower summer tower transformer
    water weather winter""".split()
)
_FEMALE = frozenset(
    """mrs ms miss lady queen princess empress woman girl mother daughter sister wife aunt grandmother
    actress niece businesswoman""".split()
)
_AGENT = re.compile(
    r"(?:[^aeiou]er|[ts]or|ist|ian|man|woman|author|member|student|president|child)$"
)
LOCATIVE = frozenset("in at near around over from to into across through towards inside".split())
PLACES = frozenset(
    "capital city country county district island province region state town village".split()
)
_LIGHT = frozenset(
    """part kind kinds type types sort sorts way ways lot thing things example examples time times reason
    reasons bit case point term terms fact name day days year years hour hours minute minutes week weeks
    month months percent number amount place morning afternoon evening night spring summer autumn winter
    century centuries decade decades today yesterday tomorrow""".split()
)
_VAGUE = frozenset("more less most enough".split())
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july
    august september october november december""".split()
)
_DEMONYM = re.compile(r"(?:an|ish|ese|ch|ic|i)$")
_NAMED_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that was spoken of.

    `weight` says how much it stood out in its turn, `asked` which question that was, counted from 0.
    `person` and `female` are None where nothing tells. `key`, the words without the article, is what
    makes two mentions the same; `stem` is that of the noun.
    """

    text: str
    noun: str
    weight: float
    asked: int
    plural: bool
    proper: bool
    determiner: str
    place: bool
    person: bool | None
    female: bool | None
    phrase: Phrase
    key: str
    stem: str


@dataclass(slots=True)
class Focus:
    """The mentions of a conversation as it goes on, its last question, and the answer to it.

    `answer` is the exact answer and `said` all that was said; empty where there was none.
    """

    mentions: list[Mention] = field(default_factory=list)
    _known: dict[str, Mention] = field(default_factory=dict)
    asked: int = -1
    question: str = ""
    answer: str = ""
    said: str = ""

    def hear_question(
        self, question: str, frame: str, continued: Sequence[Mention] = (), about: str = ""
    ) -> None:
        """Take in a question that stands alone.

        `frame` is what pieces of questions are completed from after it, mostly itself; `continued` is
        what it took up again, and `about` the key of what it turned to.
        """
        self.asked += 1
        self.question, self.answer, self.said = frame, "", ""
        tokens = tag(question)
        again = {mention.key for mention in continued} | {about}
        found = [m for phrase in noun_phrases(tokens) if (m := _mention(phrase, self.asked))]
        for mention in found:
            weight = max(mention.weight, _TOPIC) if len(found) == 1 else mention.weight
            if mention.key in again:
                weight = _TURNED_TO if mention.key == about else _CONTINUED
            self._add(replace(mention, weight=weight))
        for mention in continued:
            if mention.key not in {one.key for one in found}:
                self._add(replace(mention, asked=self.asked, weight=_CONTINUED))

    def hear_answer(self, answer: str, short: str) -> None:
        """Take in what was answered, and the exact answer within it."""
        self.answer, self.said = short, answer
        asks = self.question.split(" ", 1)[0].lower()
        exact = _ANSWER if asks in _ASKS_FOR_A_NAME else _SAID_BRIEFLY
        now = [mention for mention in self.mentions if mention.asked == self.asked]
        given = {mention.key for mention in now}
        # After "Which country closed its border?" "Poland." it is Poland rather than the country.
        asked_for = next((mention for mention in now if _asks_which(mention)), None)
        lists = any(_is_defined(mention.phrase) and mention.plural for mention in now)
        for text, weight in ((short, exact), (answer if answer != short else "", _SAID)):
            mentions = [_mention(phrase, self.asked) for phrase in noun_phrases(tag(text))]
            new = [m for m in mentions if m is not None and m.key not in given]
            new = _names_first(new)
            for mention in new:
                is_first = mention.phrase.start < new[0].phrase.end
                is_who = text == short and asks in ("who", "whom")
                is_exact = text == short and mention.proper
                names = text == short and is_first and _is_one(mention, asked_for)
                weight *= _LISTED if lists else 1
                self._add(
                    replace(
                        mention,
                        text=_known(mention),
                        weight=_CONTINUED
                        if names
                        else weight * (1 if is_first else mention.weight * _FURTHER),
                        person=True if is_who and is_first else mention.person,
                        place=mention.place
                        or (is_exact and asks == "where")
                        or (names and asked_for is not None and asked_for.noun in PLACES),
                    )
                )

    def know_person(self, key: str, female: bool | None) -> None:
        """Remember that a thing was called "he" or "she"."""
        self._known[key] = replace(self._known[key], person=True, female=female)

    def weighed(self) -> Iterator[tuple[float, Mention]]:
        """Each thing once, by its strongest mention, with the weight that is left of it."""
        best: dict[str, tuple[float, Mention]] = {}
        for mention in self.mentions:
            weight = mention.weight * _FADING ** (self.asked - mention.asked)
            if mention.key not in best or weight >= best[mention.key][0]:
                best[mention.key] = weight, mention
        for weight, mention in best.values():
            known = self._known[mention.key]
            hints = known.person, known.female, known.place
            if hints != (mention.person, mention.female, mention.place):
                person, female, place = hints
                mention = replace(mention, person=person, female=female, place=place)
            yield weight, mention

    def weight_of(self, phrase: Phrase) -> float:
        """How much a phrase of the last question stood out in it; 0 of what was not spoken of."""
        key = phrase.bare.casefold()
        return max(
            (m.weight for m in self.mentions if m.key == key and m.asked == self.asked), default=0.0
        )

    def fuller(self, phrase: Phrase) -> Mention | None:
        """The latest mention with the same noun as `phrase` and more said of it."""
        noun, many = stem(phrase.noun.lower), is_plural(phrase.noun.lower)
        for mention in reversed(self.mentions):
            same = mention.stem == noun and mention.plural == many
            if same and len(mention.phrase.bare.split()) > len(phrase.bare.split()):
                return mention
        return None

    def mentioned(self, phrase: Phrase) -> bool:
        """Whether its noun has been spoken of."""
        noun = stem(phrase.noun.lower)
        return any(
            m.stem == noun and not m.phrase.has_complement and m.weight > _PREDICATE
            for m in self.mentions
        )

    def last_year(self) -> str | None:
        """The year that was spoken of last."""
        for text in (self.answer, self.said, self.question):
            if found := _NAMED_YEAR.findall(text):
                return str(found[-1])
        return None

    def _add(self, mention: Mention) -> None:
        self.mentions.append(mention)
        known = self._known.get(mention.key)
        if known is not None:  # what was once found out of a thing stays true of it
            mention = replace(
                mention,
                person=known.person if mention.person is None else mention.person,
                female=known.female if mention.female is None else mention.female,
                place=known.place or mention.place,
            )
        self._known[mention.key] = mention


def _names_first(mentions: list[Mention]) -> list[Mention]:
    """ "The minister, Paul Adeyemi" is one person, and called by the name."""
    if len(mentions) < 2:
        return mentions
    first, second = mentions[:2]
    apart = first.phrase.tokens[first.phrase.end : second.phrase.start]
    apposed = [token.text for token in apart] == [","] and second.proper and not first.proper
    return [second, *mentions[2:]] if apposed and not first.plural else mentions


def _known(mention: Mention) -> str:
    """How to speak of what was answered: "a cruise missile" is "the cruise missile" from then on."""
    indefinite = mention.determiner in ("a", "an")
    return f"the {mention.phrase.bare}" if indefinite else mention.text


def _asks_which(mention: Mention) -> bool:
    """Whether the question asks which one it is: "Which country …?", "What is the capital of Peru?"."""
    phrase = mention.phrase
    ends = phrase.end == end_of_words(phrase.tokens)
    defined = _is_defined(phrase) and ends and not mention.plural and phrase.determiner == "the"
    return mention.determiner in ("which", "what") or defined


def _is_one(mention: Mention, asked_for: Mention | None) -> bool:
    """Whether what was answered is one of what was asked for: a name, or more words of the same noun."""
    if asked_for is None:
        return False
    same = any(stem(token.lower) == mention.stem for token in asked_for.phrase.words)
    return mention.proper or same


def is_agent(noun: str) -> bool:
    """Whether a common noun in lower case names a person, by its ending or as a title."""
    known = noun in _TITLES | _MALE | _FEMALE | _AGENTS
    return known or (noun not in _NO_AGENTS and bool(_AGENT.search(noun)))


def is_time(word: str) -> bool:
    """Whether a word in lower case names a day, a month or a year."""
    return word in _CALENDAR or bool(_NAMED_YEAR.fullmatch(word))


def is_light(phrase: Phrase) -> bool:
    """Whether it is a time, or a noun that names nothing by itself: "the last year", "May", "part"."""
    noun = phrase.noun.lower
    return (noun in _LIGHT and not phrase.is_proper) or noun.removesuffix("s") in _CALENDAR


def _mention(phrase: Phrase, asked: int) -> Mention | None:
    noun = phrase.noun.lower
    if is_light(phrase) or phrase.determiner == "whose" or phrase.words[0].lower in _VAGUE:
        return None
    words = {token.lower.rstrip(".") for token in phrase.words}
    female = True if words & _FEMALE else False if words & _MALE else None
    before = phrase.before
    place = bool(before and before.lower in LOCATIVE and phrase.is_proper)
    person: bool | None = None
    if words & _TITLES or female is not None or _asked_who(phrase):
        person = True
    elif place or (phrase.is_proper and phrase.determiner == "the"):
        person = False
    elif not phrase.is_proper:
        person = True if noun in _TITLES else None
    return Mention(
        text=as_spoken_of(phrase),
        noun=noun,
        weight=_place_weight(phrase) * (_PROPER if phrase.is_proper else 1),
        asked=asked,
        plural=phrase.is_plural or _asked_who_are(phrase),
        proper=phrase.is_proper,
        determiner=phrase.determiner,
        place=place,
        person=person,
        female=female,
        phrase=phrase,
        key=phrase.bare.casefold(),
        stem=stem(noun),
    )


def _asked_who(phrase: Phrase) -> bool:
    """Whether the question is "Who is …?"."""
    first, after = phrase.tokens[0], phrase.after
    owner = after is not None and after.lower in ("'s", "'")
    asked = first.lower == "who" and phrase.start == 2 and phrase.tokens[1].is_copula
    return asked and not owner


def _asked_who_are(phrase: Phrase) -> bool:
    """Whether the question is "Who are The Avengers?"."""
    return _asked_who(phrase) and phrase.tokens[1].lower in ("are", "were")


def as_spoken_of(phrase: Phrase) -> str:
    """How to speak of it again: what was asked for ("which planes") is known by now ("the planes")."""
    first, before = phrase.words[0], phrase.before
    counted = before is not None and before.lower == "many" and phrase.start == 2
    counted = counted or (first.tag == "NUM" and phrase.is_plural)
    introduced = phrase.determiner in ("a", "an") and phrase.has_complement
    if phrase.determiner in ("which", "what", "any") or counted or introduced:
        return f"the {small(phrase.bare) if first.tag == 'NUM' else phrase.bare}"
    if phrase.start == 0 and _is_small_within(phrase):
        return first.text[0].lower() + phrase.text[1:]
    return phrase.text


def _is_small_within(phrase: Phrase) -> bool:
    """Whether the first word of a sentence has its capital from there alone."""
    first = phrase.words[0]
    if first.tag in ("DET", "PRON") or (first.tag == "NUM" and first.text.istitle()):
        return True
    if first.text != first.text.capitalize() or not first.text.isalpha():  # "MiG-31 jets"
        return False
    described = len(phrase.words) > 1 and phrase.words[1].text.islower()
    if first.tag == "ADJ":
        return described and not _DEMONYM.search(first.lower)
    return first.tag == "NOUN" and (described or is_plural(first.lower))


def _before(phrase: Phrase) -> Token | None:
    """The token before it, or before the names that it is joined to by "and"."""
    at = phrase.start - 1
    while at > 0 and phrase.tokens[at].tag == "CCONJ":
        at -= 1
        while at >= 0 and phrase.tokens[at].tag == "PROPN":
            at -= 1
    return phrase.tokens[at] if at >= 0 else None


def _place_weight(phrase: Phrase) -> float:
    before = _before(phrase)
    after = phrase.after
    if after is not None and after.lower in ("'s", "'") and not phrase.is_proper:
        return _OWNER  # "a physician's assistant" is about the assistant
    asked_of = _is_defined(phrase) and after is not None and after.tag == "ADP"
    partial = phrase.has_complement and not phrase.is_name
    rank = _ATTRIBUTE if partial or phrase.is_owned or asked_of else 1
    if phrase.words[0].lower in ("what", "which"):
        return _ASKED_FOR * rank
    if before is not None and before.lower == "of" and _within_asked_for(phrase):
        return _ASKED_FOR * _ATTRIBUTE
    if phrase.determiner in ("a", "an") and before is not None and _is_sought(phrase):
        return _ASKED_FOR * _ATTRIBUTE
    if before is not None and _is_predicate(phrase):
        return _PREDICATE
    if before is None or before.lower == "about":
        return (_TOPIC if before is None else _SPOKEN_ABOUT) * rank
    if before.lower == "of":
        return _TOPIC
    if before.tag == "ADP":
        return _OBLIQUE
    if phrase.after is not None and phrase.after.lower == "of":
        return _OBLIQUE
    if _is_object(phrase):
        return _OBJECT
    return _TOPIC * rank


def _within_asked_for(phrase: Phrase) -> bool:
    """Whether it is the complement of "what style" or "how many kinds"."""
    return not any(t.is_auxiliary or t.tag == "VERB" for t in phrase.tokens[: phrase.start]) and (
        phrase.tokens[0].lower in ("what", "which", "how")
    )


def _is_defined(phrase: Phrase) -> bool:
    """Whether the question is what it is: "What is the difference between A and B?"."""
    asked = phrase.start == 2 and phrase.tokens[0].lower == "what" and phrase.tokens[1].is_copula
    return asked and phrase.determiner == "the"


def _is_sought(phrase: Phrase) -> bool:
    """Whether the question is who is one: "Who was a judge on the series?"."""
    return phrase.start == 2 and phrase.tokens[0].lower == "who" and phrase.tokens[1].is_copula


def _is_predicate(phrase: Phrase) -> bool:
    """Whether it says what something is, as in "Was Harald a sailor?": nothing new is spoken of."""
    front = phrase.tokens[: phrase.start]
    return (
        phrase.determiner in ("a", "an")
        and front[-1].tag != "ADP"
        and any(token.is_copula for token in front)
        and any(token.is_noun for token in front)
        and not any(token.tag == "VERB" for token in front)
    )


def _is_object(phrase: Phrase) -> bool:
    """Whether a full verb stands before it, and not only what asks."""
    asked_with = phrase.tokens[0].lower.startswith("wh") or phrase.tokens[0].lower == "how"
    verbs = [t for t in phrase.tokens[: phrase.start] if t.tag == "VERB"]
    subject_verb = phrase.start == 2 and asked_with
    return bool(verbs) and not subject_verb
