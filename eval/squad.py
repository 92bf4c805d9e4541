"""A SQuAD file made into a folder of documents and a data set: for questions over many documents.

    python -m eval.squad SQUAD_JSON OUT_DIR [--without-gold]

Writes each paragraph to its own file in `OUT_DIR/docs` and the questions to `OUT_DIR/questions.jsonl`.
The evidence for an answer is the sentence it stands in, or the sentences.

With `--without-gold`, every second paragraph of each article is left out of the folder and its
questions are marked unanswerable: what is left is on the same subject, which is the hard case for a
refusal. A question whose answer still stands somewhere else in its article is then left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.examples import Example
from eval.metrics import contains
from index import CitewiseError, DatasetError, sentence_spans

LEFT_OUT = "gold left out"
IMPOSSIBLE = "impossible"
ANSWERED = "paragraph"


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents, text by file name, and the examples."""

    texts: dict[str, str]
    examples: tuple[Example, ...]


def convert(squad: Any, *, without_gold: bool = False) -> Corpus:
    """The corpus of a SQuAD file that was read from JSON.

    `squad` has been checked by `read`. An answer that does not stand where the file says is looked for
    in the paragraph; a question with no answer left is left out.
    """
    texts: dict[str, str] = {}
    examples: list[Example] = []
    for number, article in enumerate(squad["data"], start=1):
        slug = re.sub(r"\W+", "-", article.get("title", "")).strip("-").lower()[:40]
        stem = f"{number:04}-{slug}" if slug else f"{number:04}"
        paragraphs = article["paragraphs"]
        left_out = range(1, len(paragraphs), 2) if without_gold else range(0)
        kept = {i: p["context"] for i, p in enumerate(paragraphs) if i not in left_out}
        texts |= {f"{stem}-{i + 1:03}.txt": context for i, context in kept.items()}
        for position, paragraph in enumerate(paragraphs):
            found = (_example(paragraph["context"], qa) for qa in paragraph["qas"])
            real = [example for example in found if example is not None]
            examples += real if position in kept else _unanswerable(real, list(kept.values()))
    return Corpus(texts, tuple(examples))


def _example(context: str, qa: Any) -> Example | None:
    spans = [span for answer in qa.get("answers", []) if (span := _place(context, answer))]
    impossible = bool(qa.get("is_impossible", False))
    if not spans and not impossible:
        return None
    spans = [] if impossible else spans
    return Example(
        id=str(qa["id"]),
        kind=IMPOSSIBLE if impossible else ANSWERED,
        question=qa["question"].strip(),
        history=(),
        answers=tuple(dict.fromkeys(context[start:end] for start, end in spans)),
        evidence=tuple(dict.fromkeys(_sentence(context, *span) for span in spans)),
        answerable=not impossible,
    )


def _place(context: str, answer: Any) -> tuple[int, int] | None:
    text = answer["text"].strip()
    start = answer["answer_start"]
    if context[start : start + len(text)] != text:
        start = context.find(text)
    return (start, start + len(text)) if text and start >= 0 else None


def _sentence(context: str, start: int, end: int) -> str:
    """The sentences that an answer stands in, as one exact quote."""
    touched = [s for s in sentence_spans(context) if s.start < end and start < s.end]
    return context[min(start, touched[0].start) : max(end, touched[-1].end)]


def _unanswerable(examples: Sequence[Example], kept: Sequence[str]) -> Iterator[Example]:
    for example in examples:
        if not any(contains(text, example.answers) for text in kept):
            yield Example(
                example.id,
                LEFT_OUT,
                example.question,
                (),
                answers=(),
                evidence=(),
                answerable=False,
            )


def sample(squad: Any, paragraphs: int, seed: int) -> Any:
    """The JSON of a SQuAD file with so many of its paragraphs at most, chosen by chance, in their order."""
    places = [
        (number, position)
        for number, article in enumerate(squad["data"])
        for position in range(len(article["paragraphs"]))
    ]
    chosen = set(random.Random(seed).sample(places, min(paragraphs, len(places))))
    return {
        "data": [
            article
            | {"paragraphs": [p for at, p in enumerate(article["paragraphs"]) if (n, at) in chosen]}
            for n, article in enumerate(squad["data"])
        ]
    }


