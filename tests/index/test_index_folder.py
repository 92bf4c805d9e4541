import errno
import os
import socket
from contextlib import contextmanager

import pytest

from index import FolderError
from index.files import Found
from index.folder import IGNORE_FILE, ignores, list_folder


def test_the_files_that_citewise_reads_in_order(write):
    root = write({
        "b.txt": "x", "a.md": "x", "sub/deep/c.TXT": "x", "sub.txt": "x", "Z.txt": "x",
        "photo.jpg": "x", "code.py": "x", "no-suffix": "x",
    })  # fmt: skip
    files = list_folder(root).files
    assert list(files) == ["Z.txt", "a.md", "b.txt", "sub.txt", "sub/deep/c.TXT"]
    path = root / "sub" / "deep" / "c.TXT"
    status = path.stat()
    assert files["sub/deep/c.TXT"] == Found(path, status.st_size, status.st_mtime_ns)


def test_hidden_files_and_folders_are_left_out(write):
    root = write({"a.txt": "x", ".b.txt": "x", ".git/c.txt": "x", "sub/.d/e.txt": "x"})
    assert list(list_folder(root).files) == ["a.txt"]


def test_a_hidden_folder_can_be_asked_for_by_its_name(write):
    assert list(list_folder(write({"a.txt": "x"}, ".notes")).files) == ["a.txt"]


def test_the_ignore_file_names_what_is_left_out(write):
    root = write({
        IGNORE_FILE: "# what is not asked about\nREADME.md\n\n  *.draft.txt  \nold/*\n",
        "README.md": "x", "a.txt": "x", "b.draft.txt": "x", "sub/c.draft.txt": "x",
        "old/d.txt": "x", "old/deep/e.txt": "x", "older/f.txt": "x",
    })  # fmt: skip
    assert list(list_folder(root).files) == ["a.txt", "older/f.txt"]


def test_the_ignore_file_may_begin_with_a_byte_order_mark(write):
    root = write({IGNORE_FILE: b"\xef\xbb\xbfa.txt\r\nb.txt\r\n", "a.txt": "x", "b.txt": "x"})
    assert list_folder(root).files == {}


def test_an_ignore_file_that_is_no_text_is_named(write):
    root = write({IGNORE_FILE: b"\xff\xfe\x00", "a.txt": "x"})
    with pytest.raises(FolderError, match=r"\.citewiseignore cannot be read"):
        list_folder(root)


def test_symbolic_links_count_only_within_the_folder_and_others_are_told(write):
    outside = write({"secret.txt": "x", "deep/more.txt": "x"}, "outside")
    root = write({"a.txt": "x"})
    (root / "inside.txt").symlink_to(root / "a.txt")
    (root / "outside.txt").symlink_to(outside / "secret.txt")
    (root / "outside").symlink_to(outside, target_is_directory=True)
    (root / "again").symlink_to(root, target_is_directory=True)
    (root / ".hidden.txt").symlink_to(outside / "secret.txt")
    (root / "photo.jpg").symlink_to(outside / "secret.txt")
    listing = list_folder(root)
    assert list(listing.files) == ["a.txt", "inside.txt"]
    reason = "it is a link that leads out of the folder; copy what it leads to into the folder"
    assert listing.refused == {"outside": reason, "outside.txt": reason}
    (root / IGNORE_FILE).write_text("outside\noutside.txt\n")
    assert list_folder(root).refused == {}


def test_the_folder_itself_may_be_a_link(write, tmp_path):
    write({"a.txt": "x"})
    (tmp_path / "link").symlink_to(tmp_path / "docs", target_is_directory=True)
    (found,) = list_folder(tmp_path / "link").files.values()
    assert found.path == tmp_path / "link" / "a.txt"


def test_links_in_a_circle_stop_nothing(write):
    root = write({"a.txt": "x"})
    (root / "b.txt").symlink_to("c.txt")
    (root / "c.txt").symlink_to("b.txt")
    listing = list_folder(root)
    assert list(listing.files) == ["a.txt"]
    reason = "it is a link that leads nowhere; mend it or delete it"
    assert listing.refused == {"b.txt": reason, "c.txt": reason}


def test_pipes_and_sockets_are_no_documents(write, monkeypatch):
    """Reading one would wait for ever."""
    root = write({"a.txt": "x"})
    os.mkfifo(root / "pipe.txt")
    monkeypatch.chdir(root)  # the name of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.txt")
        listing = list_folder(root)
    assert (list(listing.files), listing.refused, listing.unseen) == (["a.txt"], {}, {})


