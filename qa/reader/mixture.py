"""Which cases the reader sees, in which order: a deterministic, endless, resumable stream.

The stream is cut into rounds. Round ``n`` is a function of the collections, their weights and the
seed alone, so a run that stops can go on from any round without storing a sampler. Each
collection is gone through without repeats before it starts over, in a new order and with new
negatives.

How a question is made unanswerable decides what the reader learns to refuse:

- ``near``: the passage BM25 ranks nearest that does not hold the answer;
- ``article``: another passage of the same article, on the same topic;
- ``cut``: its own passage with the sentence of the answer taken out;
- ``premise``: its own passage, but a name, number, year or telling word in the question was
  exchanged, so that what it asks about did not happen.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index import Span
from qa.reader.examples import Collection, Example, Passage, Question, sentence_spans
from qa.reader.nearby import Nearby, words
from qa.reader.noise import exchange, seeded, shapes, telegraphic, typo

ROUND = 4096
"""Cases in a round."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Shares of all cases, each in [0, 1], and lengths in words."""

    near: float = 0.11
    article: float = 0.05
    cut: float = 0.08
    premise: float = 0.06
    distractor: float = 0.22
    crop: float = 0.15
    title: float = 0.05
    typo: float = 0.04
    telegraphic: float = 0.05
    unmarked: float = 0.12
    longest: int = 170


class Mixture:
    """Turns collections and weights into rounds of examples."""

    def __init__(
        self,
        collections: Sequence[tuple[Collection, float]],
        seed: int,
        recipe: Recipe | None = None,
    ) -> None:
        """``collections`` with the weight of each; weights need not add up to anything."""
        self.collections = [(c, w) for c, w in collections if c.questions and w > 0]
        if not self.collections:
            raise ValueError("no questions to train on")
        self.seed = seed
        self.recipe = recipe or Recipe()
        self._passages: list[Passage] = []
        self._first: list[int] = []
        for collection, _ in self.collections:
            self._first.append(len(self._passages))
            self._passages.extend(collection.passages)
        self._nearby = Nearby([p.text for p in self._passages])
        self._articles: dict[str, list[int]] = defaultdict(list)
        for number, passage in enumerate(self._passages):
            self._articles[passage.article].append(number)
        # A question asked of several passages ("Do you share my data?") has answers in many more.
        self._asked = Counter(q.text for c, _ in self.collections for q in c.questions)
        self._shapes = shapes(p.text for p in self._passages)

    def round(self, number: int, size: int = ROUND) -> list[Example]:
        """The cases of round ``number``, counted from 0, in no useful order."""
        rng = seeded(self.seed, number)
        examples = []
        total = sum(weight for _, weight in self.collections)
        for place, (collection, weight) in enumerate(self.collections):
            share = max(1, round(size * weight / total))
            for at in range(number * share, (number + 1) * share):
                question = self._question(collection, at)
                examples.append(self._case(place, question, rng))
        rng.shuffle(examples)
        return examples

    def _question(self, collection: Collection, at: int) -> Question:
        """The question at place ``at`` of an endless shuffled repetition of the collection."""
        size = len(collection.questions)
        turn, place = divmod(at, size)
        return collection.questions[_order(size, f"{self.seed}/{collection.name}/{turn}")[place]]

    def _case(self, place: int, question: Question, rng: random.Random) -> Example:
        name = self.collections[place][0].name
        home = self._first[place] + question.passage
        recipe = self.recipe
        made: Example | None = None
        if question.span is not None and self._asked[question.text] == 1:
            roll = rng.random()
            ways: list[tuple[float, Callable[[], Example | None]]] = [
                (recipe.near, lambda: self._near(name, question, home, rng)),
                (recipe.article, lambda: self._same_article(name, question, home, rng)),
                (recipe.cut, lambda: self._cut(name, question, home, rng)),
                (recipe.premise * 1.7, lambda: self._premise(name, question, home, rng)),
            ]
            for share, way in ways:
                if roll < share:
                    made = way()
                    break
                roll -= share
        if made is None:
            made = self._gold(name, question, home, rng)
        return self._noisy(made, rng)

    def _gold(self, name: str, question: Question, home: int, rng: random.Random) -> Example:
        passage = self._passages[home]
        text, span = passage.text, question.span
        limit = self.recipe.longest
        if rng.random() < self.recipe.crop:
            limit = rng.randint(25, 110)
        text, span = crop(text, span, limit, rng)
        room = self.recipe.longest - len(text.split())
        if room > 30 and rng.random() < self.recipe.distractor:
            text, span = self._beside(text, span, question, home, min(room, 90), rng)
        elif rng.random() < self.recipe.title and not passage.article.rpartition(":")[2].isdigit():
            title = passage.article.partition(":")[2].replace("_", " ") + "\n"
            text, span = title + text, span and Span(span.start + len(title), span.end + len(title))
        start, end = span or (None, None)
        return Example(question.text, text, start, end, name, question.loose)

    def _beside(
        self,
        text: str,
        span: Span | None,
        question: Question,
        home: int,
        room: int,
        rng: random.Random,
    ) -> tuple[str, Span | None]:
        """Set another passage before or after, as a chunk of a document would have it."""
        other = self._stranger(question, home, rng)
        if other is None:
            return text, span
        more, _ = crop(self._passages[other].text, None, room, rng)
        gap = rng.choice((" ", "\n", "\n\n"))
        if rng.random() < 0.5:
            return text + gap + more, span
        shift = len(more) + len(gap)
        return more + gap + text, span and Span(span.start + shift, span.end + shift)

    def _stranger(self, question: Question, home: int, rng: random.Random) -> int | None:
        """A near passage, or one of the same article, that does not hold the answer."""
        text = self._passages[home].text
        answer = _plain(text[question.span.start : question.span.end]) if question.span else ""
        siblings = self._articles[self._passages[home].article]
        if len(siblings) > 1 and rng.random() < 0.4:
            found = rng.sample(siblings, min(4, len(siblings)))
        else:
            found = self._nearby.rank(question.text, 8)
            if rng.random() < 0.5:
                rng.shuffle(found)
        for number in found:
            if number != home and not _holds(self._passages[number].text, answer):
                return number
        return None

    def _near(self, name: str, question: Question, home: int, rng: random.Random) -> Example | None:
        answer = _plain(self._answer(question, home))
        own = self._passages[home].text
        near = [
            n
            for n in self._nearby.rank(question.text, 8)
            if n != home
            and self._passages[n].text != own
            and not _holds(self._passages[n].text, answer)
        ]
        if not near:
            return None
        # Mostly the nearest; sometimes further down, so that the plainly absent is seen too.
        number = near[0] if rng.random() < 0.55 else rng.choice(near)
        return self._absent(f"{name}/near", question.text, self._passages[number].text, rng)

    def _same_article(
        self, name: str, question: Question, home: int, rng: random.Random
    ) -> Example | None:
        siblings = [n for n in self._articles[self._passages[home].article] if n != home]
        answer = _plain(self._answer(question, home))
        own = set(sentence_texts(self._passages[home].text))
        for number in rng.sample(siblings, min(4, len(siblings))):
            text = self._passages[number].text
            if not _holds(text, answer) and not own & set(sentence_texts(text)):
                return self._absent(f"{name}/article", question.text, text, rng)
        return self._near(name, question, home, rng)

    def _cut(self, name: str, question: Question, home: int, rng: random.Random) -> Example | None:
        text = self._passages[home].text
        answer = _plain(self._answer(question, home))
        start, end = question.span or (0, 0)
        kept = [
            text[s.start : s.end]
            for s in sentence_spans(text)
            if not (s.start < end and start < s.end) and not _holds(text[s.start : s.end], answer)
        ]
        rest = "".join(kept).strip()
        if len(rest.split()) < 15:
            return self._near(name, question, home, rng)
        return self._absent(f"{name}/cut", question.text, rest, rng)

    def _premise(
        self, name: str, question: Question, home: int, rng: random.Random
    ) -> Example | None:
        text = self._passages[home].text
        # Mostly a name from the same article, which is harder to tell from the right one.
        siblings = [n for n in self._articles[self._passages[home].article] if n != home]
        some = rng.sample(siblings, min(3, len(siblings))) if rng.random() < 0.7 else []
        sources = (shapes(self._passages[n].text for n in some), self._shapes)
        changed = exchange(question.text, text, self._answer(question, home), sources, rng)
        if changed is None:
            return None
        text, _ = crop(text, question.span, self.recipe.longest, rng)
        return Example(changed, text, None, None, f"{name}/premise")

    def _absent(self, source: str, question: str, text: str, rng: random.Random) -> Example:
        text, _ = crop(text, None, self.recipe.longest, rng)
        return Example(question, text, None, None, source)

    def _answer(self, question: Question, home: int) -> str:
        start, end = question.span or (0, 0)
        return self._passages[home].text[start:end]

    def _noisy(self, case: Example, rng: random.Random) -> Example:
        text = case.question
        recipe = self.recipe
        if rng.random() < recipe.typo:
            text = typo(text, rng)
        if rng.random() < recipe.telegraphic:
            text = telegraphic(text)
        if rng.random() < recipe.unmarked:
            text = text.rstrip(" ?")
        return replace(case, question=text)


