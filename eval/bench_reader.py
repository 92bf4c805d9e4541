"""The reader's figures beside their targets: given the paragraph, over a whole folder, and its speed.

    python -m eval.bench_reader SQUAD_JSON [--seeds JSONL] [--docs FOLDER]

The calibration is fitted on the even half of the SQuAD file (see `eval.squad.half`). What depends on
it is therefore reported for the odd half only, while the paragraphs of both stay in the folder.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from eval import aggregates, reader, selective, squad
from eval import examples as data
from eval.calibrate import false_premises
from eval.judging import Prediction
from eval.reader import GivenParagraph
from eval.run import answer_over, evaluate
from eval.scoring import score
from index import Chunk, CitewiseError, DatasetError, Hit
from qa import Assistant, Settings
from qa.reader.model import WEIGHTS, SpanModel
from qa.reader.spans import SpanReader

SEEDS = Path(__file__).parent / "datasets" / "seeds.jsonl"
_PASSAGES = 5
_WORDPIECES = 200
_REPEATS = 30


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, None where there was nothing to measure, and the range it should lie in."""

    name: str
    value: float | None
    least: float | None = None
    most: float | None = None
    digits: int = 3

    def __str__(self) -> str:
        """One line: the name, the value, the target, and a word where the target is missed."""
        value = "-" if self.value is None else f"{self.value:.{self.digits}f}"
        return f"  {self.name:44}{value:>8}  {self._target()}".rstrip()

    def _target(self) -> str:
        bounds = [
            *([] if self.least is None else [f"≥ {self.least:g}"]),
            *([] if self.most is None else [f"≤ {self.most:g}"]),
        ]
        return f"({', '.join(bounds)}){'' if self.met else '  MISSED'}" if bounds else ""

    @property
    def met(self) -> bool:
        """Whether the value lies in its range; nothing measured is nothing met."""
        if self.value is None:
            return self.least is None and self.most is None
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )


def given_paragraph(figures: GivenParagraph) -> Iterator[Figure]:
    """Every question of the file in its own paragraph."""
    yield Figure("exact match, %", figures.exact_match, least=67, digits=1)
    yield Figure("F1, %", figures.f1, least=80, digits=1)
    yield Figure("AUROC of the margin", figures.margin_auroc)


def at_threshold(predictions: Sequence[Prediction], threshold: float) -> list[bool]:
    """Which questions would be answered, of predictions made with a threshold of 0.

    The threshold has no other effect on an answer, so that asking once is enough.
    """
    return [p.answered and p.answer.confidence >= threshold for p in predictions]


def open_domain(predictions: Sequence[Prediction]) -> Iterator[Figure]:
    """The question alone, all paragraphs in one folder."""
    answered = at_threshold(predictions, Settings().min_confidence)
    point = selective.coverage_point(answered, [p.right_and_cited for p in predictions])
    yield Figure("answer contained, everything answered", score(predictions).contained, least=0.85)
    yield Figure("coverage at the default threshold", point.coverage)
    yield Figure("precision at the default threshold", point.precision, least=0.90)


def without_gold(predictions: Sequence[Prediction]) -> Iterator[Figure]:
    """Questions whose paragraph is not in the folder; those of the same article are."""
    answered = at_threshold(predictions, Settings().min_confidence)
    yield Figure("false answers", aggregates.mean(answered), most=0.15)


def false_premise(predictions: Sequence[Prediction]) -> Iterator[Figure]:
    """Questions that rest on something false, made from real ones."""
    answered = at_threshold(predictions, Settings().min_confidence)
    yield Figure("false answers", aggregates.mean(answered))


def calibration(predictions: Sequence[Prediction]) -> Iterator[Figure]:
    """Whether a confidence of 0.7 is right seven times in ten, refused questions included.

    Where there is no answer to give, no answer is right, however low its confidence.
    """
    error = aggregates.expected_calibration_error(
        [p.answer.confidence for p in predictions], [p.right_and_cited for p in predictions]
    )
    yield Figure("expected calibration error", error, most=0.06)


