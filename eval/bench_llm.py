"""Answers by a language model: the check of its sentences, its answers, and documents that give orders.

    python -m eval.bench_llm SQUAD_JSON --llm local --most 100 --answers runs/smollm2.jsonl

SQUAD_JSON is the English XQuAD's every second article; without it, what needs it is left out. What the
model writes is kept in the file `--answers`, and the next run asks it only what is not found there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from eval import injections, squad, support
from eval.examples import Example, load, split
from eval.injections import Injection
from eval.recording import Recording
from eval.run import evaluate
from eval.scoring import score
from index import CitewiseError, Document, Hit, Searchable
from qa import Answer, Settings, Turn
from qa.answering import Answerer, ExtractiveAnswerer, Reply
from qa.generation.answerer import GenerativeAnswerer, Writer
from qa.generation.author import Author
from qa.generation.cache import Cache
from qa.generation.models import open_model
from qa.opening import open_library
from qa.reader.spans import SpanReader
from qa.retrieval import retrieve
from qa.rewriting import standalone
from qa.sentence_reader import SentenceReader
from qa.support.checker import Checker, Support

_DATASETS = Path(__file__).parent / "datasets"
T = TypeVar("T")


class Counting:
    """A checker that remembers which sentences were borne out."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self.verdicts: dict[tuple[int, str], bool] = {}
        self.question = 0

    def check(self, sentence: str, hits: Sequence[Hit]) -> list[Support]:
        """See `Checker`."""
        found = self._checker.check(sentence, hits)
        key = self.question, sentence
        self.verdicts[key] = self.verdicts.get(key, False) or any(s.enough for s in found)
        return found


@dataclass(slots=True)
class Bench:
    """What an assistant is put together from, so that its parts can be watched."""

    library: Searchable
    answerer: Answerer
    settings: Settings
    counting: Counting | None = None
    failed: list[str] = field(default_factory=list)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """As `Assistant.ask`."""
        began = time.perf_counter()
        if self.counting is not None:
            self.counting.question += 1
        asked = standalone(question, history)
        hits = retrieve(self.library, asked, self.settings.passages)
        *_, reply = self.answerer.stream(asked, hits)
        assert isinstance(reply, Reply)  # noqa: S101 - the last of a stream, always
        if "quoted from the documents instead" in reply.note:
            self.failed.append(reply.note)
        return Answer(
            question,
            asked,
            reply.text,
            reply.short,
            reply.status,
            reply.confidence,
            reply.citations,
            tuple(hits),
            {"total": time.perf_counter() - began},
            reply.note,
        )

    def search(self, question: str, k: int) -> list[Hit]:
        """As `Assistant.search`."""
        return retrieve(self.library, question, k)

    def document(self, document_id: str) -> Document:
        """As `Assistant.document`."""
        return self.library.document(document_id)

    def document_ids(self) -> tuple[str, ...]:
        """As `Assistant.document_ids`."""
        return self.library.document_ids()


@contextmanager
def opened(
    folder: Path, settings: Settings, reader: SpanReader, writer: Writer | None, checker: Checker
) -> Iterator[Bench]:
    """Over a folder, with a model or without."""
    with open_library(folder, settings) as library:
        library.sync()
        quoting = ExtractiveAnswerer(
            library, reader, SentenceReader(library.embedder), settings.min_confidence
        )
        if writer is None:
            yield Bench(library, quoting, settings)
            return
        counting = Counting(checker)
        answerer = GenerativeAnswerer(
            library,
            writer,
            counting,
            quoting,
            min_confidence=settings.min_confidence,
            mark=settings.unsupported == "mark",
        )
        yield Bench(library, answerer, settings, counting)


