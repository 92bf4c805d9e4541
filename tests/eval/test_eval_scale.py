import json
from contextlib import closing
from dataclasses import asdict
from itertools import islice

import numpy as np
import pytest

from eval.scale import corpus as corpora
from eval.scale.corpus import Corpus, Source, gather
from eval.scale.filling import fill
from eval.scale.making import Made
from eval.scale.measuring import Job, Measured, build, measure
from eval.scale.questions import make_questions
from eval.scale.report import Row, write_report
from eval.scale.truth import exact_hits
from index import Library, Span
from index.catalogue import Catalogue

SUBJECTS = ["the parser", "a server", "the index", "the cache file", "a socket", "the user"]


@pytest.fixture
def folder(write):
    """Thirty files of three sentences each."""
    return write(
        {
            f"{number}.txt": f"Note {number} is about {SUBJECTS[number % 6]} of kind {number}. "
            f"Usually {SUBJECTS[number % 6]} can be changed by the owner at noon. "
            f"Then {SUBJECTS[(number + 1) % 6]} must wait for word{number}. " + "Long line. " * 90
            for number in range(30)
        }
    )


@pytest.fixture
def corpus(folder, tmp_path, embedder):
    list(gather(folder, tmp_path / "cache", 1000, embedder))
    return Corpus.load(tmp_path / "cache", embedder.dim)


def real(corpus):
    row = 0
    for source in corpus.documents:
        yield source, corpus.vectors[row : row + len(source.spans)]
        row += len(source.spans)


def test_what_was_gathered_has_the_vectors_of_its_passages(corpus, embedder):
    texts = [text for source in corpus.documents for text in source.texts()]
    assert len(corpus.documents) == 30
    assert np.allclose(corpus.vectors, embedder.embed(texts))
    assert corpus.first(1).documents == corpus.documents[:1]
    assert len(corpus.first(10**9).vectors) == len(texts)


def test_gathering_goes_on_where_it_was_stopped(corpus, folder, tmp_path, fake_embedder):
    cache = tmp_path / "other"
    assert len(list(islice(gather(folder, cache, 1000, fake_embedder()), 7))) == 7
    with (cache / "documents.jsonl").open("ab") as file:
        file.write(b'{"name": "broken off')
    with (cache / "vectors.f32").open("ab") as file:
        file.write(b"half of a vector")
    again = fake_embedder()
    list(gather(folder, cache, 1000, again))
    found = Corpus.load(cache, again.dim)
    assert found.documents == corpus.documents
    assert np.array_equal(found.vectors, corpus.vectors)
    assert len(again.embedded) == sum(len(source.spans) for source in found.documents[7:])


def test_no_more_is_gathered_than_asked_for_and_nothing_twice(write, tmp_path, embedder):
    folder = write({"a.txt": "The same.", "b.txt": "The same.", "c.txt": "Another one."})
    assert len(list(gather(folder, tmp_path / "cache", 1, embedder))) == 1
    list(gather(folder, tmp_path / "cache", 100, embedder))
    texts = {source.text for source in Corpus.load(tmp_path / "cache", embedder.dim).documents}
    assert texts == {"The same.", "Another one."}


def test_made_passages_are_halves_of_two_under_a_vector_between_them(corpus, embedder):
    made = Made.plan(corpus, 2, embedder)
    everything = " ".join(text for source in corpus.documents for text in source.texts())
    for edition in range(2):
        row = 0
        for source, vectors in made.documents(edition):
            assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
            for text, vector in zip(source.texts(), vectors, strict=True):
                first, last = made.halves[row][0], made.halves[made.partners[edition][row]][1]
                assert text == f"{first} {last}"
                assert first in everything
                assert made.partners[edition][row] != row
                own = float(vector @ corpus.vectors[row])
                assert own > np.median(corpus.vectors @ vector)
                row += 1
        assert row == len(corpus.vectors)


def test_what_is_made_is_the_same_each_time(corpus, embedder):
    one, other = (list(Made.plan(corpus, 1, embedder).documents(0)) for _ in range(2))
    assert [source for source, _ in one] == [source for source, _ in other]
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(one, other, strict=True))


def test_a_filled_library_is_as_a_sync_leaves_it(corpus, tmp_path, embedder):
    filled = fill(real(corpus), tmp_path / "filled", tmp_path / "home", embedder)
    assert (filled.passages, filled.documents) == (len(corpus.vectors), 30)
    embedder.embedded.clear()
    with Library.open(tmp_path / "filled", tmp_path / "home", embedder) as library:
        report = library.sync()
        assert (report.unchanged, report.passages) == (30, filled.passages)
        assert embedder.embedded == []
        (hit,) = library.search_words(["word7"], 5)
        document = library.document(hit.chunk.document_id)
        assert document.text[hit.chunk.start : hit.chunk.end] == hit.chunk.text


def test_questions_turn_statements_around_and_ask_for_titles():
    text = "The old parser can read every file of the folder at once."
    source = Source("a", "Parsers of files — Manual", text, (Span(0, len(text)),) * 2)
    asked = make_questions([source, source], 5)
    assert asked == make_questions([source, source], 5)
    turned = " can the old parser read every file of the folder at once?"
    for question in asked:
        assert question.endswith((turned, "Parsers of files?", "Parsers of files do?"))
    assert any(question.endswith(turned) for question in asked)


def test_the_truth_is_what_brute_force_finds(corpus, tmp_path, embedder):
    fill(real(corpus), tmp_path / "filled", tmp_path / "home", embedder)
    with Library.open(tmp_path / "filled", tmp_path / "home", embedder) as library:
        (found,) = exact_hits(library, ["the parser word12"], 3)
        path = library.store / "catalogue.sqlite"
    with closing(Catalogue(path, embedder.fingerprint)) as catalogue:
        ids, vectors = catalogue.passages.vectors(embedder.dim)
        chunks = catalogue.passages.chunks(ids.tolist())
    asked = embedder.embed(["the parser word12"])[0]
    best = ids[np.argsort(-(vectors @ asked), kind="stable")][:3].tolist()
    assert set(found["vectors"]) == set(best)
    assert "word12" in chunks[found["words"][0]].text
    assert len(found["fused"]) == 3


def test_cut_lines_are_left_out(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"one\ntwo\nthr")
    assert corpora._whole_lines(path) == [b"one\n", b"two\n"]


def test_one_library_measured_end_to_end(folder, tmp_path, minilm, monkeypatch):
    cache, home = tmp_path / "cache", tmp_path / "home"
    list(gather(folder, cache, 1000, minilm))
    gathered = Corpus.load(cache, minilm.dim)
    filled = fill(real(gathered), tmp_path / "filled", home, minilm)
    questions = make_questions(gathered.documents, 4)
    with Library.open(tmp_path / "filled", home, minilm) as library:
        truth = exact_hits(library, questions, 10)
    job = Job(str(tmp_path / "filled"), str(home), questions, truth, large=5)
    measured = measure(job, build(job))
    assert measured.recall == pytest.approx({"vectors": 1.0, "words": 1.0, "fused": 1.0})
    assert measured.edited_passages >= 1
    assert 0 < measured.p50["fused"] <= measured.p95["fused"]

    row = Row(30, 30, filled, measured, 1000, 100)
    write_report([row, row], tmp_path)
    stored = json.loads((tmp_path / "scale.json").read_text())
    assert Measured(**stored[0]["measured"]) == measured
    assert asdict(filled) == stored[0]["filled"]
    assert "recall@10 of exact: vectors" in (tmp_path / "scale.txt").read_text()
    assert (tmp_path / "latency.svg").read_text().startswith("<svg")
