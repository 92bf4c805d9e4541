"""The benchmark of faults, small; and that it would see a fault if there were one."""

import random
import time
import zipfile
from contextlib import closing
from io import BytesIO
from multiprocessing import get_context

import pytest

from eval import bench_faults
from eval.faults.asking import Asker
from eval.faults.board import Board
from eval.faults.kills import Campaign, kill
from eval.faults.mutants import KINDS, File, mutants
from eval.faults.mutations import Trial, leaks, mutate
from eval.faults.notes import Notebook, SmallModel, digest, logged, note
from eval.faults.readers_and_writer import read_and_write
from eval.faults.result import Result
from eval.faults.samples import sample
from eval.faults.soundness import CATALOGUE, unsound
from index import Chunk, CitewiseError, Hit, Library
from index.database import Database
from index.readers import READERS, parse


@pytest.fixture
def notes(tmp_path):
    """A notebook of ten notes."""
    notebook = Notebook(tmp_path / "notes")
    for number in range(10):
        notebook.write(f"{number:02}.txt", note(number, 1))
    return notebook


@pytest.fixture
def synced(notes, tmp_path):
    """Its library."""
    with Library.open(notes.root, tmp_path / "home", SmallModel()) as library:
        library.sync()
        yield library


def damage(library, *statements):
    """Change the catalogue behind its back."""
    with closing(Database(library.store / CATALOGUE)) as database:
        for statement in statements:
            database.run(statement)


def test_killed_syncs_lose_nothing_and_do_nothing_twice():
    result = kill(2, 30, seed=1)
    assert result.faults == []
    assert result.line.startswith("kills: ")
    assert result.line.endswith(" 0 of them again after they had been stored")


def test_damaged_files_are_indexed_or_refused(capsys):
    result = mutate(150, seed=1)
    assert result.faults == []
    assert result.line.startswith("mutations: 150 damaged files, ")
    printed = capsys.readouterr().out
    assert all(f"{suffix:>10}" in printed for suffix in READERS)


def test_answers_beside_a_writer_are_of_one_state():
    result = read_and_write(2.0, seed=1)
    assert result.faults == []
    assert " 0 asks" not in result.line
    assert " 0 syncs" not in result.line


@pytest.mark.parametrize("suffix", READERS)
def test_every_kind_of_file_has_a_sample_that_is_read(suffix, tmp_path, monkeypatch):
    file = sample(suffix)
    assert file.name == f"sample{suffix}"
    assert "1887" in parse(file.data, file.name, tmp_path / file.name).text
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: 2_000_000_000.0)
        assert sample(suffix) == file


def test_mutants_are_the_same_for_the_same_seed_and_of_every_suffix_and_kind():
    wholes = [File("a.txt", b"A boat sailed north. " * 50), sample(".docx"), sample(".odt")]
    made = list(mutants(wholes, 60, seed=5))
    assert made == list(mutants(wholes, 60, seed=5))
    assert made != list(mutants(wholes, 60, seed=6))
    assert {file.name.split()[1] for file in made} == set(KINDS)
    assert {file.suffix for file in made} == {".txt", ".docx", ".odt"}
    assert len({file.name for file in made}) == 60


def test_most_damage_to_archives_is_within_whole_ones():
    inside = [file for file in mutants([sample(".odt")], 60, seed=5) if " inside " in file.name]
    assert len(inside) > 20
    for file in inside:
        with zipfile.ZipFile(BytesIO(file.data)) as archive:
            assert archive.testzip() is None


@pytest.mark.parametrize(
    "reason",
    [
        "it cannot be read, and is probably damaged (KeyError: 'word/document.xml')",
        "it is damaged (<zipfile.ZipFile object at 0x7f2a>)",
        "bad magic b'PK'",
        "it cannot be read: [Errno 2] No such file",
        "its part is None",
    ],
)
def test_what_a_library_says_is_seen(reason):
    assert leaks(reason)


def test_what_is_said_to_people_is_not_taken_for_it():
    assert not leaks(
        "it is damaged or not of the kind that its name says; save it anew or rename it"
    )
    assert not leaks("line 3 is no valid JSON: Expecting value at column 1; correct or remove it")


def test_a_file_that_is_neither_indexed_nor_refused_is_a_fault(tmp_path):
    picture = File("b.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    trial = Trial(tmp_path, [File("a.txt", b"A boat sailed north."), picture])
    (trial.docs / "a.txt").unlink()
    assert list(trial.run()) == ["a.txt is neither indexed nor refused, or both"]
    assert list(trial.refused) == ["b.txt"]
    assert trial.outcome("b.txt") == "refused"


def test_a_sound_index_has_no_faults(synced):
    assert list(unsound(synced)) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE chunks SET start = start + 1 WHERE id = 1",
            "00.txt has other passages than its text gives",
        ),
        (
            "UPDATE passages SET text = 'other' WHERE rowid = 1",
            "00.txt differs from its passage at 0",
        ),
        ("DELETE FROM passages WHERE rowid = 1", "the full text is out of step with the passages"),
        ("DELETE FROM chunks WHERE id = 1", "FAISS has 0 ids and the catalogue {left}"),
        (
            "UPDATE documents SET text = text || ' More.' WHERE id = 1",
            "00.txt has other passages than its text gives",
        ),
    ],
)
def test_an_unsound_index_is_seen(synced, statement, fault):
    everything = len(synced.search_vectors(SmallModel().embed(["anything"])[0], 1000))
    damage(synced, statement)
    assert fault.format(left=everything - 1) in list(unsound(synced))


