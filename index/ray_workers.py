"""Jobs done on the nodes of a Ray cluster. What a node that dies had begun is done by another."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from index.errors import SettingsError, StoreError
from index.readers.checking import one_line
from index.workers import Job, Outcome, prepare_with, version

_RETRIES = 5  # of a job whose node or process died under it
_ANSWER_SECONDS = 10.0
_AHEAD = 3  # jobs for each processor: one at work, the others on their way


class RayWorkers:
    """A connection to a cluster, on whose nodes the same version of Citewise is installed."""

    def __init__(self, address: str, embedder: str, cache: Path, fingerprint: str) -> None:
        """Connect.

        Args:
            address: of the cluster's head, `HOST:PORT`; this machine has to be one of its nodes.
            embedder: the name of the embedding model.
            cache: where nodes keep it once it is exported.
            fingerprint: of the embedder here, which has to be the nodes' own.

        Raises:
            SettingsError: Ray is not installed, or that is no address.
            StoreError: there is no such cluster.
        """
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told of it
        try:
            import ray
        except ImportError:
            raise SettingsError("--ray needs Ray: pip install 'citewise[ray]'") from None
        _require_listener(address)
        self._ray: Any = ray
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                configure_logging=False,
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise _no_cluster(address, str(error)) from None
        self._task = ray.remote(num_cpus=1, max_retries=_RETRIES)(prepare_with)
        self._rest = embedder, str(cache), version(fingerprint)
        self.lost = 0
        """How many jobs no node could do."""
        self.reason = ""
        """Why the last of them could not be done."""

    @property
    def capacity(self) -> int:
        """How many jobs it is worth handing out ahead, as the cluster is now."""
        return max(1, _AHEAD * int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, job: Job) -> Callable[[], Outcome | None]:
        """Begin a job; what is given back waits for its outcome, None where no node could do it."""
        reference = self._task.remote(*self._rest, job)

        def wait() -> Outcome | None:
            try:
                outcome: Outcome = self._ray.get(reference)
            except self._ray.exceptions.RayError as error:
                self.lost += 1
                self.reason = one_line(str(getattr(error, "cause", None) or error))[:200]
                return None
            return outcome

        return wait

    def close(self) -> None:
        """Leave the cluster."""
        self._ray.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _require_listener(address: str) -> None:
    """Raise unless something listens there: Ray itself waits for minutes, and then ends the process."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise SettingsError(f"--ray must be like HOST:PORT, not {address!r}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _ANSWER_SECONDS).close()
    except OSError as error:
        raise _no_cluster(address, error.strerror or str(error)) from None


def _no_cluster(address: str, reason: str) -> StoreError:
    return StoreError(
        f"there is no Ray cluster at {address} ({one_line(reason)[:120]}): start one with "
        "`ray start --head`, or see where its head is"
    )
