import os

import pytest

from index import FolderError
from index.folder import IGNORE_FILE, find_files


def test_the_files_that_citewise_reads_in_order(write):
    root = write({
        "b.txt": "x", "a.md": "x", "sub/deep/c.TXT": "x", "sub.txt": "x", "Z.txt": "x",
        "photo.jpg": "x", "code.py": "x", "no-suffix": "x",
    })  # fmt: skip
    files = find_files(root)
    assert list(files) == ["Z.txt", "a.md", "b.txt", "sub.txt", "sub/deep/c.TXT"]
    assert files["sub/deep/c.TXT"] == root / "sub" / "deep" / "c.TXT"


def test_hidden_files_and_folders_are_left_out(write):
    root = write({"a.txt": "x", ".b.txt": "x", ".git/c.txt": "x", "sub/.d/e.txt": "x"})
    assert list(find_files(root)) == ["a.txt"]


def test_a_hidden_folder_can_be_asked_for_by_its_name(write):
    assert list(find_files(write({"a.txt": "x"}, ".notes"))) == ["a.txt"]


def test_the_ignore_file_names_what_is_left_out(write):
    root = write({
        IGNORE_FILE: "# what is not asked about\nREADME.md\n\n  *.draft.txt  \nold/*\n",
        "README.md": "x", "a.txt": "x", "b.draft.txt": "x", "sub/c.draft.txt": "x",
        "old/d.txt": "x", "old/deep/e.txt": "x", "older/f.txt": "x",
    })  # fmt: skip
    assert list(find_files(root)) == ["a.txt", "older/f.txt"]


def test_the_ignore_file_may_begin_with_a_byte_order_mark(write):
    root = write({IGNORE_FILE: b"\xef\xbb\xbfa.txt\r\nb.txt\r\n", "a.txt": "x", "b.txt": "x"})
    assert find_files(root) == {}


def test_an_ignore_file_that_is_no_text_is_named(write):
    root = write({IGNORE_FILE: b"\xff\xfe\x00", "a.txt": "x"})
    with pytest.raises(FolderError, match=r"\.citewiseignore cannot be read"):
        find_files(root)


def test_symbolic_links_count_only_within_the_folder(write):
    outside = write({"secret.txt": "x", "deep/more.txt": "x"}, "outside")
    root = write({"a.txt": "x"})
    (root / "inside.txt").symlink_to(root / "a.txt")
    (root / "outside.txt").symlink_to(outside / "secret.txt")
    (root / "outside").symlink_to(outside, target_is_directory=True)
    (root / "again").symlink_to(root, target_is_directory=True)
    assert list(find_files(root)) == ["a.txt", "inside.txt"]


def test_the_folder_itself_may_be_a_link(write, tmp_path):
    write({"a.txt": "x"})
    (tmp_path / "link").symlink_to(tmp_path / "docs", target_is_directory=True)
    assert find_files(tmp_path / "link") == {"a.txt": tmp_path / "link" / "a.txt"}


def test_links_in_a_circle_stop_nothing(write):
    root = write({"a.txt": "x"})
    (root / "b.txt").symlink_to("c.txt")
    (root / "c.txt").symlink_to("b.txt")
    assert "a.txt" in find_files(root)


def test_a_pipe_is_no_document(write):
    """Reading one would wait for ever."""
    root = write({"a.txt": "x"})
    os.mkfifo(root / "pipe.txt")
    assert list(find_files(root)) == ["a.txt"]


@pytest.mark.parametrize("name", ["nowhere", "nowhere/deep", "a" * 5000])
def test_a_missing_folder_is_named(tmp_path, name):
    with pytest.raises(FolderError, match=r"there is no folder .*: give the folder"):
        find_files(tmp_path / name)


def test_a_file_is_no_folder(write):
    with pytest.raises(FolderError, match=r"a\.txt is a file, not a folder"):
        find_files(write({"a.txt": "x"}) / "a.txt")


def test_an_empty_folder_has_no_files(write):
    assert find_files(write({})) == {}


def test_a_subfolder_that_cannot_be_listed_is_not_taken_for_an_empty_one(write, monkeypatch):
    root = write({"a.txt": "x", "locked/b.txt": "x"})
    scandir = os.scandir

    def refuse(path):
        if os.fspath(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(FolderError, match="locked cannot be listed: Permission denied"):
        find_files(root)


def test_a_name_that_is_not_utf_8_is_listed(write):
    root = write({"a.txt": "x"})
    (root / os.fsdecode(b"\xff.txt")).write_text("x")
    assert list(find_files(root)) == ["a.txt", "\udcff.txt"]
