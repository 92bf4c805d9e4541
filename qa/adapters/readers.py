"""The readers of llama-index, for kinds of files that Citewise does not read by itself.

>>> from llama_index.core.readers.json import JSONReader
>>> readers = {".boat": from_llama_index(JSONReader(levels_back=0))}
>>> readers[".boat"](b'{"name": "Ada"}').text
'name Ada'

They are handed to the assistant, `Assistant.open(folder, readers=readers)`, and go by the files' suffixes.
They are the program's own code: they run within the program, and no limit is set to their time and
their memory.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document

from index import Content, DocumentError, Page, Reader

__all__ = ["from_llama_index"]

_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]|[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")
_BETWEEN = "\n\n"


def from_llama_index(reader: BaseReader, suffix: str = "") -> Reader:
    """A reader that reads as `reader` does, and raises DocumentError where that fails.

    Several documents from one file become its pages, and so does one that is labelled as a page.

    Args:
        reader: whose `load_data` takes a file's path.
        suffix: of that file, with its dot, for a reader that goes by it.
    """

    def read(data: bytes) -> Content:
        try:
            return _content(_load(reader, data, suffix), suffix)
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise DocumentError(f"{type(reader).__name__} cannot read it: {reason}") from None

    return read


def _load(reader: BaseReader, data: bytes, suffix: str) -> list[Document]:
    with TemporaryDirectory(prefix="citewise-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, f"document{suffix}")
        path.write_bytes(data)
        # By position, as SimpleDirectoryReader does: each reader names its argument as it likes.
        return list(reader.load_data(path))


def _content(documents: Sequence[Document], suffix: str) -> Content:
    paged = [(number, _tidy(item.text)) for number, item in _numbered(documents)]
    shown = [(number, text) for number, text in paged if text]
    starts = accumulate((len(text) + len(_BETWEEN) for _, text in shown), initial=0)
    text = _BETWEEN.join(text for _, text in shown)
    has_pages = len(documents) > 1 or any("page_label" in item.metadata for item in documents)
    titles = (item.metadata.get("title") for item in documents)
    return Content(
        title=next((title for title in titles if isinstance(title, str) and title.strip()), None),
        text=text,
        media_type=mimetypes.guess_type(f"document{suffix}")[0] or "application/octet-stream",
        pages=tuple(
            Page(number, start, min(end, len(text)))
            for (number, _), (start, end) in zip(shown, pairwise(starts), strict=True)
            if has_pages
        ),
    )


def _numbered(documents: Sequence[Document]) -> list[tuple[int, Document]]:
    """The documents with their pages' numbers: their labels, where those count up, or else their places."""
    labels = [str(item.metadata.get("page_label")) for item in documents]
    numbers = [int(label) if label.isdecimal() else 0 for label in labels]
    if any(number >= following for number, following in pairwise([0, *numbers])):
        numbers = list(range(1, len(documents) + 1))
    return list(zip(numbers, documents, strict=True))


def _tidy(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BLANK_LINES.sub(_BETWEEN, _UNWANTED.sub("", lines)).strip()
