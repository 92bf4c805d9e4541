"""Pack a trained reader: ``python -m qa.reader.export CHECKPOINT OUT --data SQUAD.json``.

Writes ``model.onnx`` (int8), ``tokenizer.json`` and ``reader.json`` into ``OUT``. Linear layers
multiply in int8: weights are quantised by output channel, activations while running. A few
channels of BERT's activations are ten times larger than the rest and would cost the others their
precision, so channels are levelled first: what a channel is divided by, its weights are multiplied
by (SmoothQuant; the sizes come from a few questions of ``--data``). Wordpieces are uneven too, and
onnxruntime has one scale for all of them: each is divided by its own largest value before it is
multiplied, and the product multiplied by it again. Word embeddings, half of all weights, are
quantised by row. The result is kept only if it reads as the checkpoint in float32 does, on other
questions of ``--data``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertForQuestionAnswering

from qa.reader.model import LONGEST_INPUT, LONGEST_QUESTION, LONGEST_SPAN
from qa.reader.scoring import BestSpan, load_questions, model_scorer, onnx_scorer, read

MODEL, CONFIG = "model.onnx", "reader.json"
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUTS = ["start_logits", "end_logits"]
LEVELLING = 0.8
"""1 would level the activations wholly, 0 not at all; the weights take what they lose."""

Pairs = list[tuple[str, str]]


class RowInt8(nn.Module):
    """An embedding table in int8, each row with a scale of its own."""

    rows: torch.Tensor
    scale: torch.Tensor

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("rows", (weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """The rows of ``ids`` in float32."""
        rows = nn.functional.embedding(ids, self.rows).float()
        return rows * nn.functional.embedding(ids, self.scale)


class Levelled(nn.Module):
    """A linear layer whose input channels are divided by ``level`` and its weights multiplied.

    Each row of its input is divided by its largest value too, and so fills the range of int8.
    """

    inverse: torch.Tensor

    def __init__(self, linear: nn.Linear, level: torch.Tensor) -> None:
        super().__init__()
        self.linear = nn.Linear(linear.in_features, linear.out_features, bias=False)
        with torch.no_grad():
            self.linear.weight.copy_(linear.weight * level)
        self.bias = linear.bias
        self.register_buffer("inverse", 1 / level)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """The same result as the linear layer's."""
        hidden = hidden * self.inverse
        largest = hidden.abs().amax(dim=-1, keepdim=True)
        made: torch.Tensor = self.linear(hidden / largest) * largest + self.bias
        return made


class _Scores(nn.Module):
    """The model with plain inputs and outputs, and its mask made in the open, for tracing."""

    def __init__(self, model: BertForQuestionAnswering) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        bert: Any = self.model.bert
        hidden = bert.embeddings(input_ids=ids, token_type_ids=types)
        hidden_mask = (1.0 - mask[:, None, None, :].float()) * -1e4
        for layer in bert.encoder.layer:
            made = layer(hidden, hidden_mask)
            hidden = made[0] if isinstance(made, tuple) else made
        scores = self.model.qa_outputs(hidden)
        return scores[..., 0], scores[..., 1]


def open_float(checkpoint: Path) -> BertForQuestionAnswering:
    """The checkpoint in float32, ready to run, with attention that can be traced."""
    model: BertForQuestionAnswering = BertForQuestionAnswering.from_pretrained(
        checkpoint, dtype=torch.float32, attn_implementation="eager"
    )
    model.train(False)
    return model


def level(
    model: BertForQuestionAnswering, tokenizer: Tokenizer, pairs: Pairs, longest: int
) -> None:
    """Level the inputs of all linear layers, in place, by the activations met in ``pairs``."""
    sizes: dict[nn.Module, torch.Tensor] = {}

    def note(layer: nn.Module, given: tuple[torch.Tensor, ...], _: torch.Tensor) -> None:
        size = given[0].detach().abs().flatten(0, -2).amax(0)
        sizes[layer] = torch.maximum(sizes[layer], size) if layer in sizes else size

    groups = list(_sharing_input(model))
    hooks = [layers[0][1].register_forward_hook(note) for layers in groups]
    read(model_scorer(model), tokenizer, pairs, longest)
    for hook in hooks:
        hook.remove()
    for layers in groups:
        weight = torch.stack(
            [linear.weight.detach().abs().amax(0) for _, linear, _ in layers]
        ).amax(0)
        met = sizes[layers[0][1]].clamp(min=1e-4)
        by = met**LEVELLING / weight.clamp(min=1e-4) ** (1 - LEVELLING)
        for parent, linear, name in layers:
            setattr(parent, name, Levelled(linear, by))


