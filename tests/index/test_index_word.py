import io

import docx
import pytest
from office_files import OLE, W, package, paragraph, presentation, word, word_table, zipped

from index.errors import DocumentError
from index.readers import parse
from index.readers.office.word import read_word
from index.types import Section

HEADING = (
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
)


def text(body, **parts):
    return read_word(word(body, **parts)).text


def run(words, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


def reason(data):
    with pytest.raises(DocumentError) as caught:
        read_word(data)
    return str(caught.value)


def test_a_document_as_a_word_processor_writes_it():
    document = docx.Document()
    document.core_properties.title = "The Handbook"
    document.add_heading("The Handbook of Tea", 0)
    document.add_paragraph("Tea is a drink.")
    document.add_heading("Making", 1)
    for step in ("Boil water.", "Pour it."):
        document.add_paragraph(step, style="List Number")
    cells = document.add_table(3, 3)
    for row, words in enumerate(["Kind Origin Minutes", "Green China 2", "Black India 4"]):
        for column, word_ in enumerate(words.split()):
            cells.cell(row, column).text = word_
    hidden = document.add_paragraph("Seen.").add_run(" Unseen.")
    hidden.font.hidden = True
    document.sections[0].header.paragraphs[0].text = "A header"
    document.add_comment(document.paragraphs[1].runs[0], "A comment", "Ann")
    stream = io.BytesIO()
    document.save(stream)
    content = read_word(stream.getvalue())
    assert content.text == (
        "The Handbook of Tea\n\nTea is a drink.\n\nMaking\n\nBoil water.\n\nPour it.\n\n"
        "Kind: Green; Origin: China; Minutes: 2.\n\nKind: Black; Origin: India; Minutes: 4.\n\nSeen."
    )
    assert content.title == "The Handbook"
    assert [s.title for s in content.sections] == ["The Handbook of Tea", "Making"]
    assert content.text[content.sections[1].start :].startswith("Making\n\nBoil")
    assert read_word(stream.getvalue()) == content


def test_headings_make_sections_by_style_and_by_level():
    based = (
        '<w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift1"/></w:style>'
    )
    level = "<w:p><w:pPr><w:outlineLvl w:val='{}'/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    body = (
        paragraph("One", "berschrift1")
        + paragraph("Two", "Mine")
        + level.format(2, "Three")
        + level.format(9, "Body.")
    )
    content = read_word(word(body, styles=HEADING + based))
    assert content.text == "One\n\nTwo\n\nThree\n\nBody."
    assert content.sections == (
        Section("One", 0, 5),
        Section("Two", 5, 10),
        Section("Three", 10, 22),
    )
    assert content.title == "One"


def test_tabs_breaks_and_hyphens_are_characters():
    body = (
        "<w:p><w:r><w:t xml:space='preserve'>a </w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t>"
        "<w:noBreakHyphen/><w:t>d\ne</w:t><w:softHyphen/><w:cr/></w:r></w:p>"
    )
    assert text(body) == "a b\nc-d e"


def test_characters_of_symbol_fonts_are_what_they_look_like():
    symbols = (
        '<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>',
        '<w:r><w:sym w:char="61"/></w:r>',
    )
    other = '<w:r><w:sym w:font="Arial" w:char="2022"/><w:sym w:char="x"/><w:sym/></w:r>'
    body = f"<w:p>{run('visual')}{symbols[0]}{run('protein ')}{symbols[1]}{other}</w:p>"
    assert text(body) == "visual→protein α•"


def test_what_is_wrapped_is_read_and_what_was_deleted_is_not():
    body = (
        f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:p><w:ins>{run('In')}</w:ins>"
        f"<w:hyperlink>{run(' link')}</w:hyperlink><w:del><w:r><w:delText>DEL</w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('FROM')}</w:moveFrom><w:moveTo>{run(' to')}</w:moveTo>"
        f"<w:smartTag>{run(' tag')}</w:smartTag></w:p></w:sdtContent></w:sdt>"
    )
    assert text(body) == "In link to tag"


