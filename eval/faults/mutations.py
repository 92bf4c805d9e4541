"""Damaged files synced under limits: each is indexed or refused in one line, and none stops the others."""

from __future__ import annotations

import faulthandler
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from eval.faults.mutants import File, mutants
from eval.faults.notes import SmallModel
from eval.faults.result import Result
from eval.faults.samples import sample
from eval.faults.soundness import CATALOGUE, unsound_passages
from index import Document
from index.catalogue import Catalogue
from index.folder import list_folder
from index.readers import READERS
from index.readers.sandbox import Sandbox
from index.sync import sync

# A reader has 60 seconds, and a process to start; what comes after it, in this process, is quick.
_LIMIT = 75.0
_MOST_WHOLES = 40  # of one suffix
_MOST_BYTES = 1024 * 1024
_SLOWEST = 5
# A reason may quote the file, but never what Python or a library says of itself.
_LEAK = re.compile(
    r"Traceback|(?:Error|Exception|Warning)\b|object at 0x|<class |\b0x[0-9a-f]{4,}|\bb['\"]"
    r"|\bNone\b|\.pyx?\b|\[Errno|\(\w*\)\)"
)
_OUTCOMES = {
    "its reader crashed": "crashed",
    "reading it took longer": "too slow",
    "reading it needed more": "too large",
}
_COLUMNS = ("indexed", "refused", *_OUTCOMES.values())


def mutate(count: int, seed: int, originals: Path | None = None) -> Result:
    """Sync `count` damaged files, made of those in the folder `originals` and of samples.

    What became of them is printed, by their suffixes and by the reasons.
    """
    samples = [file for suffix in READERS if (file := sample(suffix)) is not None]
    real = [] if originals is None else _wholes(originals, seed)
    having = {file.suffix for file in real}
    wholes = [*real, *(file for file in samples if file.suffix not in having)]
    with TemporaryDirectory() as scratch:
        trial = Trial(Path(scratch), [*samples, *mutants(wholes, count, seed)])
        faults = [f"{suffix} has no sample" for suffix in READERS if sample(suffix) is None]
        faults += trial.run()
    faults += [
        f"{file.name} is whole, and refused: {trial.refused[file.name]}"
        for file in samples
        if file.name in trial.refused
    ]
    print("\n".join(trial.lines()))
    line = (
        f"mutations: {count:,} damaged files, {len(trial.refused):,} refused, the slowest in "
        f"{max(trial.seconds.values(), default=0.0):.1f} s"
    )
    return Result(line, faults)


def leaks(reason: str) -> bool:
    """Whether a reason looks like what a library says, and not like what helps a person."""
    return bool(_LEAK.search(reason))


def _wholes(folder: Path, seed: int) -> list[File]:
    """Some files of each suffix below a folder, none of them large."""
    rng = random.Random(seed)
    found = list_folder(folder).files
    chosen: list[File] = []
    for suffix in READERS:
        paths = [
            item.path
            for name, item in found.items()
            if name.lower().endswith(suffix) and 0 < item.size <= _MOST_BYTES
        ]
        some = rng.sample(paths, min(len(paths), _MOST_WHOLES))
        chosen += [File(path.name, path.read_bytes()) for path in some]
    return chosen


class Trial:
    """One sync of whole and damaged files.

    `refused` tells why by their names, and `seconds` how long each of those took that were read: from
    its turn to that of the next one.
    """

    def __init__(self, scratch: Path, files: Sequence[File]) -> None:
        self.docs, self.store = scratch / "docs", scratch
        self.names = [file.name for file in files]
        self.refused: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.docs.mkdir()
        for file in files:
            (self.docs / file.name).write_bytes(file.data)

    def run(self) -> Iterator[str]:
        """Sync; gives the faults, a line each."""
        model = SmallModel()
        with (
            closing(Catalogue(self.store / CATALOGUE, model.fingerprint)) as catalogue,
            Sandbox() as sandbox,
        ):
            clock = _Clock(self.seconds)

            def parse(data: bytes, document_id: str, path: Path) -> Document:
                clock.turn(document_id)
                return sandbox.parse(data, document_id, path)

            with clock:
                report = sync(list_folder(self.docs), catalogue, model, parse, readers="all")
            self.refused = {failure.path: failure.reason for failure in report.failed}
            indexed = catalogue.ledger.states().keys()
            yield from unsound_passages(catalogue, self.docs)
        for name in self.names:
            if (name in indexed) == (name in self.refused):
                yield f"{name} is neither indexed nor refused, or both"
            if (reason := self.refused.get(name)) is not None and not _is_line(reason):
                yield f"{name} is refused with no single line: {reason!r}"
            if (seconds := self.seconds.get(name, 0.0)) > _LIMIT:
                yield f"{name} took {seconds:.0f} s"

    def lines(self) -> Iterator[str]:
        """How many files of each suffix came to what, why, and which took longest."""
        counts = Counter((PurePath(name).suffix, self.outcome(name)) for name in self.names)
        yield "".join(f"{title:>10}" for title in ("", *_COLUMNS))
        for suffix in sorted({suffix for suffix, _ in counts}):
            yield f"{suffix:>10}" + "".join(f"{counts[suffix, title]:>10,}" for title in _COLUMNS)
        for name in sorted(self.seconds, key=self.seconds.__getitem__)[: -_SLOWEST - 1 : -1]:
            yield f"  {self.seconds[name]:6.2f} s  {name}: {self.refused.get(name, 'indexed')}"
        for reason, number in Counter(map(_alike, self.refused.values())).most_common():
            yield f"  {number:6,} times  {reason}"
        for name, reason in self.refused.items():
            if leaks(reason):
                yield f"  leaked by {name}: {reason}"

    def outcome(self, name: str) -> str:
        """What became of a file: one of `_COLUMNS`."""
        if (reason := self.refused.get(name)) is None:
            return "indexed"
        return next(
            (what for said, what in _OUTCOMES.items() if reason.startswith(said)), "refused"
        )


class _Clock:
    """Notes how long each turn took; one that never ends, ends the process with a look at its stack."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds
        self._turn, self._began = "", 0.0

    def turn(self, name: str) -> None:
        """A turn begins, and the one before is over."""
        self._end()
        faulthandler.dump_traceback_later(2 * _LIMIT, exit=True, file=sys.__stderr__ or sys.stderr)
        self._turn, self._began = name, time.perf_counter()

    def _end(self) -> None:
        if self._turn:
            self._seconds[self._turn] = time.perf_counter() - self._began

    def __enter__(self) -> _Clock:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        faulthandler.cancel_dump_traceback_later()


def _is_line(reason: str) -> bool:
    return bool(reason.strip()) and reason.isprintable()


def _alike(reason: str) -> str:
    """A reason without what is only this file's."""
    quoted = re.sub(r"'[^']*'|\"[^\"]*\"|“[^”]*”", "…", reason)
    return re.sub(r"\d[\d,.]*", "#", quoted)
