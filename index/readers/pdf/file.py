"""A PDF opened with PDFium, which does one thing at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from index.errors import DocumentError

# PDFium keeps state that all its documents share: no two threads of a process may be inside it.
_LOCK = threading.Lock()
_FAULTS = {
    4: "it is protected with a password; save a copy of it without one",
    5: "it is protected in a way that cannot be undone here; save a copy of it without protection",
}
_DAMAGED = "it is damaged or cut off, or no PDF; save or download it anew"


def damaged_page(number: int) -> DocumentError:
    """The error of a page, counted from 1, that is not there or cannot be made out."""
    return DocumentError(f"its page {number} is missing or damaged; save or download it anew")


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The `pypdfium2.PdfDocument` of a file's bytes, while no other thread has one.

    Owners may have restricted what others do with a document: reading it needs no password then.

    Raises:
        DocumentError: it needs a password, or is damaged.
    """
    with _LOCK:
        # Imported here: most folders hold other things too, and it loads a library of some megabytes.
        import pypdfium2

        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise DocumentError(_FAULTS.get(error.err_code or 0, _DAMAGED)) from None
        try:
            yield document
        finally:
            document.close()
