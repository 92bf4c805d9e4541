"""The trained reader under onnxruntime: the spans of a passage that answer a question, and how surely."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import ModelError, Span

WEIGHTS = Path(__file__).parent / "weights"
LONGEST_QUESTION = 48
"""Wordpieces of a question that are read; the rest of a longer one is not."""
LONGEST_INPUT = 288
"""Wordpieces of question and passage together; a longer passage is read in windows."""
LONGEST_SPAN = 30
"""Wordpieces of an answer at most."""
STRIDE = 96
"""Wordpieces from the start of one window to that of the next."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """What the model makes of one stretch of a passage.

    `start` and `end`, shape (n,), are logits of an answer that begins, or ends, with each wordpiece;
    `offsets`, shape (n, 2), where these stand in the passage's text; `null` is the logit, on the same
    scale as `start[i] + end[j]`, of no answer being here.
    """

    start: Scores
    end: Scores
    offsets: NDArray[np.int64]
    null: float

    def spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Scores]:
        """Every allowed span: its first and last wordpiece, and its logit less `null`'s."""
        first, last = np.triu_indices(len(self.start))
        near = last - first < LONGEST_SPAN
        first, last = first[near], last[near]
        return first, last, self.start[first] + self.end[last] - np.float32(self.null)


def weights_digest(folder: Path = WEIGHTS) -> str:
    """The SHA-256 of the weights in hexadecimal: which reader gave an answer."""
    return hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()


class SpanModel:
    """The weights. Each window is run by itself, on a thread a core: see `index.embedding`."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`.

        Raises:
            ModelError: they are missing or damaged.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # neither library's exceptions have a base of their own
            raise ModelError(
                f"the reader's weights in {folder} are missing or damaged: reinstall citewise"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._cls = self._tokenizer.token_to_id("[CLS]")
        self._sep = self._tokenizer.token_to_id("[SEP]")

    def knows(self, word: str) -> bool:
        """Whether a word in lower case is one wordpiece: a common one, spelt right."""
        return self._tokenizer.token_to_id(word) is not None

    def read(self, question: str, passages: Sequence[str]) -> list[list[Window]]:
        """The windows of each passage."""
        asked, *texts = self._tokenizer.encode_batch(
            [question, *passages], add_special_tokens=False
        )
        head = [self._cls, *asked.ids[:LONGEST_QUESTION], self._sep]
        jobs = [
            (number, head, text.ids[span.start : span.end], text.offsets[span.start : span.end])
            for number, text in enumerate(texts)
            for span in _windows(len(text.ids), LONGEST_INPUT - len(head) - 1)
        ]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            windows = list(pool.map(lambda job: self._run(*job[1:]), jobs))
        return [
            [window for job, window in zip(jobs, windows, strict=True) if job[0] == number]
            for number in range(len(passages))
        ]

    def _run(self, head: list[int], pieces: list[int], offsets: list[tuple[int, int]]) -> Window:
        ids = np.array([[*head, *pieces, self._sep]], dtype=np.int64)
        types = np.zeros_like(ids)
        types[0, len(head) :] = 1
        start, end = self._session.run(
            ["start_logits", "end_logits"],
            {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types},
        )
        return Window(
            start=start[0, len(head) : -1],
            end=end[0, len(head) : -1],
            offsets=np.array(offsets, dtype=np.int64).reshape(-1, 2),
            null=float(start[0, 0] + end[0, 0]),
        )


def _windows(length: int, room: int) -> Iterator[Span]:
    """Stretches of at most `room` wordpieces, a stride apart, that cover them all."""
    for start in range(0, max(1, length), STRIDE):
        yield Span(start, min(start + room, length))
        if start + room >= length:
            return
