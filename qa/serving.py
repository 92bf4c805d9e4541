"""The options of whatever serves the page or the API, and who may reach it."""

from __future__ import annotations

import argparse
import hmac
import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from index import UsageError
from qa.passwords import Passwords, readable_by_all
from qa.settings import TOKEN_VARIABLE

DEFAULT_HOST = "127.0.0.1"
MIN_TOKEN = 16


@dataclass(frozen=True, slots=True)
class Token:
    """What programs have to know to be answered. It is not shown, and compared in constant time.

    `warning` is one line about the file it came from, or nothing.
    """

    _secret: bytes = field(repr=False)
    warning: str = ""

    @classmethod
    def load(cls, file: Path | None, environ: Mapping[str, str]) -> Self | None:
        """The token of a file, or else of the environment; None where there is neither.

        Raises:
            UsageError: it cannot be read, or is too short to be one.
        """
        warning = ""
        if file is not None:
            where = f"the file {file}"
            try:
                text = file.read_text(encoding="utf-8").strip()
                warning = readable_by_all(file, file.stat().st_mode)
            except OSError as error:
                raise UsageError(f"the token in {file} cannot be read: {error.strerror}") from None
            except UnicodeDecodeError:
                raise UsageError(f"the token in {file} is no text: make a new one") from None
        elif TOKEN_VARIABLE in environ:
            where, text = TOKEN_VARIABLE, environ[TOKEN_VARIABLE].strip()
        else:
            return None
        if len(text) < MIN_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
            raise UsageError(
                f"{where} holds no token: it has to be {MIN_TOKEN} or more ASCII characters without "
                "spaces; `openssl rand -hex 32` makes one"
            )
        return cls(text.encode(), warning)

    def is_(self, candidate: str) -> bool:
        """Whether it is the same."""
        return hmac.compare_digest(self._secret, candidate.encode("utf-8", "surrogatepass"))


def add_options(parser: argparse.ArgumentParser, folder: Path) -> None:
    """Let the parser take what `app.serve` needs; `folder` is the default."""
    who = _add_address(parser, folder).add_mutually_exclusive_group()
    _add_auth(who)
    who.add_argument(
        "--no-auth", action="store_true", help="anyone may ask, from other machines too"
    )


def add_api_options(parser: argparse.ArgumentParser, folder: Path) -> None:
    """Let the parser take what `qa.adapters.http.server.serve` needs; `folder` is the default."""
    _add_address(parser, folder)
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"holds the token that programs must send (default: ${TOKEN_VARIABLE}); "
        "needed where other machines reach the server",
    )
    _add_auth(parser)


def add_folder(parser: argparse.ArgumentParser, folder: Path) -> None:
    """Let the parser take the folder of documents; `folder` is the default."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=folder,
        metavar="FOLDER",
        help="with the documents (default: %(default)s)",
    )


def _add_auth(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--auth",
        type=Path,
        metavar="FILE",
        help="who may open the page: lines made by `citewise password`",
    )


def _add_address(parser: argparse.ArgumentParser, folder: Path) -> argparse.ArgumentParser:
    add_folder(parser, folder)
    parser.add_argument("--port", type=_port, metavar="P", help="default: the first free from 7860")
    parser.add_argument(
        "--host",
        default=DEFAULT_HOST,
        metavar="ADDRESS",
        help="where it is served (default: %(default)s, this machine alone); 0.0.0.0 for all",
    )
    return parser


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


def token(options: argparse.Namespace) -> Token | None:
    """What programs must know, or None where only this machine reaches the server.

    Raises:
        UsageError: other machines would reach it and there is no token, or the token is wrong, or the
            address is not this machine's.
    """
    known = Token.load(options.token_file, os.environ)
    if known is None and not is_loopback(options.host):
        raise UsageError(
            f"at {options.host!r} other machines reach the server: give it a token with --token-file FILE "
            f"or ${TOKEN_VARIABLE}; `openssl rand -hex 32` makes one"
        )
    _require_own(options.host)
    return known


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
