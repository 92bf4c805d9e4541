"""The readers that misbehave are those of tests/evil_readers.py; they run in a process of the sandbox."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import evil_readers
import pytest

from index import DocumentError, Line, Page, Section
from index.errors import TransientError
from index.readers import Content, parse
from index.readers.sandbox import Sandbox

MIB = 1 << 20
CRASHED = "its reader crashed; the file is probably damaged: save it anew or convert it"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
with_limits = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(evil_readers.READERS, isolated="evil_readers", memory=128 * MIB) as sandbox:
        yield sandbox


@pytest.fixture
def hasty():
    with Sandbox(evil_readers.READERS, isolated="evil_readers", seconds=0.5) as sandbox:
        sandbox.parse(b"is up", "first", Path("first.plain"))
        yield sandbox


def read(sandbox, name, data=b"Some text."):
    return sandbox.parse(data, f"a.{name}", Path(f"a.{name}"))


def refusal(sandbox, name, data=b"Some text."):
    """What is said of a file; the next one must be read as if nothing had happened."""
    with pytest.raises(DocumentError) as caught:
        read(sandbox, name, data)
    assert read(sandbox, "plain").text == "Some text."
    assert str(caught.value).isprintable()
    return str(caught.value)


def process(sandbox):
    """The id of the process that reads."""
    return int(read(sandbox, "untitled").text)


def gone(pid, within=10.0):
    """Whether the process ends; one that nobody has waited for counts as gone."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.02)
    return False


def test_a_document_is_the_one_its_reader_finds(sandbox):
    document = read(sandbox, "rich")
    lines = (Line(0, 4, 0.1, 0.2, 0.3, 0.25), Line(5, 9, 0, 0.3, 1, 0.35))
    assert (document.id, document.path) == ("a.rich", Path("a.rich"))
    assert (document.title, document.text, document.media_type) == (
        "Zoë",
        "Zoë:\n1 €.\n\nEnd",
        "a/b",
    )
    assert document.pages == (Page(1, 0, 9, lines), Page(3, 9, 14))
    assert document.sections == (Section("End", 11, 14),)
    assert document == parse(b"Some text.", "a.rich", Path("a.rich"), evil_readers.rich)


def test_a_title_that_the_file_does_not_tell_is_its_name(sandbox):
    assert read(sandbox, "untitled").title == "a"


def test_the_readers_of_citewise_give_the_same_in_the_process_as_out_of_it():
    data = "Zoë’s notes\n\n".encode() + b"Plain words. " * 100_000
    with Sandbox() as sandbox:
        for name in ("long.txt", "SHOUTED.MD"):
            assert sandbox.parse(data, name, Path(name)) == parse(data, name, Path(name))


def test_a_suffix_may_be_in_capitals(sandbox):
    assert sandbox.parse(b"Some text.", "A.PLAIN", Path("A.PLAIN")).text == "Some text."


def test_a_large_document_goes_through(sandbox):
    data = b"0123456789abcde\n" * 655_360
    assert len(data) == 10 * MIB
    assert read(sandbox, "plain", data).text == data.decode()


def test_a_document_without_text_is_refused(sandbox):
    assert refusal(sandbox, "plain", b" \n") == "it holds no text"


