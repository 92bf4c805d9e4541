"""What retrieval finds: the shipped search beside its two halves, and beside their ranks summed.

python -m eval.bench_retrieval SQUAD_JSON... [--paragraphs 240] [--questions 500]

The paragraphs of each SQuAD file are one folder, so many of them chosen by chance, and the question alone
is asked. Of several files the mean is printed as well, in which each counts alike: what is chosen by it
should suit documents of all kinds. A file that is measured with elsewhere is not one to choose by.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eval import squad
from eval.aggregates import mean
from eval.evidence import first_rank, recall_at, reciprocal_rank
from eval.examples import Example
from index import DEFAULT_EMBEDDER, CitewiseError, Embedder, Hit, Library, open_embedder
from qa import Settings
from qa.retrieval import retrieve
from qa.words import content_words

_DEPTH = 50
_SEED = 0
_RANKS = (1, 3, 5)
Search = Callable[[str], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Found:
    """The shares of questions whose evidence is among the first `k`, and the mean reciprocal rank."""

    recall_at: Mapping[int, float]
    mrr: float
    questions: int

    def __str__(self) -> str:
        """The figures on one line."""
        recalls = "  ".join(f"R@{k} {value:.3f}" for k, value in self.recall_at.items())
        return f"{recalls}  MRR {self.mrr:.3f}  ({self.questions} questions)"


def found(ranks: Sequence[int | None]) -> Found:
    """The figures of the ranks of evidence, from 1, None where it was not found."""
    return Found(
        {k: mean([recall_at(k, rank) for rank in ranks]) or 0.0 for k in _RANKS},
        mean([reciprocal_rank(rank) for rank in ranks]) or 0.0,
        len(ranks),
    )


def over(every: Sequence[Found]) -> Found:
    """The mean over collections, each of which counts alike."""
    return Found(
        {k: sum(one.recall_at[k] for one in every) / len(every) for k in _RANKS},
        sum(one.mrr for one in every) / len(every),
        sum(one.questions for one in every),
    )


def ranks_summed(*rankings: Sequence[Hit]) -> list[Hit]:
    """Reciprocal rank fusion with a k of 1 (Cormack, Clarke and Büttcher, SIGIR 2009), as a baseline."""
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, hit in enumerate(ranking, start=1):
            scores[hit.chunk.id] += 1 / (1 + rank)
    chunks = {hit.chunk.id: hit.chunk for ranking in rankings for hit in ranking}
    order = sorted(scores, key=lambda id_: (-scores[id_], id_))
    return [Hit(chunks[id_], scores[id_]) for id_ in order]


def searches(library: Library) -> dict[str, Search]:
    """What is compared, by name; the last is what ships."""

    def by_meaning(question: str) -> Sequence[Hit]:
        return library.search_vectors(library.embedder.embed([question])[0], _DEPTH)

    def by_words(question: str) -> Sequence[Hit]:
        return library.search_words(content_words(question), _DEPTH)

    return {
        "dense": by_meaning,
        "BM25": by_words,
        "ranks summed": lambda question: ranks_summed(by_meaning(question), by_words(question)),
        "Citewise": lambda question: retrieve(library, question, _DEPTH),
    }


def measure(
    corpus: squad.Corpus, examples: Sequence[Example], embedder: Embedder
) -> dict[str, Found]:
    """What each search finds of the corpus as one folder, by its name."""
    with tempfile.TemporaryDirectory() as scratch:
        squad.write(corpus, Path(scratch))
        with Library.open(Path(scratch, "docs"), Path(scratch, "home"), embedder) as library:
            library.sync()

            @cache
            def text_of(document_id: str) -> str:
                return library.document(document_id).text

            return {
                name: found(
                    [
                        first_rank(search(e.question), e.evidence, e.answers, text_of)
                        for e in examples
                    ]
                )
                for name, search in searches(library).items()
            }


def bench(files: Sequence[Path], paragraphs: int, questions: int) -> None:
    """Measure and print, file by file."""
    embedder = open_embedder(DEFAULT_EMBEDDER, Settings().cache)
    every: defaultdict[str, list[Found]] = defaultdict(list)
    for file in files:
        corpus = squad.convert(squad.sample(squad.read(file), paragraphs, _SEED))
        examples = [example for example in corpus.examples if example.answerable]
        asked = random.Random(_SEED).sample(examples, min(questions, len(examples)))
        figures = measure(corpus, asked, embedder)
        _print(f"{file.name}, {len(corpus.texts)} documents", figures)
        for name, one in figures.items():
            every[name].append(one)
    if len(files) > 1:
        _print(f"mean of {len(files)}", {name: over(one) for name, one in every.items()})


def _print(title: str, figures: Mapping[str, Found]) -> None:
    lines = (f"  {name:14}{one}" for name, one in figures.items())
    print(title, *lines, sep="\n", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_retrieval")
    parser.add_argument("squad_json", type=Path, nargs="+")
    parser.add_argument("--paragraphs", type=int, default=240, metavar="N")
    parser.add_argument("--questions", type=int, default=1000, metavar="N")
    options = parser.parse_args(arguments)
    try:
        bench(options.squad_json, options.paragraphs, options.questions)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
