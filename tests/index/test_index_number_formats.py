import pytest

from index.readers.office.number_formats import BUILT_IN, hides_text, show_number

EURO = '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (48.300000000000004, "General", "48.3"),
        (42.0, "General", "42"),
        (-7, "", "-7"),
        (0.00012345, "General", "0.00012345"),
        (123456789.125, "General", "123456789.125"),
        (1e20, "General", "1e+20"),
        (3, 'General "pieces"', "3 pieces"),
        (5, "@", "5"),
        (68042591, "#,##0", "68,042,591"),
        (1.005, "0.00", "1.01"),
        (2.5, "0", "3"),
        (-0.001, "0.0", "0.0"),
        (5, "00000", "00005"),
        (1.5, "0.###", "1.5"),
        (2, "0.###", "2"),
        (0.127, "0%", "13%"),
        (0.127, "0.0 %", "12.7 %"),
        (1234.5, '"$"#,##0.00', "$1,234.50"),
        (1234.5, "[$€-2] #,##0.00", "€ 1,234.50"),
        (1234.5, "#,##0.00 [$EUR]", "1,234.50 EUR"),
        (-1234.5, '"$"#,##0.00_);("$"#,##0.00)', "($1,234.50)"),
        (-1234.5, "#,##0.0_);[Red]\\(#,##0.0\\)", "(1,234.5)"),
        (1234.5, EURO, "1,234.50 €"),
        (-1234.5, EURO, "-1,234.50 €"),
        (0, EURO, "- €"),
        (1234567, '0.0,,"M"', "1.2M"),
        (2.5, '0.0 "kg"', "2.5 kg"),
        (5551234, "(000) 000-0000", "(000) 555-1234"),
        (1, '"Yes";"Yes";"No"', "Yes"),
        (0, '"Yes";"Yes";"No"', "No"),
        (3.25, "# ?/?", "3.25"),
        (12345.5, "0.00E+00", "12345.5"),
        (1e308, "0.00", "1e+308"),
        (float("nan"), "0", ""),
        (float("inf"), "General", ""),
    ],
)
def test_a_number_is_shown_by_its_format(value, code, shown):
    assert show_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (43832, "d.m.yy", "2020-01-02"),
        (43832, "[$-407]d\\. mmmm yyyy;@", "2020-01-02"),
        (43832.127777, "yyyy-mm-dd hh:mm", "2020-01-02 03:04"),
        (43832.5 + 7 / 86400, "m/d/yy h:mm:ss AM/PM", "2020-01-02 12:00:07"),
        (43832, "m/d/yy h:mm", "2020-01-02"),
        (44927, "mmm yyyy", "2023-01"),
        (44927, "yyyy", "2023"),
        (44927, "dddd", "2023-01-01"),
        (0.5, "h:mm AM/PM", "12:00"),
        (1.5, "[h]:mm:ss", "36:00"),
        (-0.25, "[hh]:mm", "-6:00"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (99999999, "yyyy-mm-dd", "99999999"),
    ],
)
def test_dates_and_times_are_iso_8601(value, code, shown):
    assert show_number(value, code) == shown


def test_the_other_calendar_begins_four_years_later():
    assert show_number(42370, "yyyy-mm-dd", epoch_1904=True) == "2020-01-02"


def test_formats_without_a_code_in_the_file_are_known():
    assert show_number(43832, BUILT_IN[14]) == "2020-01-02"
    assert show_number(0.5, BUILT_IN[9]) == "50%"


@pytest.mark.parametrize("code", [";;;", ";;;@"])
def test_what_its_format_hides_is_not_shown(code):
    assert show_number(12, code) == ""
    assert hides_text(code) is (code == ";;;")


@pytest.mark.parametrize(
    "code", ["[", '"', "\\", ";", "0;", "#", "?", ",", ".", "[]0", "%%", "_", "*", "E+"]
)
def test_a_broken_format_breaks_nothing(code):
    assert isinstance(show_number(1.5, code), str)
    assert isinstance(show_number(-1.5, code), str)
