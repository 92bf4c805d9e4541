"""Haystack as its guides show it: a splitter, SentenceTransformersDocumentEmbedder, an in-memory store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.dataclasses import Document
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader
from running import Answer, Job, Said, Search, model_folder, run

_FILE = "store.json"


def ingest(job: Job) -> int:
    """Split, embed, write and save."""
    files = sorted(Path(job["folder"]).iterdir())
    documents = [
        Document(content=file.read_text("utf-8"), meta={"file": file.name}) for file in files
    ]
    splitter = DocumentSplitter()
    embedder = SentenceTransformersDocumentEmbedder(model=model_folder(), progress_bar=False)
    for component in (splitter, embedder):
        if hasattr(component, "warm_up"):
            component.warm_up()
    parts = embedder.run(splitter.run(documents)["documents"])["documents"]
    store = InMemoryDocumentStore()
    store.write_documents(parts)
    Path(job["store"]).mkdir(parents=True, exist_ok=True)
    store.save_to_disk(str(Path(job["store"]) / _FILE))
    return len(parts)


def open_store(job: Job) -> Search:
    """The embedding retriever; joined with BM25 by reciprocal rank where the job says so."""
    retrieve = _retriever(job)
    return lambda question, _: [str(one.meta["file"]) for one in retrieve(question)]


def open_answers(job: Job) -> Answer:
    """What was retrieved, read by the extractive reader; its best answer, which may be none."""
    retrieve = _retriever(job | {"k": job["passages"]})
    reader = TransformersExtractiveReader(model=job["reader"])
    reader.warm_up()

    def answer(question: str) -> Said:
        best = reader.run(query=question, documents=retrieve(question), top_k=1)["answers"][0]
        return Said(best.data or "", str(best.document.meta["file"]) if best.document else "")

    return answer


def _retriever(job: Job) -> Callable[[str], list[Document]]:
    store = InMemoryDocumentStore.load_from_disk(str(Path(job["store"]) / _FILE))
    embedder = SentenceTransformersTextEmbedder(model=model_folder(), progress_bar=False)
    if hasattr(embedder, "warm_up"):
        embedder.warm_up()
    dense = InMemoryEmbeddingRetriever(store, top_k=job["k"])
    lexical = InMemoryBM25Retriever(store, top_k=job["k"])
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=job["k"])

    def retrieve(question: str) -> list[Document]:
        found: list[Document] = dense.run(query_embedding=embedder.run(question)["embedding"])[
            "documents"
        ]
        if job["hybrid"]:
            found = joiner.run([found, lexical.run(question)["documents"]])["documents"]
        return found

    return retrieve


if __name__ == "__main__":
    run(ingest, open_store, open_answers)
