"""Damaged files made of whole ones, by chance that is seeded: the same again with the same seed."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple

_FLIPS = (1, 4, 16, 64)
_INSIDE = 0.7  # of archives: their sums would betray nearly any other damage
_MAX_REPEATS = 1000
_MOST_REPEATED = 200_000  # bytes

Change = Callable[[random.Random, bytes, bytes], bytes]


class File(NamedTuple):
    """A file's name and its bytes."""

    name: str
    data: bytes

    @property
    def suffix(self) -> str:
        """In lower case, with its dot."""
        return PurePath(self.name).suffix.lower()


def mutants(wholes: Sequence[File], count: int, seed: int) -> Iterator[File]:
    """So many damaged files, evenly of all suffixes and kinds of damage; their names say what was done."""
    rng = random.Random(seed)
    by_suffix: defaultdict[str, list[File]] = defaultdict(list)
    for file in wholes:
        by_suffix[file.suffix].append(file)
    suffixes = sorted(by_suffix)
    for number in range(count):
        suffix = suffixes[number % len(suffixes)]
        kind = list(KINDS)[number // len(suffixes) % len(KINDS)]
        whole = rng.choice(by_suffix[suffix])
        other = rng.choice(by_suffix[suffix if rng.random() < 0.5 else rng.choice(suffixes)])
        members = members_of(whole.data) if rng.random() < _INSIDE else {}
        if kind == "renamed":
            suffix, data = rng.choice([s for s in suffixes if s != suffix] or suffixes), whole.data
        elif members:
            kind, data = f"{kind} inside", _inside(rng, members, KINDS[kind], other.data)
        else:
            data = KINDS[kind](rng, whole.data, other.data)
        yield File(f"{number:05} {kind} {PurePath(whole.name).stem}{suffix}", data)


def _truncated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flipped(rng: random.Random, data: bytes, other: bytes) -> bytes:
    flipped = bytearray(data)
    for _ in range(rng.choice(_FLIPS) if data else 0):
        flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def _spliced(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _repeated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """One part of it many times over, which nests what it opens and does not close."""
    start = rng.randrange(len(data) + 1)
    part = data[start : start + rng.choice((1, 10, 100, 1000))]
    times = min(rng.randint(2, _MAX_REPEATS), _MOST_REPEATED // max(1, len(part)))
    return data[:start] + part * times + data[start:]


def _exchanged(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Two parts of it, each in the place of the other."""
    one, two, three, four = sorted(rng.randrange(len(data) + 1) for _ in range(4))
    return data[:one] + data[three:four] + data[two:three] + data[one:two] + data[four:]


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these members, without the time at which it was made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _inside(rng: random.Random, members: dict[str, bytes], change: Change, other: bytes) -> bytes:
    """One member of an archive damaged, and the archive whole."""
    damaged = rng.choice(sorted(members))
    return archive({**members, damaged: change(rng, members[damaged], other)})


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of an archive, none where it is not a whole one that can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return {name: file.read(name) for name in file.namelist()}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError):
        return {}


def _renamed(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data


KINDS: dict[str, Change] = {
    "truncated": _truncated,
    "flipped": _flipped,
    "spliced": _spliced,
    "repeated": _repeated,
    "exchanged": _exchanged,
    "renamed": _renamed,
}