def test_of_a_field_the_result_is_read():
    body = (
        "<w:p><w:r><w:fldChar w:fldCharType='begin'/><w:instrText>IF </w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='begin'/><w:fldChar w:fldCharType='separate'/></w:r>"
        + run("INNER")
        + "<w:r><w:fldChar w:fldCharType='end'/><w:fldChar w:fldCharType='separate'/></w:r>"
        + run("outer")
        + "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
        + run(" after")
        + "</w:p>"
    )
    assert text(body) == "outer after"


@pytest.mark.parametrize(
    "properties",
    [
        "<w:vanish/>",
        "<w:vanish w:val='true'/>",
        "<w:sz w:val='2'/>",
        "<w:color w:val='FFFFFF'/>",
        "<w:color w:val='FFFFFF'/><w:shd w:val='clear' w:fill='FFFFFF'/>",
        "<w:rStyle w:val='Ghost'/>",
    ],
)
def test_what_is_not_seen_is_not_read(properties):
    ghost = "<w:style w:styleId='Ghost'><w:name w:val='Ghost'/><w:rPr><w:vanish/></w:rPr></w:style>"
    body = f"<w:p>{run('Seen.')}{run(' UNSEEN', properties)}</w:p>{paragraph('UNSEEN', run=properties)}"
    assert text(body, styles=ghost) == "Seen."
    assert text(paragraph("UNSEEN", "Ghost") + paragraph("Seen."), styles=ghost) == "Seen."


@pytest.mark.parametrize(
    "properties",
    [
        "<w:vanish w:val='0'/>",
        "<w:color w:val='FFFFFF'/><w:highlight w:val='blue'/>",
        "<w:color w:val='FFFFFF'/><w:shd w:val='clear' w:fill='000080'/>",
        "<w:color w:val='FEFEFE'/>",
        "<w:sz w:val='8'/>",
    ],
)
def test_what_is_seen_after_all_is_read(properties):
    assert text(paragraph("Seen.", run=properties)) == "Seen."


def test_white_words_are_seen_in_a_table_or_a_box_which_may_be_dark():
    white = "<w:color w:val='FFFFFF'/>"
    cell = f"<w:tc>{paragraph('Seen', run=white)}</w:tc>"
    assert text(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>") == "Seen"


def test_a_table_of_contents_is_left_out():
    toc = "<w:style w:styleId='V1'><w:name w:val='toc 1'/></w:style>"
    assert text(paragraph("Making 3", "V1") + paragraph("Text."), styles=toc) == "Text."


def test_notes_follow_their_paragraph_once():
    notes = f"<w:footnote w:id='2'>{paragraph('The note.')}</w:footnote>"
    reference = "<w:r><w:footnoteReference w:id='2'/></w:r>"
    body = f"<w:p>{run('Text')}{reference}{reference}</w:p>" + paragraph("More.")
    assert text(body, notes=notes) == "Text\n\nThe note.\n\nMore."


def test_a_note_that_refers_to_itself_ends():
    reference = "<w:r><w:footnoteReference w:id='2'/></w:r>"
    note = f"<w:footnote w:id='2'><w:p>{run('Note')}{reference}</w:p></w:footnote>"
    assert text(f"<w:p>{reference}</w:p>", notes=note) == "Note"


def test_a_text_box_is_read_once_after_its_paragraph():
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    body = (
        f"<w:p>{run('Before')}<w:r><mc:AlternateContent xmlns:mc='urn:mc'><mc:Choice><w:drawing>{box}"
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
        f"</w:r>{run(' after.')}</w:p>"
    )
    assert text(body) == "Before after.\n\nIn the box."


def test_tables_are_sentences():
    rows = ["Country", "Capital"], ["France", "Paris"], ["Spain", "Madrid"]
    assert text(word_table(*rows, header=True)) == (
        "Country: France; Capital: Paris.\n\nCountry: Spain; Capital: Madrid."
    )
    assert text(word_table(["Name", "Ann"], ["City", "Rome"])) == "Name: Ann.\n\nCity: Rome."


def test_a_bold_first_row_is_a_header():
    def row(*cells, look=""):
        return f"<w:tr>{''.join(f'<w:tc>{paragraph(c, run=look)}</w:tc>' for c in cells)}</w:tr>"

    body = f"<w:tbl>{row('Term', 'Sense', look='<w:b/>')}{row('CPU', 'processor')}</w:tbl>"
    assert text(body) == "Term: CPU; Sense: processor."


def test_merged_cells_count_once_and_keep_columns_apart():
    body = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>"
        f"{paragraph('Who')}</w:tc><w:tc>{paragraph('Size')}</w:tc><w:tc>{paragraph('Age')}</w:tc></w:tr>"
        "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>STALE</w:t></w:r></w:p></w:tc>"
        f"<w:tc>{paragraph('5')}</w:tc><w:tc>{paragraph('7')}</w:tc></w:tr>"
        f"<w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{paragraph('Ann')}</w:tc>"
        f"<w:tc>{paragraph('9')}</w:tc></w:tr></w:tbl>"
    )
    assert text(body) == "Size: 5; Age: 7.\n\nWho: Ann; Age: 9."


