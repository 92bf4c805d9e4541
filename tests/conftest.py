"""What all tests share: an embedder that is quick and exact, and a clean environment."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.faults.server import MilvusProcess
from index import Embedder, Library, Reader, Vectors, open_embedder
from index.milvus.library import MilvusLibrary
from qa import Settings

SEED = Path(__file__).parents[1] / "seeds" / "000_c38148f0aa32e7a8.txt"


class FakeEmbedder:
    """Bags of words: each word a vector drawn from its hash, a text the unit sum of its words'.

    `embedded` lists every text that went through, in order.
    """

    def __init__(self, fingerprint: str = "fake", dim: int = 16) -> None:
        self.fingerprint = fingerprint
        self.dim = dim
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded.extend(texts)
        rows = [self.vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)

    def vector(self, text: str) -> Vectors:
        """The text's vector, without a note of it."""
        total = sum((self._word(word) for word in text.lower().split()), np.zeros(self.dim))
        length = np.linalg.norm(total)
        return (total / length if length else np.eye(self.dim)[0]).astype(np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def _word(self, word: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
        return np.random.default_rng(seed).normal(size=self.dim)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches them, and they leave nothing behind."""
    for name in os.environ:
        if name.startswith("CITEWISE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fake_embedder() -> type[FakeEmbedder]:
    """The class, for a test that needs several."""
    return FakeEmbedder


@pytest.fixture
def embedder() -> FakeEmbedder:
    """The one that `library` uses."""
    return FakeEmbedder()


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """The real default embedder, exported on the first run of all and then cached."""
    settings = Settings()
    return open_embedder(settings.embedder, settings.cache)


@pytest.fixture(scope="session")
def seed_text() -> str:
    """The text of the news report that Citewise comes with."""
    return SEED.read_text(encoding="utf-8")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes files, text or bytes by name, into a folder (`docs` unless named) and gives it."""

    def write(files: dict[str, str | bytes], folder: str = "docs") -> Path:
        root = tmp_path / folder
        root.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a Milvus server, which is not installed with the rest."""
    for item in items:
        backend = getattr(getattr(item, "callspec", None), "params", {}).get("backend")
        if backend == "milvus" or "milvus" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.milvus)


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusProcess]:
    """A server that all tests share, each with collections of its own."""
    with MilvusProcess(tmp_path_factory.mktemp("milvus")) as server:
        yield server


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Where the libraries of `library` keep their index: "embedded" unless a test asks for "milvus"."""
    return str(getattr(request, "param", "embedded"))


@pytest.fixture
def library(
    tmp_path: Path,
    write: Callable[..., Path],
    embedder: FakeEmbedder,
    backend: str,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[..., Library | MilvusLibrary]]:
    """Opens a library over the files given, not synced yet; all are closed at the end."""
    opened: list[Library | MilvusLibrary] = []
    name = hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]

    def open_library(
        files: dict[str, str | bytes] | None = None,
        folder: str = "docs",
        home: str = "home",
        embedder: Embedder = embedder,
        rebuild: bool = False,
        readers: Mapping[str, Reader] | None = None,
    ) -> Library | MilvusLibrary:
        root = write(files or {}, folder)
        where = root, tmp_path / home, embedder
        if backend == "milvus":
            server = request.getfixturevalue("milvus")
            collection = re.sub(r"\W", "_", f"test_{name}_{home}_{folder}")
            opened.append(MilvusLibrary.open(*where, server.address(collection), rebuild, readers))
        else:
            opened.append(Library.open(*where, rebuild, readers))
        return opened[-1]

    yield open_library
    for library in opened:
        library.close()
