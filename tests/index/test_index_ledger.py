import pytest
from catalogue_fakes import put, state

from index.catalogue import Catalogue
from index.files import FileState
from index.ledger import FailedFile, Identity

REASON = "it holds no text"


@pytest.fixture
def catalogue(tmp_path):
    catalogue = Catalogue(tmp_path / "catalogue.sqlite", "fake")
    yield catalogue
    catalogue.close()


def test_an_identity_ends_with_the_suffix_that_decides_who_reads():
    assert Identity.of("ab", "sub.dir/Some.File.TXT") == Identity("ab", ".txt")
    assert Identity.of("ab", "no suffix") == Identity("ab", "")


def test_a_file_seen_again_keeps_its_document_under_its_new_state(catalogue):
    value = put(catalogue, "a.txt", "one")
    seen = FileState(value.sha256, 11, 21, 31)
    with catalogue.transaction():
        catalogue.ledger.link("a.txt", Identity.of(value.sha256, "a.txt"), seen)
    assert catalogue.ledger.states() == {"a.txt": seen}
    assert catalogue.document_ids() == ("a.txt",)


def test_failures_are_noted_until_they_are_forgiven_or_the_file_is_read(catalogue):
    lasting = FailedFile(REASON, FileState("ab", 1, 2, 3))
    passing = FailedFile("it cannot be read: Permission denied", None)
    with catalogue.transaction():
        for path, failed in (("c.txt", passing), ("a.txt", lasting), ("b.txt", lasting)):
            catalogue.ledger.fail(path, failed)
    assert list(catalogue.ledger.failures().items()) == [
        ("a.txt", lasting),
        ("b.txt", lasting),
        ("c.txt", passing),
    ]
    with catalogue.transaction():
        catalogue.ledger.fail("a.txt", passing)
        catalogue.ledger.forgive("b.txt")
    put(catalogue, "c.txt", "one")
    assert catalogue.ledger.failures() == {"a.txt": passing}


def test_a_file_may_fail_for_now_and_still_have_its_document(catalogue):
    value = put(catalogue, "a.txt", "one")
    with catalogue.transaction():
        catalogue.ledger.fail("a.txt", FailedFile("it cannot be read", None))
    assert catalogue.ledger.states() == {"a.txt": state(value.sha256)}
    assert list(catalogue.ledger.failures()) == ["a.txt"]


def test_the_name_of_the_readers_is_kept(catalogue):
    assert catalogue.ledger.readers == ""
    catalogue.ledger.readers = "1: .md .txt"
    assert catalogue.ledger.readers == "1: .md .txt"
