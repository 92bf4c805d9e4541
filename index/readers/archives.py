"""The zip archives that most document formats are: checked by what they declare, then unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

from index.errors import DocumentError

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 20_000
# Text packs to a tenth, a sheet of repeated numbers to a hundredth; a bomb to a thousandth. What is small
# when unpacked may be packed as tightly as it likes.
MAX_RATIO = 250
_HARMLESS_BYTES = 16 * 1024 * 1024

_ENCRYPTED = 0x1
_PROTECTED = "it is password-protected; save it without a password"
_DAMAGED = "it is damaged or not of the kind that its name says; save it anew or rename it"
# The container of the office formats before 2007, and of encrypted ones since.
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_STREAMS = (
    ("EncryptedPackage", _PROTECTED),
    ("WordDocument", "it is an old Word file; save it as .docx"),
    ("PowerPoint Document", "it is an old PowerPoint file; save it as .pptx"),
    ("Workbook", "it is an old Excel file; save it as .xlsx"),
    ("Book", "it is an old Excel file; save it as .xlsx"),
)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive held by `data`, opened for reading; nothing of it is unpacked yet.

    Python unpacks no more of a member than its declared size, so that bounding what is declared bounds
    what is unpacked.

    Raises:
        DocumentError: it is no zip archive, is encrypted, or would unpack to more than is sane.
    """
    refuse_ole(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        raise DocumentError(_DAMAGED) from None
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise DocumentError(
            f"it is an archive of {len(members):,} files and the limit is {MAX_MEMBERS:,}; "
            "split it into smaller documents"
        )
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise DocumentError(_PROTECTED)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise DocumentError(
            f"it unpacks to {unpacked:,} bytes and the limit is {MAX_UNPACKED_BYTES:,}; "
            "split it into smaller documents"
        )
    if unpacked > max(_HARMLESS_BYTES, MAX_RATIO * len(data)):
        raise DocumentError(
            "it unpacks to more than any document of its size would; move it out of the folder"
        )
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """What the member of this name holds; None where there is no such member.

    Raises:
        DocumentError: the member is damaged, or packed in a way that Python cannot undo.
    """
    try:
        return archive.read(name)
    except KeyError:
        return None
    except _BROKEN:
        raise DocumentError(_DAMAGED) from None


def refuse_ole(data: bytes) -> None:
    """Say what an old or encrypted office file is, by the streams that its directory names.

    Raises:
        DocumentError: `data` is such a file.
    """
    if not data.startswith(_OLE):
        return
    for stream, reason in _OLE_STREAMS:
        if stream.encode("utf-16-le") + bytes(2) in data:
            raise DocumentError(reason)
    raise DocumentError(_DAMAGED)
