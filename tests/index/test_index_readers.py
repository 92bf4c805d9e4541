import random
from pathlib import Path

import pytest

from index import Document, DocumentError
from index.readers import digest, parse

GERMAN = (
    "Die Straße führt über die Brücke zum größten Gebäude der Stadt. Dort können Besucher täglich "
    "zwischen neun und fünf Uhr die Ausstellung sehen. „Schöne Grüße“, sagte er – und ging.\n"
)
FRENCH = (
    "L’été dernier, la société française a célébré ses vingt années d’activité. Les élèves étaient "
    "très heureux de découvrir le château où naquit la reine. Ça coûte 5 €.\n"
)
SPANISH = (
    "El niño comió una manzana en la mañana. ¿Dónde está la estación? Mañana iré a Málaga con mi "
    "compañero, según él.\n"
)
POLISH = (
    "Zażółć gęślą jaźń. Wczoraj wieczorem poszliśmy do kina, żeby obejrzeć nowy film o życiu królów "
    "polskich.\n"
)
RUSSIAN = (
    "Это русский текст, написанный для проверки определения кодировки. Москва является столицей "
    "России и крупнейшим городом страны.\n"
)
JAPANESE = (
    "これは日本語の文章です。文字コードの判定を確かめるために、少し長めに書いておきます。"
    "東京は日本の首都であり、世界でも有数の大都市です。\n"
)


def read(data: bytes, name: str = "note.txt") -> Document:
    return parse(data, name, Path("docs") / name)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
@pytest.mark.parametrize("text", ["Plain words.", GERMAN, "Der Name „Москва“ steht in Москва."])
def test_unicode_in_any_form(encoding, text):
    assert read(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(encoding):
    assert read(("\ufeff" + JAPANESE).encode(encoding)).text == JAPANESE


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", GERMAN),
        ("cp1252", FRENCH),
        ("cp1252", SPANISH),
        ("latin-1", FRENCH.replace("’", "'").replace("€", "euros")),
        ("cp1250", POLISH),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("shift-jis", JAPANESE),
        ("euc-jp", JAPANESE),
    ],
    ids=lambda value: value if value.isascii() else value[:10],
)
def test_a_legacy_encoding_is_recognised(encoding, text):
    assert read(text.encode(encoding)).text == text


@pytest.mark.parametrize("first", ["", "a"])
def test_a_long_legacy_file_is_recognised_wherever_the_sample_cuts_it(first):
    """In Shift-JIS one of the two offsets has a character astride the end of any sample."""
    text = first + JAPANESE.replace("\n", "") * 600
    assert read(text.encode("shift-jis")).text == text


def test_line_ends_are_those_that_open_gives(tmp_path):
    path = tmp_path / "note.txt"
    path.write_bytes(b"one\r\ntwo\rthree\n\r\n\rfour\n")
    with path.open(encoding="utf-8") as stream:
        assert read(path.read_bytes()).text == stream.read()


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00",
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj stream\n" + random.Random(1).randbytes(500),
        b"PK\x03\x04" + random.Random(2).randbytes(500),
        b"some text and a\x00null in it",
        bytes(100),
        b"\x01\x02\x03 mostly marks \x04\x05\x06",
        *(random.Random(seed).randbytes(2000) for seed in range(10)),
    ],
)
def test_a_binary_file_called_txt_is_refused(data):
    with pytest.raises(DocumentError, match="looks like a binary file"):
        read(data)


