"""Beside other programs: the same folder, the same questions, the same weights.

python -m eval.bench_peers SQUAD_JSON [--environments .peers] [--rounds 3] [--minutes 11] [--out FILE.md]

Each paragraph of the SQuAD file is one text file; what is to be found for a question is the file of its
paragraph. Each program runs in an environment of its own (`make peers` makes them) and in processes of its
own: one that ingests and stores, one that opens the store and searches, one that answers. They take turns,
and of speeds the median over the rounds counts. In the first round every question is searched for; in the
others a part, for the times. Another round is begun only if there is time for it.

All embed with all-MiniLM-L6-v2. Those that can answer without a language model are given our reader's
weights, in float32, and asked questions of the articles that our confidence is not fitted on. A program
that did not install, or fails, is listed with what it said.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.peers.contest import CONTENDERS, Measured, compete
from eval.peers.table import Question, tables
from eval.provenance import commit, machine
from eval.squad import half, sample
from eval.squad import read as read_squad
from index import CitewiseError
from qa import Settings
from qa.reader.model import WEIGHTS

_SEED = 0
_TIMED = 100
_LONGEST = 512


def questions_of(squad: Any) -> tuple[dict[str, str], list[Question], list[Question]]:
    """The files by name, a paragraph each; the questions; and those of them to be answered."""
    files: dict[str, str] = {}
    questions: list[Question] = []
    answering: list[Question] = []
    shown = half(squad, odd=True)
    for article in squad["data"]:
        for paragraph in article["paragraphs"]:
            name = f"{len(files):05}.txt"
            files[name] = paragraph["context"]
            for qa in paragraph["qas"]:
                if qa.get("is_impossible"):
                    continue
                answers = tuple(answer["text"] for answer in qa.get("answers", []))
                questions.append(Question(qa["question"].strip(), name, answers))
                if str(qa.get("id")) in shown and answers:
                    answering.append(questions[-1])
    return files, questions, answering


def bench(
    everyone: Sequence[Measured],
    questions: Sequence[Question],
    answering: Sequence[Question],
    rounds: int,
    minutes: float,
) -> int:
    """Let every contender do what it can; gives the number of rounds."""
    texts = [question.text for question in questions]
    timed = random.Random(_SEED).sample(texts, min(_TIMED, len(texts)))
    began = time.monotonic()
    spent: list[float] = []

    def work(each: Measured, number: int) -> None:
        if number and each.contender.answers_only:
            return
        first = not number
        each.round(texts if first else timed, [q.text for q in answering] if first else [])
        spent.append(time.monotonic() - began)
        said = each.failure or each.answer_failure or "done"
        print(
            f"round {number + 1}, {spent[-1]:4.0f} s: {each.contender.name}: {said}",
            file=sys.stderr,
        )

    def may_go_on() -> bool:
        # The first round is the longest.
        longest = (
            max(spent) if len(spent) <= len(everyone) else spent[-1] - spent[len(everyone) - 1]
        )
        return spent[-1] + longest <= 60 * minutes

    return compete(everyone, rounds, work, may_go_on)


def report(
    everyone: Sequence[Measured],
    questions: Sequence[Question],
    answering: Sequence[Question],
    facts: str,
    command: str,
) -> Iterator[str]:
    """The whole of what is printed and written, in lines of Markdown."""
    where, today = machine(), datetime.now(UTC).date().isoformat()
    yield f"{today}, commit {(commit() or '?')[:10]}, {where['cores']} cores ({where['processor']}):"
    yield f"`{command}`. {facts}"
    yield ""
    yield from tables(everyone, questions, answering)


def unpacked_reader(folder: Path) -> str:
    """Our reader's weights as a checkpoint in float32, which the others can load."""
    from transformers.utils import logging

    from qa.reader.unpack import unpack

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    unpack(WEIGHTS, folder)
    # What is longer must be cut, and the tokenizer's file alone does not say so.
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"model_max_length": _LONGEST}), "utf-8"
    )
    return str(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench_peers")
    parser.add_argument("squad_json", type=Path)
    parser.add_argument("--environments", type=Path, default=Path(".peers"), metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--minutes", type=float, default=11.0, metavar="N", help="not to go beyond")
    parser.add_argument("--paragraphs", type=int, metavar="N", help="so many of them, by chance")
    parser.add_argument("--answers", type=int, default=100, metavar="N", help="questions to answer")
    parser.add_argument("--k", type=int, default=10, metavar="K")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="contenders, by their names")
    parser.add_argument(
        "--out", type=Path, metavar="FILE.md", help="write the tables there as well"
    )
    options = parser.parse_args(arguments)
    try:
        squad = read_squad(options.squad_json)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    if options.paragraphs:
        squad = sample(squad, options.paragraphs, _SEED)
    files, questions, held_out = questions_of(squad)
    answering = random.Random(_SEED).sample(held_out, min(options.answers, len(held_out)))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "folder")
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
        job = {
            "folder": str(folder),
            "k": options.k,
            "passages": Settings().passages,
            "reader": unpacked_reader(Path(scratch, "reader")),
        }
        everyone = [
            Measured(contender, job, options.environments.absolute())
            for contender in CONTENDERS
            if not options.only or contender.name in options.only
        ]
        rounds = bench(everyone, questions, answering, options.rounds, options.minutes)
    facts = (
        f"{len(files)} files, {len(questions)} questions, {len(answering)} of them to be answered; "
        f"speeds are medians of {rounds} round{'' if rounds == 1 else 's'}."
    )
    command = f"make bench-peers SQUAD={options.squad_json.name}"
    text = "\n".join(report(everyone, questions, answering, facts, command))
    print(text)
    if options.out:
        options.out.write_text(f"{text}\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
