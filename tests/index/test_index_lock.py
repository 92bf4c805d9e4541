import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import BusyError, CatalogueError
from index.lock import writer_lock

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from index.lock import writer_lock

with writer_lock(Path(sys.argv[1])) as broken_off:
    print(broken_off, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "writer.lock"


@pytest.fixture
def holder(path):
    """Another process that holds the lock until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout.readline() == b"False\n"
        yield process
        process.kill()


def test_a_lock_is_held_by_one_and_then_by_the_next(path):
    for _ in range(3):
        with writer_lock(path) as broken_off:
            assert not broken_off
            assert path.read_text() == str(os.getpid())
        assert path.read_text() == ""


def test_a_second_holder_is_refused_and_told_who_holds_it(path, holder):
    with pytest.raises(BusyError) as caught, writer_lock(path):
        pass
    assert str(caught.value) == (
        f"another process ({holder.pid}) is writing the index in {path.parent}: "
        "try again when it is done"
    )


def test_a_second_holder_in_the_same_process_is_refused(path):
    with (
        writer_lock(path),
        pytest.raises(BusyError, match=rf"this process \({os.getpid()}\)"),
        writer_lock(path),
    ):
        pass


def test_one_who_waits_gets_it_as_soon_as_it_is_free(path, holder):
    started = time.monotonic()
    with pytest.raises(BusyError), writer_lock(path, wait=0.2):
        pass
    assert 0.2 <= time.monotonic() - started < 5
    holder.stdin.close()
    with writer_lock(path, wait=30.0) as broken_off:
        assert not broken_off


def test_a_holder_that_is_killed_frees_it_and_leaves_a_sign(path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with writer_lock(path) as broken_off:
        assert broken_off
    with writer_lock(path) as broken_off:
        assert not broken_off


def test_only_an_error_of_the_index_leaves_a_sign(path):
    for error, leaves_sign in ((KeyboardInterrupt, False), (CatalogueError, True)):
        with pytest.raises(error), writer_lock(path):
            raise error
        with writer_lock(path) as broken_off:
            assert broken_off == leaves_sign


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with (
        pytest.raises(CatalogueError, match=r"cannot be written: .*CITEWISE_HOME") as caught,
        writer_lock(tmp_path / "no" / "folder"),
    ):
        pass
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, BusyError)
