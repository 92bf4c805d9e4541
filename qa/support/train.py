"""Train the support model: the reader's network, told to say "not here" of what is not borne out.

    python -m qa.reader.unpack qa/reader/weights START
    python -m qa.support.train --init START --out RUN --wordnet DIR --data squad=FILE:squad:7000 …
    python -m qa.reader.export RUN WEIGHTS --data FILE

The statement takes the place of the question and the evidence that of the passage; the logits of
`[CLS]` as start and end, which stand for "not here" in the reader, here sum to the logit of the
statement's not being borne out. DIR holds WordNet's database files (Debian's package wordnet-base).
The extra `citewise[train]` has what else is needed.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertForQuestionAnswering

from qa.reader.examples import gold, load
from qa.reader.features import special
from qa.support.rewording import Rewording
from qa.support.statements import Maker, Statement
from qa.support.wordnet import WordNet

LONGEST = 224
"""Wordpieces of statement and evidence together."""
_POOL = 2048
_WARM = 50  # steps


def collect(data: Sequence[str], wordnet: WordNet, rng: random.Random) -> list[Statement]:
    """Statements, shuffled, from collections given as NAME=FILE:FORM:MOST.

    MOST are the questions that are taken at most, of whole passages that lie next to each other.
    """
    maker = Maker(Rewording(wordnet, rng), rng)
    made: list[Statement] = []
    for item in data:
        name, _, rest = item.partition("=")
        file, form, most = rest.rsplit(":", 2)
        examples = list(gold(load(file, name, form)))
        start = rng.randrange(max(1, len(examples) - int(most)))
        before = len(made)
        made += maker.statements(examples[start : start + int(most)])
        print(f"{name}: {len(made) - before:,} statements", flush=True)
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
    with torch.autocast("cpu", torch.bfloat16):
        out = model(input_ids=ids, attention_mask=mask, token_type_ids=types)
    logit = (out.start_logits[:, 0] + out.end_logits[:, 0]).float()
    wanted = torch.tensor([float(not supported) for _, _, supported in batch])
    return torch.nn.functional.binary_cross_entropy_with_logits(logit, wanted)


def rate_at(step: int, cooling: int, cool: int) -> float:
    """The share of the learning rate: up, level, and from step `cooling` down for `cool` steps."""
    if step < cooling:
        return min(1.0, (step + 1) / _WARM)
    return max(0.0, 1 - (step - cooling + 1) / (cool + 1))


def blend(model: BertForQuestionAnswering, start: Mapping[str, torch.Tensor], share: float) -> None:
    """Move the weights back towards those at the start; `share` of the way stays.

    What was learnt before is kept so, and little of the new is lost: Wortsman et al. 2022, Robust
    fine-tuning of zero-shot models, https://arxiv.org/abs/2109.01903.
    """
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.lerp(start[name], parameter, share))


def train(options: argparse.Namespace) -> None:
    """Train for so many steps, or cool down once the minutes are over, and save the checkpoint."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    rng = random.Random(options.seed)
    made = collect(options.data, WordNet(options.wordnet), rng)
    share = sum(statement.supported for statement in made) / len(made)
    print(f"{len(made):,} statements, {share:.0%} of them borne out", flush=True)
    model = BertForQuestionAnswering.from_pretrained(options.init)
    for part in (model.bert.embeddings, *model.bert.encoder.layer[: options.frozen]):
        part.requires_grad_(False)
    tokenizer = Tokenizer.from_file(str(Path(options.init, "tokenizer.json")))
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=options.rate, weight_decay=0.01)
    began, seen, losses = time.monotonic(), 0, []
    cooling = options.steps - options.cool
    for step, batch in enumerate(batches(made, tokenizer, options.tokens, rng)):
        passed = (time.monotonic() - began) / 60
        if step < cooling and passed > options.minutes:
            cooling = step
            print(f"cooling down: the same again is --steps {step + options.cool}", flush=True)
        for group in optimizer.param_groups:
            group["lr"] = options.rate * rate_at(step, cooling, options.cool)
        loss = loss_of(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen += len(batch)
        losses.append(loss.item())
        last = step + 1 == cooling + options.cool
        if (step + 1) % 25 == 0:
            recent = sum(losses[-25:]) / 25
            print(f"{passed:5.1f} min  {step + 1:5} {seen:7,}  {recent:.4f}", flush=True)
        if last:
            blend(model, start, options.blend)
        if (step + 1) % 100 == 0 or last:
            model.save_pretrained(options.out)
            tokenizer.save(str(Path(options.out, "tokenizer.json")))
        if last:
            return


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m qa.support.train")
    parser.add_argument("--init", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--data", action="append", required=True, metavar="NAME=FILE:FORM:MOST")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="then cool down")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--cool", type=int, default=200, help="steps, the last of all")
    parser.add_argument("--blend", type=float, default=1.0, help="share of what was learnt kept")
    parser.add_argument("--tokens", type=int, default=2048)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--frozen", type=int, default=2, help="encoder layers left as they are")
    # More threads only wait for each other where the machine has other work.
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20264)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
