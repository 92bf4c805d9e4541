"""What is published on a Milvus server, a real one over gRPC; `test_index_library` has what it shares
with an index on this machine."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from eval.faults.server import MilvusProcess
from index import CatalogueError, SettingsError, StoreError, Watcher
from index.milvus.address import Address
from index.milvus.library import MilvusLibrary
from index.milvus.publication import pack, unpack
from index.milvus.server import Server

TESTS = Path(__file__).parents[1]
BEFORE = {
    "boats.txt": "A red boat sailed north. It carried salt.",
    "cars.txt": "A blue car stopped at the gate.",
    "trees.txt": "A tall tree fell in the storm.",
}
AFTER = {
    **BEFORE,
    "cars.txt": "A green bus left the town.",
    "kites.txt": "A kite flew over the hill.",
}
del AFTER["trees.txt"]

pytestmark = pytest.mark.parametrize("backend", ["milvus"], indirect=True)


class Killed(BaseException):
    """No error that anything handles."""


def found(library, embedder):
    """Every passage that a search for anything finds, by its document."""
    hits = library.search_vectors(embedder.vector("x"), 1000)
    assert len({hit.chunk.id for hit in hits}) == len(hits)
    for hit in hits:
        text = library.document(hit.chunk.document_id).text
        assert text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
    return {hit.chunk.document_id: hit.chunk.text for hit in hits}


def docs_now(library):
    """The documents, none where the server is away."""
    try:
        return library.document_ids()
    except StoreError:
        return ()


def replace(library, files):
    for path in library.folder.iterdir():
        path.unlink()
    for name, text in files.items():
        (library.folder / name).write_text(text)


def rows(library):
    """How many rows each of the collections holds."""
    server = library._server
    return {name: server.count(name) for name in server.names()}


@pytest.fixture
def own_server(tmp_path):
    """A server that the test may kill."""
    folder = tmp_path / "server"
    folder.mkdir()
    with MilvusProcess(folder) as server:
        yield server


@pytest.mark.parametrize(
    ("store", "uri", "collection"),
    [
        ("milvus://db.example:1234/notes", "http://db.example:1234", "notes"),
        ("milvus://db.example/notes", "http://db.example:19530", "notes"),
        ("milvus+tls://[::1]:443/_a1", "https://[::1]:443", "_a1"),
    ],
)
def test_an_address_names_a_server_and_a_collection(backend, store, uri, collection):
    assert Address.parse(store) == Address(uri, collection)


@pytest.mark.parametrize(
    "store",
    "x http://a/b milvus:// milvus://a milvus://a/ milvus://a/b/c milvus://a/1 milvus://a:x/b "
    "milvus://a:99999/b milvus://u:p@a/b milvus://a/b?c=d".split(),
)
def test_what_is_no_address_is_refused(backend, store):
    with pytest.raises(
        SettingsError, match=r"must be like milvus://host:19530/collection"
    ) as caught:
        Address.parse(store)
    assert "\n" not in str(caught.value)


def test_a_value_is_cut_into_parts_that_give_it_back(backend):
    value = {"text": "".join(chr(32 + (i * i * 7919) % 50_000) for i in range(200_000))}
    parts = pack(value)
    assert len(parts) > 3
    assert all(len(part) <= 60_000 for part in parts)
    assert unpack(parts) == value
    for damaged in (parts[1:], parts[:-1], [*parts[:-1], "!"]):
        with pytest.raises(ValueError, match=r"\w"):
            unpack(damaged)


def test_a_document_of_many_parts_is_read_whole(library, embedder):
    words = [f"w{i * 7919 % 10_007}x{i * i % 9973}" for i in range(12_000)]
    text = ". ".join(" ".join(words[at : at + 30]) for at in range(0, len(words), 30)) + "."
    docs = library({"long.txt": text})
    docs.sync()
    assert docs.document("long.txt").text == text
    hit = docs.search_words([words[6_000]], 1)[0]
    assert text[hit.chunk.start : hit.chunk.end] == hit.chunk.text


def test_words_are_no_search_language(library):
    docs = library(BEFORE)
    docs.sync()
    assert docs.search_words(['"', "boat\" or id != '"], 5)[0].chunk.document_id == "boats.txt"
    assert docs.search_words(["'", "--", "*"], 5) == []


def test_a_reader_needs_neither_the_folder_nor_an_index_of_its_own(
    library, embedder, milvus, tmp_path
):
    docs = library(BEFORE)
    docs.sync()
    elsewhere = tmp_path / "another machine"
    address = docs._server.address
    with MilvusLibrary.open(elsewhere / "docs", elsewhere / "home", embedder, address) as reader:
        assert found(reader, embedder) == BEFORE
        replace(docs, AFTER)
        docs.sync()
        assert found(reader, embedder) == AFTER
        assert reader.document_ids() == tuple(sorted(AFTER))
    assert not elsewhere.exists()


def test_nothing_is_left_of_what_is_deleted(library, embedder):
    docs = library(BEFORE)
    docs.sync()
    before = rows(docs)
    replace(docs, AFTER)
    docs.sync()
    replace(docs, BEFORE)
    docs.sync()
    assert found(docs, embedder) == BEFORE
    assert rows(docs) == before


def test_a_renamed_file_sends_no_passage_again(library, embedder):
    docs = library(BEFORE)
    docs.sync()
    ids = {hit.chunk.id for hit in docs.search_vectors(embedder.vector("x"), 9)}
    (docs.folder / "cars.txt").rename(docs.folder / "vans.txt")
    assert docs.sync().moved == 1
    hits = docs.search_vectors(embedder.vector("x"), 9)
    assert {hit.chunk.id for hit in hits} == ids
    assert {hit.chunk.document_id for hit in hits} == {"boats.txt", "trees.txt", "vans.txt"}
    assert docs.document("vans.txt").text == BEFORE["cars.txt"]


def test_ids_go_on_where_a_lost_index_ended(library, embedder):
    docs = library(BEFORE)
    docs.sync()
    ids = {hit.chunk.id for hit in docs.search_vectors(embedder.vector("x"), 9)}
    for file in docs.store.iterdir():
        file.unlink()
    with pytest.raises(StoreError, match=r"is written by another index: .* --rebuild`"):
        docs.sync()
    assert found(docs, embedder) == BEFORE
    with library(rebuild=True) as again:
        again.sync()
        assert found(again, embedder) == BEFORE
        after = {hit.chunk.id for hit in again.search_vectors(embedder.vector("x"), 9)}
    assert min(after) > max(ids)
    assert len(docs._server.names()) == 2


def test_two_indexes_do_not_write_one_collection_in_turn(library, embedder, tmp_path):
    docs = library(BEFORE)
    docs.sync()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("Something else.")
    with (
        MilvusLibrary.open(other, tmp_path / "home 2", embedder, docs._server.address) as second,
        pytest.raises(StoreError, match="is written by another index"),
    ):
        second.sync()
    assert found(docs, embedder) == BEFORE
    assert docs.sync().unchanged == 3


def test_a_collection_of_something_else_is_left_alone(library, milvus, tmp_path, embedder):
    address = milvus.address("foreign")
    server = Server(address)
    client = server._client()
    client.create_collection("foreign", dimension=4)
    client.insert("foreign", [{"id": 1, "vector": [1.0, 0, 0, 0]}])
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("A text.")
    with pytest.raises(StoreError, match="holds something else: name another"):
        MilvusLibrary.open(tmp_path, tmp_path / "home", embedder, address)
    with (
        MilvusLibrary.open(folder, tmp_path / "home", embedder, address, rebuild=True) as docs,
        pytest.raises(StoreError, match="holds something else: name another"),
    ):
        docs.sync()
    assert server.count("foreign") == 1
    server.close()


CALLS = ["put", "delete", "drop", "make_passages", "make_records", "settle"]


@pytest.mark.parametrize("after", [False, True])
def test_a_writer_that_dies_at_any_call_loses_nothing_and_leaves_nothing(
    after, library, embedder, monkeypatch
):
    """Before or after each change on the server in turn; what is asked meanwhile is old or new, whole."""
    docs = library(BEFORE)
    docs.sync()
    clean = rows(docs)
    at = 0
    while True:
        calls = iter(range(1000))

        def dying(original, calls=calls, at=at):
            def call(self, *arguments):
                dies = next(calls) == at
                if dies and not after:
                    raise Killed
                original(self, *arguments)
                if dies:
                    raise Killed

            return call

        wanted, before = (AFTER, BEFORE) if at % 2 == 0 else (BEFORE, AFTER)
        replace(docs, wanted)
        with monkeypatch.context() as patched:
            for name in CALLS:
                patched.setattr(Server, name, dying(getattr(Server, name)))
            try:
                docs.sync()
            except Killed:
                died = True
            else:
                died = False
        assert found(docs, embedder) in (before, wanted)
        assert docs.sync().embedded == 0
        assert found(docs, embedder) == wanted
        if not died:
            break
        at += 1
    assert at >= 8
    replace(docs, BEFORE)
    docs.sync()
    assert rows(docs) == clean


@pytest.mark.parametrize("loss", ["passages", "records", "a passage", "a record"])
def test_what_a_server_lost_is_sent_again(loss, library, embedder):
    docs = library(BEFORE)
    docs.sync()
    server, records = docs._server, docs._server.address.collection
    (passages,) = (name for name in server.names() if name != records)
    ids = {hit.chunk.id for hit in docs.search_vectors(embedder.vector("x"), 9)}
    if loss == "a passage":
        server.delete(passages, "document == 2")
    elif loss == "a record":
        server.delete(records, f'owner == "{passages[-8:]}-2"')
    else:
        server.drop(passages if loss == "passages" else records)
    report = docs.sync()
    assert (report.unchanged, report.embedded) == (3, 0)
    assert found(docs, embedder) == BEFORE
    assert {hit.chunk.id for hit in docs.search_vectors(embedder.vector("x"), 9)} == ids
    assert len(server.names()) == 2


def test_a_dropped_collection_is_named_by_those_who_ask(library, embedder):
    docs = library(BEFORE)
    docs.sync()
    server, records = docs._server, docs._server.address.collection
    (passages,) = (name for name in server.names() if name != records)
    server.drop(passages)
    with pytest.raises(StoreError, match=r"is not complete.*sync it once more") as caught:
        docs.search_vectors(embedder.vector("x"), 5)
    assert "\n" not in str(caught.value)
    server.drop(records)
    with pytest.raises(
        StoreError, match=r"nothing is published in .* any more: run `citewise sync"
    ):
        docs.document("boats.txt")
    docs.sync()
    assert found(docs, embedder) == BEFORE


def test_no_server_is_one_line(library, embedder, tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = Address.parse(f"milvus://127.0.0.1:{nobody.getsockname()[1]}/c")
        began = time.monotonic()
        with pytest.raises(
            StoreError, match=r"127\.0\.0\.1:\d+ does not answer .*: see that it runs"
        ) as e:
            MilvusLibrary.open(tmp_path, tmp_path / "home", embedder, address)
    assert "\n" not in str(e.value)
    assert time.monotonic() - began < 30


def test_a_server_that_says_nothing_is_one_line(library, embedder, tmp_path):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        address = Address.parse(f"milvus://127.0.0.1:{mute.getsockname()[1]}/c")
        with pytest.raises(StoreError, match="does not answer") as caught:
            MilvusLibrary.open(tmp_path, tmp_path / "home", embedder, address)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("version", ["2.4.15", "v2.3.0"])
def test_a_server_too_old_is_one_line(version, library, milvus, tmp_path, embedder, monkeypatch):
    monkeypatch.setattr("pymilvus.MilvusClient.get_server_version", lambda client, timeout: version)
    with pytest.raises(StoreError, match=f"is of version {re.escape(version)}, and 2.5 or newer"):
        MilvusLibrary.open(tmp_path, tmp_path / "home", embedder, milvus.address("old"))


def test_without_pymilvus_the_setting_says_what_to_install(
    library, tmp_path, embedder, monkeypatch
):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(SettingsError, match=r"needs pymilvus: pip install 'citewise\[milvus\]'"):
        MilvusLibrary.open(tmp_path, tmp_path, embedder, Address.parse("milvus://127.0.0.1:1/c"))


def test_another_model_among_readers_is_refused(library, fake_embedder, embedder):
    docs = library(BEFORE)
    docs.sync()
    with pytest.raises(CatalogueError, match="vectors of fake, not of other"):
        library(embedder=fake_embedder("other"))


def test_a_server_killed_and_started_again_is_used_as_before(
    backend, own_server, tmp_path, embedder
):
    """By a reader that keeps asking, and by a watcher whose syncs fail meanwhile."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in BEFORE.items():
        (folder / name).write_text(text)
    address = own_server.address("kept")
    errors, reports = [], []
    with MilvusLibrary.open(folder, tmp_path / "home", embedder, address) as docs:
        docs.sync()
        with Watcher(docs, reports.append, errors.append):
            own_server.kill()
            with pytest.raises(StoreError, match="does not answer"):
                docs.search_vectors(embedder.vector("x"), 5)
            replace(docs, AFTER)
            deadline = time.monotonic() + 60
            while not errors and time.monotonic() < deadline:
                time.sleep(0.05)
            assert "does not answer" in str(errors[0])
            own_server.start()
            while set(docs_now(docs)) != set(AFTER) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert found(docs, embedder) == AFTER
    assert docs.store.exists()


