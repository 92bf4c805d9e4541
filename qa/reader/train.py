"""Train the extractive reader: ``python -m qa.reader.train --help``.

A question and a passage go in; out come, for every wordpiece, a score for starting and one for
ending the answer, with ``[CLS]`` standing for "not here", as in SQuAD 2.0. Any BERT checkpoint in
a folder will do to start from. A run can be stopped at any time and gone on with by ``--resume``;
given an amount of examples (rather than minutes) it then ends with the very same weights.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertForQuestionAnswering
from transformers.utils.logging import disable_progress_bar

from qa.reader.examples import Collection, load
from qa.reader.features import Features, features
from qa.reader.mixture import ROUND, Mixture
from qa.reader.model import LONGEST_INPUT
from qa.reader.noise import seeded

STATE = "state.pt"
NOTHING = torch.finfo(torch.float32).min / 2


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides the outcome of a run, besides the data and the first weights."""

    seed: int = 1
    examples: int | None = None
    minutes: float | None = None
    rate: float = 1.2e-4
    warm_up: float = 0.05
    decay: float = 0.01
    dropout: float = 0.0
    tokens: int = 5760
    longest: int = LONGEST_INPUT
    precision: str = "auto"
    train_words: bool = False
    every: float = 4.0

    def __post_init__(self) -> None:
        if (self.examples is None) == (self.minutes is None):
            raise ValueError("give a budget: either examples or minutes")

    def progress(self, examples: int, seconds: float) -> float:
        """How much of the budget is used up, in [0, 1]; the learning rate follows it."""
        if self.examples is not None:
            return min(1.0, examples / self.examples)
        return min(1.0, seconds / (60 * (self.minutes or 1e-9)))

    def rate_at(self, progress: float) -> float:
        """Linear warm-up, then linear decay to nothing at the end of the budget."""
        if progress < self.warm_up:
            return self.rate * max(progress / self.warm_up, 0.01)
        return self.rate * (1 - progress) / (1 - self.warm_up)


@dataclass(slots=True)
class Position:
    """Where in the stream of batches a run stands, and what it has spent."""

    round: int = 0
    batch: int = 0
    steps: int = 0
    examples: int = 0
    seconds: float = 0.0


class Stream:
    """Rounds of a mixture as batches of similar length, prepared one round ahead in a thread."""

    def __init__(
        self, mixture: Mixture, tokenizer: Tokenizer, plan: Plan, size: int = ROUND
    ) -> None:
        self._mixture = mixture
        self._tokenizer = tokenizer
        self._plan = plan
        self._size = size
        self._thread = ThreadPoolExecutor(1)
        self._ahead: dict[int, Future[list[list[Features]]]] = {}

    def batches(self, position: Position) -> Iterator[list[Features]]:
        """Batches from ``position`` on, without end; ``position`` is moved along."""
        while True:
            for number in (position.round, position.round + 1):
                if number not in self._ahead:
                    self._ahead[number] = self._thread.submit(self._prepare, number)
            batches = self._ahead[position.round].result()
            while position.batch < len(batches):
                position.batch += 1
                yield batches[position.batch - 1]
            del self._ahead[position.round]
            position.round += 1
            position.batch = 0

    def close(self) -> None:
        """Stop preparing."""
        self._thread.shutdown(cancel_futures=True)

    def _prepare(self, number: int) -> list[list[Features]]:
        rng = seeded(self._plan.seed, "batches", number)
        cases = features(
            self._mixture.round(number, self._size), self._tokenizer, self._plan.longest, rng
        )
        cases.sort(key=lambda f: len(f.ids) + rng.random() * 8)
        batches: list[list[Features]] = [[]]
        for case in cases:
            if batches[-1] and len(case.ids) * (len(batches[-1]) + 1) > self._plan.tokens:
                batches.append([])
            batches[-1].append(case)
        rng.shuffle(batches)
        return batches


def collate(batch: Sequence[Features], device: torch.device) -> dict[str, torch.Tensor]:
    """Pad a batch to its longest member."""
    width = max(len(f.ids) for f in batch)
    ids = torch.zeros((len(batch), width), dtype=torch.long)
    types = torch.zeros_like(ids)
    here = torch.zeros_like(ids)
    for row, f in enumerate(batch):
        size = len(f.ids)
        ids[row, :size] = torch.tensor(f.ids)
        types[row, f.context : size] = 1
        here[row, :size] = 1
    first, last = torch.zeros_like(here), torch.zeros_like(here)
    for row, f in enumerate(batch):
        first[row, f.start : f.end + 1 if f.loose else f.start + 1] = 1
        last[row, f.start if f.loose else f.end : f.end + 1] = 1
    made = {"ids": ids, "types": types, "here": here, "first": first, "last": last}
    return {key: value.to(device, non_blocking=True) for key, value in made.items()}


