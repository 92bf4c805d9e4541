import argparse
from pathlib import Path

import pytest

from index import UsageError
from qa.passwords import Hash
from qa.serving import add_options, is_loopback, users


def parsed(*arguments):
    parser = argparse.ArgumentParser()
    add_options(parser, Path("seeds"))
    return parser.parse_args(arguments)


def test_the_page_is_this_machines_alone_unless_told_otherwise():
    options = parsed()
    assert (options.folder, options.host, options.port) == (Path("seeds"), "127.0.0.1", None)
    assert users(options) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_only_this_machine_reaches_a_loopback_address(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.168.1.2", "localhost.example", "127.1", "::ffff:127.0.0.1", "x"],
)
def test_others_may_reach_any_other_address(host):
    assert not is_loopback(host)
    with pytest.raises(UsageError, match=r"other machines reach the page: say who .* --no-auth"):
        users(parsed("--host", host))


def test_others_are_let_in_if_it_is_said_who(tmp_path):
    assert users(parsed("--host", "0.0.0.0", "--no-auth")) is None
    file = tmp_path / "users"
    file.write_text(f"ida:{Hash.of('correct horse')}\n")
    for host in ("0.0.0.0", "127.0.0.1"):
        assert users(parsed("--host", host, "--auth", str(file))).check("ida", "correct horse")
    with pytest.raises(UsageError, match="passwords none cannot be read"):
        users(parsed("--host", "0.0.0.0", "--auth", "none"))


def test_both_ways_exclude_each_other(capsys):
    with pytest.raises(SystemExit) as stopped:
        parsed("--auth", "file", "--no-auth")
    assert stopped.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


def test_an_address_that_is_not_this_machines_is_named():
    with pytest.raises(UsageError, match=r"'192\.0\.2\.1' is no address of this machine"):
        users(parsed("--host", "192.0.2.1", "--no-auth"))
