"""What training and export need of a reader: its scores, and the best span that follows from them.

Scores come from a checkpoint in torch or from an ONNX file; both read in batches. What answers
questions is `qa.reader.model`; how well it does is measured in `eval.reader`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from qa.reader.features import special
from qa.reader.model import LONGEST_INPUT, LONGEST_QUESTION, LONGEST_SPAN, STRIDE

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Scorer = Callable[[Ints, Ints, Ints], tuple[Floats, Floats]]
"""Wordpiece ids, types and mask, each ``(batch, width)`` -> start and end scores, in logits."""


@dataclass(frozen=True, slots=True)
class BestSpan:
    """The best span of a passage, in characters, and by how many logits it beats "not here"."""

    start: int
    end: int
    margin: float


def onnx_scorer(path: Path, threads: int = 0) -> Scorer:
    """Scores by onnxruntime; ``threads`` 0 leaves their number to it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def score(ids: Ints, types: Ints, mask: Ints) -> tuple[Floats, Floats]:
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        start, end = session.run(["start_logits", "end_logits"], given)
        return start, end

    return score


def torch_scorer(folder: Path, threads: int = 0) -> Scorer:
    """Scores by the checkpoint in ``folder``, in float32."""
    import torch
    from transformers import BertForQuestionAnswering

    if threads:
        torch.set_num_threads(threads)
    model: Any = BertForQuestionAnswering.from_pretrained(folder, dtype=torch.float32)
    return model_scorer(model.eval())


def model_scorer(model: BertForQuestionAnswering) -> Scorer:
    """Scores by a model already open."""
    import torch

    def score(ids: Ints, types: Ints, mask: Ints) -> tuple[Floats, Floats]:
        with torch.inference_mode():
            out = model(
                input_ids=torch.from_numpy(ids),
                token_type_ids=torch.from_numpy(types),
                attention_mask=torch.from_numpy(mask),
            )
        return out.start_logits.numpy(), out.end_logits.numpy()

    return score


def best_span(
    start: Floats, end: Floats, first: int, longest: int = LONGEST_SPAN
) -> tuple[int, int, float]:
    """First and last wordpiece of the best span at or after ``first``, and its margin over null."""
    s, e = start[first:], end[first:]
    sums = s[:, None] + e[None, :]
    allowed = np.triu(np.ones_like(sums, dtype=bool)) & ~np.triu(
        np.ones_like(sums, dtype=bool), longest
    )
    at = int(np.where(allowed, sums, -np.inf).argmax())
    i, j = divmod(at, len(s))
    return first + i, first + j, float(sums[i, j] - start[0] - end[0])


def read(
    score: Scorer,
    tokenizer: Tokenizer,
    pairs: Sequence[tuple[str, str]],
    longest: int = LONGEST_INPUT,
    stride: int = STRIDE,
    batch: int = 16,
) -> list[BestSpan]:
    """Read each ``(question, context)``; long contexts in windows ``stride`` wordpieces apart."""
    cls, sep = special(tokenizer)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    questions = tokenizer.encode_batch([q for q, _ in pairs], add_special_tokens=False)
    contexts = tokenizer.encode_batch([c for _, c in pairs], add_special_tokens=False)
    windows: list[tuple[int, int, list[int], int]] = []  # pair, skipped, ids, context's first
    for number, (question, context) in enumerate(zip(questions, contexts, strict=True)):
        head = [cls, *question.ids[:LONGEST_QUESTION], sep]
        room = longest - len(head) - 1
        for skip in range(0, max(1, len(context.ids) - room + stride), stride):
            ids = [*head, *context.ids[skip : skip + room], sep]
            windows.append((number, skip, ids, len(head)))
            if skip + room >= len(context.ids):
                break
    windows.sort(key=lambda w: len(w[2]))
    best: dict[int, BestSpan] = {}
    for at in range(0, len(windows), batch):
        group = windows[at : at + batch]
        width = max(len(w[2]) for w in group)
        padded = np.zeros((len(group), width), dtype=np.int64)
        types, mask = np.zeros_like(padded), np.zeros_like(padded)
        for row, (_, _, pieces, first) in enumerate(group):
            padded[row, : len(pieces)] = pieces
            types[row, first : len(pieces)] = 1
            mask[row, : len(pieces)] = 1
        starts, ends = score(padded, types, mask)
        for row, (number, skip, pieces, first) in enumerate(group):
            if len(pieces) - 1 <= first:
                best.setdefault(number, BestSpan(0, 0, float("-inf")))
                continue
            size = len(pieces) - 1  # the last [SEP] is no answer
            i, j, margin = best_span(starts[row, :size], ends[row, :size], first)
            if number not in best or margin > best[number].margin:
                best[number] = _in_characters(
                    contexts[number], i - first + skip, j - first + skip, margin
                )
    return [best[number] for number in range(len(pairs))]


def _in_characters(context: Encoding, first: int, last: int, margin: float) -> BestSpan:
    return BestSpan(context.offsets[first][0], context.offsets[last][1], margin)


def load_questions(path: Path) -> tuple[list[str], list[tuple[str, int, list[str]]]]:
    """Paragraphs, and answerable questions as ``(question, paragraph number, answers)``."""
    raw = path.read_bytes()
    data = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    paragraphs: list[str] = []
    questions: list[tuple[str, int, list[str]]] = []
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            paragraphs.append(paragraph["context"])
            for qa in paragraph["qas"]:
                if qa["answers"] and not qa.get("is_impossible"):
                    answers = [a["text"] for a in qa["answers"]]
                    questions.append((qa["question"], len(paragraphs) - 1, answers))
    return paragraphs, questions
