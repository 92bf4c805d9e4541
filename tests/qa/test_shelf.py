import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index import CitewiseError, FolderError, Library, MissingError, UsageError
from qa import Settings
from qa.shelf import Placed, Shelf

BOAT = "A red boat sailed north."
CAR = "A blue car stopped at the gate."


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home", upload_megabytes=1, upload_files=4)


@pytest.fixture
def library(tmp_path, settings, embedder):
    (tmp_path / "docs").mkdir()
    with Library.open(tmp_path / "docs", settings.home, embedder) as library:
        yield library


@pytest.fixture
def shelf(library, settings):
    return Shelf(library, settings)


@pytest.fixture
def source(tmp_path):
    """Writes bytes where an upload would lie, and gives the place."""
    places = iter(range(1000))

    def source(content):
        path = tmp_path / f"upload-{next(places)}"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return source


def listed(library):
    root = library.folder
    return {
        str(path.relative_to(root)): path.read_bytes().decode()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_files_are_added_replaced_or_unchanged(shelf, library, source):
    boat, car = source(BOAT), source(CAR)
    assert shelf.add([("a.txt", boat), ("new/deep/b.md", car)]) == (
        Placed("a.txt", "a.txt", "added"),
        Placed("new/deep/b.md", "new/deep/b.md", "added"),
    )
    assert shelf.add([("a.txt", boat), ("new/deep/b.md", boat)]) == (
        Placed("a.txt", "a.txt", "unchanged"),
        Placed("new/deep/b.md", "new/deep/b.md", "replaced"),
    )
    assert listed(library) == {"a.txt": BOAT, "new/deep/b.md": BOAT}
    assert boat.read_text() == BOAT


def test_a_hostile_name_stays_below_the_folder(shelf, library, source, tmp_path):
    before = {path for path in tmp_path.iterdir() if path.name != "docs"}
    names = ["../out.txt", "/tmp/out.txt", "a/../../../out.md", "C:\\..\\..\\out.txt"]
    placed = shelf.add([(name, source(f"{BOAT} {name}")) for name in names])
    assert [item.path for item in placed] == ["out.txt", "tmp/out.txt", "a/out.md", ""]
    assert placed[3].reason == "another file of the same name came with it; rename it"
    after = {path for path in tmp_path.iterdir() if path.name != "docs"}
    assert {path.name for path in after - before} == {f"upload-{n}" for n in range(4)}
    assert set(listed(library)) == {"out.txt", "tmp/out.txt", "a/out.md"}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("photo.jpg", b"\xff\xd8", "files of its kind are not read; those are: .txt, "),
        ("none", BOAT, "files of its kind are not read"),
        ("a.txt.exe", BOAT, "files of its kind are not read"),
        ("empty.txt", "", "it is empty; see whether it was saved"),
        ("blank.txt", " \n", "it holds no text"),
        ("large.txt", "x" * (1024 * 1024 + 1), "it has more than 1 MB, which is the limit; split"),
        ("binary.txt", b"\x00\x01\x02" * 50, "it looks like a binary file"),
        ("broken.pdf", b"%PDF-1.7 nothing", "it is damaged"),
        ("..", BOAT, "it has no name; give it one"),
        (".git/a.txt", BOAT, "it is hidden, or in a hidden folder; those are left out"),
    ],
)
def test_what_cannot_be_read_never_enters_the_folder(shelf, library, source, name, content, reason):
    (placed,) = shelf.add([(name, source(content))])
    assert (placed.name, placed.path, placed.outcome) == (name, "", "refused")
    assert placed.reason.startswith(reason)
    assert "\n" not in placed.reason
    assert list(library.folder.iterdir()) == []


def test_a_broken_new_version_does_not_push_out_a_good_old_one(shelf, library, source):
    shelf.add([("a.txt", source(BOAT))])
    (placed,) = shelf.add([("a.txt", source(b"\x00\x01\x02" * 50))])
    assert placed.outcome == "refused"
    assert listed(library) == {"a.txt": BOAT}


