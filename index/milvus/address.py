"""Where a shared index lies: `milvus://HOST:PORT/COLLECTION`, or `milvus+tls://` on untrusted ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from index.errors import SettingsError

_SCHEMES = {"milvus": "http", "milvus+tls": "https"}
_PORT = 19530
# Names of further collections begin with it, and Milvus allows 255 characters.
_COLLECTION = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")


@dataclass(frozen=True, slots=True)
class Address:
    """A server, as the URI that pymilvus wants, and the name of a collection on it."""

    uri: str
    collection: str

    @classmethod
    def parse(cls, store: str) -> Self:
        """Take the setting `store` apart.

        Raises:
            SettingsError: it is no such address.
        """
        try:
            parts = urlsplit(store)
            host, port = parts.hostname, parts.port or _PORT
        except ValueError:
            host, port = None, 0
        if (
            not host
            or parts.scheme not in _SCHEMES
            or parts.query
            or parts.fragment
            or parts.username is not None
            or not _COLLECTION.fullmatch(collection := parts.path.removeprefix("/"))
        ):
            raise SettingsError(
                f"the setting store must be like milvus://host:{_PORT}/collection (letters, digits "
                f"and _), with a token in MILVUS_TOKEN if the server wants one; not {store!r}"
            )
        bracketed = f"[{host}]" if ":" in host else host
        return cls(f"{_SCHEMES[parts.scheme]}://{bracketed}:{port}", collection)

    def __str__(self) -> str:
        return f"{self.collection} at {self.uri.partition('://')[2]}"
