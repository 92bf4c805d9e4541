import pytest

from index import Candidate, Chunk
from qa.retrieval import combine, retrieve


def candidate(id_, cosine, bm25):
    return Candidate(Chunk(id_, "a.txt", 0, 1, "x", None), cosine, bm25)


def test_the_combination_by_hand():
    # The largest are 0.8 and 5: 1: (1 + 2/5) / 2; 2: (0.4/0.8 + 1) / 2; 3: (0.2/0.8 + 0) / 2.
    hits = combine([candidate(3, 0.2, 0), candidate(1, 0.8, 2), candidate(2, 0.4, 5)])
    assert [hit.chunk.id for hit in hits] == [2, 1, 3]
    assert [hit.score for hit in hits] == pytest.approx([0.75, 0.7, 0.125])


def test_first_in_both_scores_one_and_first_in_one_scores_a_half():
    assert combine([candidate(7, 0.3, 2), candidate(8, 0.1, 1)])[0].score == 1.0
    hits = combine([candidate(7, 0.3, 0), candidate(8, 0.0, 1)])
    assert [hit.score for hit in hits] == [0.5, 0.5]
    assert [hit.chunk.id for hit in hits] == [7, 8]  # the tie goes to the smaller id


def test_a_search_that_finds_nothing_takes_nothing_away():
    assert [hit.score for hit in combine([candidate(7, 0.4, 0), candidate(8, 0.1, 0)])] == [
        1.0,
        0.25,
    ]
    assert [hit.score for hit in combine([candidate(7, -0.4, 3), candidate(8, -0.1, 0)])] == [1.0]


def test_what_is_unlike_the_question_counts_as_nothing():
    hits = combine([candidate(1, 0.5, 4), candidate(2, -0.5, 2)])
    assert [hit.score for hit in hits] == [1.0, 0.25]


def test_nothing_found_is_nothing_combined():
    assert combine([]) == []
    assert combine([candidate(1, -0.2, 0)]) == []


def test_a_second_form_never_lowers_what_the_first_is_scored(library):
    texts = {f"{n}.txt": f"The harbour of Oslo has {n} cranes." for n in range(20)}
    opened = library({**texts, "fram.txt": "Amundsen sailed on the Fram."})
    opened.sync()
    alone = retrieve(opened, "Who sailed on the Fram?", 5)
    both = retrieve(opened, "Who sailed on the Fram?", 5, typed="harbour of Oslo cranes")
    assert (both[0].chunk, both[0].score) == (alone[0].chunk, alone[0].score)
    scored = {h.chunk.id: h.score for h in both}
    for hit in retrieve(opened, "Who sailed on the Fram?", 21):
        if hit.chunk.id in scored:
            assert scored[hit.chunk.id] >= hit.score


def test_a_wrong_rewrite_does_not_hide_what_was_typed(library):
    texts = {f"{n}.txt": f"The harbour of Oslo has {n} cranes." for n in range(20)}
    opened = library({**texts, "fram.txt": "Amundsen sailed on the Fram."})
    opened.sync()
    wrong, typed = "harbour of Oslo cranes", "Amundsen sailed on the Fram."
    found = retrieve(opened, wrong, 5)
    assert "fram.txt" not in {h.chunk.document_id for h in found}
    # Twenty passages fit the wrong question better than half as well as the right one fits what was typed.
    found = retrieve(opened, wrong, 5, typed=typed)
    assert "fram.txt" in {h.chunk.document_id for h in found}
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    assert all(0 < h.score <= 1 for h in found)


def test_words_side_by_side_count(library):
    far = "Ice is cold. Many people in the town like to play hockey on Sundays."
    near = "Many people in the town like to play ice hockey. It is cold on Sundays."
    rest = {f"{n}.txt": f"The harbour of Oslo has {n} cranes." for n in range(9)}
    opened = library({"far.txt": far, "near.txt": near, **rest})
    opened.sync()
    vector = opened.embedder.embed(["ice hockey"])[0]
    of = {
        one.chunk.document_id: one.bm25
        for one in opened.candidates(vector, ["ice", "hockey"], ["ice hockey"], 5)
    }
    assert of["near.txt"] > of["far.txt"] > 0


def test_a_question_that_was_not_rewritten_is_searched_once(library, embedder):
    opened = library({"fram.txt": "Amundsen sailed on the Fram."})
    opened.sync()
    before = len(embedder.embedded)
    plain = retrieve(opened, "Who sailed?", 5)
    assert retrieve(opened, "Who sailed?", 5, typed="Who sailed?") == plain
    assert embedder.embedded[before:] == ["Who sailed?", "Who sailed?"]
