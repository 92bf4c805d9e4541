"""Citewise itself, by the same rules as the others."""

from __future__ import annotations

from pathlib import Path

from running import Answer, Job, Said, Search, run

from qa import Assistant, Settings
from qa.opening import open_library
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


def open_answers(job: Job) -> Answer:
    """The shipped pipeline with its own weights; it refuses nothing where the job says `forced`."""
    settings = Settings(home=Path(job["store"]))
    if job["forced"]:
        settings = Settings(home=Path(job["store"]), min_confidence=0.0)
    assistant = Assistant.open(Path(job["folder"]), settings)

    def answer(question: str) -> Said:
        given = assistant.ask(question)
        if given.status != "answered":
            return Said("", "")
        return Said(given.short or given.text, given.citations[0].document_id)

    return answer


if __name__ == "__main__":
    run(ingest, open_store, open_answers)
