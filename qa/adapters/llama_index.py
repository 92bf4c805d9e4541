"""Citewise inside a llama-index program: a retriever and a query engine.

    from qa import Assistant
    from qa.adapters.llama_index import CitewiseQueryEngine

    with Assistant.open("seeds") as assistant:
        response = CitewiseQueryEngine(assistant).query("How long did the bombers fly?")

A node's `start_char_idx` and `end_char_idx` are offsets into the document's text, exact ones, and its
`ref_doc_id` is the document's id.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from pydantic import ConfigDict

from index import Hit
from qa.assistant import Assistant


class CitewiseRetriever(BaseRetriever):
    """The passages that fit a query best, as nodes."""

    def __init__(self, assistant: Assistant, top_k: int = 5) -> None:
        super().__init__()
        self._assistant = assistant
        self._top_k = top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._assistant.search(query_bundle.query_str, self._top_k)
        return [_node(hit) for hit in hits]


class CitewiseQueryEngine(CustomQueryEngine):
    """Cited answers; `response.metadata` is the Answer's fields without its passages."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant

    def __init__(self, assistant: Assistant, **options: Any) -> None:
        super().__init__(**{"assistant": assistant, **options})

    def custom_query(self, query_str: str) -> Response:
        """Answer a question; a refusal is an answer without citations."""
        answer = self.assistant.ask(query_str)
        metadata = {key: value for key, value in answer.to_dict().items() if key != "hits"}
        return Response(answer.text, [_node(hit) for hit in answer.hits], metadata)


def _node(hit: Hit) -> NodeWithScore:
    chunk = hit.chunk
    node = TextNode(
        id_=str(chunk.id),
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata={"document_id": chunk.document_id, "page": chunk.page},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=chunk.document_id)},
    )
    return NodeWithScore(node=node, score=hit.score)
