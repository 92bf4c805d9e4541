import pytest

from qa import Assistant, Settings


@pytest.fixture
def assistant(tmp_path, seed_text):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "news.txt").write_text(seed_text, encoding="utf-8")
    with Assistant.open(folder, Settings(home=tmp_path / "home")) as assistant:
        yield assistant


def test_nodes_carry_exact_offsets(assistant, seed_text):
    from qa.adapters.llama_index import CitewiseRetriever

    nodes = CitewiseRetriever(assistant, top_k=1).retrieve("Who escorted the bombers?")
    (found,) = nodes
    assert "MiG-31" in found.node.text
    assert seed_text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text
    assert found.node.ref_doc_id == "news.txt"


def test_the_engine_answers_with_citations(assistant):
    from qa.adapters.llama_index import CitewiseQueryEngine

    response = CitewiseQueryEngine(assistant).query("How long did the bombers fly?")
    assert "about four hours" in str(response)
    assert response.metadata["citations"][0]["document_id"] == "news.txt"
    assert response.source_nodes
