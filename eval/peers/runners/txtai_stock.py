"""txtai as its introduction shows it: Embeddings over the texts, with their content stored."""

from __future__ import annotations

from pathlib import Path

from running import Answer, Job, Said, Search, model_folder, run
from txtai import RAG, Embeddings


def ingest(job: Job) -> int:
    """Embed each file's text and save."""
    embeddings = Embeddings(path=model_folder(), content=True, hybrid=job["hybrid"])
    files = sorted(Path(job["folder"]).iterdir())
    embeddings.index((file.name, file.read_text("utf-8"), None) for file in files)
    embeddings.save(job["store"])
    return int(embeddings.count())


def open_store(job: Job) -> Search:
    """A search by meaning; with words too where the job says so."""
    embeddings = Embeddings()
    embeddings.load(job["store"])

    def search(question: str, k: int) -> list[str]:
        return [str(row["id"]) for row in embeddings.search(question, k)]

    return search


def open_answers(job: Job) -> Answer:
    """The RAG pipeline with an extractive reader, and its own choice of a reference."""
    embeddings = Embeddings()
    embeddings.load(job["store"])
    pipeline = RAG(embeddings, job["reader"], task="question-answering", output="reference")

    def answer(question: str) -> Said:
        given = pipeline([{"name": "", "query": question, "question": question}])[0]
        return Said(given["answer"] or "", str(given["reference"] or ""))

    return answer


if __name__ == "__main__":
    run(ingest, open_store, open_answers)
