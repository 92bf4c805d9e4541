"""Rich Text Format, as the text that it shows; whatever else is in such a file is passed over."""

from __future__ import annotations

from index.errors import DocumentError
from index.readers.archives import refuse_ole
from index.readers.composing import Composer, sensible_title
from index.readers.content import Content
from index.readers.rtf.machine import RtfMachine
from index.readers.rtf.tokens import tokens

_MEDIA_TYPE = "application/rtf"
_NO_RTF = "it is no RTF file, whatever its name says; rename it"


def read_rtf(data: bytes) -> Content:
    """Read an RTF file in any code page; paragraphs of a heading's style or level make sections.

    Left out is what is not seen: hidden, tiny or white text, tracked deletions, comments, pictures. So are
    headers and footers, and tables of contents. Notes and text boxes follow their paragraph.

    Raises:
        DocumentError: it is no RTF file, or no sane one.
    """
    refuse_ole(data)
    if not data.lstrip().startswith(b"{\\rtf"):
        raise DocumentError(_NO_RTF)
    machine = RtfMachine()
    for token in tokens(data):
        machine.take(token)
    composer = Composer()
    for text, is_heading in machine.end():
        if is_heading:
            composer.heading(text)
        else:
            composer.paragraph(text)
    title = sensible_title(machine.title) or composer.first_heading
    return composer.content(title, _MEDIA_TYPE)
