"""The adapter where it is used: inside programs made of llama-index's own parts."""

import asyncio
import threading
from contextlib import contextmanager

import pytest
from llama_index.core import Settings as LlamaSettings
from llama_index.core import get_response_synthesizer
from llama_index.core.agent.workflow import FunctionAgent, ReActAgent
from llama_index.core.base.llms.types import ChatMessage, MessageRole, ToolCallBlock
from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.chat_engine import (
    CondensePlusContextChatEngine,
    CondenseQuestionChatEngine,
    ContextChatEngine,
)
from llama_index.core.evaluation import RetrieverEvaluator
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.span_handlers import SimpleSpanHandler
from llama_index.core.llms import MockLLM
from llama_index.core.llms.mock import MockFunctionCallingLLM
from llama_index.core.postprocessor import LongContextReorder, SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine, RouterQueryEngine
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import MetadataMode, QueryBundle
from llama_index.core.selectors import PydanticSingleSelector
from llama_index.core.tools import QueryEngineTool
from pdf_making import lines, make_pdf

from index import QuestionError
from qa import Assistant, Settings
from qa.adapters.llama_index import CitewiseQueryEngine, CitewiseRetriever

# llama-index's own use of pydantic and of its workflows.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:is_running called:DeprecationWarning"),
]
QUESTION = "How long did the bombers fly over the Barents Sea?"
UNANSWERABLE = "Which recipe uses saffron and rice?"


class NotingAssistant(Assistant):
    """Notes the threads that it is asked in."""

    threads: set

    def search(self, question, k):
        self.threads.add(threading.current_thread())
        return super().search(question, k)

    def ask(self, question, history=()):
        self.threads.add(threading.current_thread())
        return super().ask(question, history)


class Events(BaseEventHandler):
    """Keeps what llama-index's instrumentation tells."""

    heard: list = []  # noqa: RUF012 - a field of pydantic's, copied for each

    def handle(self, event, **kwargs):
        self.heard.append(event)

    def names(self):
        return [type(event).__name__ for event in self.heard]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory, seed_text):
    root = tmp_path_factory.mktemp("llama-index")
    (root / "docs").mkdir()
    (root / "docs/news.txt").write_text(seed_text, encoding="utf-8")
    pages = [lines("The red boat sailed north."), lines("The blue boat sank in May 1912.")]
    (root / "docs/boats.pdf").write_bytes(make_pdf(*pages))
    with NotingAssistant.open(root / "docs", Settings(home=root / "home")) as assistant:
        assistant.threads = set()
        yield assistant


@pytest.fixture
def retriever(assistant):
    return CitewiseRetriever(assistant, top_k=3)


@pytest.fixture
def engine(assistant):
    return CitewiseQueryEngine(assistant)


@pytest.fixture
def debug(monkeypatch):
    """A handler that every part of llama-index tells of what it does, by its global settings."""
    handler = LlamaDebugHandler(print_trace_on_end=False)
    monkeypatch.setattr(LlamaSettings, "_callback_manager", CallbackManager([handler]))
    return handler


@contextmanager
def listening():
    dispatcher, events, spans = get_dispatcher(), Events(heard=[]), SimpleSpanHandler()
    dispatcher.add_event_handler(events)
    dispatcher.add_span_handler(spans)
    try:
        yield events, spans
    finally:
        dispatcher.event_handlers.remove(events)
        dispatcher.span_handlers.remove(spans)


def assert_exact(nodes, assistant):
    assert nodes
    for found in nodes:
        document = assistant.document(found.node.metadata["document_id"])
        start, end = found.node.start_char_idx, found.node.end_char_idx
        assert found.node.text == document.text[start:end]
        assert found.node.metadata == {
            "document_id": document.id,
            "title": document.title,
            "page": document.page_at(start),
        }
        assert found.node.ref_doc_id == document.id


def scripted(*replies):
    """A model that says the replies one after the other; "{result}" becomes the last message's text."""
    left = list(replies)

    def reply(messages, **_):
        said = left.pop(0)
        if isinstance(said, str):
            said = said.replace("{result}", messages[-1].content or "")
        blocks = {"content": said} if isinstance(said, str) else {"blocks": [said]}
        return ChatMessage(role=MessageRole.ASSISTANT, **blocks)

    return MockFunctionCallingLLM(response_generator=reply, is_chat_model=True)


