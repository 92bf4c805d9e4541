import pytest

from index.kinds import _BY_SUFFIX, kind_of
from index.readers import READERS


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/b.PDF", "PDF"),
        ("b.docx", "Word"),
        ("b.ods", "OpenDocument spreadsheet"),
        ("b.tar.csv", "Table"),
        ("b.odd", "ODD"),
        ("folder.d/none", "File"),
    ],
)
def test_a_file_goes_by_a_persons_word(path, kind):
    assert kind_of(path) == kind


def test_every_kind_that_is_read_has_a_word():
    assert set(READERS) == set(_BY_SUFFIX)
