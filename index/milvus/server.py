"""One Milvus server over gRPC: rows in and out of its collections, and every error in a line."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from index.embedding import Vectors
from index.errors import SettingsError, StoreError
from index.milvus.address import Address
from index.readers.checking import one_line

T = TypeVar("T")
Row = dict[str, Any]

PASSAGE_FIELDS = ("document", "chunk", "start", "end", "page", "text")
# Milvus finds no more at once, and takes a VARCHAR of no more bytes.
MOST_HITS = 16_384
MOST_BYTES = 65_535
_LEAST_VERSION = (2, 5)  # the first with BM25
# How long a server that does not answer is tried again, and one call may take, in seconds.
_PATIENCE, _READ, _WRITE = 3.0, 20.0, 120.0
_PAUSE = 0.1
_EF = 200  # how many candidates a search by vector keeps, at least: more find more, and take longer
# What the collections are known by.
_RECORD_FIELDS = {"id", "owner", "since", "body", "nothing"}
_PASSAGE_FIELDS = {*PASSAGE_FIELDS, "id", "since", "words", "vector", "bm25"}
_NOT_FOUND, _NOT_LOADED, _NO_CONNECTION = 100, 101, 2
# A connection of our own that is soon tried again: gRPC's waits for up to two minutes after failures.
_CHANNEL = {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.min_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    # Every call has its own limit of time; a server that is asked more often whether it lives hangs up.
    "grpc.keepalive_time_ms": 600_000,
}


class MissingCollectionError(StoreError):
    """The server has no such collection."""


class Server:
    """Safe to use from many threads. Reads see every write that had ended when they began."""

    def __init__(self, address: Address) -> None:
        """Connect to nothing yet."""
        self.address = address
        self._lock = threading.Lock()
        self._connected: Any = None

    def check(self) -> None:
        """Raise StoreError if it does not answer, is too old, or has other people's rows in our place."""
        version = str(self._call(_READ, lambda client: client.get_server_version(timeout=_READ)))
        numbers = re.match(r"v?(\d+)\.(\d+)", version)
        if numbers and tuple(map(int, numbers.groups())) < _LEAST_VERSION:
            raise StoreError(
                f"the Milvus server {self.address.uri} is of version {version}, and "
                f"{'.'.join(map(str, _LEAST_VERSION))} or newer is needed: update it"
            )
        name = self.address.collection

        def is_foreign(client: Any) -> bool:
            there = client.has_collection(name, timeout=_READ)
            return there and not self._is_ours(client, name)

        if self._call(_READ, is_foreign):
            raise StoreError(
                f"the collection {self.address} holds something else: name another in the setting "
                "store"
            )

    def make_records(self, name: str) -> None:
        """Make a collection of rows `id`, `owner`, `since`, `body`, where there is none."""
        from pymilvus import DataType

        def make(client: Any) -> None:
            if client.has_collection(name, timeout=_READ):
                return
            schema = client.create_schema(auto_id=False)
            schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=100)
            schema.add_field("owner", DataType.VARCHAR, max_length=100)
            schema.add_field("since", DataType.INT64)
            schema.add_field("body", DataType.VARCHAR, max_length=MOST_BYTES)
            # No collection can be without one.
            schema.add_field("nothing", DataType.FLOAT_VECTOR, dim=2)
            indexes = client.prepare_index_params()
            indexes.add_index("nothing", index_type="FLAT", metric_type="L2")
            self._create(client, name, schema, indexes)

        self._call(_WRITE, make)

    def make_passages(self, name: str, dim: int) -> None:
        """Make a collection of passages with vectors of that length, where there is none."""
        from pymilvus import DataType, Function, FunctionType

        def make(client: Any) -> None:
            if client.has_collection(name, timeout=_READ):
                return
            schema = client.create_schema(auto_id=False)
            schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=48)
            for field in ("document", "chunk", "start", "end", "page", "since"):
                schema.add_field(field, DataType.INT64)
            schema.add_field("text", DataType.VARCHAR, max_length=MOST_BYTES)
            # Stemmed already, and joined by blanks: every server cuts that up alike.
            schema.add_field(
                "words", DataType.VARCHAR, max_length=MOST_BYTES, enable_analyzer=True,
                analyzer_params={"tokenizer": "standard"},
            )  # fmt: skip
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dim)
            schema.add_field("bm25", DataType.SPARSE_FLOAT_VECTOR)
            schema.add_function(
                Function(
                    name="bm25_of_words",
                    function_type=FunctionType.BM25,
                    input_field_names=["words"],
                    output_field_names=["bm25"],
                )
            )
            indexes = client.prepare_index_params()
            indexes.add_index(
                "vector",
                index_type="HNSW",
                metric_type="IP",
                params={"M": 24, "efConstruction": 200},
            )
            indexes.add_index(
                "bm25",
                index_type="SPARSE_INVERTED_INDEX",
                metric_type="BM25",
                params={"bm25_k1": 1.2, "bm25_b": 0.75},  # as FTS5's
            )
            self._create(client, name, schema, indexes)

        self._call(_WRITE, make)

    def names(self) -> list[str]:
        """The collections that there are of ours, whichever index they belong to."""

        def names(client: Any) -> list[str]:
            every = client.list_collections(timeout=_READ)
            mine = [name for name in every if name.startswith(self.address.collection)]
            return sorted(name for name in mine if self._is_ours(client, name))

        return self._call(_READ, names)

    def drop(self, name: str) -> None:
        """Take a collection away, if it is there."""
        self._call(_WRITE, lambda client: client.drop_collection(name, timeout=_WRITE))

    def put(self, name: str, rows: Sequence[Row]) -> None:
        """Store rows, in place of any of the same ids."""
        if rows:
            self._call(_WRITE, lambda client: client.upsert(name, list(rows), timeout=_WRITE), name)

    def get(self, name: str, ids: Sequence[str]) -> dict[str, Row]:
        """The rows of those ids that there are, by their ids."""
        rows = self._call(
            _READ,
            lambda client: client.get(
                name,
                ids=list(ids),
                output_fields=["id", "body"],
                timeout=_READ,
                consistency_level="Strong",
            ),
            name,
        )
        return {row["id"]: dict(row) for row in rows}

    def count(self, name: str) -> int:
        """How many rows the collection has."""
        rows = self._call(
            _READ,
            lambda client: client.query(
                name,
                filter="",
                output_fields=["count(*)"],
                timeout=_READ,
                consistency_level="Strong",
            ),
            name,
        )
        return int(rows[0]["count(*)"])

    def delete(self, name: str, expression: str) -> None:
        """Delete the rows that a filter names."""
        self._call(
            _WRITE, lambda client: client.delete(name, filter=expression, timeout=_WRITE), name
        )

    def settle(self, name: str) -> None:
        """Have what was stored last put where it is searched quickly; it is found without that, too."""
        with suppress(StoreError):
            self._call(_READ, lambda client: client.flush(name, timeout=_READ), name)

    def search(
        self, name: str, field: str, wanted: Vectors | str, k: int, expression: str
    ) -> list[tuple[Row, float]]:
        """The `k` best passages, best first: the inner product with `vector`, or the `bm25` of stems."""
        (hits,) = self._call(
            _READ,
            lambda client: client.search(
                name,
                data=[wanted],
                anns_field=field,
                limit=min(k, MOST_HITS),
                search_params={"params": {"ef": min(max(_EF, 2 * k), MOST_HITS)}}
                if field == "vector"
                else None,
                filter=expression,
                output_fields=list(PASSAGE_FIELDS),
                timeout=_READ,
                consistency_level="Strong",
            ),
            name,
        )
        return [(dict(hit["entity"]), float(hit["distance"])) for hit in hits]

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connected is not None:
                self._connected.close()
                self._connected = None

    @staticmethod
    def _is_ours(client: Any, name: str) -> bool:
        fields = client.describe_collection(name, timeout=_READ)["fields"]
        return {field["name"] for field in fields} in (_RECORD_FIELDS, _PASSAGE_FIELDS)

    @staticmethod
    def _create(client: Any, name: str, schema: Any, indexes: Any) -> None:
        client.create_collection(
            name,
            schema=schema,
            index_params=indexes,
            consistency_level="Strong",
            timeout=_WRITE,
        )

    def _client(self) -> Any:
        with self._lock:
            if self._connected is None:
                pymilvus = _pymilvus()
                self._connected = pymilvus.MilvusClient(
                    uri=self.address.uri,
                    token=os.environ.get("MILVUS_TOKEN", ""),
                    timeout=_PATIENCE,
                    dedicated=True,
                    grpc_options=_CHANNEL,
                )
            return self._connected

    def _call(self, seconds: float, act: Callable[[Any], T], name: str = "") -> T:
        """Do it, and again where the server was away for a moment or forgot what it had in memory."""
        _pymilvus()
        from grpc import RpcError
        from pymilvus.exceptions import MilvusException

        # What is written is worth waiting for; whoever asks wants to know soon.
        deadline = time.monotonic() + (_PATIENCE if seconds == _READ else seconds)
        loaded = False
        while True:
            try:
                return act(self._client())
            except (MilvusException, RpcError) as error:
                if _number(error) == _NOT_LOADED and name and not loaded:
                    loaded = True
                    with suppress(MilvusException, RpcError):
                        self._client().load_collection(name, timeout=_WRITE)
                    continue
                if not _is_away(error) or time.monotonic() >= deadline:
                    raise self._explained(error, name) from error
            time.sleep(_PAUSE)

    def _explained(self, error: Exception, name: str) -> StoreError:
        where = f"the Milvus server {self.address.uri}"
        reason = one_line(str(getattr(error, "message", "") or error))[:200]
        if _number(error) == _NOT_FOUND:
            return MissingCollectionError(
                f"{where} has no collection {name}: run `citewise sync FOLDER` where it is written"
            )
        if _is_away(error):
            return StoreError(
                f"{where} does not answer ({reason}): see that it runs and can be reached, and try again"
            )
        if _status(error) == "DEADLINE_EXCEEDED":
            return StoreError(f"{where} takes too long: see how busy it is, and try again")
        if _status(error) in ("UNAUTHENTICATED", "PERMISSION_DENIED"):
            return StoreError(f"{where} wants another token ({reason}): set MILVUS_TOKEN")
        return StoreError(f"{where} refuses ({reason}): see its version and its log")


def _pymilvus() -> Any:
    try:
        import pymilvus
    except ImportError:
        raise SettingsError(
            "the setting store needs pymilvus: pip install 'citewise[milvus]'"
        ) from None
    # It logs every error with its trace, and ours says what there is to say.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    return pymilvus


def _number(error: Exception) -> Any:
    code = getattr(error, "code", None)
    return code if isinstance(code, int) else None


def _status(error: Exception) -> str:
    """The name of gRPC's status, where it is the cause."""
    code = getattr(error, "code", None)
    return str(getattr(code() if callable(code) else code, "name", ""))


def _is_away(error: Exception) -> bool:
    return _number(error) == _NO_CONNECTION or _status(error) == "UNAVAILABLE"


def batches(rows: Iterable[Row], most_rows: int, most_bytes: int) -> Iterable[list[Row]]:
    """Rows in groups of bounded number and size, in order."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        weight = sum(len(value) for value in row.values() if isinstance(value, str))
        if batch and (len(batch) >= most_rows or size + weight > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += weight
    if batch:
        yield batch
