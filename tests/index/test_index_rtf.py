import pytest
from office_files import OLE

from index.errors import DocumentError
from index.readers import parse
from index.readers.rtf.reader import read_rtf
from index.types import Section


def read(body, head=r"\ansi\ansicpg1252"):
    return read_rtf(b"{\\rtf1" + head.encode() + b" " + body.encode("latin-1") + b"}")


def text(body, head=r"\ansi\ansicpg1252"):
    return read(body, head).text


def test_paragraphs_end_where_they_say():
    assert text("One\r\n line.\\par Two\\line lines.\\par\\par\\pard Three\\\nFour") == (
        "One line.\n\nTwo\nlines.\n\nThree\n\nFour"
    )


def test_headings_make_sections_by_style_and_by_level():
    content = read(
        r"{\stylesheet{\s0 Normal;}{\s1 \b heading 1;}{\*\cs3 Strong;}{\s4 Title;}}{\info{\author Ann}}"
        r"\pard\s4 The Handbook\par\pard\s0 Text.\par{\pard\s1 Making\par}\pard More.\par"
        r"\pard\outlinelevel2 Deep\par\pard\plain End."
    )
    assert content.text == "The Handbook\n\nText.\n\nMaking\n\nMore.\n\nDeep\n\nEnd."
    assert content.sections == (
        Section("The Handbook", 0, 21),
        Section("Making", 21, 36),
        Section("Deep", 36, 46),
    )
    assert content.title == "The Handbook"
    assert content.media_type == "application/rtf"


def test_the_title_is_that_of_the_properties():
    assert read(r"{\info{\title The \'84Title\'93}{\author Ann}}Text.").title == "The „Title“"
    assert read(r"{\info{\title 2.\~Tea \u1063?ai}{\author Ann}}Text.").title == "2. Tea Чai"


@pytest.mark.parametrize(
    ("body", "head", "expected"),
    [
        (r"Caf\'e9 \'80", r"\ansi\ansicpg1252", "Café €"),
        ("Caf\xe9", r"\ansi", "Café"),
        (r"\'8a", r"\mac", "ä"),
        (r"\'84", r"\pc", "ä"),
        (r"\'cc\'ee\'f1\'ea\'e2\'e0", r"\ansi\ansicpg1251", "Москва"),
        (r"\'93\'8c\'8b\'9e", r"\ansi\ansicpg932", "東京"),
        (
            r"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\'e9{\f1\'e9}\'e9",
            r"\ansi\deff0",
            "éйé",
        ),
        (r"{\fonttbl{\f0\fcharset128 A;}}\'83A\'83\'7b", r"\ansi\deff0", "アボ"),
        (r"x\u8364?y\u-10179?\u-8704?z", r"\ansi", "x€y😀z"),
        (r"{\uc2\u8364 ??y}{\uc0\u8364 y}\uc1\u8364\'80y", r"\ansi", "€y€y€y"),
        (r"\u8364 {y}", r"\ansi", "€y"),
        (
            r"\ldblquote a\rdblquote\emdash b\~c\_d\-e\{\}\\\tab f\bullet",
            r"\ansi",
            "“a”—b c-de{}\\ f•",
        ),
        (r"\'e9", r"\ansi\ansicpg99999", "é"),
    ],
)
def test_characters_of_any_code_page_are_read(body, head, expected):
    assert text(body, head) == expected


@pytest.mark.parametrize(
    "unseen",
    [
        r"{\v UNSEEN}",
        r"\v UNSEEN\v0 ",
        r"\v UNSEEN\plain ",
        r"{\deleted UNSEEN}",
        r"{\fs2 UNSEEN}",
        r"{\cf1 UNSEEN}",
        r"{\*\unknown UNSEEN {more}}",
        r"{\header UNSEEN\par}",
        r"{\footerf UNSEEN}",
        r"{\pict\pngblip 89504e47}",
        r"{\*\shppict{\pict{\*\picprop UNSEEN}89}}{\nonshppict{\pict 00}}",
        r"{\object\objemb{\*\objclass UNSEEN}{\*\objdata 0105}}",
        r"{\*\annotation UNSEEN}{\atnid UNSEEN}",
        r"{\field{\*\fldinst HYPERLINK UNSEEN}}",
        r"{\field{\fldinst HYPERLINK UNSEEN}}",
        r"{\listtext\'b7\tab}",
        r"{\shp{\*\shpinst{\sp{\sn UNSEEN}{\sv UNSEEN}}}{\shprslt UNSEEN}}",
        r"{\xe UNSEEN}",
        r"{\*\bkmkstart UNSEEN}",
    ],
)
def test_what_is_not_seen_is_not_read(unseen):
    tables = r"{\fonttbl{\f0 UNSEEN;}}{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"
    assert text(tables + "Se" + unseen + "en.") == "Seen."


