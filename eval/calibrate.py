"""Fit how sure the reader is to how often it is right.

    python -m eval.calibrate SQUAD_JSON SELQA_PAIRS

Questions of every second article of the SQuAD file are asked of all articles as one folder, and of
their own article as a small one, there also as people type them; questions of SelQA's "dev" split,
worded unlike the text, are asked of all their sections as one folder. Each is asked three ways: as it
is; without what answers it; and with a name, number or year exchanged, so that it rests on something
false. A logistic regression over the named features of `qa.reader.confidence` then learns in which of
these the best evidence is right. The other articles are for measuring (`python -m eval.bench_reader`),
the rest of SelQA is trained on.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from eval import selqa, squad
from eval.aggregates import (
    auroc,
    expected_calibration_error,
    false_answer_rate,
    false_refusal_rate,
)
from eval.examples import Example
from eval.metrics import contains
from eval.selective import coverage_point
from index import DEFAULT_EMBEDDER, CitewiseError, Library, open_embedder
from qa import Settings
from qa.reader.confidence import CALIBRATION, Calibration
from qa.reader.model import WEIGHTS
from qa.reader.noise import exchange, shapes, telegraphic, typo
from qa.reader.spans import SpanReader
from qa.retrieval import retrieve

_SEED = 7
# A regression this strong in its prior ignores a feature that helps only by chance.
_INVERSE_PENALTY = 1.0
_SECTIONS = 400
_THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class Case:
    """One reading: the features of its best evidence, whether that is right, and whether any can be."""

    features: dict[str, float]
    right: bool
    answerable: bool = True


def cases(
    corpus: squad.Corpus, reader: SpanReader, ids: frozenset[str] | None = None
) -> Iterator[Case]:
    """Ask the examples of the corpus, or those whose id is among `ids`."""
    settings = Settings()
    embedder = open_embedder(DEFAULT_EMBEDDER, settings.cache)
    with tempfile.TemporaryDirectory() as scratch:
        squad.write(corpus, Path(scratch))
        with Library.open(Path(scratch, "docs"), Path(scratch, "home"), embedder) as library:
            library.sync()
            for example in corpus.examples:
                if ids is not None and example.id not in ids:
                    continue
                hits = retrieve(library, example.question, settings.passages)
                evidence, seen = reader.examine(example.question, hits)
                if evidence:
                    right = example.answerable and _rests_on(evidence[0].text, example)
                    yield Case(seen, right, example.answerable)


def _rests_on(sentence: str, example: Example) -> bool:
    """Whether a sentence holds an answer, or is part of what answers."""
    return contains(sentence, example.answers) or any(
        sentence.strip() in quote for quote in example.evidence
    )


def false_premises(corpus: squad.Corpus) -> squad.Corpus:
    """The same documents, asked about what did not happen; what cannot be changed is left out."""
    rng = random.Random(_SEED)
    everywhere = shapes(corpus.texts.values())
    changed = []
    for example in corpus.examples:
        context = next((t for t in corpus.texts.values() if example.evidence[0] in t), "")
        question = exchange(example.question, context, example.answers[0], (everywhere,), rng)
        if question is not None:
            changed.append(
                Example(example.id, "false-premise", question, (), (), (), answerable=False)
            )
    return squad.Corpus(corpus.texts, tuple(changed))


def fit(every: Sequence[Case]) -> Calibration:
    """A logistic regression of `right` on the features."""
    from sklearn.linear_model import LogisticRegression

    names = list(every[0].features)
    values = np.array([[case.features[name] for name in names] for case in every])
    right = np.array([case.right for case in every])
    centre, scale = values.mean(axis=0), values.std(axis=0) + 1e-9
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=1000)
    model.fit((values - centre) / scale, right)
    weights = model.coef_[0] / scale
    return Calibration(
        weights={name: round(float(w), 5) for name, w in zip(names, weights, strict=True)},
        bias=round(float(model.intercept_[0] - weights @ centre), 5),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.calibrate")
    parser.add_argument("squad_json", type=Path, help="a SQuAD file, .json or .json.gz")
    parser.add_argument("selqa_pairs", type=Path, help="SelQA's pairs, .jsonl or .jsonl.gz")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="the reader's folder")
    options = parser.parse_args(arguments)
    try:
        raw = squad.read(options.squad_json)
        asked = selqa.sample(selqa.read(options.selqa_pairs, "dev"), _SECTIONS, _SEED)
        reader = SpanReader.open(options.weights)
        every = [*_of_articles(raw, reader), *_of_sections(asked, reader)]
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    calibration = fit(every)
    calibration.save(options.weights / CALIBRATION)
    confidence = [calibration.probability(case.features) for case in every]
    right = [case.right for case in every]
    print(f"{len(every)} readings, {sum(right)} of them right")
    print(f"on these: AUROC {auroc(confidence, right):.3f}")
    print(f"on these: calibration error {expected_calibration_error(confidence, right):.3f}")
    for name, weight in calibration.weights.items():
        print(f"{name:16}{weight:9.4f}")
    for threshold in _THRESHOLDS:
        print(_at(threshold, every, confidence))
    return 0


def _at(threshold: float, every: Sequence[Case], confidence: Sequence[float]) -> str:
    """What a threshold makes of the readings, as a line."""
    answered = [sure >= threshold for sure in confidence]
    answerable = [case.answerable for case in every]
    false = false_answer_rate(answered, answerable)
    point = coverage_point(answered, [case.right for case in every])
    refused = false_refusal_rate(answered, answerable)
    figures = (
        ("false answers", false),
        ("false refusals", refused),
        ("right if answered", point.precision),
    )
    shown = ", ".join(f"{name} {0.0 if v is None else v:.3f}" for name, v in figures)
    return f"at {threshold:.2f}: {shown}"


def _of_articles(raw: Any, reader: SpanReader) -> Iterator[Case]:
    """Readings of every second article's questions, over all articles and over each alone."""
    ids = squad.half(raw, odd=False)
    rng = random.Random(_SEED)
    for corpus in _askings(raw):
        yield from cases(corpus, reader, ids)
    for article in raw["data"][::2]:
        for corpus in _askings({"data": [article]}):
            typed = tuple(replace(e, question=_typed(e.question, rng)) for e in corpus.examples)
            yield from cases(squad.Corpus(corpus.texts, typed), reader, ids)


def _of_sections(asked: Sequence[selqa.Asked], reader: SpanReader) -> Iterator[Case]:
    """Readings of questions whose sections are one folder."""
    whole = selqa.convert(asked)
    for corpus in (whole, selqa.convert(asked, without_gold=True), false_premises(whole)):
        yield from cases(corpus, reader)


def _askings(raw: Any) -> Iterator[squad.Corpus]:
    whole = squad.convert(raw)
    yield whole
    gone = squad.convert(raw, without_gold=True)
    yield squad.Corpus(gone.texts, tuple(e for e in gone.examples if not e.answerable))
    yield false_premises(whole)


def _typed(question: str, rng: random.Random) -> str:
    """The question as one of many people would type it."""
    ways: list[Callable[[str], str]] = [
        str,
        str,
        str.lower,
        telegraphic,
        partial(typo, rng=rng),
    ]
    return rng.choice(ways)(question)


if __name__ == "__main__":
    sys.exit(main())
