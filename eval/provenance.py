"""Where scores come from: what must be the same for two of them to be compared."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from index import Document

_HERE = Path(__file__).parent
_SECRET = ("key", "token", "secret", "password")
_PATIENCE = 10


def provenance(
    dataset: Mapping[str, Any],
    documents: Iterable[Document],
    settings: object,
    models: Mapping[str, str],
) -> dict[str, Any]:
    """What made the scores, as JSON values: program, data set, documents, settings, models, machine.

    Scores are shared, so nothing private goes in: of an absolute path only the name is kept, and of a
    secret only that it was set. `settings` that are no dataclass are left out.
    """
    return {
        "citewise": _own_version(),
        "commit": commit(),
        "dataset": dict(dataset),
        "documents": _documents(documents),
        "settings": _settings(settings),
        "models": dict(models),
        "machine": machine(),
    }


def commit(folder: Path = _HERE) -> str | None:
    """The commit that the code in `folder` is checked out at, with `+` where files differ from it.

    None where it is not in a repository.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(  # noqa: S603, no shell, and no argument comes from outside
            command, capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
        return done.stdout.strip()

    try:
        # What is installed inside another project's checkout is not of that project's commit.
        git("ls-files", "--error-unmatch", ".")
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.SubprocessError):
        return None


def machine() -> dict[str, Any]:
    """The processor, its cores, the system and the Python that ran."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _documents(documents: Iterable[Document]) -> dict[str, Any]:
    """How many there are, and one digest of what they are called and hold."""
    known = sorted((document.id, document.sha256) for document in documents)
    lines = "".join(f"{sha256} {name}\n" for name, sha256 in known)
    return {"count": len(known), "sha256": hashlib.sha256(lines.encode()).hexdigest()}


def _own_version() -> str | None:
    try:
        return version("citewise")
    except PackageNotFoundError:  # run from a checkout
        return None


def _settings(settings: object) -> dict[str, Any] | None:
    if not dataclasses.is_dataclass(settings) or isinstance(settings, type):
        return None
    public: dict[str, Any] = _public(dataclasses.asdict(settings))
    return public


def _public(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _masked(str(name), inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_public(inner) for inner in value]
    if isinstance(value, str | Path):
        return Path(value).name if Path(value).is_absolute() else str(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _masked(name: str, value: Any) -> Any:
    is_secret = name.casefold().endswith(_SECRET) and isinstance(value, str) and value
    return "(set)" if is_secret else _public(value)
