"""Follow-ups: how they are rewritten, what is found and answered for them, and how long it takes.

    python -m eval.bench_followups [--cast CAST_JSON] [--squad SQUAD_JSON] [--paragraphs N]

The rewriting was tuned on the first 18 conversations of the CAsT file; the others are shown apart.
Beside it stand two baselines: no rewriting, and the previous question's content words at the end.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from eval import squad
from eval.aggregates import mean
from eval.bench_reader import at_threshold
from eval.evidence import first_rank, recall_at
from eval.examples import Example
from eval.pairs import Pair, make_pairs
from eval.rewriting import (
    Conversation,
    Rewriter,
    as_typed,
    measure,
    read_cast,
    with_previous_words,
)
from eval.run import answer_over
from index import DEFAULT_EMBEDDER, CitewiseError, Hit, Library, UsageError, open_embedder
from qa import Settings, Turn
from qa.retrieval import retrieve
from qa.rewriting import standalone

_OWN = Path(__file__).parent / "datasets" / "followups.json"
_TUNED_ON = 18
_DEPTH = 5
_SEED = 0
_ASKED = 250
_FORMS: dict[str, Callable[[Pair], Example]] = {
    "twin, standing alone": lambda pair: pair.twin,
    "no rewriting": lambda pair: replace(pair.twin, question=pair.follow_up),
    "standalone": lambda pair: replace(
        pair.twin, question=pair.follow_up, history=tuple(pair.history(answered=True))
    ),
}
_REWRITERS: dict[str, Rewriter] = {
    "no rewriting": as_typed,
    "previous words": with_previous_words,
    "standalone": standalone,
}


def bench_rewriting(conversations: Sequence[Conversation]) -> None:
    """The added words and the untouched questions, of what was tuned on and of the rest."""
    parts = {
        "answered ones of our own, tuned on": read_cast(_OWN),
        "CAsT, dev": conversations[:_TUNED_ON],
        "CAsT, held out": conversations[_TUNED_ON:],
        "CAsT, all": conversations,
    }
    for part, chosen in parts.items():
        questions = sum(map(len, chosen))
        print(f"{part}: {len(chosen)} conversations, {questions} questions")
        for name, rewrite in _REWRITERS.items():
            figures = measure(chosen, rewrite)
            print(
                f"  {name:16}added words: F1 {figures.f1:.3f}  P {figures.precision:.3f}"
                f"  R {figures.recall:.3f}   untouched: {figures.untouched:.3f}"
                f", with a history {figures.untouched_later:.3f}"
            )


def bench_speed(conversations: Sequence[Conversation]) -> None:
    """Every question of the conversations once, none of it seen before, and with a long history."""
    standalone("Why?", [Turn("user", "Who led the expedition?")])  # loads the tagger
    first = [
        _milliseconds(turn.raw, [Turn("user", before.raw) for before in conversation[:at]])
        for conversation in conversations
        for at, turn in enumerate(conversation)
    ]
    filler = "The expedition crossed the northern ice in spring. "
    turns = [
        Turn(role, f"What did expedition {n} find? " if role == "user" else filler * 250)
        for n in range(100)
        for role in ("user", "assistant")
    ]
    size = sum(len(turn.text) for turn in turns) / 1e6
    long = [_milliseconds("When did it return?", turns) for _ in range(20)]
    print("rewriting, each question after its history, ms")
    print(f"  {'as they come':28}median {statistics.median(first):.2f}, slowest {max(first):.1f}")
    name = f"{len(turns)} turns, {size:.1f} MB"
    print(f"  {name:28}median {statistics.median(long):.2f}, first {long[0]:.1f}")


def _milliseconds(question: str, history: Sequence[Turn]) -> float:
    began = time.perf_counter()
    standalone(question, history)
    return 1000 * (time.perf_counter() - began)


def bench_retrieval(contents: Any) -> None:
    """Two-turn pairs over all paragraphs as one index: evidence recall of follow-ups and their twins."""
    corpus = squad.convert(contents)
    pairs = make_pairs(corpus, _SEED)
    embedder = open_embedder(DEFAULT_EMBEDDER, Settings().cache)
    with tempfile.TemporaryDirectory() as scratch:
        squad.write(corpus, Path(scratch))
        with Library.open(Path(scratch, "docs"), Path(scratch, "home"), embedder) as library:
            library.sync()
            print(
                f"pairs: {len(pairs)} follow-ups over {len(corpus.texts)} paragraphs, seed {_SEED}"
            )
            _print_recall(
                library, "twin, standing alone", pairs, lambda p: _plainly(library, p.twin.question)
            )
            for answered in (False, True):
                said = "with" if answered else "without"
                print(f"  {said} the first question's answer in the history")
                for name, search in _searches(library, answered=answered).items():
                    _print_recall(library, name, pairs, search)


def _searches(library: Library, *, answered: bool) -> dict[str, Callable[[Pair], Sequence[Hit]]]:
    """The ways to search for a follow-up, by name."""

    def rewritten(pair: Pair, rewrite: Rewriter) -> str:
        return rewrite(pair.follow_up, pair.history(answered=answered))

    return {
        "no rewriting": lambda p: _plainly(library, p.follow_up),
        "previous words": lambda p: _plainly(library, rewritten(p, with_previous_words)),
        "standalone, not fused": lambda p: _plainly(library, rewritten(p, standalone)),
        "standalone": lambda p: retrieve(
            library, rewritten(p, standalone), _DEPTH, typed=p.follow_up
        ),
    }


def _plainly(library: Library, question: str) -> Sequence[Hit]:
    return retrieve(library, question, _DEPTH)


def _print_recall(
    library: Library, name: str, pairs: Sequence[Pair], search: Callable[[Pair], Sequence[Hit]]
) -> None:
    @cache
    def text_of(document_id: str) -> str:
        return library.document(document_id).text

    ranks = [first_rank(search(p), p.twin.evidence, p.twin.answers, text_of) for p in pairs]
    figures = [f"R@{k} {statistics.mean(recall_at(k, r) for r in ranks):.3f}" for k in (1, 3, 5)]
    print(f"    {name:24}{'  '.join(figures)}", flush=True)


def bench_answers(contents: Any) -> None:
    """The pairs asked, in three forms: what is answered of it, and what where the answer is gone."""
    whole = squad.convert(contents)
    rest = squad.convert(contents, without_gold=True)
    lost = {example.id for example in rest.examples if example.kind == squad.LEFT_OUT}
    made = make_pairs(whole, _SEED)
    pairs = random.Random(_SEED).sample(made, min(_ASKED, len(made)))
    without = [pair for pair in pairs if pair.twin.id in lost]
    default = Settings().min_confidence
    print(f"asked: {len(pairs)} pairs, {len(without)} of them without their paragraph")
    for name, form in _FORMS.items():
        answers = answer_over(whole, [form(pair) for pair in pairs])
        kept = at_threshold(answers, default)
        right = [p.right_and_cited for p in answers]
        both = [one and other for one, other in zip(kept, right, strict=True)]
        false = at_threshold(answer_over(rest, [_unanswerable(form(p)) for p in without]), default)
        print(
            f"    {name:24}right {_share(right)}; at {default}: answered {_share(kept)}"
            f", right {_share(both)}, false answers {_share(false)}",
            flush=True,
        )


def _share(values: Sequence[bool]) -> str:
    share = mean(values)
    return "-" if share is None else f"{share:.3f}"


def _unanswerable(example: Example) -> Example:
    return replace(example, answers=(), evidence=(), answerable=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench_followups", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--cast", type=Path, help="conversations of TREC CAsT 2019, as JSON")
    parser.add_argument("--squad", type=Path, help="a SQuAD file, .json or .json.gz")
    parser.add_argument(
        "--paragraphs", type=int, help="take so many of the SQuAD file's paragraphs, by chance"
    )
    options = parser.parse_args(arguments)
    try:
        if options.cast is None and options.squad is None:
            raise UsageError("nothing to measure: give --cast FILE, --squad FILE or both")
        if options.cast is not None:
            conversations = read_cast(options.cast)
            bench_speed(conversations)
            bench_rewriting(conversations)
        if options.squad is not None:
            contents = squad.read(options.squad)
            if options.paragraphs is not None:
                contents = squad.sample(contents, options.paragraphs, _SEED)
            bench_retrieval(contents)
            bench_answers(contents)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