def test_nodes_are_exact_slices_of_their_documents(retriever, assistant):
    nodes = retriever.retrieve("Who escorted the bombers?")
    assert_exact(nodes, assistant)
    assert "MiG-31" in nodes[0].node.text
    scores = [node.score for node in nodes]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_nodes_of_paged_documents_have_their_page(retriever, assistant):
    (found, *_) = retriever.retrieve(QueryBundle("When did the blue boat sink?"))
    assert_exact([found], assistant)
    assert found.node.metadata["document_id"] == "boats.pdf"
    assert found.node.metadata["page"] is not None


def test_a_model_reads_where_a_node_is_from_and_a_reranker_its_words_alone(retriever):
    nodes = {n.node.ref_doc_id: n.node for n in retriever.retrieve("boats and bombers")}
    news, boats = nodes["news.txt"], nodes["boats.pdf"]
    assert news.get_content(MetadataMode.EMBED) == news.text
    assert "document_id: news.txt" in news.get_content(MetadataMode.LLM)
    assert "page" not in news.get_metadata_str(MetadataMode.LLM)
    assert "page: 1" in boats.get_content(MetadataMode.LLM)


def test_ids_of_nodes_are_the_same_after_a_rebuild(retriever, assistant, tmp_path):
    with Assistant.open(assistant.folder, Settings(home=tmp_path / "other")) as other:
        again = CitewiseRetriever(other, top_k=3).retrieve(QUESTION)
    ids = [found.node.node_id for found in retriever.retrieve(QUESTION)]
    assert [found.node.node_id for found in again] == ids
    assert len(set(ids)) == len(ids) == 3


def test_an_answer_is_the_assistants_own(engine, assistant):
    response, answer = engine.query(QUESTION), assistant.ask(QUESTION)
    assert str(response) == answer.text
    assert "about four hours" in str(response)
    expected = answer.to_dict()
    assert {**response.metadata, "timings": None} == {
        **{key: value for key, value in expected.items() if key != "hits"},
        "timings": None,
    }
    assert [node.node.text for node in response.source_nodes] == [
        hit.chunk.text for hit in answer.hits
    ]
    assert_exact(response.source_nodes, assistant)


def test_a_refusal_cites_nothing_and_shows_what_was_read(engine, assistant):
    response = engine.query(UNANSWERABLE)
    assert response.metadata["status"] == "not_in_documents"
    assert response.metadata["citations"] == ()
    assert_exact(response.source_nodes, assistant)


@pytest.mark.parametrize("question", ["", "?!", "x" * 3000])
def test_a_question_that_is_none_is_said_to_be_none(engine, retriever, question):
    for call in (engine.query, retriever.retrieve):
        with pytest.raises(QuestionError):
            call(question)


def test_the_event_loop_stays_free(engine, retriever, assistant):
    async def ask():
        return await asyncio.gather(
            *(engine.aquery(QUESTION) for _ in range(4)),
            *(retriever.aretrieve(QUESTION) for _ in range(4)),
        )

    assistant.threads.clear()
    *answers, a, b, c, d = asyncio.run(ask())
    assert threading.current_thread() not in assistant.threads
    assert {str(answer) for answer in answers} == {str(engine.query(QUESTION))}
    assert a == b == c == d == retriever.retrieve(QUESTION)


def test_a_document_that_went_meanwhile_is_left_out(tmp_path, write, seed_text):
    folder = write({"news.txt": seed_text, "boats.txt": "The red boat of the bombers sank."})

    class Losing(Assistant):
        """Loses a document between the search and whatever is done next."""

        def search(self, question, k):
            hits = super().search(question, k)
            (folder / "boats.txt").unlink(missing_ok=True)
            self.sync()
            return hits

    with Losing.open(folder, Settings(home=tmp_path / "home")) as assistant:
        nodes = CitewiseRetriever(assistant).retrieve("Did the boat of the bombers sink?")
        assert {found.node.ref_doc_id for found in nodes} == {"news.txt"}
        assert_exact(nodes, assistant)


