import random
import unicodedata

import pytest

from index import DocumentError, UsageError
from qa.filenames import MAX_BYTES, MAX_DEPTH, require_plain, safe_path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("report.pdf", "report.pdf"),
        ("papers/2024/report.pdf", "papers/2024/report.pdf"),
        (r"papers\2024\report.pdf", "papers/2024/report.pdf"),
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("a/../b.txt", "a/b.txt"),
        ("....//....//b.txt", "b.txt"),
        ("/etc/passwd.txt", "etc/passwd.txt"),
        (r"C:\Users\ida\b.txt", "Users/ida/b.txt"),
        ("c:b.txt", "b.txt"),
        ("notes: a.txt", "notes: a.txt"),
        (r"\\server\share\b.txt", "server/share/b.txt"),
        ("./b.txt", "b.txt"),
        ("a//b.txt", "a/b.txt"),
        (".hidden.txt", "hidden.txt"),
        ("..hidden.txt", "hidden.txt"),
        (". .hidden.txt", "hidden.txt"),
        (" b.txt ", "b.txt"),
        ("a\x00\n\x1b[31mb.txt", "a[31mb.txt"),
        ("invoice\u202efdp.txt", "invoicefdp.txt"),
        (".\u202e./.\u200b./b.txt", "b.txt"),
        ("a\ud800b.txt", "ab.txt"),
        ("e\u0301te\u0301.txt", "\u00e9t\u00e9.txt"),
        ("نامه\u200cها.txt", "نامه\u200cها.txt"),
        ("東京 – 報告.txt", "東京 – 報告.txt"),
        ("what is 5% of $HOME; rm -rf ~.txt", "what is 5% of $HOME; rm -rf ~.txt"),
        ("a/b/c/d/e/f/g/h/i.txt", "a/b/c/d/e/f/g/h/i.txt"),
    ],
)
def test_a_name_is_made_safe(name, path):
    assert safe_path(name) == path


@pytest.mark.parametrize("name", ["", " ", ".", "..", "../..", "/", "\\", "C:", "\u202e", ". ./ ."])
def test_a_name_of_which_nothing_is_left_is_refused(name):
    with pytest.raises(DocumentError, match="no name"):
        safe_path(name)


@pytest.mark.parametrize("name", [".git/notes.txt", "a/.b/c.txt", "a/.c.txt"])
def test_what_a_folder_hides_is_left_out(name):
    with pytest.raises(DocumentError, match="hidden"):
        safe_path(name)


def test_folders_are_kept_up_to_a_depth():
    with pytest.raises(DocumentError, match=r"9 folders deep and the limit is 8"):
        safe_path("x/" * (MAX_DEPTH + 1) + "b.txt")


def test_long_names_are_cut_and_stay_different_and_of_their_kind():
    one, two = ("報" * 100 + end + ".pdf" for end in "ab")
    first, second = safe_path(one), safe_path(two)
    assert first != second
    for path in (first, second):
        assert path.startswith("報報報")
        assert path.endswith(".pdf")
        assert MAX_BYTES - 3 < len(path.encode()) <= MAX_BYTES
    assert safe_path(one) == first
    assert len(safe_path("x" * 300 + "/" + "b." + "y" * 300).split("/")[1]) <= MAX_BYTES


def test_whatever_the_name_the_path_is_safe():
    rng = random.Random(0)
    pieces = [*"./\\ :aé\u0301\u202e\u200d\x00\n~\ud800", "..", "C:", "x" * 210, ".txt", "報"]
    safe = 0
    for _ in range(20_000):
        name = "".join(rng.choices(pieces, k=rng.randint(1, 12)))
        try:
            path = safe_path(name)
        except DocumentError:
            continue
        safe += 1
        assert path == unicodedata.normalize("NFC", path)
        path.encode()
        assert all(unicodedata.category(c)[0] != "C" or c in "\u200c\u200d" for c in path)
        parts = path.split("/")
        assert len(parts) <= MAX_DEPTH + 1
        for part in parts:
            assert part
            assert not part.startswith(".")
            assert "\\" not in part
            assert len(part.encode()) <= MAX_BYTES
    assert safe > 5_000


@pytest.mark.parametrize(
    "name",
    ["a.txt", "b/a.txt", ".a.txt", "50%.txt", "100%25.txt", "contact.txt", "ä b (1) [2].txt"],
)
def test_a_plain_name_stays_as_it_is(name):
    assert require_plain(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            " ",
            ".",
            "..",
            "/",
            "/a.txt",
            "a/",
            "a//b.txt",
            "../a.txt",
            "a/../b.txt",
            "a/./b.txt",
        ),
        *("a\\b.txt", "C:/a.txt", "c:a.txt", "a\0.txt", "a\nb.txt", "\u202ea.txt", "a\ud800.txt"),
        *(
            "%2e%2e/a.txt",
            "..%2Fa.txt",
            "%252e%252e%252fa.txt",
            "a%00.txt",
            "%5ca.txt",
            "%c0%ae/a.txt",
        ),
        *("CON", "con.txt", "b/NUL", "Aux.tar.gz", "COM1", "lpt9.txt", "nul:", "con .txt"),
    ],
)
def test_a_name_that_leads_somewhere_is_refused(name):
    with pytest.raises(UsageError, match="no plain name of a file"):
        require_plain(name)
