"""Documents over HTTP: what may be done to the folder, and that nothing beside it can be reached."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from api_server import served
from page_fakes import FakeAssistant

from index import Embedder
from qa import Assistant, Settings

SECRET = "The treasure is buried below the old lighthouse."
# As they may stand in a path, raw; and as the name of a file that is sent.
TRICKS = [
    "..",
    "../secret.txt",
    "../../etc/passwd",
    "a/../../secret.txt",
    "./boat.txt",
    "/etc/passwd",
    "//etc/passwd",
    "%2e%2e/secret.txt",
    "%2e%2e%2fsecret.txt",
    "..%2fsecret.txt",
    "..%2Fsecret.txt",
    "%252e%252e%252fsecret.txt",
    "%2e%2e%5csecret.txt",
    "..\\secret.txt",
    "..%5csecret.txt",
    "boat.txt%00.pdf",
    "%00",
    "boat.txt%0d%0aX: y",
    "C:\\Windows\\win.ini",
    "C:/Windows/win.ini",
    "C:secret.txt",
    "\\\\host\\share\\secret.txt",
    "CON",
    "con.txt",
    "aux.txt",
    "LPT1.pdf",
    "a/NUL.txt",
    "boat.txt/",
    "a//b.txt",
    "...",
    "a/.../b.txt",
    "link.txt",
    "linked/secret.txt",
    "%c0%ae%c0%ae/secret.txt",
    "\u202etxt.exe",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "boat.txt").write_text("The boat sailed north in May 1912 with nine sailors aboard.")
    (tmp_path / "secret.txt").write_text(SECRET)
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(SECRET)
    (folder / "linked").symlink_to(tmp_path / "outside")
    return folder


@pytest.fixture
def open_(folder: Path, tmp_path: Path, minilm: Embedder) -> Iterator[Callable[..., httpx.Client]]:
    """Serves the folder, with settings, and gives a client."""
    closing = []

    def open_(**settings: object) -> httpx.Client:
        assistant = Assistant.open(folder, Settings(home=tmp_path / "home", **settings))  # type: ignore[arg-type]
        context = served(assistant)
        client = httpx.Client(base_url=context.__enter__(), timeout=60)
        closing.extend([client.close, lambda: context.__exit__(None, None, None), assistant.close])
        return client

    yield open_
    for close in closing:
        close()


def upload(client: httpx.Client, *files: tuple[str, bytes]) -> httpx.Response:
    return client.post("/v1/documents", files=[("file", file) for file in files])


def raw(client: httpx.Client, method: str, target: str) -> int:
    """The status of a request whose target goes out as it stands, which no library would send."""
    address = urlsplit(str(client.base_url))
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode("utf-8"))
        answer = b""
        while more := connection.recv(65536):
            answer += more
    assert SECRET.encode() not in answer
    assert b"root:" not in answer
    return int(answer.split(b" ", 2)[1])


def test_a_document_is_added_listed_read_asked_and_removed(
    open_: Callable[..., httpx.Client], folder: Path, tmp_path: Path
) -> None:
    client = open_()
    text = b"The balloon rose to 4,200 metres above Reykjavik in 1931."
    response = upload(client, ("trips/balloon.txt", text), ("empty.txt", b""))
    assert response.status_code == 200
    good, bad = response.json()["documents"]
    assert good == {
        "name": "trips/balloon.txt",
        "id": "trips/balloon.txt",
        "outcome": "added",
        "reason": "",
    }
    assert (bad["id"], bad["outcome"]) == ("", "refused")
    assert "empty" in bad["reason"]
    listing = client.get("/v1/documents").json()
    ids = [item["id"] for item in listing["documents"] if item["state"] == "indexed"]
    assert ids == ["boat.txt", "trips/balloon.txt"]
    assert client.get("/v1/documents", params={"offset": 1, "limit": 1}).json()["offset"] == 1
    document = client.get("/v1/documents/trips/balloon.txt").json()
    assert document["text"] == text.decode()
    answer = client.post("/v1/ask", json={"question": "How high did the balloon rise?"}).json()
    assert "4,200 metres" in answer["text"]
    assert answer["citations"][0]["document_id"] == "trips/balloon.txt"
    assert client.delete("/v1/documents/trips/balloon.txt").status_code == 204
    assert not (folder / "trips" / "balloon.txt").exists()
    assert [p.read_bytes() for p in (tmp_path / "home").rglob("balloon.txt")] == [text]
    for method in ("GET", "DELETE"):
        assert client.request(method, "/v1/documents/trips/balloon.txt").status_code == 404
    found = client.post("/v1/search", json={"query": "balloon"}).json()
    assert all("balloon" not in hit["chunk"]["text"] for hit in found["hits"])


def test_nothing_beside_the_documents_can_be_reached(
    open_: Callable[..., httpx.Client], folder: Path, tmp_path: Path
) -> None:
    client = open_()
    before = files(tmp_path)
    for trick in TRICKS:
        for method in ("GET", "DELETE"):
            if (method, trick) == ("DELETE", "link.txt"):
                continue
            target = f"/v1/documents/{trick}".replace(" ", "%20")
            assert raw(client, method, target) in (400, 404), (method, trick)
    for trick in TRICKS:
        if trick in ("link.txt", "linked/secret.txt"):
            continue
        response = upload(client, (trick, b"A text that could be read."))
        assert response.status_code == 400, (trick, response.text)
        assert response.json()["error"]["type"] == "bad_request", (trick, response.text)
    assert files(tmp_path) == before
    # Names that are plain, but lie where a link is: the file or folder behind it is not touched.
    for name in ("link.txt", "linked/secret.txt"):
        response = upload(client, (name, b"A text that could be read."))
        assert response.status_code == 400, name
        assert "a link" in response.json()["error"]["message"]
    assert files(tmp_path) == before
    for question in ("Where is the treasure buried?", "What is below the old lighthouse?"):
        assert client.post("/v1/ask", json={"question": question}).json()["citations"] == []
    # A link is listed, as what cannot be read; taken out is the link alone.
    listed = {item["id"]: item["state"] for item in client.get("/v1/documents").json()["documents"]}
    assert listed == {"boat.txt": "indexed", "link.txt": "failed", "linked": "failed"}
    assert client.delete("/v1/documents/link.txt").status_code == 204
    assert (tmp_path / "secret.txt").read_text() == SECRET


@pytest.mark.skipif(sys.platform != "linux", reason="paths that are bytes")
def test_plain_names_in_any_alphabet_are_taken(
    open_: Callable[..., httpx.Client], folder: Path
) -> None:
    client = open_()
    names = ("Überblick 2019.txt", "報告/二.txt", "50% off.txt", "a+b&c=d#e?.txt", "it's [1].txt")
    for number, name in enumerate(names):
        data = f"The report number {number} speaks of the harbour.".encode()
        assert upload(client, (name, data)).json()["documents"][0]["id"] == name
        assert (folder / name).read_bytes() == data
        address = httpx.URL("/v1/documents/").join(quoted(name))
        assert client.get(address).json()["id"] == name
        assert client.delete(address).status_code == 204


def test_what_cannot_be_read_is_an_error(open_: Callable[..., httpx.Client]) -> None:
    client = open_(upload_megabytes=1, upload_files=2)
    for files_, status, said in (
        ([("a.pdf", b"%PDF-1.7 nothing")], 400, "a.pdf: "),
        ([("big.txt", b"a " * 600_000)], 413, "larger than"),
        ([("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")], 400, "Too many files"),
    ):
        response = upload(client, *files_)
        assert response.status_code == status, response.text
        assert said in response.json()["error"]["message"]
    for options in (
        {"data": {"file": "text"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"json": {"file": "x"}},
        {},
    ):
        response = client.post("/v1/documents", **options)  # type: ignore[arg-type]
        assert response.status_code == 400, (options, response.text)
        assert response.json()["error"]["type"] == "bad_request"


def test_a_folder_that_may_not_be_changed_is_not() -> None:
    assistant = FakeAssistant(Settings(editable=False))
    with served(assistant) as url, httpx.Client(base_url=url) as client:
        response = upload(client, ("a.txt", b"a"))
        assert (response.status_code, response.json()["error"]["type"]) == (403, "not_editable")
    assert assistant.added == []


def quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


def files(folder: Path) -> dict[str, object]:
    """What lies below the folder but the index, whose journals come and go: names, links and bytes."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink()) and "home" not in path.relative_to(folder).parts
    }
