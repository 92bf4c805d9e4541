import pytest

from index import Chunk, Hit
from qa.retrieval import fuse, retrieve


def hit(id_, score=1.0):
    return Hit(Chunk(id_, "a.txt", 0, 1, "x", None), score)


def test_reciprocal_rank_fusion_by_hand():
    # 1: 1/2 + 1/3; 2: 1/3 + 1/2; 3: 1/4. The largest possible sum is 1/2 + 1/2.
    fused = fuse([[hit(1), hit(2), hit(3)], [hit(2), hit(1)]])
    assert [h.chunk.id for h in fused] == [1, 2, 3]  # the tie goes to the smaller id
    assert fused[0].score == pytest.approx(5 / 6)
    assert fused[2].score == pytest.approx(1 / 4)


def test_first_in_both_scores_one_and_first_in_one_scores_a_half():
    assert fuse([[hit(7)], [hit(7)]])[0].score == pytest.approx(1.0)
    assert [h.score for h in fuse([[hit(7)], [hit(8)]])] == pytest.approx([0.5, 0.5])


def test_a_search_that_finds_nothing_takes_nothing_away():
    assert fuse([[hit(7)], []])[0].score == pytest.approx(1.0)


def test_the_scores_of_the_searches_themselves_do_not_matter():
    assert fuse([[hit(1, 9.0), hit(2, 0.1)]]) == fuse([[hit(1, 0.3), hit(2, 0.2)]])


def test_nothing_found_is_nothing_fused():
    assert fuse([[], []]) == []


def test_a_second_form_never_lowers_what_the_first_is_scored(library):
    texts = {f"{n}.txt": f"The harbour of Oslo has {n} cranes." for n in range(20)}
    opened = library({**texts, "fram.txt": "Amundsen sailed on the Fram."})
    opened.sync()
    alone = retrieve(opened, "Who sailed on the Fram?", 5)
    both = retrieve(opened, "Who sailed on the Fram?", 5, typed="harbour of Oslo cranes")
    assert (both[0].chunk, both[0].score) == (alone[0].chunk, alone[0].score)
    typed = retrieve(opened, "harbour of Oslo cranes", 5)[0]
    assert {h.chunk.id: h.score for h in both}[typed.chunk.id] == pytest.approx(0.51 * typed.score)


def test_a_wrong_rewrite_does_not_hide_what_was_typed(library):
    texts = {f"{n}.txt": f"The harbour of Oslo has {n} cranes." for n in range(20)}
    opened = library({**texts, "fram.txt": "Amundsen sailed on the Fram."})
    opened.sync()
    wrong, typed = "harbour of Oslo cranes", "Amundsen sailed on the Fram."
    found = retrieve(opened, wrong, 5)
    assert "fram.txt" not in {h.chunk.document_id for h in found}
    found = retrieve(opened, wrong, 5, typed=typed)
    assert "fram.txt" in {h.chunk.document_id for h in found}
    assert all(0 < h.score <= 1 for h in found)


def test_a_question_that_was_not_rewritten_is_searched_once(library, embedder):
    opened = library({"fram.txt": "Amundsen sailed on the Fram."})
    opened.sync()
    before = len(embedder.embedded)
    plain = retrieve(opened, "Who sailed?", 5)
    assert retrieve(opened, "Who sailed?", 5, typed="Who sailed?") == plain
    assert embedder.embedded[before:] == ["Who sailed?", "Who sailed?"]
