"""Citewise itself, by the same rules as the others."""

from __future__ import annotations

from pathlib import Path

from running import Job, Search, run

from qa import Settings
from qa.assistant import open_library
from qa.retrieval import retrieve


def ingest(job: Job) -> int:
    """Sync the folder."""
    with open_library(Path(job["folder"]), Settings(home=Path(job["store"]))) as library:
        return library.sync().passages


def open_store(job: Job) -> Search:
    """Hybrid retrieval, as for an answer."""
    library = open_library(Path(job["folder"]), Settings(home=Path(job["store"])))

    def search(question: str, k: int) -> list[str]:
        return [hit.chunk.document_id for hit in retrieve(library, question, k)]

    return search


if __name__ == "__main__":
    run(ingest, open_store)
