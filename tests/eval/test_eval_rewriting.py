"""The measure of rewriting, worked by hand."""

import json

import pytest

from eval import bench_followups
from eval.rewriting import (
    Resolved,
    added_words,
    as_typed,
    measure,
    read_cast,
    with_previous_words,
)
from index import DatasetError
from qa import Turn

SHIP = (
    Resolved("Who built the ship Fram?", "Who built the ship Fram?"),
    Resolved("When did it sail?", "When did the ship Fram sail?"),
    Resolved("What is steel?", "What is steel?"),
)


def test_the_words_that_were_added():
    assert added_words("When did it sail?", "When did the ship Fram sail?") == {"ship", "fram"}
    assert added_words("Why?", "Why?") == set()


def test_the_figures_of_a_rewriter():
    def rewrite(question, history):
        return {"When did it sail?": "When did the Fram of Oslo sail?"}.get(
            question, f"{question} Now."
        )

    figures = measure([SHIP], rewrite)
    # Added: {fram, oslo} to the second, {now} twice... "now" is a content word; gold: {ship, fram}.
    assert figures.questions == 3
    assert figures.precision == pytest.approx(1 / 4)
    assert figures.recall == pytest.approx(1 / 2)
    assert figures.f1 == pytest.approx(2 * 1 / (4 + 2))
    assert figures.untouched == 0


def test_the_baselines():
    figures = measure([SHIP], as_typed)
    assert (figures.f1, figures.untouched, figures.untouched_later) == (0, 1, 1)
    history = [Turn("user", "Who built the ship Fram?"), Turn("assistant", "Archer")]
    assert with_previous_words("When did it sail?", history) == "When did it sail? built ship fram"
    figures = measure([SHIP], with_previous_words)
    # built, ship, fram to the second, sail to the third; two of these four are right, of two.
    assert figures.precision == pytest.approx(2 / 4)
    assert figures.recall == 1
    assert (figures.untouched, figures.untouched_later) == (1 / 2, 0)


def test_reading_cast(tmp_path):
    file = tmp_path / "cast.json"
    file.write_text(json.dumps([{"id": 1, "turns": [{"raw": " Why? ", "resolved": "Why us?"}]}]))
    assert read_cast(file) == ((Resolved("Why?", "Why us?"),),)
    for content in ("{", '{"a": 1}', '[{"turns": [{}]}]', "[1]"):
        file.write_text(content)
        with pytest.raises(DatasetError, match="is no file of conversations"):
            read_cast(file)
    with pytest.raises(DatasetError):
        read_cast(tmp_path / "missing.json")


def test_the_benchmark_prints_what_was_tuned_on_apart(tmp_path, capsys):
    file = tmp_path / "cast.json"
    turns = [{"raw": one.raw, "resolved": one.resolved} for one in SHIP]
    file.write_text(json.dumps([{"id": n, "turns": turns} for n in range(19)]))
    assert bench_followups.main(["--cast", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "CAsT, dev: 18 conversations, 54 questions" in printed
    assert "CAsT, held out: 1 conversations, 3 questions" in printed
    assert bench_followups.main([]) == 2
    assert "nothing to measure" in capsys.readouterr().err