@pytest.mark.parametrize("name", ["nowhere", "nowhere/deep", "a" * 5000])
def test_a_missing_folder_is_named(tmp_path, name):
    with pytest.raises(FolderError, match=r"there is no folder .*: give the folder"):
        list_folder(tmp_path / name)


def test_a_file_is_no_folder(write):
    with pytest.raises(FolderError, match=r"a\.txt is a file, not a folder"):
        list_folder(write({"a.txt": "x"}) / "a.txt")


def test_an_empty_folder_has_no_files(write):
    listing = list_folder(write({}))
    assert listing.is_empty()


def refusing(monkeypatch, name, error):
    scandir = os.scandir

    def refuse(path):
        if os.fspath(path).endswith(name):
            raise OSError(error, os.strerror(error), os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)


def test_a_subfolder_that_cannot_be_listed_is_not_taken_for_an_empty_one(write, monkeypatch):
    root = write({"a.txt": "x", "locked/b.txt": "x"})
    refusing(monkeypatch, "locked", errno.EACCES)
    listing = list_folder(root)
    assert list(listing.files) == ["a.txt"]
    assert listing.unseen == {"locked": "it cannot be listed: Permission denied"}
    assert listing.hides("locked/b.txt")
    assert listing.hides("locked/deep/c.txt")
    assert not listing.hides("locked.txt")
    assert not listing.hides("a.txt")


def test_a_subfolder_that_was_just_deleted_is_an_empty_one(write, monkeypatch):
    root = write({"a.txt": "x", "gone/b.txt": "x"})
    refusing(monkeypatch, "gone", errno.ENOENT)
    listing = list_folder(root)
    assert (list(listing.files), listing.unseen) == (["a.txt"], {})


def test_a_folder_that_cannot_be_listed_at_all_is_named(write, monkeypatch):
    root = write({"a.txt": "x"})
    refusing(monkeypatch, "docs", errno.EACCES)
    with pytest.raises(FolderError, match="docs: it cannot be listed: Permission denied"):
        list_folder(root)


def test_a_file_that_cannot_be_looked_at_is_not_taken_for_a_deleted_one(write, monkeypatch):
    root = write({"a.txt": "x", "b.txt": "x"})
    scandir = os.scandir

    class Refusing:
        """An entry of a folder in which names can be seen and nothing else."""

        def __init__(self, entry):
            self.name, self.path = entry.name, entry.path
            self.is_dir, self.is_symlink = entry.is_dir, entry.is_symlink

        def stat(self):
            raise PermissionError(errno.EACCES, "Permission denied", self.path)

    @contextmanager
    def refuse(path):
        with scandir(path) as entries:
            yield [Refusing(entry) if entry.name == "b.txt" else entry for entry in entries]

    monkeypatch.setattr(os, "scandir", refuse)
    listing = list_folder(root)
    assert list(listing.files) == ["a.txt"]
    assert listing.unseen == {"b.txt": "it cannot be read: Permission denied"}


def test_suffixes_decide_what_is_a_document(write):
    root = write({"a.txt": "x", "b.ODD": "x", "c.odd.txt": "x"})
    assert list(list_folder(root, {".odd"}).files) == ["b.ODD"]


def test_a_name_that_is_not_utf_8_is_listed(write):
    root = write({"a.txt": "x"})
    (root / os.fsdecode(b"\xff.txt")).write_text("x")
    assert list(list_folder(root).files) == ["a.txt", "\udcff.txt"]


def test_the_folder_apart_is_left_out_whatever_it_is_called(write, tmp_path):
    root = write({"a.txt": "x", "home/b.txt": "x", "c/home/d.txt": "x"})
    (tmp_path / "link").symlink_to(root)
    assert list(list_folder(root, apart=root / "home").files) == ["a.txt", "c/home/d.txt"]
    assert list(list_folder(tmp_path / "link", apart=root / "c" / "..").files) == [
        "a.txt", "c/home/d.txt", "home/b.txt",
    ]  # fmt: skip


def test_whether_a_file_is_ignored(write):
    root = write({".citewiseignore": "*.log.txt\ndrafts/*\n"})
    assert ignores(root, "a.log.txt")
    assert ignores(root, "drafts/b.txt")
    assert not ignores(root, "b.txt")
