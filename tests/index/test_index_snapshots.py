import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from index import Library
from index.catalogue import Catalogue
from index.tuning import Tuning

LARGE = Tuning(large=20, lists=1.0, probes=50, candidates=20, share=0.25)
COLOURS = "red green blue white black brown pink grey".split()
THINGS = "boat car tree lake road".split()


def note(number):
    return f"{COLOURS[number % 8]} {THINGS[number % 5]} number{number}"


@pytest.fixture
def docs(tmp_path):
    """A folder of forty one-passage files."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.txt").write_text(note(number))
    return folder


@pytest.fixture
def opened(tmp_path, docs, embedder):
    """Opens the library of that folder with a small idea of what is large."""
    libraries = []

    def opened(tuning=LARGE, **options):
        library = Library.open(docs, tmp_path / "home", embedder, tuning=tuning, **options)
        libraries.append(library)
        return library

    yield opened
    for library in libraries:
        library.close()


def snapshots(library):
    return sorted(library.store.glob("*.faiss"))


def kept_words(library):
    return sorted(library.store.glob("*.words"))


def best(library, text, embedder):
    return library.search_vectors(embedder.vector(text), 1)[0].chunk.text


def test_a_small_library_is_exact_and_a_large_one_is_not(opened):
    small = opened(Tuning(large=40))
    small.sync()
    small.search_vectors(small.embedder.embed(["x"])[0], 1)
    assert [path.name[:8] for path in snapshots(small)] == ["vectors-"]
    large = opened()
    large.sync()
    assert [path.name[:6] for path in snapshots(large)] == ["large-"]


def test_the_words_of_a_large_library_are_kept_with_its_vectors(opened, docs):
    library = opened()
    library.sync()
    (before,) = kept_words(library)
    assert snapshots(library)[0].stem.rpartition("-")[0] == before.stem.rpartition("-")[0]
    for number in range(40, 55):
        (docs / f"{number}.txt").write_text(note(number))
    library.sync()
    (after,) = kept_words(library)
    assert after != before
    opened(Tuning(large=100)).sync()
    assert not kept_words(library)


def test_a_large_library_is_ranked_by_words_as_a_small_one(opened, docs, embedder):
    small, large = opened(Tuning(large=1000)), opened()
    large.sync()

    def same(words, phrases):
        vector = embedder.vector(" ".join(words))
        small_one, large_one = (
            one.candidates(vector, words, phrases, 40) for one in (small, large)
        )
        assert len(small_one) == len(large_one) > 10
        for expected, found in zip(small_one, large_one, strict=True):
            assert found.chunk == expected.chunk
            assert found.bm25 == pytest.approx(expected.bm25)
        hits, wanted = large.search_words(words, 5), small.search_words(words, 5)
        assert [hit.chunk for hit in hits] == [hit.chunk for hit in wanted]
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in wanted])

    same(["red", "boat", "number8"], ["red boat", "boat number8"])
    (docs / "8.txt").write_text("an entirely new elephant in a red boat")
    (docs / "3.txt").unlink()
    large.sync()
    assert large.search_words(["elephant"], 1)[0].chunk.document_id == "8.txt"
    assert "3.txt" not in {hit.chunk.document_id for hit in large.search_words(["white"], 40)}


@pytest.mark.parametrize("harm", ["torn", "gone"])
def test_words_that_are_not_whole_are_made_anew(opened, embedder, harm):
    library = opened()
    library.sync()
    (path,) = kept_words(library)
    whole = path.read_bytes()
    path.unlink() if harm == "gone" else path.write_bytes(whole[:-9])
    reader = opened()
    assert reader.search_words(["number7"], 1)[0].chunk.document_id == "7.txt"
    assert [path.read_bytes() for path in kept_words(reader)] == [whole]


def test_a_large_library_finds_every_passage(opened, embedder):
    library = opened()
    library.sync()
    assert [best(library, note(n), embedder) for n in range(40)] == [note(n) for n in range(40)]


def test_an_edit_leaves_the_snapshot_as_it_is_and_is_found_at_once(opened, docs, embedder):
    library, reader = opened(), opened()
    library.sync()
    (before,) = snapshots(library)
    assert best(reader, note(7), embedder) == note(7)
    (docs / "7.txt").write_text("an entirely new elephant")
    (docs / "8.txt").unlink()
    library.sync()
    for one in (library, reader, opened()):
        assert best(one, "an entirely new elephant", embedder) == "an entirely new elephant"
        everything = {h.chunk.text for h in one.search_vectors(embedder.vector(note(7)), 100)}
        assert len(everything) == 39
        assert not everything & {note(7), note(8)}
    assert snapshots(library) == [before]


def test_what_has_grown_too_much_is_made_anew_and_readers_go_over_to_it(opened, docs, embedder):
    library, reader = opened(), opened()
    library.sync()
    (before,) = snapshots(library)
    assert best(reader, note(1), embedder) == note(1)
    for number in range(40, 55):
        (docs / f"{number}.txt").write_text(note(number))
    library.sync()
    (after,) = snapshots(library)
    assert after != before
    for number in (1, 54):
        assert best(reader, note(number), embedder) == note(number)


def test_of_what_has_shrunk_too_much_nothing_stays_in_the_snapshot(opened, docs):
    library = opened()
    library.sync()
    (before,) = snapshots(library)
    for number in range(12):
        (docs / f"{number}.txt").unlink()
    library.sync()
    assert before not in snapshots(library)


def test_what_has_become_small_is_exact_again(opened, docs, embedder):
    library = opened()
    library.sync()
    for number in range(25):
        (docs / f"{number}.txt").unlink()
    library.sync()
    assert best(library, note(30), embedder) == note(30)
    assert [path.name[:8] for path in snapshots(library)] == ["vectors-"]


@pytest.mark.parametrize("harm", ["torn", "gone", "altered"])
def test_a_snapshot_that_is_not_whole_is_made_anew(opened, embedder, harm):
    library = opened()
    library.sync()
    (path,) = snapshots(library)
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-100] if harm == "torn" else whole[:-9] + b"12345" + whole[-4:])
    assert best(opened(), note(3), embedder) == note(3)
    assert [len(path.read_bytes()) for path in snapshots(library)] == [len(whole)]


def test_a_snapshot_from_after_the_catalogue_was_put_back_is_not_believed(opened, docs, embedder):
    library = opened()
    library.sync()
    library.close()
    catalogue = library.store / "catalogue.sqlite"
    earlier = catalogue.read_bytes()
    for number in range(40, 60):
        (docs / f"{number}.txt").write_text(note(number))
    again = opened()
    again.sync()
    again.close()
    (path,) = snapshots(again)
    for stale in again.store.glob("catalogue.sqlite*"):
        stale.unlink()
    catalogue.write_bytes(earlier)
    reader = opened()
    assert best(reader, note(3), embedder) == note(3)
    assert [one for one in snapshots(reader) if one != path]


def test_a_rebuilt_catalogue_does_not_use_the_snapshot_of_the_one_before(opened, embedder):
    library = opened()
    library.sync()
    (before,) = snapshots(library)
    rebuilt = opened(rebuild=True)
    rebuilt.sync()
    assert best(rebuilt, note(5), embedder) == note(5)
    assert before not in snapshots(rebuilt)


@pytest.mark.skipif(os.name != "posix", reason="kills")
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_killed_while_it_is_written_nothing_is_lost(opened, docs, tmp_path, embedder, moment):
    """The snapshot's own writing: by then the catalogue is complete."""
    program = f"""
        import os, signal
        from pathlib import Path
        from conftest import FakeEmbedder
        from index import Library
        from index.tuning import Tuning
        real = os.{moment}
        def killed(*arguments):
            if any(Path({str(tmp_path)!r}).rglob("large-*.tmp")):
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments)
        os.{moment} = killed
        with Library.open(Path({str(docs)!r}), Path({str(tmp_path / "home")!r}), FakeEmbedder(),
                          tuning={LARGE!r}) as library:
            library.sync()
    """
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'tests'}"}
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], env=environment)
    assert ended.returncode == -9
    library = opened()
    assert list(library.store.glob("large-*.tmp"))
    assert best(library, note(11), embedder) == note(11)
    library.sync()
    assert not list(library.store.glob("large-*.tmp"))
    assert len(snapshots(library)) == 1


