"""What each part of the benchmark of faults comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Result:
    """One line of figures, and what was wrong: a line each, none if all was right."""

    line: str
    faults: Sequence[str]

    def __str__(self) -> str:
        """The figures, how many faults there were, and the first of them."""
        lines = [f"{self.line}: {len(self.faults):,} faults", *self.faults[:_SHOWN]]
        if len(self.faults) > _SHOWN:
            lines.append(f"and {len(self.faults) - _SHOWN:,} more")
        return "\n  ".join(lines)
