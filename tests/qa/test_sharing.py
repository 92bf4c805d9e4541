"""Answers from a shared index: asked anywhere, written by `citewise sync` alone."""

import json
import secrets
import subprocess
import sys
from types import ModuleType

import pytest

from index import SettingsError, StoreError, UsageError
from qa import Assistant, Settings
from qa.__main__ import main
from qa.following import Following

TEXT = "The red boat sailed north at dawn. It carried salt to the island of Visby."


@pytest.fixture
def settings(milvus, tmp_path):
    return Settings(store=milvus.store(f"sharing_{secrets.token_hex(6)}"), home=tmp_path / "home")


@pytest.fixture
def published(settings, write, monkeypatch, capsys):
    folder = write({"boats.txt": TEXT})
    monkeypatch.setenv("CITEWISE_STORE", settings.store)
    assert main(["sync", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passages"] == 1
    return folder


@pytest.mark.parametrize("store", ["elsewhere", "milvus://host", "http://host/a"])
def test_a_store_has_to_be_an_address(store):
    with pytest.raises(SettingsError, match=r"setting store must be like milvus://"):
        Settings(store=store)


def test_what_is_published_is_answered_without_the_folder(published, settings, tmp_path):
    with Assistant.open(tmp_path / "no such folder", settings) as assistant:
        answer = assistant.ask("What did the boat carry?")
        assert answer.short == "salt"
        (citation,) = answer.citations
        text = assistant.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert assistant.titles() == ("boats",)
        state = assistant.folder_state()
        assert (state.documents, state.ready, state.trouble) == (1, True, "")
    assert not (tmp_path / "home").exists()


def test_those_who_ask_do_not_write(published, settings, tmp_path):
    with Assistant.open(published, settings) as assistant:
        assistant.follow()
        assert not assistant.settings.editable
        with pytest.raises(UsageError, match="run `citewise sync FOLDER`"):
            assistant.sync()
        with pytest.raises(UsageError, match="cannot be added or removed"):
            assistant.remove("boats.txt")
    assert (published / "boats.txt").exists()


def test_where_nothing_is_published_yet_it_says_so(settings, tmp_path):
    with pytest.raises(StoreError, match=r"nothing is published in milvus://.* run `citewise sync"):
        Assistant.open(tmp_path, settings)
    with Assistant.open(tmp_path, settings, wait=False) as assistant:
        assert assistant.folder_state().documents == 0


def test_the_state_tells_of_a_server_that_is_away_and_of_its_return(library):
    """As the page asks for it all the time."""
    docs = library({"a.txt": "A boat."})
    docs.sync()

    class Away:
        down = False

        def __getattr__(self, name):
            if self.down and name == "revision":
                raise StoreError("the server does not answer")
            return getattr(docs, name)

    away = Away()
    following = Following(away)
    assert following.state().documents == 1
    away.down = True
    state = following.state()
    assert (state.documents, state.trouble) == (1, "the server does not answer")
    away.down = False
    assert following.state().trouble == ""


def test_without_the_extra_it_says_what_to_install(published, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    assert main(["ask", "What?", "--docs", str(published)]) == 2
    assert "pip install 'citewise[milvus]'" in capsys.readouterr().err


def test_without_ray_it_says_what_to_install(write, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    folder = write({"a.txt": "A boat."})
    assert main(["sync", str(folder), "--ray", "127.0.0.1:1"]) == 2
    assert "--ray needs Ray: pip install 'citewise[ray]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("nonsense", 2, "--ray must be like HOST:PORT, not 'nonsense'"),
        ("127.0.0.1:1", 1, "there is no Ray cluster at 127.0.0.1:1 "),
    ],
)
def test_where_no_cluster_is_it_says_so_at_once(address, status, said, write, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ray", ModuleType("ray"))  # of which nothing is asked yet
    folder = write({"a.txt": "A boat."})
    assert main(["sync", str(folder), "--ray", address]) == status
    assert said in capsys.readouterr().err


def test_nothing_of_it_is_loaded_without_the_setting(write, monkeypatch):
    folder = write({"a.txt": "A boat sailed."})
    code = (
        "import sys; from qa.__main__ import main; main(['search', 'boat', '--docs', sys.argv[1]]); "
        "sys.exit(len({'pymilvus', 'grpc', 'ray', 'index.milvus.library'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(folder)]).returncode == 0