def test_readers_beside_a_writer_find_only_what_is_stored(opened, docs, embedder):
    writer, readers = opened(), [opened(), opened()]
    writer.sync()
    done, wrong = threading.Event(), []
    probe = embedder.vector("red boat")

    def read(library):
        while not done.is_set():
            hits = library.search_vectors(probe, 30)
            if len({hit.chunk.id for hit in hits}) != len(hits) or len(hits) < 20:
                wrong.append(hits)

    threads = [threading.Thread(target=read, args=(library,)) for library in readers for _ in "ab"]
    for thread in threads:
        thread.start()
    try:
        for turn in range(6):
            for number in range(turn * 5, turn * 5 + 5):
                (docs / f"{number}.txt").write_text(f"{note(number)} again{turn}")
            writer.sync()
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong


def test_whoever_reads_beside_a_long_sync_does_not_search_most_of_it_one_by_one(
    opened, docs, tmp_path, embedder
):
    library = opened()
    library.sync()
    (before,) = snapshots(library)
    for number in range(40, 70):
        (docs / f"{number}.txt").write_text(note(number))
    # A writer that has no idea of large indexes is like one that has not come to its end.
    writer = opened(Tuning(large=10**6))
    writer._snapshots.settle = lambda: None
    writer.sync()
    reader = opened()
    assert best(reader, note(69), embedder) == note(69)
    assert [one for one in snapshots(reader) if one != before]


def test_what_another_process_has_made_of_a_later_state_is_left_alone(opened, docs, embedder):
    library = opened(Tuning(large=100))
    library.sync()
    best(library, note(1), embedder)
    (now,) = snapshots(library)
    prefix, generation, checksum = now.name.rsplit("-", 2)
    later, earlier = (
        library.store / (f"{prefix}-{int(generation) + change}-{checksum}") for change in (1, -1)
    )
    later.write_bytes(b"made by another")
    earlier.write_bytes(b"of yesterday")
    library.sync()
    assert snapshots(library) == sorted([now, later])


def test_many_blocks_are_one_index(opened, docs, embedder, monkeypatch):
    monkeypatch.setattr("index.snapshots._ROWS", 7)
    library = opened()
    library.sync()
    assert [best(library, note(n), embedder) for n in range(40)] == [note(n) for n in range(40)]


def test_the_lineage_lasts_until_the_catalogue_is_made_anew(opened, embedder):
    library = opened()
    library.sync()
    path = library.store / "catalogue.sqlite"
    catalogue = Catalogue(path, embedder.fingerprint)
    before = catalogue.lineage
    with catalogue.transaction():
        catalogue.renew()
    assert catalogue.lineage != before
    catalogue.close()
