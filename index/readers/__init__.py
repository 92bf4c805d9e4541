"""From a file's bytes to a Document: one module a format family."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from index.errors import DocumentError
from index.readers.checking import checked, unreadable
from index.readers.content import Content, Reader
from index.readers.late import LateReader
from index.readers.text import read_text
from index.types import Document

_HTML = LateReader("html.reader", "read_webpage")
_JSON_LINES = LateReader("data", "read_json_lines")
_MARKDOWN = LateReader("markdown", "read_markdown")
_SHEETS = LateReader("office.sheets", "read_sheets")
_SLIDES = LateReader("office.slides", "read_slides")
_WORD = LateReader("office.word", "read_word")

READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".pdf": LateReader("pdf.reader", "read_pdf"),
    ".docx": _WORD,
    ".docm": _WORD,
    ".pptx": _SLIDES,
    ".pptm": _SLIDES,
    ".xlsx": _SHEETS,
    ".xlsm": _SHEETS,
    ".odt": LateReader("odf.text", "read_odf_text"),
    ".odp": LateReader("odf.slides", "read_odf_slides"),
    ".ods": LateReader("odf.sheets", "read_odf_sheets"),
    ".rtf": LateReader("rtf.reader", "read_rtf"),
    ".csv": LateReader("tables", "read_csv"),
    ".tsv": LateReader("tables", "read_tsv"),
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": LateReader("html.reader", "read_xhtml"),
    ".epub": LateReader("epub.reader", "read_epub"),
    ".eml": LateReader("mail", "read_mail"),
    ".json": LateReader("data", "read_json"),
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".rst": LateReader("restructured", "read_restructured"),
}
MAX_BYTES = 64 * 1024 * 1024
# Raised when a reader learns to read more: files that failed before are then tried again.
READERS_VERSION = 2


def digest(data: bytes) -> str:
    """A document's identity: the sha256 of its bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def parse(data: bytes, document_id: str, path: Path, reader: Reader | None = None) -> Document:
    """The Document held by a file's bytes, as `reader` finds it: READERS' for its suffix unless given.

    Raises:
        DocumentError: the bytes are not what the file's name says, or hold no text.
    """
    try:
        content = checked((reader or READERS[path.suffix.lower()])(data))
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(unreadable(error)) from None
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


__all__ = [
    "MAX_BYTES",
    "READERS",
    "READERS_VERSION",
    "Content",
    "Reader",
    "digest",
    "parse",
]