def test_more_files_than_the_limit_are_refused_and_the_first_are_not(shelf, source):
    placed = shelf.add([(f"{n}.txt", source(f"{BOAT} {n}")) for n in range(6)])
    assert [item.outcome for item in placed] == ["added"] * 4 + ["refused"] * 2
    assert placed[5].reason == "more than 4 files at once; add it by itself"


def test_what_the_folder_ignores_is_refused(shelf, library, source):
    (library.folder / ".citewiseignore").write_text("drafts/*\n")
    (placed,) = shelf.add([("drafts/a.txt", source(BOAT))])
    assert placed.reason == ".citewiseignore leaves out files of that name; rename it"


def test_links_are_refused_and_not_followed(shelf, library, source, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("secret")
    (library.folder / "link").symlink_to(outside)
    (library.folder / "a.txt").symlink_to(outside / "a.txt")
    (library.folder / "gone.txt").symlink_to(outside / "new.txt")
    placed = shelf.add([(n, source(BOAT)) for n in ("link/b.txt", "a.txt", "gone.txt")])
    assert [item.reason for item in placed] == [
        "a link is where its folder would be; rename the folder",
        "a link of that name is in the way; rename it",
        "a link of that name is in the way; rename it",
    ]
    assert [path.name for path in outside.iterdir()] == ["a.txt"]
    assert (outside / "a.txt").read_text() == "secret"


def test_folders_and_files_in_each_others_way_are_refused(shelf, library, source):
    (library.folder / "b.txt").mkdir()
    shelf.add([("a.txt", source(BOAT))])
    placed = shelf.add([("a.txt/c.txt", source(BOAT)), ("b.txt", source(BOAT))])
    assert [item.reason for item in placed] == [
        "a file is where its folder would be; rename the folder",
        "a folder of that name is in the way; rename it",
    ]


def test_what_is_citewises_own_is_out_of_reach(tmp_path, embedder, source):
    docs = tmp_path / "docs"
    settings = Settings(home=docs / "index")
    with Library.open(docs, settings.home, embedder) as library:
        shelf = Shelf(library, settings)
        own = f"index/{library.store.name}/x.txt"
        names = ("index/feedback.jsonl", own, "index.txt")
        placed = shelf.add([(name, source('{"a": "b c"}')) for name in names])
        assert [item.outcome for item in placed] == ["refused", "refused", "added"]
        assert "Citewise's own" in placed[0].reason
        library.sync()
        shelf.remove("index.txt")
        library.sync()
        assert library.document_ids() == ()  # and not from where it is kept


def test_a_file_that_is_replaced_keeps_who_may_read_it(shelf, library, source):
    shelf.add([("a.txt", source(BOAT))])
    (library.folder / "a.txt").chmod(0o640)
    shelf.add([("a.txt", source(CAR))])
    assert stat.S_IMODE((library.folder / "a.txt").stat().st_mode) == 0o640


def test_a_disk_that_fails_is_a_reason_and_leaves_nothing_behind(
    shelf, library, source, monkeypatch
):
    shelf.add([("a.txt", source(BOAT))])

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    (placed,) = shelf.add([("a.txt", source(CAR))])
    assert placed.reason == "it cannot be stored: No space left on device"
    assert listed(library) == {"a.txt": BOAT}


def test_progress_is_told_file_by_file(shelf, source):
    heard = []
    shelf.add([("a.txt", source(BOAT)), ("b.txt", source(CAR))], heard.append)
    sizes = [(event.document_id, event.done, event.total, event.bytes_done) for event in heard]
    assert sizes == [("a.txt", 0, 2, 0), ("b.txt", 1, 2, len(BOAT))]
    assert {event.bytes_total for event in heard} == {len(BOAT) + len(CAR)}


def test_two_visitors_at_once_leave_whole_files(shelf, library, source):
    versions = [f"{BOAT} {n} " * 2000 for n in range(8)]
    sources = [source(version) for version in versions]
    start = threading.Barrier(8)

    def add(path):
        start.wait()
        return shelf.add([("same.txt", path)])[0].outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(add, sources))
    assert sorted(outcomes) == ["added"] + ["replaced"] * 7
    assert list(listed(library)) == ["same.txt"]
    assert listed(library)["same.txt"] in versions


