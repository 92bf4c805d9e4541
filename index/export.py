"""The default embedding model made small and fast: `python -m index.export SOURCE TARGET`.

A process of its own, for what it takes is heavy and leaves traces: torch writes the published weights as
ONNX, and onnxruntime quantises their matrices to int8 and fuses what follows one another.
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
        plain, quantised = Path(scratch) / "plain.onnx", Path(scratch) / "quantised.onnx"
        _to_onnx(source, plain)
        _quantise(plain, quantised)
        _fuse(quantised, target)


def _to_onnx(source: Path, target: Path) -> None:
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    class MeanPooled(torch.nn.Module):
        """The sentence-transformers recipe of this model: mean of the tokens, scaled to length 1.

        Texts are of one length, without padding: nothing is masked.
        """

        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any) -> Any:
            # Past the encoder's own front door, which makes a mask where it is given none.
            tokens = self.encoder.encoder(self.encoder.embeddings(input_ids)).last_hidden_state
            return torch.nn.functional.normalize(tokens.mean(1), dim=1)

    config = BertConfig.from_json_file(str(source / "config.json"))
    config._attn_implementation = "eager"  # the plain form is what the quantiser knows
    encoder = BertModel(config)
    encoder.load_state_dict(load_file(source / "model.safetensors"), strict=False)
    example = torch.ones(2, 16, dtype=torch.long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter's own deprecation notes
        torch.onnx.export(
            MeanPooled(encoder).eval(),
            (example,),
            str(target),
            input_names=["input_ids"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": {0: "text", 1: "token"}, "embedding": {0: "text"}},
            opset_version=17,
            dynamo=False,
        )


def _quantise(plain: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises a pre-processing that changes nothing here
    quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True)


def _fuse(quantised: Path, target: Path) -> None:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(target)
    # Further than that it would depend on this machine's processor.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    onnxruntime.InferenceSession(
        str(quantised),
        options,
        providers=["CPUExecutionProvider"],
        # Fused, an addition and its normalisation are six times as slow as one after the other:
        # on a CPU the operator for both is a plain loop.
        disabled_optimizers=["SkipLayerNormFusion"],
    )


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
