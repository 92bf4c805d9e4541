"""From a file's bytes to a Document: one module a format family."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from index.errors import DocumentError
from index.readers.checking import checked, unreadable
from index.readers.content import Content, Reader
from index.readers.data import read_json, read_json_lines
from index.readers.epub.reader import read_epub
from index.readers.html.reader import read_webpage, read_xhtml
from index.readers.mail import read_mail
from index.readers.markdown import read_markdown
from index.readers.odf.sheets import read_odf_sheets
from index.readers.odf.slides import read_odf_slides
from index.readers.odf.text import read_odf_text
from index.readers.office.sheets import read_sheets
from index.readers.office.slides import read_slides
from index.readers.office.word import read_word
from index.readers.pdf.reader import read_pdf
from index.readers.restructured import read_restructured
from index.readers.rtf.reader import read_rtf
from index.readers.tables import read_csv, read_tsv
from index.readers.text import read_text
from index.types import Document

READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".pdf": read_pdf,
    ".docx": read_word,
    ".docm": read_word,
    ".pptx": read_slides,
    ".pptm": read_slides,
    ".xlsx": read_sheets,
    ".xlsm": read_sheets,
    ".odt": read_odf_text,
    ".odp": read_odf_slides,
    ".ods": read_odf_sheets,
    ".rtf": read_rtf,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".html": read_webpage,
    ".htm": read_webpage,
    ".xhtml": read_xhtml,
    ".epub": read_epub,
    ".eml": read_mail,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".rst": read_restructured,
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
