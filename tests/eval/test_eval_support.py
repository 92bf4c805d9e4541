from pathlib import Path

import pytest

from eval.support import DATASET, Labelled, lines, load, measure, passages
from index import DatasetError

SEEDS = Path(__file__).parents[2] / "seeds"


class Says:
    def __init__(self, *trusted):
        self.trusted = trusted

    def check(self, sentence, hits):
        class Verdict:
            enough = sentence in self.trusted

        return [Verdict()]


def labelled(sentence, supported, kind="supported"):
    return Labelled(sentence, passages("a", "A text."), supported, kind, "dev")


def test_precision_and_recall_are_those_of_the_unsupported():
    """Two of three unsupported are flagged, and with them one that is supported: 2/3 and 2/3."""
    items = [
        labelled("a", True),
        labelled("b", True),
        labelled("c", False, "number"),
        labelled("d", False, "number"),
        labelled("e", False, "name"),
    ]
    figures = measure(Says("a", "e"), items)
    assert (figures.precision, figures.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert figures.by_kind == {"supported": (1, 2), "number": (2, 2), "name": (0, 1)}
    assert next(lines("dev", figures)) == "dev: 5 sentences"


def test_the_set_is_balanced_and_its_halves_share_no_passage():
    rows = load(DATASET, SEEDS, None)
    for part in ("dev", "test"):
        of_part = [row for row in rows if row.split == part]
        share = sum(row.supported for row in of_part) / len(of_part)
        assert 0.4 < share < 0.6
    texts = {
        part: {r.hits[0].chunk.text for r in rows if r.split == part} for part in ("dev", "test")
    }
    assert not texts["dev"] & texts["test"]
    assert len({row.sentence for row in rows}) == len(rows)


def test_paragraphs_of_xquad_are_asked_about_only_where_they_are_given():
    without = load(DATASET, SEEDS, None)
    with_them = load(DATASET, SEEDS, [f"Paragraph {n}." for n in range(120)])
    assert len(with_them) > len(without)
    assert sum(row.split == "test" for row in with_them) >= 150


def test_passages_cover_a_text_and_end_with_sentences():
    text = "One two three four five six. " * 100
    hits = passages("a", text)
    assert len(hits) > 2
    for hit in hits:
        assert text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
        assert hit.chunk.text.endswith("six.")
        assert len(hit.chunk.text.split()) <= 170
    assert sum(len(hit.chunk.text.split()) for hit in hits) == len(text.split())


def test_a_row_that_is_wrong_is_named(tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text('{"id": "a", "source": "own"}\n', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"x\.jsonl: line 1 is wrong"):
        load(file, SEEDS, None)
