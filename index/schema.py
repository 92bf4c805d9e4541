"""The tables of the catalogue: made, checked, made anew and mended."""

from __future__ import annotations

import secrets

from index.database import REBUILD, Database
from index.errors import CatalogueError

# Raised with `minilm.EXPORT_VERSION` too: the vectors of another export would only be refused.
SCHEMA_VERSION = 4
TOKENIZER = "tokenize = 'porter unicode61 remove_diacritics 2'"
_PASSAGES = f"CREATE VIRTUAL TABLE passages USING fts5(text, {TOKENIZER})"
_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
    # A document is its bytes, and the suffix that decides who reads them. `title` is NULL where the
    # file itself is silent, `page_count` where it has no pages; what is listed stands before the text,
    # which SQLite need not pass then. AUTOINCREMENT, here and below: an id is never given out twice.
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL, suffix TEXT NOT NULL,
        title TEXT, media_type TEXT NOT NULL, page_count INTEGER,
        text TEXT NOT NULL, pages TEXT NOT NULL, sections TEXT NOT NULL,
        UNIQUE (sha256, suffix)
    )""",
    """CREATE TABLE files (
        path TEXT PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents(id),
        size INTEGER NOT NULL, modified_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE INDEX files_by_document ON files(document, path)",
    # The state is NULL where the reason may pass without a change to the file.
    """CREATE TABLE failures (
        path TEXT PRIMARY KEY, reason TEXT NOT NULL,
        sha256 TEXT, size INTEGER, modified_ns INTEGER, seen_ns INTEGER
    ) WITHOUT ROWID""",
    """CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        start INTEGER NOT NULL, end INTEGER NOT NULL, page INTEGER,
        vector BLOB NOT NULL
    )""",
    "CREATE INDEX chunks_by_document ON chunks(document)",
    _PASSAGES,
    """CREATE TRIGGER chunk_deleted AFTER DELETE ON chunks BEGIN
        DELETE FROM passages WHERE rowid = old.id;
    END""",
    *(
        f"""CREATE TRIGGER {table}_{event} AFTER {event} ON {table} BEGIN
            UPDATE meta SET value = value + 1 WHERE key = 'revision';
        END"""  # noqa: S608 - of the names below
        for table in ("files", "failures")
        for event in ("INSERT", "DELETE")
    ),
)


def prepare(database: Database, fingerprint: str) -> bool:
    """Make the tables where there are none, and make those of an earlier version anew.

    Returns:
        Whether an earlier version's were there. What they held is lost, and still in the folder.
    """
    if not _is_empty(database) and _version(database) >= SCHEMA_VERSION:
        return False
    with database.transaction():
        if _is_empty(database):  # no other process was faster
            _create(database, fingerprint)
        elif _version(database) < SCHEMA_VERSION:
            renew(database, fingerprint)
            return True
    return False


def is_ours(database: Database) -> bool:
    """Whether there are tables that `renew` can make anew."""
    rows = database.rows(
        "SELECT name FROM sqlite_master WHERE name IN ('chunks', 'meta', 'passages')"
    )
    return len(rows) == 3


def check(database: Database, fingerprint: str) -> None:
    """Make sure that the tables are of this version, and the vectors in them of this model.

    Raises:
        CatalogueError: they are not.
    """
    if (schema := _version(database)) != SCHEMA_VERSION:
        raise CatalogueError(
            f"the index was made by another version of Citewise (schema {schema}, this one "
            f"writes {SCHEMA_VERSION}): {REBUILD}"
        )
    if (embedder := meta(database, "embedder")) != fingerprint:
        raise CatalogueError(
            f"the index holds vectors of {embedder}, not of {fingerprint}: {REBUILD}"
        )


def renew(database: Database, fingerprint: str) -> None:
    """Forget everything, whichever version wrote it; ids and generations go on where they were."""
    with database.transaction():
        generation = int(meta(database, "generation")) + 1
        # Which earlier versions did not count.
        ((revision,),) = database.rows(
            "SELECT coalesce(max(value), 0) + 1 FROM meta WHERE key = 'revision'"
        )
        ((last_chunk,),) = database.rows(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'chunks'"
        )
        # The virtual table takes its own tables along; of the others, those that refer go first.
        database.run("DROP TABLE passages")
        tables = database.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "ORDER BY rowid DESC"
        )
        for (name,) in tables:
            database.run(f'DROP TABLE "{name}"')
        _create(database, fingerprint, generation, last_chunk, revision)


def mend_words(database: Database) -> bool:
    """Make the full text anew where it is out of step with the passages; whether it was."""
    if _words_agree(database):
        return False
    with database.transaction():
        forget_words(database)
        add_words(database)
    return True


def forget_words(database: Database) -> None:
    """Empty the full text at a stroke; passages are then deleted quickly, until `add_words`."""
    database.run("DROP TABLE passages")
    database.run(_PASSAGES)


def add_words(database: Database) -> None:
    """Fill the full text, which is empty, with all passages."""
    for (document,) in database.rows("SELECT id FROM documents"):
        # The text is cut up here and not by SQLite, for which a text ends at a NUL.
        ((text,),) = database.rows("SELECT text FROM documents WHERE id = ?", (document,))
        chunks = database.rows("SELECT id, start, end FROM chunks WHERE document = ?", (document,))
        database.run_many(
            "INSERT INTO passages (rowid, text) VALUES (?, ?)",
            [(id_, text[start:end]) for id_, start, end in chunks],
        )


def meta(database: Database, key: str) -> str:
    """What is noted under `key`.

    Raises:
        CatalogueError: nothing is.
    """
    rows = database.rows("SELECT value FROM meta WHERE key = ?", (key,))
    if not rows:
        raise CatalogueError(f"the index {database.path} lacks its {key}: {REBUILD}")
    return str(rows[0][0])


def _create(
    database: Database,
    fingerprint: str,
    generation: int = 0,
    last_chunk: int = 0,
    revision: int = 0,
) -> None:
    for statement in _TABLES:
        database.run(statement)
    database.run_many(
        "INSERT INTO meta VALUES (?, ?)",
        [
            ("schema", SCHEMA_VERSION),
            ("embedder", fingerprint),
            ("generation", generation),
            ("revision", revision),
            ("created", secrets.token_hex(4)),
            ("readers", ""),
        ],
    )
    database.run("INSERT INTO sqlite_sequence VALUES ('chunks', ?)", (last_chunk,))


def _is_empty(database: Database) -> bool:
    return database.rows("SELECT count(*) FROM sqlite_master") == [(0,)]


def _version(database: Database) -> int:
    return int(meta(database, "schema"))


def _words_agree(database: Database) -> bool:
    chunks = database.rows("SELECT id FROM chunks ORDER BY id")
    if chunks != database.rows("SELECT rowid FROM passages ORDER BY rowid"):
        return False
    try:
        database.run("INSERT INTO passages (passages) VALUES ('integrity-check')")
    except CatalogueError:
        return False
    return True
