import sqlite3

import pytest
from catalogue_fakes import found, ids, put

from index import CatalogueError
from index.catalogue import Catalogue, can_renew
from index.schema import SCHEMA_VERSION

# As they were written before documents were told apart from their files.
VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, media_type TEXT NOT NULL, sha256 TEXT NOT NULL,
    text TEXT NOT NULL, pages TEXT NOT NULL,
    size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL
);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER, vector BLOB NOT NULL
);
CREATE INDEX chunks_by_document ON chunks(document_id);
CREATE VIRTUAL TABLE passages USING fts5(
    text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER chunk_deleted AFTER DELETE ON chunks BEGIN
    DELETE FROM passages WHERE rowid = old.id;
END;
INSERT INTO meta VALUES ('schema', 1), ('embedder', 'other'), ('generation', 7);
INSERT INTO documents VALUES ('a.txt', 'A', 'text/plain', 'ab', 'a red boat', '[]', 10, 20, 30);
INSERT INTO chunks VALUES (41, 'a.txt', 0, 10, NULL, x'00');
INSERT INTO passages (rowid, text) VALUES (41, 'a red boat');
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def catalogue(path):
    catalogue = Catalogue(path, "fake")
    yield catalogue
    catalogue.close()


def execute(path, script):
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def test_the_tables_of_an_earlier_version_are_made_anew(path):
    execute(path, VERSION_1)
    catalogue = Catalogue(path, "fake")
    assert catalogue.was_outdated
    assert catalogue.document_ids() == ()
    assert found(catalogue, "boat") == []
    assert catalogue.generation == 8
    assert catalogue.revision == 1
    put(catalogue, "a.txt", "a red boat", "x", "y")
    assert ids(catalogue) == [42, 43, 44]
    catalogue.close()
    again = Catalogue(path, "fake")
    assert not again.was_outdated
    assert again.document_ids() == ("a.txt",)
    again.close()


def test_a_file_that_could_not_shrink_learns_it(path):
    execute(path, VERSION_1)
    catalogue = Catalogue(path, "fake")
    put(catalogue, "a.txt", *(f"passage {number}" for number in range(2000)))
    with catalogue.transaction():
        catalogue.ledger.unlink("a.txt")
        catalogue.collect()
    catalogue.shrink(purge=False)
    catalogue.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
    assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
    connection.close()


def test_a_later_version_is_refused(catalogue, path):
    catalogue.close()
    execute(path, "UPDATE meta SET value = 99 WHERE key = 'schema'")
    expected = rf"another version of Citewise \(schema 99, this one writes {SCHEMA_VERSION}\)"
    with pytest.raises(CatalogueError, match=expected) as caught:
        Catalogue(path, "fake")
    assert "--rebuild" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert can_renew(path)
    renewed = Catalogue(path, "fake", renewing=True)
    renewed.renew()
    renewed.close()
    Catalogue(path, "fake").close()


def test_a_catalogue_without_its_version_is_named(catalogue, path):
    catalogue.close()
    execute(path, "DELETE FROM meta")
    with pytest.raises(CatalogueError, match=r"lacks its schema: .*--rebuild"):
        Catalogue(path, "fake")


def test_a_file_of_another_program_is_named_and_never_renewed(path):
    execute(path, "CREATE TABLE stamps (id INTEGER)")
    with pytest.raises(CatalogueError, match="no such table: meta") as caught:
        Catalogue(path, "fake")
    assert str(path) in str(caught.value)
    assert not can_renew(path)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM passages WHERE rowid = 2",
        "INSERT INTO passages (rowid, text) VALUES (99, 'stray boat')",
        "DELETE FROM passages_data WHERE id > 10",
        "DROP TABLE passages_content; CREATE TABLE passages_content (id INTEGER PRIMARY KEY, c0)",
    ],
)
def test_full_text_out_of_step_is_mended(catalogue, path, damage):
    put(catalogue, "a.txt", "a red boat", "a blue car", "null\0 train", "a tall tree")
    assert not catalogue.mend_words()
    execute(path, damage)
    assert catalogue.mend_words()
    assert not catalogue.mend_words()
    assert found(catalogue, "boat") == ["a red boat"]
    assert found(catalogue, "car") == ["a blue car"]
    assert found(catalogue, "train") == ["null\0 train"]