def test_nothing_starts_before_it_is_needed(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    with Sandbox() as sandbox:
        assert sandbox.parse(b"x" * MIB, "a.txt", Path("a.txt")).text == "x" * MIB
        with pytest.raises(DocumentError, match="object is not callable"):
            sandbox.parse(b"x" * (MIB + 1), "a.txt", Path("a.txt"))


def test_one_process_reads_many_documents(sandbox):
    assert process(sandbox) == process(sandbox) != os.getpid()


def test_a_process_is_replaced_after_a_hundred_documents():
    with Sandbox(evil_readers.READERS, isolated="evil_readers") as sandbox:
        first = process(sandbox)
        assert {process(sandbox) for _ in range(99)} == {first}
        assert process(sandbox) != first


@with_limits
def test_a_process_that_has_grown_is_replaced(sandbox):
    grown = int(read(sandbox, "leaks").text)
    assert process(sandbox) != grown


@on_linux
def test_the_process_ends_with_the_sandbox():
    with Sandbox(evil_readers.READERS, isolated="evil_readers") as sandbox:
        pid = process(sandbox)
    assert not Path(f"/proc/{pid}").exists()
    sandbox.close()


def test_readers_that_are_not_its_own_run_in_the_program():
    def own(data):
        return Content(None, f"{os.getpid()}", "text/plain")

    readers = {**evil_readers.READERS, ".own": own, ".untitled": own}
    with Sandbox(readers, isolated="evil_readers") as sandbox:
        assert int(read(sandbox, "own").text) == os.getpid()
        assert int(read(sandbox, "untitled").text) == os.getpid()


def test_many_threads_may_share_one(sandbox):
    texts = [f"Text {number}" for number in range(20)]
    found = {}

    def work(text):
        found[text] = read(sandbox, "plain", text.encode()).text

    threads = [threading.Thread(target=work, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {text: text for text in texts}


@pytest.mark.parametrize("reader", ["sleeps", "spins", "falls_silent"])
def test_time_is_bounded(hasty, reader):
    started = time.monotonic()
    assert (
        refusal(hasty, reader) == "reading it took longer than 0.5 s; split it into smaller files"
    )
    assert time.monotonic() - started < 10


@with_limits
@pytest.mark.parametrize("reader", ["takes_memory", "takes_memory_bit_by_bit", "spews"])
def test_memory_is_bounded(sandbox, reader):
    assert refusal(sandbox, reader) == (
        "reading it needed more than 128 MB of memory; split it into smaller files"
    )


@pytest.mark.parametrize("reader", ["crashes", "exits_at_once", "garbles"])
def test_a_crash_is_the_end_of_one_document_alone(sandbox, reader):
    assert refusal(sandbox, reader) == CRASHED


def test_a_document_is_not_blamed_for_what_another_did(sandbox):
    assert read(sandbox, "crashes_after_others").text == "Some text."
    assert read(sandbox, "crashes_after_others").text == "Some text."


def test_an_exit_is_a_failure_like_any_other(sandbox):
    before = process(sandbox)
    assert refusal(sandbox, "exits") == (
        "it cannot be read, and is probably damaged (SystemExit: no more)"
    )
    assert process(sandbox) == before


def test_what_a_reader_says_is_cut_to_a_line(sandbox):
    assert refusal(sandbox, "refuses") == "it is [31mred and long" + "!" * 277 + "…"
    assert refusal(sandbox, "fails") == (
        r"it cannot be read, and is probably damaged (KeyError: 'a\nb')"
    )


def test_a_document_nested_too_deeply_is_refused(sandbox):
    assert "RecursionError" in refusal(sandbox, "sinks")


def test_prints_do_not_reach_the_answer(sandbox, capfd):
    assert read(sandbox, "prints").text == "Some text."
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("reader", "what"),
    [
        ("finds_nothing", "no content"),
        ("points_beyond", "pages that do not fit its text"),
        ("breaks_unicode", "text that is no Unicode"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_refused(sandbox, reader, what):
    expected = f"its reader returned {what}; convert it to another format"
    assert refusal(sandbox, reader) == expected


def test_the_parent_trusts_no_answer(sandbox, monkeypatch):
    """The process has checked it, but what the process is by then nobody knows."""
    monkeypatch.setattr("index.readers.checking.MAX_CHARACTERS", 5)
    with pytest.raises(DocumentError, match="it holds 10 characters and the limit is 5"):
        read(sandbox, "plain")


def test_nothing_can_be_written(sandbox, tmp_path):
    target = tmp_path / "new.txt"
    assert "PermissionError: open is not for a reader" in refusal(
        sandbox, "writes", str(target).encode()
    )
    assert not target.exists()


def test_no_one_can_be_called(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1]).encode()
        assert "PermissionError: socket." in refusal(sandbox, "calls_home", port)


def test_no_program_can_be_run(sandbox):
    assert "PermissionError: subprocess.Popen" in refusal(sandbox, "runs_a_program")


def test_the_process_is_not_told_what_is_none_of_its_business(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with Sandbox(evil_readers.READERS, isolated="evil_readers") as sandbox:
        told = read(sandbox, "surroundings").text
    assert "PYTHONPATH=" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("program", "reason"),
    [("/there/is/no/python", "No such file or directory"), ("/bin/false", "exit status 1")],
)
@on_linux
def test_a_process_that_does_not_start_is_told_so(program, reason, monkeypatch):
    monkeypatch.setattr(sys, "executable", program)
    with Sandbox(evil_readers.READERS, isolated="evil_readers") as sandbox:
        with pytest.raises(TransientError) as caught:
            read(sandbox, "plain")
        monkeypatch.undo()
        assert read(sandbox, "plain").text == "Some text."
    assert str(caught.value) == (
        f"the process to read it in does not start ({reason}); close other programs or install "
        "Citewise anew"
    )


PARENT = """
import sys
from pathlib import Path
from index.readers.sandbox import Sandbox
import evil_readers

with Sandbox(evil_readers.READERS, isolated="evil_readers", seconds=float(sys.argv[2])) as sandbox:
    sandbox.parse(b"x", "a", Path("a.waits_for_threads"))
    print(sandbox.parse(b"x", "a", Path("a.untitled")).text, flush=True)
    if sys.argv[1] == "reading":
        sandbox.parse(b"x", "a", Path("a.sleeps"))
    sys.stdin.read()
"""


@on_linux
@pytest.mark.parametrize(
    ("state", "seconds", "blow"),
    [
        ("reading", 60, signal.SIGINT),
        ("reading", 1, signal.SIGKILL),
        ("idle", 60, signal.SIGKILL),
    ],
)
def test_no_process_outlives_its_parent(state, seconds, blow):
    path = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, state, str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        # What a shell starts in the background ignores Ctrl+C, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as parent:
        pid = int(parent.stdout.readline())
        time.sleep(0.1)
        parent.send_signal(blow)
        parent.wait(10)
        assert gone(pid)
