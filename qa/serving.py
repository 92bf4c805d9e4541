"""The options of whatever serves the page, and who may reach it."""

from __future__ import annotations

import argparse
import ipaddress
import socket
from pathlib import Path

from index import UsageError
from qa.passwords import Passwords

DEFAULT_HOST = "127.0.0.1"


def add_options(parser: argparse.ArgumentParser, folder: Path) -> None:
    """Let the parser take what `app.serve` needs; `folder` is the default."""
    parser.add_argument("folder", nargs="?", type=Path, default=folder, metavar="FOLDER")
    parser.add_argument("--port", type=_port, metavar="P", help="default: the first free from 7860")
    parser.add_argument(
        "--host",
        default=DEFAULT_HOST,
        metavar="ADDRESS",
        help="where the page is served (default: %(default)s, this machine alone); 0.0.0.0 for all",
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--auth", type=Path, metavar="FILE", help="who may ask: lines made by `citewise password`"
    )
    who.add_argument(
        "--no-auth", action="store_true", help="anyone may ask, from other machines too"
    )


def users(options: argparse.Namespace) -> Passwords | None:
    """Those who may ask, or None for anyone who reaches the page.

    Raises:
        UsageError: the page would be open to other machines and it was not said who may ask, the
            address is not this machine's, or the file of users is wrong.
    """
    if not (is_loopback(options.host) or options.auth or options.no_auth):
        raise UsageError(
            f"at {options.host!r} other machines reach the page: say who may ask with --auth FILE (see "
            "`citewise password --help`), or that anyone may with --no-auth"
        )
    _require_own(options.host)
    return None if options.auth is None else Passwords.load(options.auth)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what is served there; a name but localhost may be anything."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _require_own(host: str) -> None:
    """Raise UsageError where nothing can be served at `host`."""
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(
            host or None, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind, protocol) as probe:
            probe.bind(address)
    except (OSError, UnicodeError):
        raise UsageError(
            f"{host!r} is no address of this machine: give one, 0.0.0.0 for all, or leave out --host"
        ) from None


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)
