import time

import pytest
from office_files import opendocument

from index.errors import DocumentError
from index.readers.odf.sheets import read_odf_sheets
from index.types import Section


def cell(words="", more=""):
    inner = f"<text:p>{words}</text:p>" if words else ""
    return f"<table:table-cell {more}>{inner}</table:table-cell>"


def row(*cells, more=""):
    inner = "".join(c if c.startswith("<") else cell(c) for c in cells)
    return f"<table:table-row {more}>{inner}</table:table-row>"


def sheet(*rows, name="Data", more=""):
    return f'<table:table table:name="{name}" {more}>{"".join(rows)}</table:table>'


def read(*sheets, styles=""):
    return read_odf_sheets(opendocument("spreadsheet", "".join(sheets), styles=styles))


def text(*rows, styles=""):
    return read(sheet(*rows), styles=styles).text.removeprefix("Data\n\n")


def test_each_sheet_is_a_section_and_each_row_a_sentence():
    content = read(
        sheet(row("Country", "Capital"), row("France", "Paris"), name="One"),
        sheet(name="Empty"),
        sheet(row("A note."), name="Two"),
    )
    assert content.text == "One\n\nCountry: France; Capital: Paris.\n\nTwo\n\nA note."
    assert content.sections == (Section("One", 0, 39), Section("Two", 39, 51))
    assert content.title is None
    assert content.media_type == "application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2020-01-02", "2020-01-02"),
        ("2020-01-02T00:00:00", "2020-01-02"),
        ("2020-01-02T03:04:00", "2020-01-02 03:04"),
        ("2020-01-02T03:04:05.5", "2020-01-02 03:04:05"),
    ],
)
def test_dates_are_iso_8601_and_numbers_as_they_are_shown(value, shown):
    date = cell("2. Januar", f'office:value-type="date" office:date-value="{value}"')
    share = cell("12.7%", 'office:value-type="percentage" office:value="0.1268"')
    assert text(row("Who", "When", "Share"), row("Ann", date, share)) == (
        f"Who: Ann; When: {shown}; Share: 12.7%."
    )


def test_errors_and_comments_are_left_out():
    error = cell("Err:502", 'office:value-type="string" xmlns:c="urn:c" c:value-type="error"')
    comment = "<office:annotation><text:p>COMMENT</text:p></office:annotation>"
    noted = f"<table:table-cell>{comment}<text:p>5</text:p></table:table-cell>"
    assert text(row("Who", "Size", "Age"), row("Ann", error, noted)) == "Who: Ann; Age: 5."


def test_what_is_hidden_is_left_out():
    columns = (
        "<table:table-column/><table:table-column-group><table:table-column table:visibility='collapse'"
        " table:number-columns-repeated='2'/></table:table-column-group>"
    )
    rows = [
        row("Who", "HIDDEN", "HIDDEN", "Age"),
        row("HIDDEN", "x", "x", "1", more="table:visibility='collapse'"),
        row("FILTERED", "x", "x", "1", more="table:visibility='filter'"),
        f"<table:table-row-group>{row('Ann', 'x', 'x', '5')}</table:table-row-group>",
    ]
    assert text(columns, *rows) == "Who: Ann; Age: 5."
    hidden = (
        '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/>'
        '</style:style><style:style style:name="ce1" style:family="table-cell"><style:text-properties '
        'fo:color="#ffffff"/></style:style>'
    )
    content = read(
        sheet(row("HIDDEN"), more='table:style-name="ta1"'),
        sheet(row(cell("WHITE", 'table:style-name="ce1"')), row("seen"), name="B"),
        styles=hidden,
    )
    assert content.text == "B\n\nseen"


def test_repeated_cells_and_rows_are_repeated_and_covered_ones_left_out():
    twice = cell("5", "table:number-columns-repeated='2'")
    covered = "<table:covered-table-cell><text:p>STALE</text:p></table:covered-table-cell>"
    assert text(
        row("Who", "Size", "Age"), row("Ann", twice, more="table:number-rows-repeated='2'")
    ) == ("Who: Ann; Size: 5; Age: 5.\n\nWho: Ann; Size: 5; Age: 5.")
    assert text(row("Who", "Size", "Age"), row("Ann", covered, "5")) == "Who: Ann; Age: 5."


def test_a_sheet_filled_up_to_its_end_costs_what_is_in_it():
    rest = row(
        cell(more="table:number-columns-repeated='16384'"),
        more="table:number-rows-repeated='1048575'",
    )
    started = time.perf_counter()
    assert text(row("seen", cell(more="table:number-columns-repeated='16383'")), rest) == "seen"
    assert time.perf_counter() - started < 5


def test_cells_repeated_without_end_are_refused(monkeypatch):
    monkeypatch.setattr("index.readers.composing.MAX_CHARACTERS", 100_000)
    bomb = row(
        cell("x", "table:number-columns-repeated='999999999'"),
        more="table:number-rows-repeated='999999999'",
    )
    with pytest.raises(DocumentError, match="it holds more than 100,000 characters"):
        text(bomb)


def test_groups_of_rows_are_read_through_and_styles_of_the_content_go_first():
    white, black = (
        f'<style:style style:name="ce1" style:family="table-cell"><style:text-properties fo:color="{c}"/>'
        "</style:style>"
        for c in ("#ffffff", "#000000")
    )
    white_cell = cell("Ann", 'table:style-name="ce1"')
    grouped = (
        f"<table:table-header-rows>{row('Who', 'Age')}</table:table-header-rows><table:table-row-group>"
        f"{row(white_cell, '5')}</table:table-row-group>"
    )
    data = opendocument(
        "spreadsheet",
        sheet(grouped),
        styles=black,
        shared=f"<office:styles>{white}</office:styles>",
    )
    assert read_odf_sheets(data).text == "Data\n\nWho: Ann; Age: 5."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            opendocument("text", "<text:p>Text.</text:p>"),
            "it is no OpenDocument spreadsheet, whatever its name says; rename it",
        ),
        (
            opendocument("spreadsheet", "<table:table>"),
            "it is damaged: the XML in it breaks off or is wrong; save it anew",
        ),
        (
            opendocument("spreadsheet", sheet(row("<text:span>" * 300 + "</text:span>" * 300))),
            "it is nested too deeply to be a document for people; save it anew or convert it",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, expected):
    with pytest.raises(DocumentError) as caught:
        read_odf_sheets(data)
    assert str(caught.value) == expected
