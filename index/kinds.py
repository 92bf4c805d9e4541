"""What a person calls a file of each kind."""

from __future__ import annotations

from pathlib import PurePosixPath

_BY_SUFFIX = {
    ".pdf": "PDF",
    ".docx": "Word",
    ".docm": "Word",
    ".pptx": "PowerPoint",
    ".pptm": "PowerPoint",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
    ".odt": "OpenDocument text",
    ".odp": "OpenDocument presentation",
    ".ods": "OpenDocument spreadsheet",
    ".rtf": "Rich text",
    ".csv": "Table",
    ".tsv": "Table",
    ".html": "Web page",
    ".htm": "Web page",
    ".xhtml": "Web page",
    ".epub": "Book",
    ".eml": "E-mail",
    ".json": "JSON",
    ".jsonl": "JSON",
    ".ndjson": "JSON",
    ".md": "Markdown",
    ".markdown": "Markdown",
    ".rst": "reStructuredText",
    ".txt": "Text",
    ".text": "Text",
}


def kind_of(path: str) -> str:
    """A word for the kind of the file at `path`, by its suffix; of one not known the suffix itself."""
    suffix = PurePosixPath(path).suffix.lower()
    return _BY_SUFFIX.get(suffix) or suffix.removeprefix(".").upper() or "File"
