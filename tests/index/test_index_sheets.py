import datetime
import io
import time

import openpyxl
import pytest
from office_files import sheet_rows, word, workbook

from index.errors import DocumentError
from index.readers import parse
from index.readers.office.sheets import read_sheets
from index.types import Section

HEADER = ["Country", "Capital"]
FRANCE = ["France", "Paris"]


def text(sheet, **parts):
    """The text of a workbook of one sheet, without the sheet's name."""
    return read_sheets(workbook(('name="Data"', sheet), **parts)).text.removeprefix("Data\n\n")


def formatted(codes=(), fonts="<font/>", fills="<fill/>", formats=""):
    listed = "".join(
        f"<numFmt numFmtId='{200 + i}' formatCode='{code}'/>" for i, code in enumerate(codes)
    )
    parts = {"numFmts": listed, "fonts": fonts, "fills": fills, "cellXfs": formats}
    return "".join(f"<{name}>{content}</{name}>" for name, content in parts.items())


def test_a_workbook_as_a_program_writes_it():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Countries"
    for row in [
        ["Country", "Capital", "Population", "Share", "Founded", "Secret"],
        ["France", "Paris", 68042591, 0.127, datetime.date(1958, 10, 4), "x"],
        ["HIDDEN", "x", 1, 0.5, None, "x"],
        ["Spain", "Madrid", 48.300000000000004, 0.05, datetime.datetime(1978, 12, 29, 3, 4), "x"],
    ]:
        sheet.append(row)
    for cell in sheet["D"]:
        cell.number_format = "0.0%"
    sheet["C2"].number_format = "#,##0"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["F"].hidden = True
    secret = book.create_sheet("HIDDEN")
    secret["A1"] = "HIDDEN"
    secret.sheet_state = "hidden"
    book.create_sheet("Empty")
    notes = book.create_sheet("Notes")
    notes["B2"] = "A note."
    stream = io.BytesIO()
    book.save(stream)
    content = read_sheets(stream.getvalue())
    assert content.text == (
        "Countries\n\nCountry: France; Capital: Paris; Population: 68,042,591; Share: 12.7%; Founded: "
        "1958-10-04.\n\nCountry: Spain; Capital: Madrid; Population: 48.3; Share: 5.0%; Founded: "
        "1978-12-29 03:04.\n\nNotes\n\nA note."
    )
    start = content.text.index("Notes")
    assert content.sections == (
        Section("Countries", 0, start),
        Section("Notes", start, len(content.text)),
    )
    assert (content.title, content.pages) == (None, ())
    assert read_sheets(stream.getvalue()) == content


def test_strings_are_shared_rich_and_escaped():
    strings = (
        "<si><t>Country</t></si><si><r><t>Cap</t></r><r><t>ital</t></r><rPh><t>READING</t></rPh></si>"
        "<si><t>Fra_x000D_nce_x005F_</t></si>"
    )
    rows = (
        "<sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
        "<row r='2'><c r='A2' t='s'><v>2</v></c><c r='B2' t='s'><v>99</v></c></row></sheetData>"
    )
    assert text(rows, strings=strings) == "Country: Fra nce_."


def test_of_a_formula_the_stored_value_is_read():
    rows = (
        "<sheetData><row r='1'><c r='A1' t='str'><f>B1</f><v>words</v></c></row>"
        "<row r='2'><c r='A2'><f>1+1</f><v>2</v></c></row><row r='3'><c r='A3'><f>1</f></c></row>"
        "<row r='4'><c r='A4' t='e'><v>#DIV/0!</v></c></row><row r='5'><c r='A5' t='b'><v>1</v></c></row>"
        "</sheetData>"
    )
    assert text(rows) == "words\n\n2\n\nTRUE"


def test_cells_without_references_follow_one_another():
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>4</v></c></row>"
    assert text(f"<sheetData>{rows}</sheetData>") == "Column A: 1; Column B: 2.\n\nColumn B: 4."


def test_numbers_are_shown_by_their_format_and_calendar():
    styles = formatted(
        ["0.0%", "yyyy-mm-dd"], formats="<xf numFmtId='200'/><xf numFmtId='201'/><xf numFmtId='3'/>"
    )
    rows = (
        "<row r='1'><c r='A1' s='0'><v>0.5</v></c><c r='B1' s='1'><v>42370</v></c>"
        "<c r='C1' s='2'><v>1234.4</v></c><c r='D1' s='77'><v>0.30000000000000004</v></c></row>"
    )
    properties = "<workbookPr date1904='1'/>"
    assert text(f"<sheetData>{rows}</sheetData>", styles=styles, properties=properties) == (
        "Column A: 50.0%; Column B: 2020-01-02; Column C: 1,234; Column D: 0.3."
    )


