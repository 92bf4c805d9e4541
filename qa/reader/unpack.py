"""Turn packed weights back into a checkpoint: ``python -m qa.reader.unpack WEIGHTS CHECKPOINT``.

The reverse of ``export``, so that whoever has annotations of their own can go on training from the
weights that come with Citewise. What rounding to int8 took away does not come back: the checkpoint
computes in float32 with the rounded weights.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertForQuestionAnswering

from qa.reader.export import MODEL

WORDS = "bert.embeddings.word_embeddings"
PER_HEAD = 32
"""Values an attention head, in the MiniLM family; the weights themselves do not tell."""

Values = NDArray[Any]


def float_weights(model: Any) -> dict[str, torch.Tensor]:
    """The weights in a packed ONNX graph, in float32, by their names in a checkpoint."""
    from onnx import numpy_helper

    stored: dict[str, Values] = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    found: dict[str, Values] = {}
    for name, values in stored.items():
        if name.startswith("model.") and not name.endswith((".rows", ".scale", ".inverse")):
            found[name.removeprefix("model.").replace(".linear.", ".")] = values
    rows, scale = (stored[f"model.{WORDS}.{part}"] for part in ("rows", "scale"))
    found[f"{WORDS}.weight"] = rows.astype(np.float32) * scale
    for node in model.graph.node:
        if len(node.input) > 1 and (weight := _weight(node, stored)) is not None:
            found[f"{_place(node.name)}.weight"] = weight
    # Every linear layer's input was levelled; query, key and value share one input and one level.
    for name in [n for n in found if n.startswith("bert.encoder") and n.endswith("dense.weight")]:
        found[name] = found[name] * stored[f"model.{name.removesuffix('weight')}inverse"]
    for name in [n for n in found if n.endswith("self.query.weight")]:
        level = stored[f"model.{name.removesuffix('weight')}inverse"]
        for part in ("query", "key", "value"):
            same = name.replace("query", part)
            found[same] = found[same] * level
    return {n: torch.from_numpy(np.array(v, dtype=np.float32)) for n, v in found.items()}


def _place(node: str) -> str:
    """The layer that a matrix product belongs to, from the product's name."""
    parts = node.strip("/").split("/")[:-1]
    if parts[0].startswith("layer."):
        parts = ["bert.encoder", *[part for part in parts if part != "linear"]]
    return ".".join(parts)


def _weight(node: Any, stored: Mapping[str, Values]) -> Values | None:
    """The weight of a matrix product, shape (out, in), before levelling is undone."""
    name: str = node.input[1]
    if name not in stored:
        return None
    if node.op_type == "MatMulInteger":
        scale = stored[name.replace("_quantized", "_scale")]
        integers: Values = (stored[name].astype(np.float32) * scale).T
        return integers
    if node.op_type == "MatMulNBits":
        whole = stored[name].astype(np.float32) - 128
        blocks = whole * stored[node.input[2]].reshape(whole.shape[:2])[..., None]
        rows: Values = blocks.reshape(len(blocks), -1)
        return rows
    return stored[name].T if node.op_type == "MatMul" else None


def unpack(weights: Path, checkpoint: Path) -> Path:
    """Write the checkpoint folder and return it; raise ``ValueError`` for other files."""
    import onnx

    try:
        found = float_weights(onnx.load(weights / MODEL))
        words, hidden = found[f"{WORDS}.weight"].shape
        config = BertConfig(
            vocab_size=words,
            hidden_size=hidden,
            num_attention_heads=hidden // PER_HEAD,
            num_hidden_layers=sum(name.endswith("self.query.weight") for name in found),
            intermediate_size=found["bert.encoder.layer.0.intermediate.dense.weight"].shape[0],
            max_position_embeddings=found["bert.embeddings.position_embeddings.weight"].shape[0],
        )
        model = BertForQuestionAnswering(config)
        model.load_state_dict(found)
    except (KeyError, RuntimeError) as error:
        raise ValueError(
            f"{weights / MODEL} was not packed by qa.reader.export: {error}"
        ) from error
    model.save_pretrained(checkpoint)
    shutil.copyfile(weights / "tokenizer.json", checkpoint / "tokenizer.json")
    return checkpoint


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and unpack."""
    parser = argparse.ArgumentParser(prog="python -m qa.reader.unpack", description=__doc__)
    parser.add_argument("weights", type=Path, help="folder with model.onnx and tokenizer.json")
    parser.add_argument("checkpoint", type=Path, help="folder to write")
    given = parser.parse_args(arguments)
    try:
        print(unpack(given.weights, given.checkpoint))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