@pytest.mark.parametrize("mode", ["compact", "refine", "tree_summarize"])
def test_a_stock_query_engine_takes_the_retriever(retriever, assistant, mode):
    llm = MockLLM()  # says its prompt
    engine = RetrieverQueryEngine.from_args(
        retriever,
        llm,
        response_synthesizer=get_response_synthesizer(llm, response_mode=mode),
        node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=0.01), LongContextReorder()],
    )
    for response in (engine.query(QUESTION), asyncio.run(engine.aquery(QUESTION))):
        assert_exact(response.source_nodes, assistant)
        assert "about four hours" in str(response)
        assert "title: " in str(response)


def test_a_postprocessor_that_wants_better_ones_gets_its_way(retriever):
    engine = RetrieverQueryEngine.from_args(
        retriever, llm=MockLLM(), node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=2)]
    )
    assert engine.query(QUESTION).source_nodes == []


@pytest.mark.parametrize("kind", [ContextChatEngine, CondensePlusContextChatEngine])
def test_a_chat_over_the_retriever_has_exact_sources(retriever, assistant, kind):
    chat = kind.from_defaults(retriever=retriever, llm=MockLLM(max_tokens=5))
    response = chat.chat(QUESTION)
    assert str(response) == "text text text text text"
    assert_exact(response.source_nodes, assistant)
    assert_exact(asyncio.run(chat.achat("Who escorted the bombers?")).source_nodes, assistant)


def test_a_chat_over_the_engine_asks_what_the_model_makes_of_a_follow_up(engine, assistant):
    llm = scripted("Who escorted the bombers over the Barents Sea?")
    chat = CondenseQuestionChatEngine.from_defaults(query_engine=engine, llm=llm)
    assert "about four hours" in str(chat.chat(QUESTION))
    response = chat.chat("Who escorted them?")
    assert "MiG-31" in str(response)
    assert_exact(response.source_nodes, assistant)


def test_passages_of_two_folders_are_fused_and_none_is_lost(retriever, tmp_path, write):
    folder = write({"news.txt": "The bombers were painted green in May.\n"})
    with Assistant.open(folder, Settings(home=tmp_path / "home")) as other:
        fused = QueryFusionRetriever(
            [retriever, CitewiseRetriever(other, top_k=3)],
            llm=MockLLM(),
            num_queries=1,
            similarity_top_k=10,
            mode="reciprocal_rerank",
        )
        texts = {found.node.text for found in fused.retrieve("What about the bombers?")}
    assert "The bombers were painted green in May." in {text.strip() for text in texts}
    assert len(texts) == 4


def test_an_evaluator_finds_the_nodes_by_their_ids(retriever):
    (best, *_) = retriever.retrieve(QUESTION)
    evaluator = RetrieverEvaluator.from_metric_names(["mrr", "hit_rate"], retriever=retriever)
    result = evaluator.evaluate(QUESTION, expected_ids=[best.node.node_id])
    assert result.metric_vals_dict == {"mrr": 1.0, "hit_rate": 1.0}


@pytest.mark.parametrize("streaming", [True, False])
def test_a_function_agent_calls_it_as_a_tool(engine, assistant, streaming):
    tool = QueryEngineTool.from_defaults(engine, name="documents", description="The documents.")
    call = ToolCallBlock(tool_name="documents", tool_kwargs={"input": QUESTION}, tool_call_id="1")
    llm = scripted(call, "They say: {result}")
    agent = FunctionAgent(tools=[tool], llm=llm, streaming=streaming)

    async def run():
        return await agent.run("How long did they fly?")

    output = asyncio.run(run())
    answer = assistant.ask(QUESTION)
    assert str(output) == f"They say: {answer.text}"
    (called,) = output.tool_calls
    response = called.tool_output.raw_output
    assert_exact(response.source_nodes, assistant)
    assert response.metadata["citations"][0]["quote"] == answer.citations[0].quote


