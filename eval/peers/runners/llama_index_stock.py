"""llama-index as its starter shows it: SimpleDirectoryReader, SentenceSplitter, VectorStoreIndex."""

from __future__ import annotations

from llama_index.core import (
    Settings,
    SimpleDirectoryReader,
    StorageContext,
    VectorStoreIndex,
    load_index_from_storage,
)
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from running import Job, Search, model_folder, run


def ingest(job: Job) -> int:
    """Load, split, embed and persist."""
    Settings.embed_model = HuggingFaceEmbedding(model_name=model_folder())
    documents = SimpleDirectoryReader(job["folder"]).load_data()
    index = VectorStoreIndex.from_documents(documents)
    index.storage_context.persist(job["store"])
    return len(index.docstore.docs)


def open_store(job: Job) -> Search:
    """The default retriever."""
    Settings.embed_model = HuggingFaceEmbedding(model_name=model_folder())
    index = load_index_from_storage(StorageContext.from_defaults(persist_dir=job["store"]))
    retriever = index.as_retriever(similarity_top_k=job["k"])

    def search(question: str, k: int) -> list[str]:
        return [str(node.metadata["file_name"]) for node in retriever.retrieve(question)]

    return search


if __name__ == "__main__":
    run(ingest, open_store)
