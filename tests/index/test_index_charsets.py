import pytest

from index import DocumentError
from index.readers.charsets import decode_named


@pytest.mark.parametrize(
    ("name", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "“5 €”"),
        ("ISO-8859-15", "iso-8859-15", "5 €"),
        ("windows-1251", "cp1251", "Привет"),
        ("koi8-r", "koi8-r", "Привет"),
        ("gb2312", "gb18030", "镕你好"),
        ("Shift_JIS", "cp932", "①日本"),
        ("euc-jp", "euc-jp", "日本"),
        ("ks_c_5601-1987", "cp949", "한국어"),
        ("big5", "big5", "中文"),
        ("iso-2022-jp", "iso-2022-jp", "日本"),
        ("tis-620", "cp874", "ไทย"),
    ],
)
def test_a_named_encoding_is_the_one_that_is_meant(name, codec, text):
    assert decode_named(text.encode(codec), name) == text


@pytest.mark.parametrize("name", [None, "", "utf-8", "ascii", "iso-8859-1", "shift_jis", "x-what"])
def test_utf8_is_utf8_whatever_it_is_called(name):
    assert decode_named("Grüße, 日本".encode(), name) == "Grüße, 日本"


@pytest.mark.parametrize(
    "name", ["rot13", "zip", "bz2", "hex", "idna", "utf-7", "raw_unicode_escape"]
)
def test_no_other_codec_is_used(name):
    assert decode_named(b"a\\u0041+ADw-", name) == "a\\u0041+ADw-"


def test_line_ends_are_those_of_text():
    assert decode_named("ü\r\nb\rc".encode("cp1252"), "iso-8859-1") == "ü\nb\nc"


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(DocumentError, match="looks like a binary file"):
        decode_named(bytes(range(256)), "x-unknown")
