import pytest

from index.errors import DocumentError
from index.readers import parse
from index.readers.tables import read_csv, read_tsv


def read(text, encoding="utf-8"):
    return read_csv(text.encode(encoding)).text.split("\n\n")


def test_each_row_is_a_paragraph():
    content = read_csv(
        b"Country,Capital,Population\nFrance,Paris,68042591\nSpain,Madrid,48345223\n"
    )
    assert content.text == (
        "Country: France; Capital: Paris; Population: 68042591.\n\n"
        "Country: Spain; Capital: Madrid; Population: 48345223."
    )
    assert (content.title, content.media_type) == (None, "text/csv")
    assert (content.pages, content.sections) == ((), ())
    assert read_tsv(b"a\tb\nx\t1\n").media_type == "text/tab-separated-values"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_separator_is_found(separator):
    rows = [["Name", "Price"], ["Tea, green", "1,5"], ["Salt; sea", "2,5"], ['A "b" c', "3,5"]]
    quoted = "\n".join(
        separator.join('"' + c.replace('"', '""') + '"' for c in row) for row in rows
    )
    assert read(quoted) == [
        "Name: Tea, green; Price: 1,5.",
        "Name: Salt; sea; Price: 2,5.",
        'Name: A "b" c; Price: 3,5.',
    ]


def test_decimal_commas_are_no_separators():
    assert read("a;b;c\n1,5;2,5;3,5\n2,5;3,5;4,5\n") == [
        "a: 1,5; b: 2,5; c: 3,5.",
        "a: 2,5; b: 3,5; c: 4,5.",
    ]


def test_a_note_on_the_separator_is_obeyed():
    assert read("sep=#\nx,y#z\n1#2") == ["x,y: 1; z: 2."]


def test_line_breaks_within_quotation_marks_are_spaces():
    assert read('Name,Note\r\nAnn,"first\r\nsecond"\r\nBob,"say ""hi"""\r\n') == [
        "Name: Ann; Note: first second.",
        'Name: Bob; Note: say "hi".',
    ]


def test_rows_may_be_ragged():
    assert read("a,b\nx\ny,z,w\n") == ["a: x.", "a: y; b: z; w."]


def test_a_mark_that_is_never_closed_swallows_nothing():
    assert read('k,v\n"open,1\nx,2\n') == ['k: "open; v: 1.', "k: x; v: 2."]
    long = 'k,v\n"open,1\n' + "x,2\n" * 50_000
    assert read(long)[:2] == ['k: "open; v: 1.', "k: x; v: 2."]
    assert len(read(long)) == 50_001


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_is_read(encoding):
    words = (
        "der die das für über größer schöner Straße Brücke Mühle Bäcker können müssen und".split()
    )
    text = "Wort;Länge\n" + "".join(f"{word};{len(word)}\n" for word in words)
    assert read(text, encoding) == [f"Wort: {word}; Länge: {len(word)}." for word in words]


def test_very_wide_and_very_long_tables_are_read():
    wide = ",".join(f"c{i}" for i in range(5000)) + "\n" + ",".join("x" * 5000) + "\n"
    sentences = read(wide)
    assert sentences[0].startswith("c0: x; c1: x; ")
    assert all(s.startswith("c0: x; ") and len(s) < 620 for s in sentences)
    assert sum(s.count(": x") for s in sentences) == 5000 + len(sentences) - 1


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n,,\n", '""\n'])
def test_a_table_without_text_has_none(text):
    assert read(text) == [""]


def test_what_is_no_text_is_refused(tmp_path):
    with pytest.raises(DocumentError, match="looks like a binary file"):
        parse(b"PK\x03\x04\x00\x01", "a.csv", tmp_path / "a.csv")


def test_a_cell_beyond_all_measure_is_refused():
    with pytest.raises(
        DocumentError, match=r"a cell of more than 131,072 characters; save it as \.txt"
    ):
        read("a,b\n" + "x" * 200_000 + ",1\n")


def test_a_table_is_read_the_same_each_time():
    data = b"a|b;c,d\n1|2;3,4\n"
    assert read_csv(data) == read_csv(data)
