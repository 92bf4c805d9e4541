import hashlib
import os
from pathlib import Path

import pytest

from index import DocumentError
from index.errors import TransientError
from index.files import FileState, Found, read_file

SECOND = 10**9


def test_a_file_is_read_with_its_state(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc\r\n\xff")
    os.utime(path, ns=(1, 7 * SECOND + 3))
    data, state = read_file(path)
    assert data == b"abc\r\n\xff"
    assert state.sha256 == hashlib.sha256(data).hexdigest()
    assert (state.size, state.modified_ns) == (6, 7 * SECOND + 3)
    assert state.seen_ns > state.modified_ns


@pytest.mark.parametrize(
    ("found", "still"),
    [
        (Found(Path("a.txt"), 5, 100 * SECOND), True),
        (Found(Path("a.txt"), 6, 100 * SECOND), False),
        (Found(Path("a.txt"), 5, 100 * SECOND + 1), False),
        (Found(Path("a.txt"), 5, 99 * SECOND), False),
    ],
)
def test_size_and_stamp_prove_that_nothing_changed(found, still):
    assert FileState("ab", 5, 100 * SECOND, 103 * SECOND).surely_still(found) == still


@pytest.mark.parametrize("seen", [102 * SECOND, 100 * SECOND, 1])
def test_a_stamp_that_was_young_proves_nothing(seen):
    found = Found(Path("a.txt"), 5, 100 * SECOND)
    assert not FileState("ab", 5, 100 * SECOND, seen).surely_still(found)


def test_a_file_that_is_only_listed_has_a_state_without_a_digest():
    state = FileState.unread(Found(Path("a.txt"), 5, 100))
    assert (state.sha256, state.size, state.modified_ns) == ("", 5, 100)


def test_a_missing_file_is_a_failure_that_may_pass(tmp_path):
    with pytest.raises(TransientError, match=r"^it cannot be read: No such file or directory$"):
        read_file(tmp_path / "gone.txt")


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(TransientError, match=r"^it is not a file any more$"):
        read_file(tmp_path / "a.txt")


def test_a_file_over_the_limit_is_a_lasting_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("index.files.MAX_BYTES", 1000)
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 1000)
    assert len(read_file(path)[0]) == 1000
    path.write_bytes(b"x" * 1001)
    with pytest.raises(DocumentError, match="it has 1,001 bytes and the limit is 1,000") as caught:
        read_file(path)
    assert not isinstance(caught.value, TransientError)
