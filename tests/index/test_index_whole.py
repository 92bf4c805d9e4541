import zlib

import pytest

from index.whole import save_whole, whole_files


def test_a_file_is_called_by_the_sum_of_its_bytes(tmp_path):
    path = save_whole(tmp_path, "some", ".x", lambda aside: aside.write_bytes(b"abc") and None)
    assert path.name == f"some-{zlib.crc32(b'abc'):08x}.x"
    assert list(tmp_path.iterdir()) == [path]
    assert list(whole_files(tmp_path, "some", ".x")) == [path]
    assert (
        list(whole_files(tmp_path, "some", ".y")) == list(whole_files(tmp_path, "so", ".x")) == []
    )


def test_what_is_not_whole_is_passed_over(tmp_path):
    first = save_whole(tmp_path, "some", ".x", lambda aside: aside.write_bytes(b"abc") and None)
    second = save_whole(tmp_path, "some", ".x", lambda aside: aside.write_bytes(b"abcd") and None)
    first.write_bytes(b"abd")
    (tmp_path / "some-00000000.x").mkdir()
    assert list(whole_files(tmp_path, "some", ".x")) == [second]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    def write(aside):
        aside.write_bytes(b"half of")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        save_whole(tmp_path, "some", ".x", write)
    assert list(tmp_path.iterdir()) == []