def test_a_removed_file_is_kept_and_never_another_in_its_place(shelf, library, source, settings):
    for content in (BOAT, CAR, BOAT):
        shelf.add([("sub/a.txt", source(content))])
        library.sync()
        shelf.remove("sub/a.txt")
        library.sync(may_be_empty=True)
        assert library.entries() == ()
    kept = settings.home / "removed" / library.store.name / "sub"
    assert {path.name: path.read_text() for path in kept.iterdir()} == {
        "a.txt": BOAT, "a (2).txt": CAR, "a (3).txt": BOAT,
    }  # fmt: skip


def test_a_file_is_removed_to_another_disk_as_well(shelf, library, source, settings, monkeypatch):
    shelf.add([("a.txt", source(BOAT))])
    library.sync()

    def other_disk(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("pathlib.Path.replace", other_disk)
    monkeypatch.setattr("os.rename", other_disk)
    shelf.remove("a.txt")
    (kept,) = (settings.home / "removed").rglob("*.txt")
    assert (kept.read_text(), listed(library)) == (BOAT, {})


@pytest.mark.parametrize(
    "path", ["", "b.txt", "../secret.txt", "./a.txt", "A.txt", "a.txt/", "/a.txt", "x/../a.txt"]
)
def test_only_what_is_listed_is_removed(shelf, library, source, tmp_path, path):
    (tmp_path / "secret.txt").write_text("secret")
    shelf.add([("a.txt", source(BOAT))])
    library.sync()
    with pytest.raises(MissingError, match="there is no document"):
        shelf.remove(path)
    assert (tmp_path / "secret.txt").exists()
    assert listed(library) == {"a.txt": BOAT}


def test_a_file_that_cannot_be_read_can_be_removed_and_so_can_a_link(
    shelf, library, tmp_path, settings
):
    (tmp_path / "secret.txt").write_text("secret")
    (library.folder / "bad.txt").write_bytes(b"\x00\x01" * 50)
    (library.folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    library.sync()
    for entry in library.entries():
        shelf.remove(entry.path)
    assert list(library.folder.iterdir()) == []
    assert (tmp_path / "secret.txt").read_text() == "secret"
    assert (settings.home / "removed" / library.store.name / "link.txt").is_symlink()


def test_what_has_gone_or_was_swapped_since_it_was_listed_is_told(shelf, library, source, tmp_path):
    shelf.add([("a.txt", source(BOAT)), ("sub/b.txt", source(CAR))])
    library.sync()
    (library.folder / "a.txt").unlink()
    with pytest.raises(MissingError, match="gone from the folder already"):
        shelf.remove("a.txt")
    (library.folder / "sub").rename(tmp_path / "away")
    (library.folder / "sub").symlink_to(tmp_path / "away")
    with pytest.raises(CitewiseError, match="a link is where its folder would be"):
        shelf.remove("sub/b.txt")
    assert (tmp_path / "away" / "b.txt").exists()
    (library.folder / "a.txt").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        shelf.remove("a.txt")


def test_where_nobody_may_edit_nothing_is_touched(library, source, tmp_path):
    shelf = Shelf(library, Settings(home=tmp_path / "home", editable=False))
    with pytest.raises(UsageError, match="editable is false"):
        shelf.add([("a.txt", source(BOAT))])
    with pytest.raises(UsageError, match="editable is false"):
        shelf.remove("a.txt")
    assert listed(library) == {}


def test_a_folder_that_is_gone_is_named(shelf, library, source):
    library.folder.rmdir()
    with pytest.raises(FolderError, match="there is no folder"):
        shelf.add([("a.txt", source(BOAT))])
