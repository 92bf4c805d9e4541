"""A real assistant over the seed document, and a server over it: for tests that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_server import served

from index import Embedder
from qa import Assistant, Settings

SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory, minilm: Embedder) -> Iterator[Assistant]:
    home = tmp_path_factory.mktemp("home")
    with Assistant.open(SEEDS, Settings(home=home)) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def url(assistant: Assistant) -> Iterator[str]:
    with served(assistant) as url:
        yield url


@pytest.fixture
def real(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client
