"""Nearest neighbours by FAISS: exact inner product over unit vectors, rebuildable from the catalogue."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors

Ids = NDArray[np.int64]
_BLOCK = 1 << 20


class VectorIndex:
    """An immutable snapshot: searched from any number of threads, replaced and never changed."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, ids: Ids, vectors: Vectors) -> Self:
        """Index `vectors`, shape (n, dim), float32, unit rows, under `ids`, shape (n,), distinct."""
        import faiss

        index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index)

    @classmethod
    def load(cls, folder: Path, name: str, dim: int, ids: Ids) -> Self | None:
        """The snapshot saved in `folder` under `name`; None unless it is whole and of these very `ids`.

        `ids` are in ascending order.
        """
        import faiss

        for path in folder.glob(f"{name}-*.faiss"):
            try:
                # FAISS believes what it reads, so that a damaged file must never reach it.
                if path.name != _whole_name(name, path):
                    continue
                index: Any = faiss.read_index(str(path))
            except (OSError, RuntimeError, MemoryError):  # FAISS's own words are the last two
                continue
            if index.d == dim and np.array_equal(np.sort(faiss.vector_to_array(index.id_map)), ids):
                return cls(index)
        return None

    def save(self, folder: Path, name: str) -> None:
        """Write the snapshot aside, and put it in its place when it is safely on the disk.

        Raises:
            OSError: it cannot be written.
        """
        import faiss

        aside = folder / f"{name}.{os.getpid()}.tmp"
        try:
            try:
                faiss.write_index(self._index, str(aside))
            except RuntimeError as error:  # FAISS's word for whatever goes wrong
                raise OSError(str(error)) from error
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            aside.replace(folder / _whole_name(name, aside))
        finally:
            aside.unlink(missing_ok=True)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            _names_to_disk(folder)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The `k` nearest ids to `vector`, shape (dim,), with their cosines in [-1, 1], best first."""
        if not len(self):
            return []
        scores, ids = self._index.search(vector.reshape(1, -1), min(k, len(self)))
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True)]

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """The cosine in [-1, 1] of `vector`, shape (dim,), and each of these ids that is indexed."""
        found: dict[int, float] = {}
        for id_ in ids:
            with suppress(RuntimeError):  # FAISS's word for an id that is not there
                found[id_] = float(self._index.reconstruct(id_) @ vector)
        return found


def _whole_name(name: str, path: Path) -> str:
    """What a snapshot is called that has the bytes of `path`: they vouch for themselves by their sum."""
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return f"{name}-{checksum:08x}.faiss"


def _names_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
