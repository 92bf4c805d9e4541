"""How well the reader reads when it is handed the right paragraph: no search, and no threshold.

    python -m eval.reader SQUAD_JSON [--weights FOLDER]

The best span of the paragraph stands for the answer. Its margin is how many logits it beats "not
here" by, and should be higher where the answer is than where it is not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from eval import squad
from eval.aggregates import auroc, mean
from eval.metrics import contains, exact_match, token_f1
from index import CitewiseError
from qa.reader.model import WEIGHTS, SpanModel, Window
from qa.reader.nearby import Nearby

# Half the words in common: the span is the answer, if not to the letter.
_RIGHT = 0.5


class Model(Protocol):
    """What is measured: `qa.reader.model.SpanModel`."""

    def read(self, question: str, passages: Sequence[str]) -> Sequence[Sequence[Window]]:
        """The windows of each passage."""
        ...


@dataclass(frozen=True, slots=True)
class GivenParagraph:
    """The figures of one file; None where there is nothing to measure.

    `exact_match` and `f1` are means over the `questions` in per cent, by the definition of SQuAD; the
    targets are 67 and 80. `margin_auroc`, in [0, 1], is the chance that the margin of a right span of
    its own paragraph is above that of a question read in the nearest paragraph without the answer.
    """

    questions: int
    exact_match: float | None
    f1: float | None
    margin_auroc: float | None


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    paragraph: int
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Best:
    text: str
    margin: float


def measure(model: Model, contents: Any) -> GivenParagraph:
    """Read every answerable question of a SQuAD file, given as its JSON, in its own paragraph."""
    paragraphs = [p["context"] for article in contents["data"] for p in article["paragraphs"]]
    nearby = Nearby(paragraphs)
    exact, overlaps, margins, here = [], [], [], []
    for asked in _questions(contents):
        own = paragraphs[asked.paragraph]
        passages = [own, *_nearest_other(nearby, paragraphs, asked)]
        windows = model.read(asked.question, passages)
        found, *elsewhere = map(_best, passages, windows)
        exact.append(exact_match(found.text, asked.answers))
        overlaps.append(token_f1(found.text, asked.answers))
        read = [found, *elsewhere] if overlaps[-1] >= _RIGHT else elsewhere
        margins += [best.margin for best in read]
        here += [best is found for best in read]
    return GivenParagraph(
        questions=len(exact),
        exact_match=_per_cent(exact),
        f1=_per_cent(overlaps),
        margin_auroc=auroc(margins, here),
    )


def _questions(contents: Any) -> Iterator[_Asked]:
    paragraphs = (p for article in contents["data"] for p in article["paragraphs"])
    for number, paragraph in enumerate(paragraphs):
        for qa in paragraph["qas"]:
            answers = tuple(answer["text"] for answer in qa.get("answers", []))
            if answers and not qa.get("is_impossible", False):
                yield _Asked(qa["question"].strip(), number, answers)


def _nearest_other(nearby: Nearby, paragraphs: Sequence[str], asked: _Asked) -> list[str]:
    """The paragraph, or none, that looks most like it held the answer and does not."""
    own = paragraphs[asked.paragraph]
    for number in nearby.rank(asked.question, len(paragraphs)):
        text = paragraphs[number]
        if text != own and not contains(text, asked.answers):
            return [text]
    return []


def _best(text: str, windows: Iterable[Window]) -> _Best:
    best = _Best("", float("-inf"))
    for window in windows:
        first, last, scores = window.spans()
        if len(scores) and scores.max() > best.margin:
            at = scores.argmax()
            start, end = window.offsets[first[at], 0], window.offsets[last[at], 1]
            best = _Best(text[start:end], float(scores[at]))
    return best


def _per_cent(values: Sequence[float]) -> float | None:
    share = mean(values)
    return None if share is None else 100 * share


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.reader", description=__doc__.split("\n")[0]
    )
    parser.add_argument("squad_json", type=Path, help="a SQuAD file, .json or .json.gz")
    parser.add_argument(
        "--weights", type=Path, default=WEIGHTS, help="a folder that qa.reader.export wrote"
    )
    options = parser.parse_args(arguments)
    try:
        figures = measure(SpanModel(options.weights), squad.read(options.squad_json))
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    print(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
