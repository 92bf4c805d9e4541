"""Pictures of a document's pages."""

from __future__ import annotations

import base64
import binascii

from index.errors import DocumentError
from index.files import read_file
from index.readers.pdf.drawing import request
from index.readers.sandbox import Sandbox
from index.types import Document

_DRAWING = "index.readers.pdf.drawing"
_SECONDS = 20.0
_PNG = b"\x89PNG\r\n\x1a\n"


def page_picture(document: Document, number: int, width: int) -> bytes:
    """A PNG of one page of a PDF, drawn in a process with limits.

    Args:
        document: as it is stored; its file has to hold the same bytes still.
        number: of the page, from 1.
        width: in pixels; it is made smaller where it is above 2400, or the picture too high.

    Raises:
        DocumentError: it is no PDF, has changed since it was read, or cannot be drawn.
    """
    if document.media_type != "application/pdf":
        raise DocumentError("it is no PDF, and has no pages to show")
    data, state = read_file(document.path)
    if state.sha256 != document.sha256:
        raise DocumentError("it has changed since it was read: its pages cannot be shown yet")
    with Sandbox({}, seconds=_SECONDS, isolated=_DRAWING) as sandbox:
        content = sandbox.read(request(number, width), data)
    try:
        picture = base64.b64decode(content.text, validate=True)
    except binascii.Error:
        picture = b""
    if not picture.startswith(_PNG):
        raise DocumentError("its page could not be drawn")
    return picture