def test_a_server_killed_midway_of_a_sync_that_goes_on_when_it_is_back(
    backend, own_server, tmp_path, embedder, monkeypatch
):
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in BEFORE.items():
        (folder / name).write_text(text)
    original = Server.put
    starting = []

    def put(self, name, batch):
        if not starting:
            own_server.kill()
            starting.append(threading.Timer(0.5, own_server.start))
            starting[0].start()
        original(self, name, batch)

    monkeypatch.setattr(Server, "put", put)
    with MilvusLibrary.open(folder, tmp_path / "home", embedder, own_server.address("k")) as docs:
        assert docs.sync().added == 3
        starting[0].join()
        assert found(docs, embedder) == BEFORE


READER = """
import sys
from pathlib import Path
from conftest import FakeEmbedder
from index.milvus.address import Address
from index.milvus.library import MilvusLibrary
embedder = FakeEmbedder()
with MilvusLibrary.open(Path("nowhere"), Path("none"), embedder, Address.parse(sys.argv[1])) as library:
    print("ready", flush=True)
    for line in sys.stdin:
        versions = set()
        for _ in range(5):
            for hit in library.search_vectors(embedder.vector("x"), 100):
                text = library.document(hit.chunk.document_id).text
                versions.add(text)
        print(sorted(versions), flush=True)
"""


