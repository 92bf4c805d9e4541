import sqlite3
import threading
from pathlib import Path

import pytest

from index import BusyError, CatalogueError
from index.database import Database, _explanation


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def database(path):
    database = Database(path)
    database.run("CREATE TABLE numbers (number INTEGER)")
    yield database
    database.close()


def add(database, *numbers):
    with database.transaction():
        database.run_many("INSERT INTO numbers VALUES (?)", [(number,) for number in numbers])


def numbers(database):
    return [number for (number,) in database.rows("SELECT number FROM numbers ORDER BY 1")]


def one_line(caught):
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_transaction_within_another_ends_with_it(database):
    def fail():
        with database.transaction():
            add(database, 1)
            add(database, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert numbers(database) == []
    with database.transaction():
        add(database, 1)
        add(database, 2)
    assert numbers(database) == [1, 2]


def test_what_is_read_together_is_of_one_state(database):
    add(database, 1)
    with database.reading():
        before = numbers(database)
        with database.reading():
            writer = threading.Thread(target=add, args=(database, 2))
            writer.start()
            writer.join()
        assert before == numbers(database) == [1]
    assert numbers(database) == [1, 2]
    with database.transaction():
        database.run("INSERT INTO numbers VALUES (3)")
        with database.reading():
            assert numbers(database) == [1, 2, 3]


def test_every_connection_keeps_the_promises(database):
    def settings():
        names = ("journal_mode", "synchronous", "foreign_keys", "auto_vacuum", "secure_delete")
        return [database.rows(f"PRAGMA {name}")[0][0] for name in names]

    found = []
    thread = threading.Thread(target=lambda: found.append(settings()))
    thread.start()
    thread.join()
    assert found == [settings()] == [["wal", 1, 1, 2, 2]]


def test_room_that_is_free_goes_back_to_the_disk(database, path):
    database.run("CREATE TABLE texts (text TEXT)")
    with database.transaction():
        database.run_many("INSERT INTO texts VALUES (?)", [("x" * 5000,) for _ in range(300)])
    database.shrink()
    assert path.stat().st_size > 1_500_000
    database.run("DELETE FROM texts")
    database.shrink()
    assert path.stat().st_size < 50_000


def test_a_shrinking_that_fails_is_put_off(database, path):
    add(database, *range(10_000))
    database.run("DELETE FROM numbers")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database.run("PRAGMA busy_timeout = 10")
    database.shrink()
    other.close()
    assert database.rows("PRAGMA freelist_count") != [(0,)]
    database.shrink()
    assert database.rows("PRAGMA freelist_count") == [(0,)]


def test_soundness_is_seen(database, path):
    add(database, *range(5000))
    assert database.is_sound()
    database.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:9000] + b"\xff" * 4096 + whole[13096:])
    assert not Database(path).is_sound()
    path.write_bytes(b"no database " * 400)
    assert not Database(path).is_sound()


@pytest.mark.parametrize("damage", [lambda data: b"no database " * 400, lambda data: data[:5000]])
def test_a_damaged_file_is_named(database, path, damage):
    add(database, *range(5000))
    database.close()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CatalogueError, match="is damaged") as caught:
        Database(path).rows("SELECT sum(number) FROM numbers")
    assert "--rebuild" in one_line(caught)
    assert str(path) in str(caught.value)


def test_a_place_that_cannot_be_opened_is_named(tmp_path):
    for path in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(CatalogueError, match="cannot be used: unable to open") as caught:
            Database(path).rows("SELECT 1")
        assert "CITEWISE_HOME" in one_line(caught)


def test_a_closed_database_says_so(database):
    database.close()
    with pytest.raises(CatalogueError, match="was closed: open it again") as caught:
        database.rows("SELECT 1")
    one_line(caught)


def test_a_file_that_may_not_be_written_is_named(database):
    database.run("PRAGMA query_only = ON")
    with pytest.raises(
        CatalogueError, match=r"cannot be written .*readonly.*CITEWISE_HOME"
    ) as caught:
        add(database, 1)
    one_line(caught)


def test_a_full_file_is_named_and_nothing_is_lost(database):
    add(database, 1)
    database.run("PRAGMA max_page_count = 3")
    with pytest.raises(CatalogueError, match=r"has no room left .*what was stored") as caught:
        add(database, *range(10_000))
    one_line(caught)
    assert numbers(database) == [1]


def test_another_writer_is_named(database, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database.run("PRAGMA busy_timeout = 10")
    with pytest.raises(BusyError, match="another process is writing") as caught:
        add(database, 1)
    one_line(caught)
    other.close()


def test_a_disk_that_fails_is_named():
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_WRITE"
    message = str(_explanation(error, Path("home/catalogue.sqlite")))
    assert message.startswith(
        "the disk failed under the index home/catalogue.sqlite (disk I/O error)"
    )
    assert "\n" not in message


def test_rows_come_one_by_one_and_a_mistake_in_them_is_explained(tmp_path):
    database = Database(tmp_path / "some.sqlite")
    database.run("CREATE TABLE t (a)")
    database.run_many("INSERT INTO t VALUES (?)", [(1,), (2,), (3,)])
    rows = database.each("SELECT a FROM t WHERE a > ? ORDER BY a", (1,))
    assert (next(rows), list(rows)) == ((2,), [(3,)])
    with pytest.raises(CatalogueError, match="no such table"):
        list(database.each("SELECT a FROM missing"))
    database.close()
