"""How far a sync is, and what it did."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Action = Literal["reading", "added", "changed", "moved", "removed", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """One file was dealt with, the `done`-th of `total`; or a large one is at its turn: "reading".

    `reason` says why it failed. `bytes_done` of `bytes_total` are read, of those in files that have to
    be; `embedded` passages went through the model up to now, in `seconds`.
    """

    document_id: str
    action: Action
    done: int
    total: int
    reason: str = ""
    bytes_done: int = 0
    bytes_total: int = 0
    embedded: int = 0
    seconds: float = 0.0

    @property
    def passages_per_second(self) -> float:
        """How many passages go through the model in a second; 0 before the first one."""
        return self.embedded / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it may take still, by the bytes to read; None before the first one."""
        if not self.bytes_done:
            return None
        left = max(self.bytes_total - self.bytes_done, 0)  # a file may have grown
        return self.seconds * left / self.bytes_done


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did.

    The first five count files. `failed` are all files that cannot be read as they are now, whether
    this sync tried or remembers it. `passages` are all that are stored now, `embedded` those that went
    through the model. `notes` say what had to be put right before.
    """

    added: int
    changed: int
    moved: int
    removed: int
    unchanged: int
    failed: tuple[Failure, ...]
    passages: int
    embedded: int
    seconds: float
    notes: tuple[str, ...] = ()


Progress = Callable[[SyncEvent], None]


class Meter:
    """Counts what is done, and tells of it."""

    def __init__(self, total: int, bytes_total: int, progress: Progress | None) -> None:
        self.counts: Counter[Action] = Counter()
        self.failures: list[Failure] = []
        self.embedded = 0
        self._total, self._bytes_total, self._bytes_done = total, bytes_total, 0
        self._progress = progress
        self._began = time.perf_counter()

    def reading(self, name: str, size: int, share: float) -> None:
        """Tell that a file of `size` bytes is at its turn, and a `share` of it, in [0, 1], done."""
        self._send(name, "reading", "", self._bytes_done + int(share * size))

    def tell(self, name: str, action: Action, size: int = 0, reason: str = "") -> None:
        """Tell that a file is done, of which `size` bytes had to be read."""
        self.counts[action] += 1
        self._bytes_done += size
        if action == "failed":
            self.failures.append(Failure(name, reason))
        self._send(name, action, reason, self._bytes_done)

    def report(self, passages: int) -> SyncReport:
        """What was done, now that so many `passages` are stored."""
        return SyncReport(
            added=self.counts["added"],
            changed=self.counts["changed"],
            moved=self.counts["moved"],
            removed=self.counts["removed"],
            unchanged=self.counts["unchanged"],
            failed=tuple(sorted(self.failures, key=lambda failure: failure.path)),
            passages=passages,
            embedded=self.embedded,
            seconds=time.perf_counter() - self._began,
        )

    def _send(self, name: str, action: Action, reason: str, bytes_done: int) -> None:
        if self._progress is None:
            return
        done = self.counts.total() - self.counts["removed"]
        event = SyncEvent(
            document_id=name,
            action=action,
            done=done,
            total=self._total,
            reason=reason,
            bytes_done=bytes_done,
            bytes_total=self._bytes_total,
            embedded=self.embedded,
            seconds=time.perf_counter() - self._began,
        )
        self._progress(event)