def test_processes_that_read_see_a_sync_as_soon_as_it_has_ended(library, embedder):
    docs = library({"a.txt": "Version 0."})
    docs.sync()
    address = docs._server.address
    store = f"milvus://{address.uri.removeprefix('http://')}/{address.collection}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, store],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )
        for _ in range(2)
    ]
    try:
        for reader in readers:
            assert reader.stdout.readline() == "ready\n"
        for version in range(1, 6):
            (docs.folder / "a.txt").write_text(f"Version {version}.")
            docs.sync()
            for reader in readers:
                reader.stdin.write("ask\n")
                reader.stdin.flush()
            for reader in readers:
                assert reader.stdout.readline() == f"['Version {version}.']\n"
    finally:
        for reader in readers:
            os.kill(reader.pid, signal.SIGKILL)
            reader.communicate()


def test_a_folder_that_was_empty_is_published_on_from_there(library, embedder):
    docs = library({})
    docs.sync(may_be_empty=True)
    (docs.folder / "a.txt").write_text("A first text.")
    docs.sync()
    names = docs._server.names()
    (docs.folder / "b.txt").write_text("A second text.")
    docs.sync()
    assert docs._server.names() == names
    assert found(docs, embedder) == {"a.txt": "A first text.", "b.txt": "A second text."}