def loss_of(model: BertForQuestionAnswering, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean of the start and end cross-entropies over the context's wordpieces and ``[CLS]``.

    Where several wordpieces may be right, their probabilities are added (the marginal likelihood of
    Clark and Gardner, ACL 2018); with one it is plain cross-entropy.
    """
    out = model(
        input_ids=inputs["ids"], token_type_ids=inputs["types"], attention_mask=inputs["here"]
    )
    allowed = inputs["types"].bool()
    allowed[:, 0] = True
    total = torch.zeros((), device=allowed.device)
    for logits, right in ((out.start_logits, inputs["first"]), (out.end_logits, inputs["last"])):
        scores = logits.float().masked_fill(~allowed, NOTHING)
        hits = scores.masked_fill(~right.bool(), NOTHING)
        total = total + (scores.logsumexp(dim=1) - hits.logsumexp(dim=1)).mean()
    return total / 2


def open_model(folder: Path, plan: Plan) -> BertForQuestionAnswering:
    """The checkpoint in ``folder`` in float32, with the plan's dropout and frozen words."""
    config = BertConfig.from_pretrained(folder)
    config.hidden_dropout_prob = plan.dropout
    config.attention_probs_dropout_prob = 0.0  # keeps attention on its fast path
    model = BertForQuestionAnswering.from_pretrained(
        folder, config=config, dtype=torch.float32, attn_implementation="sdpa"
    )
    model.get_input_embeddings().weight.requires_grad_(plan.train_words)
    return model


def autocast(precision: str, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """bf16 where the hardware multiplies it faster than fp32: GPUs, and CPUs with AMX.

    On a CPU that has AVX-512 but no AMX, bf16 was measured at a third of the speed of fp32.
    """
    if precision == "auto":
        amx = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)()
        precision = "bf16" if device.type == "cuda" or amx else "fp32"
    if precision == "fp32":
        return contextlib.nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


def keep_memory() -> None:
    """Ask glibc to keep freed memory: giving it back each step took half the time on some CPUs."""
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        m_trim_threshold, m_mmap_max, m_arena_max = -1, -4, -8
        mallopt(m_mmap_max, 0)
        mallopt(m_trim_threshold, 2**31 - 1)
        mallopt(m_arena_max, 1)


def train(
    init: Path,
    collections: Sequence[tuple[Collection, float]],
    out: Path,
    plan: Plan,
    *,
    resume: bool = False,
    round_size: int = ROUND,
    stop_after: int | None = None,
) -> Path:
    """Run the plan and return the folder of the trained model, ``out/model``.

    ``stop_after`` ends the process after so many steps as an interruption would: with a
    checkpoint, but without a finished model.
    """
    out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(plan.seed)
    model = open_model(init, plan)
    torch.nn.Module.to(model, device)
    model.train()
    optimiser = torch.optim.AdamW(_groups(model, plan.decay), lr=plan.rate, fused=True)
    position = Position()
    if resume and (out / STATE).exists():
        position = _restore(out / STATE, model, optimiser, device)
    tokenizer = Tokenizer.from_file(str(init / "tokenizer.json"))
    stream = Stream(Mixture(collections, plan.seed), tokenizer, plan, round_size)
    casting = autocast(plan.precision, device)
    stopping: list[int] = []
    before = {
        s: signal.signal(s, lambda number, _: stopping.append(number)) for s in _stop_signals()
    }
    log = (out / "log.jsonl").open("a", encoding="utf-8")
    saved = mark = time.monotonic()
    losses: list[float] = []
    since = 0
    try:
        for batch in stream.batches(position):
            began = time.monotonic()
            progress = plan.progress(position.examples, position.seconds)
            for group in optimiser.param_groups:
                group["lr"] = plan.rate_at(progress)
            with casting:
                loss = loss_of(model, collate(batch, device))
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            losses.append(loss.item())
            since += len(batch)
            position.steps += 1
            position.examples += len(batch)
            position.seconds += time.monotonic() - began
            done = plan.progress(position.examples, position.seconds) >= 1
            halted = bool(stopping) or position.steps == stop_after
            if position.steps % 50 == 0 or done or halted:
                now = time.monotonic()
                _report(log, position, losses, since / max(now - mark, 1e-9), optimiser, progress)
                mark, since, losses = now, 0, []
            if done or halted or time.monotonic() - saved > 60 * plan.every:
                _save(out, model, optimiser, position, tokenizer)
                saved = time.monotonic()
            if done or halted:
                break
    finally:
        log.close()
        stream.close()
        for number, handler in before.items():
            signal.signal(number, handler)
    return out / "model"


def _groups(model: torch.nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weight decay for matrices only."""
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]


def _stop_signals() -> tuple[signal.Signals, ...]:
    """Signals that end a run in good order; only the main thread may ask for them."""
    main = threading.current_thread() is threading.main_thread()
    return (signal.SIGTERM, signal.SIGINT) if main else ()


def _report(
    log: Any,
    position: Position,
    losses: list[float],
    speed: float,
    optimiser: torch.optim.Optimizer,
    progress: float,
) -> None:
    line = {
        "step": position.steps,
        "examples": position.examples,
        "minutes": round(position.seconds / 60, 2),
        "progress": round(progress, 4),
        "loss": round(sum(losses) / len(losses), 4),
        "rate": optimiser.param_groups[0]["lr"],
        "examples_per_second": round(speed, 2),
    }
    print(json.dumps(line), flush=True)
    log.write(json.dumps(line) + "\n")
    log.flush()


def _save(
    out: Path,
    model: BertForQuestionAnswering,
    optimiser: torch.optim.Optimizer,
    position: Position,
    tokenizer: Tokenizer,
) -> None:
    """Write the state, then the model as a folder of its own; each appears whole or not at all."""
    state = {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "position": {name: getattr(position, name) for name in Position.__slots__},
        "random": torch.get_rng_state(),
    }
    torch.save(state, out / (STATE + ".part"))
    (out / (STATE + ".part")).replace(out / STATE)
    folder = out / "model"
    folder.mkdir(exist_ok=True)
    part = out / "model.part"
    model.save_pretrained(part)
    tokenizer.save(str(part / "tokenizer.json"))
    for file in sorted(part.iterdir()):
        file.replace(folder / file.name)
    part.rmdir()


def _restore(
    path: Path,
    model: BertForQuestionAnswering,
    optimiser: torch.optim.Optimizer,
    device: torch.device,
) -> Position:
    state = torch.load(path, map_location=device, weights_only=True)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    torch.set_rng_state(state["random"].cpu())
    return Position(**state["position"])


def parse_data(text: str) -> tuple[Collection, float]:
    """``NAME=PATH[:FORMAT[:WEIGHT]]`` -> the collection and its weight (1 if not given)."""
    name, _, rest = text.partition("=")
    path, _, options = rest.partition(":")
    form, _, weight = options.partition(":")
    if not name or not path:
        raise ValueError(f"expected NAME=PATH[:FORMAT[:WEIGHT]], not {text!r}")
    return load(path, name, form or "squad"), float(weight or 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m qa.reader.train", description=__doc__)
    parser.add_argument("--init", type=Path, required=True, help="checkpoint folder to start from")
    parser.add_argument(
        "--data", action="append", required=True, metavar="NAME=PATH[:FORMAT[:WEIGHT]]",
        help="annotations; FORMAT is squad (default), qamr, dialogue or sentences; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of checkpoint, log and model"
    )
    parser.add_argument("--seed", type=int, default=1)
    budget = parser.add_mutually_exclusive_group(required=True)
    budget.add_argument("--examples", type=int, help="budget in example passes")
    budget.add_argument("--minutes", type=float, help="budget in minutes of training")
    parser.add_argument("--rate", type=float, default=1.2e-4, help="highest learning rate")
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--tokens", type=int, default=5760, help="padded wordpieces in a batch")
    parser.add_argument(
        "--longest", type=int, default=LONGEST_INPUT, help="wordpieces of an input at most"
    )
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16"), default="auto")
    parser.add_argument("--train-words", action="store_true", help="also train word embeddings")
    parser.add_argument("--every", type=float, default=4.0, help="minutes between checkpoints")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    given = vars(parser.parse_args(arguments))
    keep_memory()
    disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(given.pop("threads"))
    init, out, resume = given.pop("init"), given.pop("out"), given.pop("resume")
    collections = [parse_data(text) for text in given.pop("data")]
    for collection, weight in collections:
        print(f"{collection.name}: {len(collection.questions)} questions, weight {weight:g}")
    train(init, collections, out, Plan(**given), resume=resume)
    return 0


if __name__ == "__main__":
    sys.exit(main())
