"""The default embedding model made small and fast: `python -m index.export SOURCE TARGET`.

A process of its own, for what it takes is heavy and leaves traces: torch writes the published weights as
ONNX, and onnxruntime quantises their matrices to int8.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any


def export(source: Path, target: Path) -> None:
    """Write the model in the folder `source` to the file `target`."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when transformers is imported
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        plain = Path(scratch) / "plain.onnx"
        _to_onnx(source, plain)
        _quantise(plain, target)


def _to_onnx(source: Path, target: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    class MeanPooled(torch.nn.Module):
        """The sentence-transformers recipe of this model: mean of the tokens, scaled to length 1."""

        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            tokens = self.encoder(
                input_ids=input_ids, attention_mask=attention_mask
            ).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
            mean = (tokens * weights).sum(1) / weights.sum(1)
            return torch.nn.functional.normalize(mean, dim=1)

    config = BertConfig.from_json_file(str(source / "config.json"))
    config._attn_implementation = "eager"  # the plain form is what the quantiser knows
    encoder = BertModel(config)
    encoder.load_state_dict(load_file(source / "model.safetensors"), strict=False)
    example = torch.ones(2, 16, dtype=torch.long)
    axes = {0: "text", 1: "token"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter's own deprecation notes
        torch.onnx.export(
            MeanPooled(encoder).eval(),
            (example, example),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": axes,
                "attention_mask": axes,
                "embedding": {0: "text"},
            },
            opset_version=17,
            dynamo=False,
        )


def _quantise(plain: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises a pre-processing that changes nothing here
    quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True)


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