def test_a_reasoning_agent_calls_it_as_a_tool(engine, assistant):
    tool = QueryEngineTool.from_defaults(engine, name="documents", description="The documents.")
    llm = scripted(
        f'Thought: I have to look.\nAction: documents\nAction Input: {{"input": "{QUESTION}"}}',
        "Thought: I can answer.\nAnswer: They say it. {result}",
    )
    agent = ReActAgent(tools=[tool], llm=llm, streaming=False)

    async def run():
        return await agent.run("How long did they fly?")

    output = asyncio.run(run())
    assert "about four hours" in str(output)
    (called,) = output.tool_calls
    assert_exact(called.tool_output.raw_output.source_nodes, assistant)


def test_a_question_that_is_none_is_an_error_of_the_tool_and_the_agent_goes_on(engine):
    tool = QueryEngineTool.from_defaults(engine, name="documents", description="The documents.")
    call = ToolCallBlock(tool_name="documents", tool_kwargs={"input": " "}, tool_call_id="1")
    agent = FunctionAgent(tools=[tool], llm=scripted(call, "It says: {result}"), streaming=False)

    async def run():
        return await agent.run("…")

    output = asyncio.run(run())
    assert "ask something in words" in str(output)
    assert output.tool_calls[0].tool_output.is_error


def test_callbacks_hear_of_queries_and_retrievals(debug, assistant):
    CitewiseQueryEngine(assistant).query(QUESTION)
    asyncio.run(CitewiseQueryEngine(assistant).aquery(QUESTION))
    pairs = debug.get_event_pairs(CBEventType.QUERY)
    assert [asked.payload for asked, _ in pairs] == [
        {"query_str": QUESTION},
        {"query_str": QUESTION},
    ]
    assert all("about four hours" in str(pair[1].payload["response"]) for pair in pairs)
    nodes = CitewiseRetriever(assistant, top_k=2).retrieve(QUESTION)
    ((_, ended),) = debug.get_event_pairs(CBEventType.RETRIEVE)
    assert ended.payload["nodes"] == nodes


def test_a_manager_of_ones_own_hears_instead(debug, assistant):
    own = LlamaDebugHandler(print_trace_on_end=False)
    CitewiseQueryEngine(assistant, CallbackManager([own])).query(QUESTION)
    CitewiseRetriever(assistant, callback_manager=CallbackManager([own])).retrieve(QUESTION)
    assert len(own.get_event_pairs(CBEventType.QUERY)) == 1
    assert len(own.get_event_pairs(CBEventType.RETRIEVE)) == 1
    assert debug.get_event_pairs() == []


def test_instrumentation_hears_of_queries_and_retrievals(engine, retriever):
    with listening() as (events, spans):
        response = engine.query(QUESTION)
        retriever.retrieve(QUESTION)
    assert events.names() == [
        "QueryStartEvent", "QueryEndEvent", "RetrievalStartEvent", "RetrievalEndEvent",
    ]  # fmt: skip
    assert events.heard[1].response == response
    assert len(events.heard[3].nodes) == 3
    names = {span.id_.partition("-")[0] for span in spans.completed_spans}
    assert {"CitewiseQueryEngine.query", "CitewiseRetriever.retrieve"} <= names


def test_instrumentation_hears_of_the_same_when_awaited(engine, retriever):
    async def both():
        await engine.aquery(QUESTION)
        await retriever.aretrieve(QUESTION)

    with listening() as (events, spans):
        asyncio.run(both())
    assert events.names() == [
        "QueryStartEvent", "QueryEndEvent", "RetrievalStartEvent", "RetrievalEndEvent",
    ]  # fmt: skip
    assert spans.open_spans == {}


def test_instrumentation_hears_of_a_failure(engine):
    with listening() as (events, spans), pytest.raises(QuestionError):
        engine.query("?")
    assert "QueryEndEvent" not in events.names()
    assert "SpanDropEvent" in events.names()
    assert spans.open_spans == {}


def test_a_router_chooses_it(engine, assistant):
    tool = QueryEngineTool.from_defaults(engine, description="The documents.")
    choice = ToolCallBlock(
        tool_name="SingleSelection", tool_kwargs={"index": 0, "reason": "one"}, tool_call_id="1"
    )
    router = RouterQueryEngine(
        selector=PydanticSingleSelector.from_defaults(llm=scripted(choice)),
        query_engine_tools=[tool],
        llm=MockLLM(),
    )
    assert_exact(router.query(QUESTION).source_nodes, assistant)
