import pytest

from index.readers.rows import Cell, Row, letters, make_row, sheet_sentences, table_sentences

HEADER = ["Country", "Capital", "Population"]
FRANCE = ["France", "Paris", "68,042,591"]
SPAIN = ["Spain", "Madrid", "48,345,223"]


def sheet(*rows):
    return list(sheet_sentences(map(make_row, rows)))


def table(*rows, header=False):
    return list(table_sentences([make_row(row, header and not i) for i, row in enumerate(rows)]))


def test_each_row_names_its_columns():
    assert sheet(HEADER, FRANCE, SPAIN) == [
        "Country: France; Capital: Paris; Population: 68,042,591.",
        "Country: Spain; Capital: Madrid; Population: 48,345,223.",
    ]


def test_without_a_header_columns_are_called_by_their_letters():
    assert sheet(FRANCE, SPAIN) == [
        "Column A: France; Column B: Paris; Column C: 68,042,591.",
        "Column A: Spain; Column B: Madrid; Column C: 48,345,223.",
    ]


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_letters_are_those_of_a_spreadsheet(column, name):
    assert letters(column) == f"Column {name}"


def test_a_row_like_the_one_below_it_is_no_header():
    assert table(
        ["cells", "Cell Types", "HTML", "source"], ["sheets", "Sheets", "HTML", "source"]
    ) == [
        "cells; Cell Types; HTML; source.",
        "sheets; Sheets; HTML; source.",
    ]


def test_a_colon_at_the_end_of_a_cell_leads_to_the_next_one():
    assert table(["Used in:", "main()", "a.c"], ["Prototype:", "x()", "b.c"]) == [
        "Used in: main(); a.c.",
        "Prototype: x(); b.c.",
    ]
    assert sheet(["Item", "Price"], ["pen", "2"], ["Sum:", "2"])[-1] == "Item: Sum; Price: 2."


def test_empty_cells_are_left_out_and_columns_without_a_name_have_none():
    assert sheet(["", "2019", "2020", ""], ["Spain", "5.2", "", "so"], ["France", "", "6.1"]) == [
        "Spain; 2019: 5.2; so.",
        "France; 2020: 6.1.",
    ]


def test_years_may_head_columns_of_numbers_but_not_of_years():
    assert sheet(["Who", "2019"], ["A", "3"], ["B", "2020"]) == [
        "Who: A; 2019: 3.",
        "Who: B; 2019: 2020.",
    ]
    assert sheet(["Ann", "1985"], ["Bob", "1990"]) == [
        "Column A: Ann; Column B: 1985.",
        "Column A: Bob; Column B: 1990.",
    ]


@pytest.mark.parametrize(
    "first",
    [["x", "x"], ["x", "12"], ["x", "3.5 %"], ["x", "$4"], ["x", "2020-01-02"], ["x", "w" * 201]],
)
def test_what_repeats_itself_or_counts_is_no_header(first):
    assert sheet(first, ["y", "z"])[0].startswith("Column A: x; Column B: ")


def test_over_numbers_a_header_may_repeat_itself():
    assert sheet(["Who", "Score", "Score"], ["Ann", "1", "2"]) == ["Who: Ann; Score: 1; Score: 2."]


def test_titles_above_and_notes_below_stand_for_themselves():
    assert sheet(
        ["Report of 2023"], HEADER, FRANCE, ["Europe"], SPAIN, [], ["Source: the bank"]
    ) == [
        "Report of 2023",
        "Country: France; Capital: Paris; Population: 68,042,591.",
        "Europe",
        "Country: Spain; Capital: Madrid; Population: 48,345,223.",
        "Source: the bank",
    ]


def test_a_table_goes_on_after_a_blank_row_unless_another_begins():
    rows = [HEADER, FRANCE, [], SPAIN, ["Italy", "Rome", "59"], [], ["City", "Size"], ["Lyon", "5"]]
    assert sheet(*rows) == [
        "Country: France; Capital: Paris; Population: 68,042,591.",
        "Country: Spain; Capital: Madrid; Population: 48,345,223.",
        "Country: Italy; Capital: Rome; Population: 59.",
        "City: Lyon; Size: 5.",
    ]


def test_a_list_is_a_list():
    assert sheet(["Name"], ["Ann"], ["Bob"]) == ["Name", "Ann", "Bob"]


def test_names_that_end_in_a_colon_have_their_values_beside_them():
    assert sheet(["Name:", "Ann"], ["Born:", "1985"]) == ["Name: Ann.", "Born: 1985."]


def test_a_sentence_ends_once_and_stays_on_its_line():
    assert sheet(["Q:", "A"], ["Who?", "It is\nme."], ["Why?", "Yes!"]) == [
        "Q: A.",
        "Column A: Who?; Column B: It is me.",
        "Column A: Why?; Column B: Yes!",
    ]


def test_a_wide_row_goes_on_in_sentences_that_begin_alike():
    header = ["Name", *(f"Question {i}" for i in range(40))]
    sentences = sheet(header, ["Ann", *(f"the answer {i}" for i in range(40))])
    assert len(sentences) == 2
    assert all(s.startswith("Name: Ann; Question ") and len(s) <= 610 for s in sentences)
    pieces = [piece for s in sentences for piece in s.rstrip(".").split("; ")[1:]]
    assert pieces == [f"Question {i}: the answer {i}" for i in range(40)]


def test_only_cells_that_are_there_cost():
    rows = [Row((Cell(0, "a"), Cell(16383, "b"))), Row((Cell(16383, "1"),))]
    assert list(sheet_sentences(rows)) == ["b: 1."]


def test_a_sheet_is_read_as_it_comes():
    """Not as a whole: a million rows must not be held at once."""
    taken = []

    def rows():
        yield make_row(HEADER)
        for i in range(1000):
            taken.append(i)
            yield make_row(["x", "y", str(i)])

    sentences = sheet_sentences(rows())
    assert next(sentences) == "Country: x; Capital: y; Population: 0."
    assert len(taken) < 100


def test_nothing_is_no_table():
    assert sheet() == sheet([], []) == table() == table([], [""]) == []


def test_a_table_in_a_text_names_its_columns_too():
    assert table(HEADER, FRANCE) == ["Country: France; Capital: Paris; Population: 68,042,591."]
    assert table(["Country", "Size"], ["France", "68"]) == ["Country: France; Size: 68."]
    assert table(["Country", "Capital"], ["France", "Paris"], header=True) == [
        "Country: France; Capital: Paris."
    ]


def test_two_columns_of_words_are_names_and_values():
    assert table(["Name", "Ann"], ["Lives in:", "Rome"]) == ["Name: Ann.", "Lives in: Rome."]


def test_cells_of_a_table_without_a_header_stand_for_themselves():
    assert table(FRANCE, SPAIN) == ["France; Paris; 68,042,591.", "Spain; Madrid; 48,345,223."]
    assert table(["One row", "of cells"]) == ["One row", "of cells"]


def test_of_several_marked_rows_the_last_is_the_header():
    rows = [["", "Sizes"], ["Name", "Small"], ["Ann", "yes"]]
    marked = [make_row(row, i < 2) for i, row in enumerate(rows)]
    assert list(table_sentences(marked)) == ["Sizes", "Name: Ann; Small: yes."]