def seeds(predictions: Sequence[Prediction]) -> Iterator[Figure]:
    """Our own documents and questions, at the default threshold."""
    scores = score(predictions)
    yield Figure("right and cited", scores.right_and_cited, least=0.90)
    yield Figure("false answers", scores.false_answer_rate, most=0.20)
    yield Figure("false refusals", scores.false_refusal_rate, most=0.10)


def speed(contents: Any) -> Iterator[Figure]:
    """One question read in five passages of about 200 wordpieces, weights already open."""
    question, passages = _long_passages(contents)
    hits = [
        Hit(Chunk(number, f"{number}.txt", 0, len(text), text, None), 1 / (number + 1))
        for number, text in enumerate(passages)
    ]
    opened = SpanReader.open()
    opened.read(question, hits)  # the first run sets up its buffers
    times = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        opened.read(question, hits)
        times.append(1000 * (time.perf_counter() - began))
    yield Figure("median, ms", statistics.median(times), most=100, digits=0)
    yield Figure("slowest, ms", max(times), digits=0)


def _long_passages(contents: Any) -> tuple[str, list[str]]:
    """The first question of the file, and its paragraphs in a row, cut anew by wordpieces."""
    paragraphs = [p for article in contents["data"] for p in article["paragraphs"]]
    text = "\n\n".join(p["context"] for p in paragraphs)
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    tokenizer.no_truncation()
    starts = [start for start, _ in tokenizer.encode(text, add_special_tokens=False).offsets]
    cuts = starts[::_WORDPIECES][: _PASSAGES + 1]
    if len(cuts) <= _PASSAGES:
        raise DatasetError(
            "the file is too short to measure the speed of reading; give a larger one"
        )
    question = next(qa["question"] for p in paragraphs for qa in p["qas"])
    return question, [text[start:end] for start, end in pairwise(cuts)]


def _ask_seeds(dataset: Path, docs: Path) -> tuple[Prediction, ...]:
    examples = data.load(dataset)
    with (
        tempfile.TemporaryDirectory() as home,
        Assistant.open(docs, Settings(home=Path(home))) as assistant,
    ):
        ids = assistant.document_ids()
        data.check_evidence(examples, (assistant.document(one).text for one in ids))
        return evaluate(assistant, examples).predictions


def bench(file: Path, dataset: Path, docs: Path) -> None:
    """Measure and print, section by section."""
    contents = squad.read(file)
    shown = squad.half(contents, odd=True)

    given = reader.measure(SpanModel(), contents)
    _print(f"given the paragraph, {given.questions} questions", given_paragraph(given))

    whole = squad.convert(contents)
    open_ = answer_over(whole, [e for e in whole.examples if e.answerable and e.id in shown])
    _print(f"over {len(whole.texts)} paragraphs, {len(open_)} questions", open_domain(open_))

    rest = squad.convert(contents, without_gold=True)
    lost = answer_over(rest, [e for e in rest.examples if not e.answerable and e.id in shown])
    _print(f"without the right paragraph, {len(lost)} questions", without_gold(lost))

    false = false_premises(whole)
    misled = answer_over(false, [e for e in false.examples if e.id in shown])
    _print(f"a name or number exchanged, {len(misled)} questions", false_premise(misled))

    every = [*open_, *lost, *misled]
    _print(f"confidence over the three, {len(every)} questions", calibration(every))

    own = _ask_seeds(dataset, docs)
    for part in ("dev", "test"):
        of_part = [p for p in own if data.split(p.example) == part]
        _print(f"{dataset.name} over {docs}, {part}, {len(of_part)} questions", seeds(of_part))

    _print(f"reading {_PASSAGES} passages of {_WORDPIECES} wordpieces", speed(contents))


def _print(title: str, figures: Iterator[Figure]) -> None:
    print(title, *figures, "", sep="\n", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench_reader", description=__doc__.split("\n")[0]
    )
    parser.add_argument("squad_json", type=Path, help="a SQuAD file, .json or .json.gz")
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="a data set in JSON Lines")
    parser.add_argument("--docs", type=Path, default=Path("seeds"), help="its folder of documents")
    options = parser.parse_args(arguments)
    try:
        bench(options.squad_json, options.seeds, options.docs)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
