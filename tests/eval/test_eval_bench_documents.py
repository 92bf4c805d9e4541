"""The benchmark of real documents: what it counts, and what it gives to read."""

import json
from pathlib import Path

import pytest

from eval import bench_documents
from eval.bench_documents import Bench, everything, readable


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The ship\n\nIt left Oslo. It sank.", encoding="utf-8")
    (folder / "b.TEXT").write_text("Nobody was lost.", encoding="utf-8")
    (folder / "c.json").write_text("[1,", encoding="utf-8")
    (folder / "d.json").write_text(json.dumps(["Nobody was lost."]), encoding="utf-8")
    (folder / "e.md").write_text("# Ship\n\nIt left Oslo.", encoding="utf-8")
    (folder / "e2.md").write_text("# Ship\n\nIt left Oslo. ", encoding="utf-8")
    return folder


def bench(folder, embedder, sample=10, most=100, seed=0):
    return Bench(folder, embedder, sample, most, seed)


def test_files_are_told_apart_by_what_reads_them(folder, fake_embedder):
    formats = bench(folder, fake_embedder()).formats()
    assert {name: list(files) for name, files in formats.items()} == {
        ".json": ["c.json", "d.json"],
        ".md": ["e.md", "e2.md"],
        ".txt": ["a.txt", "b.TEXT"],
    }


def test_of_each_format_no_more_files_are_taken_than_asked_for(folder, fake_embedder):
    drawn = {
        name
        for seed in range(10)
        for name in bench(folder, fake_embedder(), most=1, seed=seed).formats()[".txt"]
    }
    assert drawn == {"a.txt", "b.TEXT"}


def test_what_becomes_of_a_format_is_counted(folder, fake_embedder):
    measuring = bench(folder, fake_embedder(), sample=1)
    json_, markdown, text = (measuring.measure(*item) for item in measuring.formats().items())
    assert (json_.files, json_.passages, json_.repeated, json_.characters) == (2, 1, 0, 16)
    assert [failure.path for failure in json_.failures] == ["c.json"]
    assert (markdown.passages, markdown.repeated, markdown.failures) == (2, 1, ())
    assert (text.files, text.passages, text.characters) == (2, 2, 48)
    assert 0 < text.reading < text.seconds
    assert 0 < text.model < text.seconds
    assert text.slowest[1] in ("a.txt", "b.TEXT")
    total = everything([json_, markdown, text])
    assert (total.files, len(total.failures), total.passages, total.repeated) == (6, 1, 5, 1)
    assert total.seconds == pytest.approx(json_.seconds + markdown.seconds + text.seconds)


def test_the_sample_is_drawn_by_the_seed_and_says_where_it_is_from(folder, fake_embedder):
    def passages(seed):
        measuring = bench(folder, fake_embedder(), sample=1, seed=seed)
        outcome = measuring.measure(".txt", measuring.formats()[".txt"])
        return [readable(*item) for item in outcome.sample]

    assert passages(3) == passages(3)
    assert {passage for seed in range(10) for passage in passages(seed)} == {
        "=== a.txt [0:32]\n    “The ship”\nThe ship\n\nIt left Oslo. It sank.\n",
        "=== b.TEXT [0:16]\n    “b”\nNobody was lost.\n",
    }


def test_the_command_prints_a_table_and_writes_the_passages(
    folder, fake_embedder, monkeypatch, capsys
):
    monkeypatch.setattr(bench_documents, "open_embedder", lambda name, cache: fake_embedder())
    assert bench_documents.main([str(folder), "--out", "sample.txt"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:4] for line in lines[1:5]] == [
        [".json", "2", "1", "1"],
        [".md", "2", "0", "2"],
        [".txt", "2", "0", "2"],
        ["all", "6", "1", "5"],
    ]
    assert lines[5].startswith("  c.json: it is no valid JSON")
    assert lines[6] == "the passages to read are in sample.txt"
    assert Path("sample.txt").read_text(encoding="utf-8").count("===") == 5


def test_a_folder_without_documents_is_an_error_in_one_line(
    tmp_path, fake_embedder, monkeypatch, capsys
):
    monkeypatch.setattr(bench_documents, "open_embedder", lambda name, cache: fake_embedder())
    assert bench_documents.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path} holds no documents: ")