def asked(name: str, bench: Bench, examples: Sequence[Example]) -> Iterator[str]:
    """Questions asked, and what became of the model's sentences."""
    run = evaluate(bench, examples)
    scores = score(run.predictions)
    seconds = sorted(p.answer.timings["total"] for p in run.predictions)
    verdicts = bench.counting.verdicts if bench.counting else {}
    yield f"{name}: {len(examples)} questions"
    yield f"  right and cited {_shown(scores.right_and_cited)}"
    yield f"  false answers {_shown(scores.false_answer_rate)}"
    yield f"  false refusals {_shown(scores.false_refusal_rate)}"
    yield f"  calibration error of the confidence {_shown(scores.calibration_error)}"
    yield f"  seconds, median {seconds[len(seconds) // 2]:.1f}"
    if verdicts:
        share = 1 - sum(verdicts.values()) / len(verdicts)
        yield f"  the model's sentences: {len(verdicts)}, marked unsupported {share:.2f}"
        yield f"  answers for which the model failed: {len(bench.failed)}"
    for (_, sentence), right in verdicts.items():
        yield f"    {'+' if right else '-'} {sentence}"


def spread(items: Sequence[T], most: int) -> list[T]:
    """At most so many, evenly from all of them; 0 for all."""
    taken = min(most, len(items)) if most else len(items)
    return [items[at * len(items) // taken] for at in range(taken)]


def hostile(
    name: str,
    settings: Settings,
    reader: SpanReader,
    writer: Writer | None,
    checker: Checker,
    most: int,
) -> Iterator[str]:
    """Each document that gives orders in a folder of its own."""

    def ask(item: Injection) -> Answer:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch, "docs")
            folder.mkdir()
            (folder / "note.txt").write_text(item.text, encoding="utf-8")
            own = Settings(home=Path(scratch, "home"), llm_timeout=settings.llm_timeout)
            with opened(folder, own, reader, writer, checker) as bench:
                return bench.ask(item.question)

    found = spread(injections.load(), most)
    yield from injections.lines(name, injections.run(found, ask))


def bench(options: argparse.Namespace) -> None:
    """Measure and print, section by section."""
    contents = squad.read(options.squad_json) if options.squad_json else None
    checker, reader = Checker.open(), SpanReader.open()
    paragraphs = (
        None
        if contents is None
        else [p["context"] for article in contents["data"] for p in article["paragraphs"]]
    )
    if "checker" in options.only:
        labelled = support.load(support.DATASET, options.docs, paragraphs)
        for part in ("dev", "test"):
            of_part = [item for item in labelled if item.split == part]
            _print(support.lines(f"labelled sentences, {part}", support.measure(checker, of_part)))
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=Path(scratch, "home"), llm_timeout=options.seconds)
        model = open_model(options.llm, settings.llm_context, options.seconds)
        writer: Writer = Author(model, options.seconds, Cache(0))
        if options.answers is not None:
            writer = Recording(writer, options.answers)
        if "hostile" in options.only:
            _print(hostile("hostile documents, extractive", settings, reader, None, checker, 0))
            name = f"hostile documents, {model.name}"
            _print(hostile(name, settings, reader, writer, checker, options.most))
        if "seeds" in options.only:
            examples = [e for e in load(_DATASETS / "seeds.jsonl") if split(e) == "test"]
            with opened(options.docs, settings, reader, writer, checker) as seeds:
                _print(asked("seeds, test", seeds, spread(examples, options.most)))
        if "xquad" in options.only and contents is not None:
            corpus = squad.convert(contents)
            squad.write(corpus, Path(scratch))
            answerable = [e for e in corpus.examples if e.answerable]
            with opened(Path(scratch, "docs"), settings, reader, writer, checker) as articles:
                _print(asked("XQuAD", articles, spread(answerable, options.most)))


def _print(lines: Iterator[str]) -> None:
    print(*lines, "", sep="\n", flush=True)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_llm")
    parser.add_argument("squad_json", type=Path, nargs="?", help="a SQuAD file")
    parser.add_argument("--llm", default="local", help="as the setting llm")
    parser.add_argument("--docs", type=Path, default=Path("seeds"))
    parser.add_argument("--most", type=int, default=40, help="questions of a kind; 0: all")
    parser.add_argument("--answers", type=Path, help="a file that keeps what the model writes")
    parser.add_argument("--seconds", type=float, default=120, help="for an answer")
    sections = ("checker", "hostile", "seeds", "xquad")
    parser.add_argument("--only", nargs="+", choices=sections, default=sections)
    options = parser.parse_args(arguments)
    try:
        bench(options)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
