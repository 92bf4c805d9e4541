import pytest
from office_files import opendocument, word, zipped

from index.errors import DocumentError
from index.readers import parse
from index.readers.odf.package import points
from index.readers.odf.text import read_odf_text
from index.types import Section

SECTION = (
    "<text:section text:display='condition' text:is-hidden='{}'><text:p>{}</text:p></text:section>"
)


def text(body, **parts):
    return read_odf_text(opendocument("text", body, **parts)).text


def style(name, family, properties="", more=""):
    return (
        f'<style:style style:name="{name}" style:family="{family}" {more}>'
        f"<style:text-properties {properties}/></style:style>"
    )


def table(*rows, header=False):
    lines = [
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in rows
    ]
    if header:
        lines[0] = f"<table:table-header-rows>{lines[0]}</table:table-header-rows>"
    return f"<table:table>{''.join(lines)}</table:table>"


def test_headings_make_sections_and_lists_paragraphs():
    body = (
        "<text:p text:style-name='P1'>The Handbook</text:p><text:p>Tea is\na drink.</text:p>"
        "<text:h text:outline-level='1'><text:number>1.</text:number>Making</text:h>"
        "<text:list><text:list-item><text:p>Boil.</text:p><text:list><text:list-item><text:p>Pour.</text:p>"
        "</text:list-item></text:list></text:list-item></text:list>"
    )
    titled = style("P1", "paragraph", more='style:parent-style-name="Title"')
    shared = f"<office:styles>{style('Title', 'paragraph')}</office:styles>"
    content = read_odf_text(opendocument("text", body, styles=titled, shared=shared))
    assert content.text == "The Handbook\n\nTea is a drink.\n\nMaking\n\nBoil.\n\nPour."
    assert content.sections == (Section("The Handbook", 0, 31), Section("Making", 31, 51))
    assert content.title == "The Handbook"
    assert content.media_type == "application/vnd.oasis.opendocument.text"


def test_the_title_is_that_of_the_properties():
    data = opendocument("text", "<text:h>Heading</text:h>", title="The Title")
    assert read_odf_text(data).title == "The Title"


def test_spaces_tabs_and_breaks_are_characters():
    body = "<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d <text:a>link</text:a> e</text:p>"
    assert text(body) == "a b c\nd link e"


@pytest.mark.parametrize(
    "properties",
    [
        'text:display="none"',
        'fo:color="#ffffff"',
        'fo:color="#FFFFFF" fo:background-color="transparent"',
        'fo:font-size="1pt"',
        'fo:font-size="0.3mm"',
    ],
)
def test_what_is_not_seen_is_not_read(properties):
    styles = style("T1", "text", properties) + style("P1", "paragraph", properties)
    body = (
        "<text:p>Seen<text:span text:style-name='T1'> UNSEEN</text:span>.</text:p>"
        "<text:p text:style-name='P1'>UNSEEN</text:p>"
    )
    assert text(body, styles=styles) == "Seen."


@pytest.mark.parametrize(
    "properties",
    [
        'fo:color="#ffffff" fo:background-color="#000080"',
        'fo:font-size="8pt"',
        'text:display="true"',
    ],
)
def test_what_is_seen_after_all_is_read(properties):
    body = "<text:p text:style-name='P1'>Seen.</text:p>"
    assert text(body, styles=style("P1", "paragraph", properties)) == "Seen."


def test_black_words_in_a_white_paragraph_are_read():
    styles = style("P1", "paragraph", 'fo:color="#ffffff"') + style(
        "T1", "text", 'fo:color="#000000"'
    )
    body = "<text:p text:style-name='P1'>UNSEEN <text:span text:style-name='T1'>Seen.</text:span></text:p>"
    assert text(body, styles=styles) == "Seen."


@pytest.mark.parametrize(
    "unseen",
    [
        "<text:tracked-changes><text:p>DELETED</text:p></text:tracked-changes>",
        "<text:section text:display='none'><text:p>HIDDEN</text:p></text:section>",
        SECTION.format("true", "HIDDEN"),
        "<text:p>HIDDEN<text:hidden-paragraph text:is-hidden='true'/></text:p>",
        "<text:p><text:hidden-text text:is-hidden='true'>HIDDEN</text:hidden-text></text:p>",
        "<text:p><office:annotation><text:p>COMMENT</text:p></office:annotation></text:p>",
        "<text:table-of-content><text:p>Making 3</text:p></text:table-of-content>",
        "<text:p><draw:frame><svg:title>ALT</svg:title><svg:desc>ALT</svg:desc></draw:frame></text:p>",
        "<text:p><text:ruby><text:ruby-text>READING</text:ruby-text></text:ruby></text:p>",
    ],
)
def test_what_a_person_would_not_read_is_left_out(unseen):
    assert text(f"{unseen}<text:p>Seen.</text:p>") == "Seen."


