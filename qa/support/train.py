"""Train the support model: the reader's network, told to say "not here" of what is not borne out.

    python -m qa.reader.unpack qa/reader/weights START
    python -m qa.support.train --init START --out RUN --minutes 40 --data squad=FILE:squad …
    python -m qa.reader.export RUN WEIGHTS --data FILE

The statement takes the place of the question and the evidence that of the passage; the logits of
`[CLS]` as start and end, which stand for "not here" in the reader, here sum to the logit of the
statement's not being borne out.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertForQuestionAnswering, get_linear_schedule_with_warmup

from qa.reader.examples import gold, load
from qa.reader.features import special
from qa.support.statements import Statement, statements

LONGEST = 224
"""Wordpieces of statement and evidence together."""
_POOL = 2048


def collect(data: Sequence[str], rng: random.Random) -> list[Statement]:
    """Statements from collections given as NAME=FILE:FORM, shuffled."""
    made: list[Statement] = []
    for item in data:
        name, _, rest = item.partition("=")
        file, _, form = rest.rpartition(":")
        made += statements(list(gold(load(file, name, form))), rng)
    rng.shuffle(made)
    return made


def batches(
    made: Sequence[Statement], tokenizer: Tokenizer, tokens: int, rng: random.Random
) -> Iterator[list[tuple[list[int], int, bool]]]:
    """Batches of at most `tokens` padded wordpieces: ids, where the evidence begins, and the label."""
    cls, sep = special(tokenizer)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    source = iter(made)
    while pool := list(islice(source, _POOL)):
        claims = tokenizer.encode_batch([s.text for s in pool], add_special_tokens=False)
        texts = tokenizer.encode_batch([s.evidence for s in pool], add_special_tokens=False)
        rows = []
        for statement, claim, text in zip(pool, claims, texts, strict=True):
            head = [cls, *claim.ids, sep]
            if len(head) + len(text.ids) < LONGEST:
                rows.append(([*head, *text.ids, sep], len(head), statement.supported))
        rows.sort(key=lambda row: len(row[0]))
        cut: list[list[tuple[list[int], int, bool]]] = []
        group: list[tuple[list[int], int, bool]] = []
        for row in rows:
            if group and len(row[0]) * (len(group) + 1) > tokens:
                cut.append(group)
                group = []
            group.append(row)
        if group:
            cut.append(group)
        rng.shuffle(cut)
        yield from cut


def loss_of(
    model: BertForQuestionAnswering, batch: Sequence[tuple[list[int], int, bool]]
) -> torch.Tensor:
    """Binary cross-entropy of the logit of `[CLS]` against not being borne out."""
    longest = max(len(ids) for ids, _, _ in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
    for row, (pieces, evidence, _) in enumerate(batch):
        ids[row, : len(pieces)] = torch.tensor(pieces)
        mask[row, : len(pieces)] = 1
        types[row, evidence : len(pieces)] = 1
    out = model(input_ids=ids, attention_mask=mask, token_type_ids=types)
    logit = out.start_logits[:, 0] + out.end_logits[:, 0]
    wanted = torch.tensor([float(not supported) for _, _, supported in batch])
    return torch.nn.functional.binary_cross_entropy_with_logits(logit, wanted)


def train(options: argparse.Namespace) -> None:
    """Train until the minutes are over and save the checkpoint."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    made = collect(options.data, rng)
    share = sum(statement.supported for statement in made) / len(made)
    print(f"{len(made):,} statements, {share:.0%} of them borne out", flush=True)
    model = BertForQuestionAnswering.from_pretrained(options.init)
    for part in (model.bert.embeddings, *model.bert.encoder.layer[: options.frozen]):
        part.requires_grad_(False)
    tokenizer = Tokenizer.from_file(str(Path(options.init, "tokenizer.json")))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=options.rate, weight_decay=0.01)
    # transformers and torch have no types for these two calls.
    schedule = get_linear_schedule_with_warmup(  # type: ignore[no-untyped-call]
        optimizer, options.steps // 20, options.steps
    )
    began, seen, losses = time.monotonic(), 0, []
    for step, batch in enumerate(batches(made, tokenizer, options.tokens, rng), start=1):
        loss = loss_of(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        seen += len(batch)
        losses.append(loss.item())
        passed = (time.monotonic() - began) / 60
        if step % 25 == 0:
            print(
                f"{passed:5.1f} min  {step:5} {seen:7,}  {sum(losses[-25:]) / 25:.4f}", flush=True
            )
        if step % 200 == 0 or step == options.steps or passed > options.minutes:
            model.save_pretrained(options.out)
            tokenizer.save(str(Path(options.out, "tokenizer.json")))
        if step == options.steps or passed > options.minutes:
            return


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m qa.support.train")
    parser.add_argument("--init", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", action="append", required=True, metavar="NAME=FILE:FORM")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--tokens", type=int, default=2048)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--frozen", type=int, default=2, help="encoder layers left as they are")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20264)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