@pytest.mark.parametrize(
    "seen",
    [
        r"{\cf1\highlight2 Seen.}",
        r"{\cf2 Seen.}",
        r"{\v\v0 Seen.}",
        r"{\v{\plain Seen.}}",
        r"{\fs16 Seen.}",
    ],
)
def test_what_is_seen_after_all_is_read(seen):
    tables = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"
    assert text(tables + seen) == "Seen."


def test_binary_data_is_jumped_over_whatever_is_in_it():
    assert text("a{\\pict\\bin5 }{\\\\}x}b") == "ab"


def test_of_two_forms_of_a_text_the_second_is_read():
    assert (
        text(r"{\upr{plain}{\*\ud{b\u233\'65tter}}} and {\field{\fldrslt link}}")
        == "bétter and link"
    )


def test_a_table_of_contents_is_left_out():
    assert text(r"{\stylesheet{\s5 toc 1;}}\pard\s5 Making\tab 3\par\pard Text.") == "Text."


def test_notes_and_boxes_follow_their_paragraph():
    body = (
        r"Text{\super\chftn}{\footnote\pard The note.\par More of it.} goes on"
        r"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt The box.\par}}}.\par Next."
    )
    assert text(body) == "Text goes on.\n\nThe note.\n\nMore of it.\n\nThe box.\n\nNext."


def test_a_merged_cell_of_a_table_keeps_the_others_in_their_columns():
    body = (
        r"\trowd\trleft-5\cellx1000\cellx2000\cellx3000\intbl Who\cell Size\cell Age\cell\row"
        r"\trowd\trleft-9\cellx2010\cellx3000\intbl Ann\cell 5\cell\row\pard"
    )
    assert text(body) == "Who: Ann; Age: 5."


def test_tables_are_sentences():
    def row(*cells, mark=""):
        return (
            rf"\trowd{mark}\cellx1 " + "".join(rf"\pard\intbl {c}\cell" for c in cells) + r"\row "
        )

    body = row("Who", "Age") + row("Ann", r"5{\footnote Or so.}") + r"\pard After."
    assert text(body) == "Who: Ann; Age: 5.\n\nOr so.\n\nAfter."
    marked = row("Term", "Sense", mark=r"\trhdr") + row("CPU", "processor") + r"\pard"
    assert text(marked) == "Term: CPU; Sense: processor."
    assert text(row("One", "row")) == "One\n\nrow"
    assert (
        text(row(r"a\par b\par c\par d", "e") + row("f", "g")) == "a\n\nb\n\nc\n\nd\n\ne\n\nf\n\ng"
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Plain words.", "it is no RTF file, whatever its name says; rename it"),
        (b"PK\x03\x04", "it is no RTF file, whatever its name says; rename it"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "it is an old Word file; save it as .docx"),
        (
            b"{\\rtf1" + b"{" * 100_000,
            "it is nested too deeply to be a document for people; save it anew or convert it",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, expected):
    with pytest.raises(DocumentError) as caught:
        read_rtf(data)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    "body",
    [
        r"Text.} BEHIND {x",
        r"Text.{\footnote",
        r"Text.\u",
        r"Text.\'",
        r"Text.\bin99999999999 x",
        r"Text.\cf99999",
    ],
)
def test_a_broken_file_is_read_as_far_as_it_goes(body):
    assert text(body) == "Text."


def test_a_file_without_text_is_left_to_the_caller(tmp_path):
    assert text("") == ""
    with pytest.raises(DocumentError, match="it holds no text"):
        parse(rb"{\rtf1{\v hidden}}", "a.rtf", tmp_path / "a.rtf")