def crop(text: str, span: Span | None, longest: int, rng: random.Random) -> tuple[str, Span | None]:
    """Keep a run of whole sentences of about ``longest`` words at most, the span's among them."""
    if len(text.split()) <= longest:
        return text, span
    sentences = sentence_spans(text)
    sizes = [len(text[s.start : s.end].split()) for s in sentences]
    if span is None:
        first = last = rng.randrange(len(sentences))
    else:
        inside = [i for i, s in enumerate(sentences) if s.start < span.end and span.start < s.end]
        first, last = inside[0], inside[-1]
    used = sum(sizes[first : last + 1])
    while True:
        choices = []
        if first > 0 and used + sizes[first - 1] <= longest:
            choices.append(-1)
        if last + 1 < len(sentences) and used + sizes[last + 1] <= longest:
            choices.append(1)
        if not choices:
            break
        if rng.choice(choices) < 0:
            first -= 1
            used += sizes[first]
        else:
            last += 1
            used += sizes[last]
    start = sentences[first].start
    kept = text[start : sentences[last].end].rstrip()
    return kept, span and Span(span.start - start, span.end - start)


def sentence_texts(text: str) -> list[str]:
    """The sentences of a text, stripped."""
    return [text[s.start : s.end].strip() for s in sentence_spans(text)]


def _plain(text: str) -> str:
    return " " + " ".join(words(re.sub(r"^(?:the|an?) ", "", text, flags=re.IGNORECASE))) + " "


def _holds(text: str, plain_answer: str) -> bool:
    """Whether the words of the answer stand in the text, in order."""
    return bool(plain_answer.strip()) and plain_answer in " " + " ".join(words(text)) + " "


_ORDERS: dict[tuple[int, str], list[int]] = {}


def _order(size: int, seed: str) -> list[int]:
    """A shuffled ``range(size)``; the last few are remembered."""
    key = (size, seed)
    if key not in _ORDERS:
        if len(_ORDERS) > 64:
            _ORDERS.clear()
        order = list(range(size))
        seeded(seed).shuffle(order)
        _ORDERS[key] = order
    return _ORDERS[key]