def test_what_its_format_or_font_hides_is_not_read():
    styles = formatted(
        [";;;"],
        fonts="<font/><font><color rgb='FFFFFFFF'/></font><font><sz val='1'/></font>",
        fills="<fill/><fill><patternFill patternType='solid'><fgColor rgb='80'/></patternFill></fill>",
        formats="<xf numFmtId='200'/><xf fontId='1'/><xf fontId='2'/><xf fontId='1' fillId='1'/>",
    )
    cells = "".join(
        f"<row r='{i + 1}'><c r='A{i + 1}' s='{i}' t='str'><v>{word_}</v></c></row>"
        for i, word_ in enumerate(["FORMAT", "WHITE", "TINY", "white on blue"])
    )
    assert text(f"<sheetData>{cells}</sheetData>", styles=styles) == "white on blue"


@pytest.mark.parametrize("mark", ["hidden='1'", "ht='0'"])
def test_hidden_rows_are_left_out(mark):
    rows = sheet_rows(HEADER, ["HIDDEN", "x"], FRANCE).replace('<row r="2">', f'<row r="2" {mark}>')
    assert text(rows) == "Country: France; Capital: Paris."


@pytest.mark.parametrize("mark", ["hidden='1'", "width='0'"])
def test_hidden_columns_are_left_out(mark):
    columns = f"<cols><col min='2' max='3' {mark}/></cols>"
    rows = sheet_rows(["Who", "HIDDEN", "HIDDEN", "Age"], ["Ann", "x", "x", 5])
    assert text(columns + rows) == "Who: Ann; Age: 5."


def test_what_lies_under_a_merged_cell_is_not_read():
    rows = sheet_rows(HEADER, ["France", "STALE"], ["STALE", "STALE"], ["Spain", "Madrid"])
    merged = "<mergeCells count='1'><mergeCell ref=\"A2:B3\"/></mergeCells>"
    assert text(rows + merged) == "Country: France.\n\nCountry: Spain; Capital: Madrid."


def test_hidden_sheets_and_charts_are_left_out():
    data = workbook(
        ('name="One" state="hidden"', sheet_rows(["HIDDEN"])),
        ('name="Two" state="veryHidden"', sheet_rows(["HIDDEN"])),
        ('name="Three"', sheet_rows(["seen"])),
    )
    assert read_sheets(data).text == "Three\n\nseen"


def test_a_sheet_that_claims_to_be_huge_costs_what_is_in_it():
    rows = "<dimension ref='A1:XFD1048576'/><cols><col min='1' max='16384' width='9'/></cols>"
    rows += "<sheetData><row r='1'><c r='A1' t='str'><v>first</v></c></row>"
    rows += "<row r='1048576'><c r='XFD1048576' t='str'><v>last</v></c></row></sheetData>"
    merged = '<mergeCells count="1"><mergeCell ref="A2:XFD1048575"/></mergeCells>'
    started = time.perf_counter()
    assert text(rows + merged) == "first\n\nlast"
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "rows",
    [
        "<row r='x'><c r='A1'><v>1</v></c></row>",
        "<row r='-5'><c r='5A'><v>1</v></c></row>",
        "<row r='1'><c r='A1' s='-1'><v>1</v></c></row>",
        "<row r='1'><c r='ZZZ1'><v>9</v></c><c r='A1' s='x' t='zz'><v>1</v></c></row>",
    ],
)
def test_what_is_no_number_or_place_breaks_nothing(rows):
    columns = (
        "<cols><col min='-3' max='-9' hidden='1'/><col min='9999999' max='9' hidden='1'/></cols>"
    )
    assert text(f"{columns}<sheetData>{rows}</sheetData>") == "1"


def test_a_string_repeated_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("index.readers.composing.MAX_CHARACTERS", 100_000)
    cells = "".join(f"<row r='{i}'><c r='A{i}' t='s'><v>0</v></c></row>" for i in range(1, 500))
    with pytest.raises(DocumentError, match="it holds more than 100,000 characters"):
        text(f"<sheetData>{cells}</sheetData>", strings=f"<si><t>{'x' * 5000}</t></si>")


def test_a_sheet_that_breaks_off_is_refused():
    with pytest.raises(DocumentError, match="the XML in it breaks off or is wrong"):
        text("<sheetData><row r='1'>")


def test_another_office_file_is_refused(tmp_path):
    with pytest.raises(
        DocumentError, match="it is no Excel workbook, whatever its name says; rename it"
    ):
        read_sheets(word(""))
    with pytest.raises(DocumentError, match="it holds no text"):
        parse(workbook(('name="A"', "<sheetData/>")), "a.xlsx", tmp_path / "a.xlsx")
