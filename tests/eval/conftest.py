"""What the tests of the evaluation share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def dataset(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows, as text or as values, to a data set and gives its path."""

    def write(*rows: str | dict[str, Any] | list[Any]) -> Path:
        path = tmp_path / "data.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8", newline="")
        return path

    return write