def half(squad: Any, odd: bool) -> frozenset[str]:
    """The ids of the questions of every second article: what is fitted on one half is shown on the other.

    Positions in the file count from 0, so the first article is in the even half. Whole articles go
    together, since questions about one subject are no independent proof of each other.
    """
    return frozenset(
        str(qa["id"])
        for article in squad["data"][int(odd) :: 2]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    )


def write(corpus: Corpus, out: Path) -> None:
    """Write the documents to `out/docs` and the examples to `out/questions.jsonl`."""
    write_texts(corpus.texts, out / "docs")
    rows = (json.dumps(asdict(example), ensure_ascii=False) + "\n" for example in corpus.examples)
    (out / "questions.jsonl").write_bytes("".join(rows).encode())


def write_texts(texts: Mapping[str, str], folder: Path) -> None:
    """Write each text to its file in `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        # Bytes: evidence is exact, so no line end may change on its way.
        (folder / name).write_bytes(text.encode("utf-8", errors="replace"))


def read(path: Path) -> Any:
    """The JSON of a SQuAD file, gzipped or not."""
    try:
        content = path.read_bytes()
        squad = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    except (OSError, EOFError, ValueError) as error:
        raise DatasetError(
            f"{path}: is no SQuAD file ({error}); give a .json or .json.gz"
        ) from None
    if not isinstance(squad, dict) or "data" not in squad:
        raise DatasetError(f'{path}: has no "data"; give a file in the SQuAD format')
    if problem := next(_problems(squad), None):
        raise DatasetError(f"{path.name}: {problem}; give a file in the SQuAD format")
    return squad


def _problems(squad: Any) -> Iterator[str]:
    """Where something is missing or not of its type, outermost first."""
    yield from _not_lists(squad, "data", "")
    for a, article in enumerate(squad["data"]):
        yield from _not_lists(article, "paragraphs", f"data[{a}]")
        for p, paragraph in enumerate(article["paragraphs"]):
            place = f"data[{a}].paragraphs[{p}]"
            yield from _not_lists(paragraph, "qas", place)
            yield from _missing(paragraph, {"context": str}, place)
            for q, qa in enumerate(paragraph["qas"]):
                yield from _wrong_question(qa, f"{place}.qas[{q}]")


def _wrong_question(qa: Any, place: str) -> Iterator[str]:
    yield from _missing(qa, {"id": (str, int), "question": str}, place)
    if not qa["question"].strip():
        yield f"{place}.question is empty"
    if "answers" in qa:
        yield from _not_lists(qa, "answers", place)
        for n, answer in enumerate(qa["answers"]):
            yield from _missing(answer, {"text": str, "answer_start": int}, f"{place}.answers[{n}]")


def _not_lists(value: Any, field: str, place: str) -> Iterator[str]:
    yield from _missing(value, {field: list}, place)


def _missing(value: Any, fields: dict[str, Any], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object"
    for field, kind in fields.items():
        if not isinstance(value.get(field), kind):
            yield f"{place}.{field} is missing or of the wrong type".removeprefix(".")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.squad", description=__doc__.split("\n")[0]
    )
    parser.add_argument("squad_json", type=Path, help="a SQuAD file, .json or .json.gz")
    parser.add_argument("out_dir", type=Path, help="where to write docs/ and questions.jsonl")
    parser.add_argument(
        "--without-gold", action="store_true", help="leave out every second paragraph"
    )
    options = parser.parse_args(arguments)
    try:
        corpus = convert(read(options.squad_json), without_gold=options.without_gold)
    except CitewiseError as error:
        print(error, file=sys.stderr)
        return 2
    write(corpus, options.out_dir)
    print(f"{len(corpus.texts)} documents, {len(corpus.examples)} questions in {options.out_dir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
