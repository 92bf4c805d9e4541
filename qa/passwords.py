"""Who may ask: a file of users, each with a salted hash of a password and no password.

Hashed by scrypt (RFC 7914) with N = 2^14, r = 8, p = 5, one of the settings that the OWASP Password Storage
Cheat Sheet recommends; it takes 16 MiB and some tenths of a second.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from index import UsageError

MIN_LENGTH = 8
_N, _R, _P = 1 << 14, 8, 5
_SALT_BYTES, _DIGEST_BYTES = 16, 32
# More than anybody needs: a check must end, and fit into memory.
_MOST_N, _MOST_R, _MOST_P, _MOST_MEMORY = 1 << 20, 32, 16, 1 << 30


class Hash(NamedTuple):
    """A password's hash and all that it takes to make it again; written as `scrypt$N$r$p$salt$digest`."""

    n: int
    r: int
    p: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> Self:
        """The hash of a password, with a salt of its own."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(_N, _R, _P, salt, _scrypt(password, salt, _N, _R, _P, _DIGEST_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The hash as it is written; ValueError where it is none."""
        name, n, r, p, salt, digest = text.split("$")
        parsed = cls(int(n), int(r), int(p), _bytes(salt), _bytes(digest))
        sane = (
            name == "scrypt"
            and 2 <= parsed.n <= _MOST_N
            and parsed.n & (parsed.n - 1) == 0
            and 1 <= parsed.r <= _MOST_R
            and 1 <= parsed.p <= _MOST_P
            and 128 * parsed.n * parsed.r <= _MOST_MEMORY
            and len(parsed.salt) >= 8
            and 16 <= len(parsed.digest) <= 64
        )
        if not sane:
            raise ValueError(text)
        return parsed

    def fits(self, password: str) -> bool:
        """Whether it is the hash of `password`; how long that takes does not tell how near it is."""
        size = len(self.digest)
        digest = _scrypt(password, self.salt, self.n, self.r, self.p, size)
        return hmac.compare_digest(digest, self.digest)

    def __str__(self) -> str:
        salt, digest = (base64.b64encode(value).decode("ascii") for value in self[3:])
        return f"scrypt${self.n}${self.r}${self.p}${salt}${digest}"


class Passwords:
    """The users of one file."""

    def __init__(self, hashes: Mapping[str, Hash], warning: str = "") -> None:
        """The hash of each user's password; `warning` is what there is to say of the file."""
        self.warning = warning
        self._hashes = hashes
        self._nobody = Hash.of(secrets.token_hex())
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path) -> Self:
        """The users of a file of lines `user:hash`; empty ones and those that begin with # are left out.

        Raises:
            UsageError: it cannot be read, a line is malformed, or it holds nobody.
        """
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            mode = path.stat().st_mode
        except OSError as error:
            raise UsageError(f"the passwords {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"the passwords {path} are no UTF-8: save them as UTF-8") from None
        hashes: dict[str, Hash] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            user, _, text = line.strip().partition(":")
            where = f"{path}, line {number}"
            if user in hashes:
                raise UsageError(f"{where}: {user!r} is there twice; delete one of the lines")
            try:
                hashes[checked_user(user)] = Hash.parse(text)
            except (ValueError, UsageError):
                raise UsageError(
                    f"{where}: is not user:hash; make it with `citewise password USER`"
                ) from None
        if not hashes:
            raise UsageError(f"{path} holds no user; make a line with `citewise password USER`")
        return cls(hashes, readable_by_all(path, mode))

    def check(self, user: str, password: str) -> bool:
        """Whether the password is the user's. One check at a time; an unknown user takes as long."""
        known = self._hashes.get(user)
        with self._lock:
            fits = (known or self._nobody).fits(password)
        return known is not None and fits


def checked_user(user: str) -> str:
    """The user's name; UsageError where it cannot be one."""
    if not user or user != user.strip() or not user.isprintable() or ":" in user or user[0] == "#":
        raise UsageError(
            f"{user[:40]!r} cannot be a user's name: leave out colons, spaces around it and # before it"
        )
    return user


def checked_password(password: str) -> str:
    """The password; UsageError where it is too short to be one."""
    if len(password) < MIN_LENGTH:
        raise UsageError(
            f"the password has {len(password)} characters: take at least {MIN_LENGTH}, best several words"
        )
    return password


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int, size: int) -> bytes:
    memory = 128 * r * (n + p + 4)  # what RFC 7914 needs, and a little more
    # The same word typed on another system may come in other code points.
    data = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=size)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error


def readable_by_all(path: Path, mode: int) -> str:
    """A line about a file of secrets that others on this machine can read, or nothing."""
    if os.name == "posix" and mode & (stat.S_IROTH | stat.S_IWOTH):
        return f"{path} can be read by everybody on this machine: chmod 600 it"
    return ""