def test_hidden_and_deleted_rows_are_left_out():
    def row(mark, *cells):
        inner = "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells)
        return f"<w:tr><w:trPr>{mark}</w:trPr>{inner}</w:tr>"

    body = (
        "<w:tbl>"
        + row("", "Name", "Age")
        + row("<w:hidden/>", "HIDDEN", "1")
        + row("<w:del/>", "DELETED", "2")
        + row("", "Ann", "3")
        + "</w:tbl>"
    )
    assert text(body) == "Name: Ann; Age: 3."


def test_a_table_that_only_lays_out_the_page_is_read_as_text():
    inner = word_table(["Who", "Age"], ["Ann", "5"])
    body = (
        f"<w:tbl><w:tr><w:tc>{paragraph('Left', 'berschrift1')}{paragraph('words.')}</w:tc>"
        f"<w:tc>{inner}</w:tc></w:tr><w:tr><w:tc>{paragraph('Below.')}</w:tc></w:tr></w:tbl>"
    )
    content = read_word(word(body, styles=HEADING))
    assert content.text == "Left\n\nwords.\n\nWho: Ann; Age: 5.\n\nBelow."
    assert content.sections == (Section("Left", 0, len(content.text)),)


def test_tables_nested_as_deep_as_can_be_are_read_in_time():
    body = paragraph("Deep.")
    for _ in range(45):
        body = (
            f"<w:tbl><w:tr><w:tc>{body}</w:tc><w:tc>{paragraph('x')}</w:tc></w:tr><w:tr/></w:tbl>"
        )
    assert text(body).startswith("Deep.\n\nx")


def test_the_strict_edition_is_read():
    body = f"<w:document {W}><w:body>{paragraph('Text.')}</w:body></w:document>"
    strict = body.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert read_word(package("word/document.xml", {"word/document.xml": strict})).text == "Text."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            b"no archive",
            "it is damaged or not of the kind that its name says; save it anew or rename it",
        ),
        (OLE + "WordDocument\0".encode("utf-16-le"), "it is an old Word file; save it as .docx"),
        (zipped({"a": "b"}), "it is no Word document, or a damaged one: its main part is missing"),
        (
            package("word/gone.xml", {}),
            "it is no Word document, or a damaged one: its main part is missing",
        ),
        (presentation(), "it is no Word document, whatever its name says; rename it"),
        (word("<w:p>"), "it is damaged: the XML in it breaks off or is wrong; save it anew"),
        (
            package("../../etc/passwd", {}),
            "it is no Word document, or a damaged one: its main part is missing",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, expected):
    assert reason(data) == expected


def test_a_document_cut_anywhere_is_refused_in_one_line():
    whole = word(paragraph("Text. " * 50))
    for end in range(0, len(whole), 97):
        assert "\n" not in reason(whole[:end])


@pytest.mark.parametrize("body", ["", "<w:p/>", paragraph("UNSEEN", run="<w:vanish/>")])
def test_a_document_without_text_is_left_to_the_caller(body, tmp_path):
    assert text(body) == ""
    with pytest.raises(DocumentError, match="it holds no text"):
        parse(word(body), "a.docx", tmp_path / "a.docx")