def test_sections_that_are_shown_are_read():
    assert text(SECTION.format("false", "Seen.")) == "Seen."


def test_notes_and_boxes_follow_their_paragraph():
    body = (
        "<text:p>Text<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>The note."
        "</text:p></text:note-body></text:note> goes on<draw:frame><draw:text-box><text:p>The box.</text:p>"
        "</draw:text-box></draw:frame>.</text:p>"
    )
    assert text(body) == "Text goes on.\n\nThe note.\n\nThe box."


def test_tables_are_sentences():
    rows = ["Country", "Capital"], ["France", "Paris"]
    assert text(table(*rows, header=True)) == "Country: France; Capital: Paris."
    assert text(table(["Name", "Ann"], ["City", "Rome"])) == "Name: Ann.\n\nCity: Rome."
    assert text(table(["One", "row"])) == "One\n\nrow"


def test_merged_and_hidden_cells_are_left_out():
    body = (
        "<table:table><table:table-row><table:table-cell><text:p>Who</text:p></table:table-cell>"
        "<table:table-cell><text:p>Size</text:p></table:table-cell><table:table-cell><text:p>Age</text:p>"
        "</table:table-cell></table:table-row><table:table-row table:visibility='collapse'>"
        "<table:table-cell><text:p>HIDDEN</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell>"
        "<text:p>Ann</text:p></table:table-cell><table:covered-table-cell><text:p>STALE</text:p>"
        "</table:covered-table-cell><table:table-cell><text:p>5</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    assert text(body) == "Who: Ann; Age: 5."


def test_a_table_of_text_is_read_as_text():
    nested = table(["Who", "Age"], ["Ann", "5"])
    assert (
        text(table([f"</text:p>{nested}<text:p>", "b"], ["c", "d"]))
        == "Who: Ann; Age: 5.\n\nb\n\nc\n\nd"
    )
    headed = table(["</text:p><text:h>Head</text:h><text:p>text", "b"], ["c", "d"])
    content = read_odf_text(opendocument("text", headed))
    assert content.text == "Head\n\ntext\n\nb\n\nc\n\nd"
    assert content.sections == (Section("Head", 0, 19),)


def test_a_style_that_is_its_own_parent_ends():
    loop = style("A", "paragraph", more='style:parent-style-name="B"') + style(
        "B", "paragraph", more='style:parent-style-name="A"'
    )
    assert text("<text:p text:style-name='A'>Text.</text:p>", styles=loop) == "Text."


@pytest.mark.parametrize(
    ("length", "size"),
    [("1in", 72), ("2.54cm", 72), ("25.4mm", 72), ("3pt", 3), ("-1pc", -12), ("x", 0), (None, 0)],
)
def test_lengths_are_told_in_points(length, size):
    assert points(length) == pytest.approx(size)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "it is damaged or not of the kind that its name says; save it anew or rename it"),
        (word(""), "it is no OpenDocument text, or a damaged one: its content is missing"),
        (
            opendocument("spreadsheet", ""),
            "it is no OpenDocument text, whatever its name says; rename it",
        ),
        (
            opendocument("text", "<text:p>"),
            "it is damaged: the XML in it breaks off or is wrong; save it anew",
        ),
        (
            opendocument("text", "", manifest="<file-entry><encryption-data/></file-entry>"),
            "it is password-protected; save it without a password",
        ),
        (
            zipped({"content.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "it holds a document type definition, as no document of its kind does; save it anew",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, expected):
    with pytest.raises(DocumentError) as caught:
        read_odf_text(data)
    assert str(caught.value) == expected


def test_lists_nested_without_end_are_refused(tmp_path):
    deep = "<text:list><text:list-item>" * 100 + "</text:list-item></text:list>" * 100
    with pytest.raises(DocumentError, match="it is nested too deeply"):
        text(deep)
    with pytest.raises(DocumentError, match="it holds no text"):
        parse(opendocument("text", "<text:p/>"), "a.odt", tmp_path / "a.odt")