def test_what_is_lost_or_embedded_twice_is_seen(tmp_path):
    campaign = Campaign(tmp_path, 5, random.Random(0))
    campaign.finish()
    assert campaign.faults == []
    assert campaign.done["embedded"] == len(campaign.passages) > 5
    (store,) = campaign.home.iterdir()
    with closing(Database(store / CATALOGUE)) as database:
        database.run("DELETE FROM files WHERE path = '0003 0.txt'")
        database.run("DELETE FROM documents WHERE id NOT IN (SELECT document FROM files)")
        database.run("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    campaign.look("now")
    assert campaign.faults == ["now: 0003 0.txt was stored, did not change, and is lost"]
    campaign.passages = set(logged(campaign.log))
    campaign.sync(None)
    assert campaign.done["twice"] > 0
    assert "embedded that were stored already" in campaign.faults[1]


def test_a_kill_comes_before_the_end(tmp_path):
    campaign = Campaign(tmp_path, 5, random.Random(0))
    assert campaign.sync(0.0)
    assert not campaign.sync(None)
    assert campaign.faults == []


class Answers:
    """A library that gives these answers."""

    def __init__(self, chunks, text=None):
        self.hits = [Hit(chunk, 1.0) for chunk in chunks]
        self.text = text

    def search_words(self, words, k):
        return self.hits

    def search_vectors(self, vector, k):
        return self.hits

    def document(self, document_id):
        if self.text is None:
            raise CitewiseError("there is none")
        return type("Document", (), {"text": self.text})


@pytest.fixture
def asker():
    """One who asks beside notes that may be found in the versions 2 and 3."""
    board = Board(get_context("spawn"), 3)
    board.begin()
    board.end(dict.fromkeys(range(3), 2))
    for number in range(3):
        board.wrote(number, 3)
    return Asker(board, 1, seed=0)


def passage(number, version, start=0, end=40):
    return Chunk(1, f"{number} 0.txt", start, end, note(number, version)[start:end], None)


def faults(asker, library):
    for _ in range(20):
        asker.ask(library)
    assert asker.tally.pop("asks") == 20
    return set(asker.tally)


def test_answers_of_one_state_have_no_faults(asker):
    answers = Answers([passage(0, 3), passage(0, 3, 100, 140)], note(0, 3))
    assert faults(asker, answers) == set()


def test_a_stale_answer_is_seen(asker):
    assert "an answer is stale, or mixes versions" in faults(
        asker, Answers([passage(0, 1)], note(0, 2))
    )


def test_an_answer_of_two_states_is_seen(asker):
    mixed = Answers([passage(0, 2), passage(0, 3)], note(0, 3))
    assert "an answer is stale, or mixes versions" in faults(asker, mixed)


def test_a_stale_document_is_seen(asker):
    assert "a document is stale, or mixes versions" in faults(
        asker, Answers([passage(0, 2)], note(0, 1))
    )


def test_a_passage_without_its_document_is_a_fault_unless_a_sync_came_between(asker):
    answers = Answers([passage(0, 2)])
    assert faults(asker, answers) == {"a passage is not in its document"}
    asker.tally.clear()
    asker.board.begin()
    assert faults(asker, answers) == {"overtaken"}


def test_a_note_that_is_not_found_and_an_error_are_seen(asker):
    assert faults(asker, Answers([passage(1, 2)], note(1, 2))) == {"note 0 is not found"}
    assert (
        "an ask failed: AttributeError: 'NoneType' object has no attribute 'search_words'"
        in faults(asker, None)
    )


def test_the_log_of_the_model_has_every_text_and_no_half_of_one(tmp_path):
    log = tmp_path / "log"
    assert logged(log) == []
    SmallModel(log).embed(["a boat", "a car"])
    with log.open("a") as file:
        file.write("1234")
    assert logged(log) == [digest("a boat"), digest("a car")]


def test_the_exit_status_says_whether_there_was_a_fault(monkeypatch, capsys):
    def tried(faults):
        return lambda *_: Result("readers: 3 asks", faults)

    options = ["--kills", "0", "--mutants", "0"]
    monkeypatch.setattr(bench_faults, "read_and_write", tried([]))
    assert bench_faults.main(options) == 0
    assert capsys.readouterr().out == "readers: 3 asks: 0 faults\n"
    monkeypatch.setattr(bench_faults, "read_and_write", tried(["one", "two"]))
    assert bench_faults.main(options) == 1
    assert capsys.readouterr().out == "readers: 3 asks: 2 faults\n  one\n  two\n"
    monkeypatch.setattr(bench_faults, "read_and_write", tried(["one"] * 25))
    assert bench_faults.main(options) == 1
    assert capsys.readouterr().out.endswith("  one\n  and 5 more\n")
