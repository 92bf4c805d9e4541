import time

import pytest

from index import Library
from qa.following import Following


def settled(following, wanted, seconds=10):
    """The state, as soon as it is as wanted."""
    end = time.monotonic() + seconds
    while not wanted(state := following.state()):
        assert time.monotonic() < end, state
        time.sleep(0.05)
    return state


@pytest.fixture
def following(tmp_path, embedder):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Ida sang.")
    with Library.open(folder, tmp_path / "home", embedder) as library:
        library.sync()
        following = Following(library)
        following.start()
        yield following
        following.stop()


def test_what_changes_in_the_folder_is_seen(following, tmp_path):
    assert following.state().documents == 1
    (tmp_path / "docs" / "b.txt").write_text("Ole left.")
    state = settled(following, lambda state: state.documents == 2)
    assert (state.failed, state.trouble) == ((), "")
    assert settled(following, lambda state: state.event is None)


def test_a_file_that_cannot_be_read_is_named(following, tmp_path):
    (tmp_path / "docs" / "bad.txt").write_bytes(b"\x00\x01\x02" * 50)
    state = settled(following, lambda state: state.failed)
    assert [failure.path for failure in state.failed] == ["bad.txt"]
    assert "binary file" in state.failed[0].reason


def test_trouble_is_told_until_it_is_over(following, tmp_path):
    away = (tmp_path / "docs").rename(tmp_path / "away")
    assert "docs" in settled(following, lambda state: state.trouble).trouble
    away.rename(tmp_path / "docs")
    (tmp_path / "docs" / "b.txt").write_text("Ole left.")
    assert settled(following, lambda state: state.documents == 2).trouble == ""


def test_it_is_ready_when_the_first_sync_is_over_and_changes_are_counted(tmp_path, embedder):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Ida sang.")
    with Library.open(folder, tmp_path / "home", embedder) as library:
        following = Following(library)
        first = following.state()
        assert (first.ready, first.documents) == (False, 0)
        following.start()
        then = settled(following, lambda state: state.ready)
        assert (then.documents, then.changes > first.changes) == (1, True)
        assert settled(following, lambda state: state.event is None).changes == then.changes
        (folder / "bad.txt").write_bytes(b"\x00\x01\x02" * 50)
        worse = settled(following, lambda state: state.failed)
        assert worse.changes > then.changes
        (folder / "bad.txt").unlink()
        settled(following, lambda state: not state.failed and state.changes > worse.changes)
        following.stop()


def test_an_empty_folder_is_ready_and_no_trouble(tmp_path, embedder):
    folder = tmp_path / "docs"
    folder.mkdir()
    with Library.open(folder, tmp_path / "home", embedder) as library:
        following = Following(library)
        following.start()
        state = settled(following, lambda state: state.ready)
        assert (state.documents, state.failed, state.event, state.trouble) == (0, (), None, "")
        (folder / "a.txt").write_text("Ida sang.")
        settled(following, lambda state: state.documents == 1)
        (folder / "a.txt").unlink()
        assert settled(following, lambda state: state.documents == 0).trouble == ""
        following.stop()


def test_a_first_sync_that_fails_makes_ready_too(tmp_path, embedder):
    with Library.open(tmp_path / "gone", tmp_path / "home", embedder) as library:
        following = Following(library)
        following.start()
        assert "gone" in settled(following, lambda state: state.ready).trouble
        (tmp_path / "gone").mkdir()
        (tmp_path / "gone" / "a.txt").write_text("Ida sang.")
        assert settled(following, lambda state: state.documents == 1).trouble == ""
        following.stop()


def test_the_state_is_of_the_index_whoever_writes_it(following, tmp_path, embedder):
    before = following.state()
    with Library.open(tmp_path / "docs", tmp_path / "home", embedder) as other:
        (tmp_path / "docs" / "b.txt").write_text("Ole left.")
        other.sync(wait=10)
        now = following.state()
    assert (now.documents, now.changes > before.changes) == (2, True)


def test_a_sync_that_is_asked_for_is_told_to_everybody(tmp_path, embedder):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("Ida sang.")
    with Library.open(folder, tmp_path / "home", embedder) as library:
        following = Following(library)
        heard = []

        def hear(event):
            heard.append((event.document_id, event.action))
            assert following.state().event in (None, event)

        assert following.sync(hear, wait=0).added == 1
        assert heard == [("a.txt", "added")]
        assert (following.state().event, following.state().ready) == (None, True)
        (folder / "a.txt").unlink()
        assert following.sync(None, wait=0).removed == 1
        assert following.sync(None, wait=0).removed == 0
