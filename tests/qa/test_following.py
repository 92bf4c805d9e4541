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