@pytest.mark.parametrize("data", [b"\xff\xfea", b"\xef\xbb\xbfa\xff", b"\xff\xfe\x00\x00a"])
def test_a_mark_that_lies_is_named(data):
    with pytest.raises(DocumentError, match=r"begins as utf-.* but breaks at byte") as caught:
        read(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n ", "\u00a0\u2003\n".encode(), b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["note.txt", "note.md"])
def test_a_file_without_text_is_refused(data, name):
    with pytest.raises(DocumentError, match="holds no text"):
        read(data, name)


def test_a_control_character_here_and_there_is_no_binary_file():
    text = "A page.\x0cAnother, with a \x1b[1mcolour\x1b[0m. " + "words " * 400 + "\x07"
    assert read(text.encode()).text == text
    quotes = "I think that \x13mature\x14 is the word for it, " + "words " * 100
    assert read(quotes.encode()).text == quotes


def test_a_document_knows_its_file():
    document = read("Zoë\n".encode(), "deep/note.txt")
    assert document == Document(
        "deep/note.txt",
        Path("docs/deep/note.txt"),
        "note",
        "Zoë\n",
        (),
        "text/plain",
        digest("Zoë\n".encode()),
    )


def test_the_digest_is_sha256():
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A headline\n\nAnd text.", "A headline"),
        ("\n  A headline \n \nAnd text.", "A headline"),
        ("Is it a headline?\n\nYes.", "Is it a headline?"),
        ("A sentence.\n\nAnd text.", "note"),
        ("A line\nand the next\n\nAnd text.", "note"),
        ("Dear Sir,\n\nThank you.", "note"),
        ("w" * 121 + "\n\nAnd text.", "note"),
        ("w" * 120 + "\n\nAnd text.", "w" * 120),
        ("All there is", "note"),
    ],
)
def test_a_headline_is_the_title_of_plain_text(text, title):
    assert read(text.encode()).title == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The title\n\nText.", "The title"),
        ("Text first.\n\n## The title ##  \n", "The title"),
        ("---\ntitle: no\n---\n# The title\n", "The title"),
        ("<!-- # no -->\n# The title\n", "The title"),
        ("#hashtag\n", "note"),
        ("####### seven\n", "note"),
        ("#   \n\nText.", "note"),
        ("# C#\n\nText.", "C#"),
    ],
)
def test_the_first_heading_is_the_title_of_markdown(text, title):
    document = read(text.encode(), "note.md")
    assert document.title == title
    assert document.media_type == "text/markdown"


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("---\ntitle: A\ndate: 2020\n---\n", "Text.\n"),
        ("---  \ntitle: A\n...\n", "Text.\n"),
        ("<!-- note\n\tto self -->", " Text."),
        ("<!---->", "Text."),
        ("---\nkey: ü\n---\n", "# Text"),
    ],
)
def test_what_a_page_does_not_show_is_blanked_in_its_place(hidden, shown):
    text = read((hidden + shown).encode(), "note.md").text
    assert text == "".join(c if c.isspace() else " " for c in hidden) + shown


def test_several_comments_are_blanked_each_by_itself():
    text = read(b"a <!-- b --> c <!-- d --> e", "note.md").text
    assert text == "a            c            e"


def test_a_comment_block_that_is_never_closed_reaches_to_the_end():
    text = read(b"Shown.\n\n<!-- hidden\n\nhidden too", "note.md").text
    assert text.rstrip() == "Shown."
    assert len(text) == len("Shown.\n\n<!-- hidden\n\nhidden too")


@pytest.mark.parametrize(
    "text",
    [
        "A rule in the text:\n\n---\nno: front matter\n---\n",
        "Arrows: a <-- b --> c, and a < b.\n",
        "Write `<!--` where a comment begins. It ends at the next mark.\n",
        "```html\n<!-- an example -->\n```\n",
        "An arrow a <!-- b that nothing closes. It is shown as it is.\n",
    ],
)
def test_what_only_looks_hidden_is_kept(text):
    """By CommonMark, code is shown as it is, and an open comment within a line is no comment."""
    assert read(text.encode(), "note.md").text == text


def test_plain_text_has_no_comments():
    assert read(b"a <!-- b --> c").text == "a <!-- b --> c"


@pytest.mark.parametrize(
    "suffix", "docx docm pptx pptm xlsx xlsm odt ods odp rtf csv tsv".split(), ids=lambda s: s
)
def test_office_files_have_readers_that_say_what_is_wrong(suffix):
    with pytest.raises(DocumentError) as caught:
        read(b"\x00\x01\x02", f"a.{suffix}")
    assert "probably damaged" not in str(caught.value)
