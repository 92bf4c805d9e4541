import io
import struct
import zipfile

import pytest
from office_files import OLE, zipped

from index.errors import DocumentError
from index.readers import archives
from index.readers.archives import open_archive, read_member

DAMAGED = "it is damaged or not of the kind that its name says; save it anew or rename it"


def reason(data):
    with pytest.raises(DocumentError) as caught:
        open_archive(data)
    return str(caught.value)


def test_a_member_is_read_by_its_name():
    archive = open_archive(zipped({"a/b.xml": "<x/>"}))
    assert read_member(archive, "a/b.xml") == b"<x/>"
    assert read_member(archive, "b.xml") is None


# Named, for a zip holds the time: those who run the tests together must call them the same.
@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"no archive", b"%PDF-1.7", zipped({"a": "b" * 99})[:-9]],
    ids=["nothing", "beginning", "text", "pdf", "cut"],
)
def test_what_is_no_archive_is_refused(data):
    assert reason(data) == DAMAGED


def test_a_damaged_member_is_refused():
    data = bytearray(zipped({"a": bytes(range(256)) * 9}))
    data[60] ^= 0xFF
    archive = open_archive(bytes(data))
    with pytest.raises(DocumentError, match="it is damaged"):
        read_member(archive, "a")


def test_a_member_packed_in_an_unknown_way_is_refused():
    data = bytearray(zipped({"a": "b" * 99}))
    method = data.index(b"PK\x01\x02") + 10
    data[8:10] = data[method : method + 2] = struct.pack("<H", 77)
    archive = open_archive(bytes(data))
    with pytest.raises(DocumentError, match="it is damaged"):
        read_member(archive, "a")


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = zipped({str(i): bytes(20_000_000) for i in range(2)})
    assert len(bomb) < 50_000
    assert reason(bomb) == (
        "it unpacks to more than any document of its size would; move it out of the folder"
    )


def test_what_is_small_may_be_packed_tightly():
    data = zipped({"a": bytes(10_000_000)})
    assert len(data) * archives.MAX_RATIO < 10_000_000
    assert read_member(open_archive(data), "a") == bytes(10_000_000)


def test_an_archive_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1000)
    assert read_member(open_archive(zipped({"a": "b" * 1000})), "a") == b"b" * 1000
    assert reason(zipped({"a": "b" * 600, "c": "d" * 401})) == (
        "it unpacks to 1,001 bytes and the limit is 1,000; split it into smaller documents"
    )


def test_no_more_is_unpacked_than_was_declared():
    """Otherwise what is declared would bound nothing."""
    data = bytearray(zipped({"a": bytes(100_000)}))
    central = data.index(b"PK\x01\x02")
    data[22:26] = data[central + 24 : central + 28] = struct.pack("<I", 10)
    archive = open_archive(bytes(data))
    with pytest.raises(DocumentError, match="it is damaged"):
        read_member(archive, "a")


def test_an_archive_of_too_many_files_is_refused(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    assert len(open_archive(zipped({"a": "", "b": ""})).namelist()) == 2
    assert reason(zipped({"a": "", "b": "", "c": ""})) == (
        "it is an archive of 3 files and the limit is 2; split it into smaller documents"
    )


def test_an_encrypted_archive_is_refused():
    stream = io.BytesIO(zipped({"a": "b"}))
    data = bytearray(stream.getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert zipfile.ZipFile(io.BytesIO(bytes(data))).infolist()[0].flag_bits & 1
    assert reason(bytes(data)) == "it is password-protected; save it without a password"


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        (
            ["EncryptionInfo", "EncryptedPackage"],
            "it is password-protected; save it without a password",
        ),
        (["WordDocument", "1Table"], "it is an old Word file; save it as .docx"),
        (["PowerPoint Document"], "it is an old PowerPoint file; save it as .pptx"),
        (["Workbook"], "it is an old Excel file; save it as .xlsx"),
        (["Book"], "it is an old Excel file; save it as .xlsx"),
        (["__substg1.0_001A001E"], DAMAGED),
    ],
)
def test_a_file_of_the_old_formats_is_named(streams, expected):
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    assert reason(OLE + directory) == expected
