"""Citewise inside a llama-index program: a retriever and a query engine.

>>> import tempfile
>>> from pathlib import Path
>>> from qa import Assistant, Settings
>>> home = tempfile.TemporaryDirectory()
>>> assistant = Assistant.open("seeds", Settings(home=Path(home.name)))

The retriever goes wherever llama-index takes one, such as `RetrieverQueryEngine.from_args(retriever)`:

>>> found = CitewiseRetriever(assistant, top_k=1).retrieve("Who escorted the bombers?")
>>> node = found[0].node
>>> text = assistant.document(node.metadata["document_id"]).text
>>> text[node.start_char_idx : node.end_char_idx] == node.text
True

The query engine answers by itself, with its citations in the response's metadata. It becomes an agent's
tool by `QueryEngineTool.from_defaults(engine)`:

>>> engine = CitewiseQueryEngine(assistant)
>>> response = engine.query("How long did the bombers fly over the Barents Sea?")
>>> "about four hours" in str(response)
True
>>> response.metadata["citations"][0]["quote"] in response.source_nodes[0].node.text
True

>>> assistant.close()
>>> home.cleanup()

A node is a passage. Its `start_char_idx` and `end_char_idx` are offsets into the document's text, exact
ones; its `ref_doc_id` is the document's id, and its `metadata` have `document_id`, `title` and `page`, None
where the document has no pages. Its id is made of its document's id, its place and its text: the same after
a restart, after a rebuild and on another machine. `aretrieve` and `aquery` leave the event loop free: the
work is done in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, cast
from uuid import NAMESPACE_OID, uuid5

from llama_index.core import Settings
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager, CBEventType, EventPayload
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import (
    NodeRelationship,
    NodeWithScore,
    ObjectType,
    QueryBundle,
    QueryType,
    RelatedNodeInfo,
    TextNode,
)
from pydantic import ConfigDict

from index import Document, Hit, MissingError
from qa.assistant import Assistant

__all__ = ["CitewiseRetriever", "CitewiseQueryEngine"]  # noqa: RUF022 - as they are met


class CitewiseRetriever(BaseRetriever):
    """The passages that fit a query best, best first, as nodes with scores in (0, 1].

    Citewise searches by its own model and by words: of a query bundle only the text counts.
    """

    def __init__(
        self,
        assistant: Assistant,
        top_k: int = 5,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        """Retrieve from an assistant, which stays its owner's to close.

        Args:
            assistant: whose folder is searched.
            top_k: the most passages to give.
            callback_manager: llama-index's own; that of its global `Settings` unless given.
        """
        super().__init__(callback_manager or Settings.callback_manager)
        self._assistant = assistant
        self._top_k = top_k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(self._assistant, self._assistant.search(query_bundle.query_str, self._top_k))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class CitewiseQueryEngine(CustomQueryEngine):
    """Cited answers. `response.metadata` are the Answer's fields without its hits.

    The hits, the passages that were read, are the source nodes, best first. A refusal is an answer with
    the `status` "not_in_documents" and without citations; its source nodes are the nearest passages.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    """Who is asked; the first argument."""

    def __init__(
        self, assistant: Assistant, callback_manager: CallbackManager | None = None
    ) -> None:
        """Answer by an assistant, which stays its owner's to close.

        Args:
            assistant: who is asked.
            callback_manager: llama-index's own; that of its global `Settings` unless given.
        """
        fields: dict[str, Any] = {
            "assistant": assistant,
            "callback_manager": callback_manager or Settings.callback_manager,
        }
        super().__init__(**fields)

    def query(self, str_or_query_bundle: QueryType) -> Response:
        """Answer a question; raises `index.QuestionError` where it is empty or too long."""
        # Not as CustomQueryEngine does, which tells llama-index's instrumentation nothing.
        return cast(Response, BaseQueryEngine.query(self, str_or_query_bundle))

    async def aquery(self, str_or_query_bundle: QueryType) -> Response:
        """See `query`; the event loop stays free meanwhile."""
        return cast(Response, await BaseQueryEngine.aquery(self, str_or_query_bundle))

    def custom_query(self, query_str: str) -> Response:
        """See `query`; what is done between the events that llama-index is told of."""
        answer = self.assistant.ask(query_str)
        metadata = {key: value for key, value in answer.to_dict().items() if key != "hits"}
        return Response(answer.text, _nodes(self.assistant, answer.hits), metadata)

    async def acustom_query(self, query_str: str) -> Response:
        """See `custom_query`."""
        return await asyncio.to_thread(self.custom_query, query_str)

    def _query(self, query_bundle: QueryBundle) -> Response:
        asked: dict[str, Any] = {EventPayload.QUERY_STR: query_bundle.query_str}
        with self.callback_manager.event(CBEventType.QUERY, payload=asked) as event:
            response = self.custom_query(query_bundle.query_str)
            event.on_end(payload={EventPayload.RESPONSE: response})
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        asked: dict[str, Any] = {EventPayload.QUERY_STR: query_bundle.query_str}
        with self.callback_manager.event(CBEventType.QUERY, payload=asked) as event:
            response = await self.acustom_query(query_bundle.query_str)
            event.on_end(payload={EventPayload.RESPONSE: response})
        return response


def _nodes(assistant: Assistant, hits: Iterable[Hit]) -> list[NodeWithScore]:
    """The hits as nodes, without those whose document has gone since they were found."""
    documents: dict[str, Document | None] = {}
    found = []
    for hit in hits:
        name = hit.chunk.document_id
        if name not in documents:
            documents[name] = _document(assistant, name)
        if (document := documents[name]) is not None:
            found.append(_node(hit, document))
    return found


def _document(assistant: Assistant, document_id: str) -> Document | None:
    try:
        return assistant.document(document_id)
    except MissingError:
        return None


def _node(hit: Hit, document: Document) -> NodeWithScore:
    chunk = hit.chunk
    metadata = {"document_id": document.id, "title": document.title, "page": chunk.page}
    node = TextNode(
        id_=str(uuid5(NAMESPACE_OID, f"{document.id}\n{chunk.start}\n{chunk.text}")),
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata=metadata,
        # What compares texts, a reranker say, is to compare the passages' own words.
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=[key for key, value in metadata.items() if value is None],
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(
                node_id=document.id, node_type=ObjectType.DOCUMENT
            )
        },
    )
    return NodeWithScore(node=node, score=hit.score)
