"""From a file's bytes to a Document: one module a format family."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePath

from index.errors import DocumentError
from index.readers.content import Content, Reader
from index.readers.markdown import read_markdown
from index.readers.text import read_text
from index.types import Document

READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
}
MAX_BYTES = 64 * 1024 * 1024


def readable(path: PurePath) -> bool:
    """Whether a file of this name is one that Citewise reads."""
    return path.suffix.lower() in READERS


def read_bytes(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        DocumentError: it cannot be read, or is larger than `MAX_BYTES`.
    """
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise DocumentError(
                f"it has {size:,} bytes and the limit is {MAX_BYTES:,}; split it into smaller files"
            )
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"it cannot be read: {error.strerror or error}") from None


def digest(data: bytes) -> str:
    """A document's identity: the sha256 of its bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parse(data: bytes, document_id: str, path: Path) -> Document:
    """The Document held by a file's bytes.

    Raises:
        DocumentError: the bytes are not what the file's name says, or hold no text.
    """
    content = READERS[path.suffix.lower()](data)
    if not content.text.strip():
        raise DocumentError("it holds no text")
    return Document(
        id=document_id,
        path=path,
        title=content.title or path.stem,
        text=content.text,
        pages=content.pages,
        media_type=content.media_type,
        sha256=digest(data),
        sections=content.sections,
    )


__all__ = ["MAX_BYTES", "READERS", "Content", "Reader", "digest", "parse", "read_bytes", "readable"]