def _sharing_input(
    model: BertForQuestionAnswering,
) -> Iterator[list[tuple[nn.Module, nn.Linear, str]]]:
    """Linear layers of the encoder, those with the same input together."""
    encoder: Any = model.bert.encoder
    for layer in encoder.layer:
        attention = layer.attention.self
        yield [(attention, getattr(attention, name), name) for name in ("query", "key", "value")]
        for parent in (layer.attention.output, layer.intermediate, layer.output):
            yield [(parent, parent.dense, "dense")]


def to_int8(model: BertForQuestionAnswering, target: Path) -> None:
    """Write the model as an int8 ONNX file; its last layer, two scores wide, stays in float32."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    embeddings: Any = model.bert.embeddings
    embeddings.word_embeddings = RowInt8(embeddings.word_embeddings.weight.detach())
    ids = torch.ones((2, 16), dtype=torch.long)
    axes = {name: {0: "batch", 1: "width"} for name in INPUTS + OUTPUTS}
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Path(scratch) / "plain.onnx"
        torch.onnx.export(
            _Scores(model),
            (ids, torch.ones_like(ids), torch.zeros_like(ids)),
            str(plain),
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        last = [n.name for n in onnx.load(plain).graph.node if "qa_outputs" in n.name]
        quantize_dynamic(
            plain,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            reduce_range=True,  # without VNNI, sums of 8 by 8 bits overflow 16
            nodes_to_exclude=last,
            extra_options={"MatMulConstBOnly": True},
        )


def agreement(ours: Sequence[BestSpan], theirs: Sequence[BestSpan]) -> float:
    """Share of passages in which both read the same best span."""
    same = [(a.start, a.end) == (b.start, b.end) for a, b in zip(ours, theirs, strict=True)]
    return float(np.mean(same)) if same else 1.0


def export(
    checkpoint: Path,
    out: Path,
    data: Path,
    *,
    sample: int = 200,
    least: float = 0.97,
    longest: int = LONGEST_INPUT,
) -> dict[str, object]:
    """Pack ``checkpoint`` into ``out``; raise ``ValueError`` if it reads otherwise than before."""
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    paragraphs, questions = load_questions(data)
    pairs = [(question, paragraphs[paragraph]) for question, paragraph, _ in questions]
    step = max(2, len(pairs) // sample)
    met, compared = pairs[1::step][:64], pairs[::step][:sample]
    before = read(model_scorer(open_float(checkpoint)), tokenizer, compared, longest)
    model = open_float(checkpoint)
    level(model, tokenizer, met, longest)
    out.mkdir(parents=True, exist_ok=True)
    part = out / (MODEL + ".part")
    to_int8(model, part)
    after = read(onnx_scorer(part), tokenizer, compared, longest)
    same = agreement(before, after)
    if same < least:
        part.unlink()
        raise ValueError(f"int8 and float32 agree on {same:.1%} of spans, not on {least:.0%}")
    part.replace(out / MODEL)
    shutil.copyfile(checkpoint / "tokenizer.json", out / "tokenizer.json")
    config: dict[str, object] = {
        "longest": longest,
        "longest_question": LONGEST_QUESTION,
        "longest_span": LONGEST_SPAN,
        "bytes": (out / MODEL).stat().st_size,
        "sha256": hashlib.sha256((out / MODEL).read_bytes()).hexdigest(),
        "same_span_as_float32": round(same, 4),
        "margin_off_by": round(
            float(np.mean([abs(a.margin - b.margin) for a, b in zip(before, after, strict=True)])),
            4,
        ),
    }
    (out / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return config


def main(arguments: Sequence[str] | None = None) -> int:
    """Pack, and print the config."""
    parser = argparse.ArgumentParser(prog="python -m qa.reader.export", description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="folder with model.safetensors")
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--data", type=Path, required=True, help="SQuAD JSON to level on and to compare on"
    )
    parser.add_argument("--sample", type=int, default=200, help="questions to compare on")
    parser.add_argument("--least", type=float, default=0.97, help="least share of equal spans")
    parser.add_argument(
        "--longest", type=int, default=LONGEST_INPUT, help="wordpieces of an input at most"
    )
    given = vars(parser.parse_args(arguments))
    try:
        config = export(given.pop("checkpoint"), given.pop("out"), given.pop("data"), **given)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(config, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
