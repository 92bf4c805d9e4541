"""Where scores come from: what must be the same for two of them to be compared."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from eval.examples import digest

_SECRET = ("key", "token", "secret", "password")


def provenance(dataset: Path, settings: object) -> dict[str, Any]:
    """What made the scores, as JSON values: program, machine, data set, settings.

    Scores are shared, so nothing private goes in: of an absolute path only the name is kept, and of a
    secret only that it was set. `settings` that are no dataclass are left out.
    """
    return {
        "citewise": _own_version(),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "dataset": {"name": dataset.name, "sha256": digest(dataset)},
        "settings": _settings(settings),
    }


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
