"""A stream that can be waited for, given up and timed out, whatever the one who makes it is doing."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

_PAUSE = 0.25  # seconds after which somebody who waits is asked whether they still do


def pumped(start: Callable[[], Iterator[str]], seconds: float) -> Iterator[str | None]:
    """What the iterator that `start` gives yields, in a thread of its own, and None while it does not.

    Closing the generator closes that iterator as soon as it yields again or ends.

    Raises:
        TimeoutError: it was not at its end after `seconds`.
        Exception: whatever the iterator raised.
    """
    pieces: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
    given_up = threading.Event()

    def work() -> None:
        try:
            source = start()
            for piece in source:
                pieces.put(piece)
                if given_up.is_set():
                    # Closed here, in the thread that iterates: a generator knows no other.
                    if close := getattr(source, "close", None):
                        close()
                    return
            pieces.put(None)
        except BaseException as error:  # it is raised again where it is waited for
            pieces.put(error)

    threading.Thread(target=work, name="language model", daemon=True).start()
    end = time.monotonic() + seconds
    try:
        while True:
            try:
                piece = pieces.get(timeout=min(_PAUSE, max(0.0, end - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= end:
                    raise TimeoutError from None
                yield None
                continue
            if isinstance(piece, BaseException):
                raise piece
            if piece is None:
                return
            yield piece
            if time.monotonic() >= end:
                raise TimeoutError
    finally:
        given_up.set()
