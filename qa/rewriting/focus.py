"""What a conversation is about: the things its questions and answers spoke of, weighed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.rewriting.mentions import PREDICATE, TOPIC, Mention, is_defined, mention_of
from qa.rewriting.nouns import NAMED_YEAR, PLACES
from qa.rewriting.phrases import Phrase, is_plural, noun_phrases
from qa.rewriting.tagging import tag
from qa.rewriting.tokens import end_of_words
from qa.words import stem

# How much of its weight a thing keeps with each further question.
_FADING = 0.72
# The weights of places in a question, after the scale of centring theory (Grosz, Joshi and Weinstein
# 1995, "Centering"): subject before object before the rest; what was spoken of again comes first.
_CONTINUED = 1.35
_TURNED_TO = 1.4
_ANSWER = 1.02
_SAID_BRIEFLY = 0.7
_SAID = 0.45
# "Fever and a rash" are the symptoms that were asked for, and nothing new.
_LISTED = 0.5
_FURTHER = 0.6
_ASKS_FOR_A_NAME = frozenset("who whom whose which where name".split())


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
        found = [m for phrase in noun_phrases(tokens) if (m := mention_of(phrase, self.asked))]
        for mention in found:
            weight = max(mention.weight, TOPIC) if len(found) == 1 else mention.weight
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
        lists = any(is_defined(mention.phrase) and mention.plural for mention in now)
        for text, weight in ((short, exact), (answer if answer != short else "", _SAID)):
            mentions = [mention_of(phrase, self.asked) for phrase in noun_phrases(tag(text))]
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
            m.stem == noun and not m.phrase.has_complement and m.weight > PREDICATE
            for m in self.mentions
        )

    def last_year(self) -> str | None:
        """The year that was spoken of last."""
        for text in (self.answer, self.said, self.question):
            if found := NAMED_YEAR.findall(text):
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
    defined = is_defined(phrase) and ends and not mention.plural and phrase.determiner == "the"
    return mention.determiner in ("which", "what") or defined


def _is_one(mention: Mention, asked_for: Mention | None) -> bool:
    """Whether what was answered is one of what was asked for: a name, or more words of the same noun."""
    if asked_for is None:
        return False
    same = any(stem(token.lower) == mention.stem for token in asked_for.phrase.words)
    return mention.proper or same
