import json

import pytest

from index import DocumentError
from index.readers.checking import checked
from index.readers.data import read_json, read_json_lines


def paragraphs(value):
    written = value if isinstance(value, str) else json.dumps(value)
    content = checked(read_json(written.encode()))
    assert (content.title, content.media_type, content.sections) == (None, "application/json", ())
    return content.text.split("\n\n")


def test_records_are_sentences_that_name_their_fields():
    records = [
        {
            "name": "Ann",
            "age": 31,
            "tags": ["a", "b"],
            "address": {"city": "Paris", "geo": {"lat": 48.85}},
        },
        {"name": "Bob", "age": None, "member": True, "left": False, "note": ""},
    ]
    expected = [
        "name: Ann; age: 31; tags: a, b; address › city: Paris; address › geo › lat: 48.85.",
        "name: Bob; member: true; left: false.",
    ]
    assert paragraphs(records) == expected
    assert paragraphs({"users": records}) == [f"users › {sentence}" for sentence in expected]


def test_what_stands_alone_is_a_line_with_its_path():
    value = {"name": "tea", "maker": {"city": "Ulm", "years": [1999, 2004]}, "hot": True, "x": None}
    assert paragraphs(value) == [
        "name: tea.",
        "maker › city: Ulm.",
        "maker › years: 1999, 2004.",
        "hot: true.",
    ]


def test_records_within_records_follow_them():
    value = [{"id": 1, "items": [{"sku": "A"}, {"sku": "B"}], "paid": "yes"}, {"id": 2}]
    assert paragraphs(value) == [
        "id: 1; paid: yes.",
        "items › sku: A.",
        "items › sku: B.",
        "id: 2.",
    ]


def test_texts_are_paragraphs_of_their_own():
    long = "The kettle boils. " * 20
    value = [{"id": 1, "body": f"{long}\n\nSecond\nline.", "by": "Ann"}]
    assert paragraphs(value) == ["id: 1; by: Ann.", long.strip(), "Second\nline."]
    assert paragraphs({"body": long}) == [long.strip()]
    assert paragraphs(["One.", "Two."]) == ["One.", "Two."]
    assert paragraphs('"Alone."') == ["Alone."]


def test_lists_of_lists_and_mixed_ones():
    assert paragraphs({"at": [[1, 2], [3, 4]]}) == ["at: 1, 2.", "at: 3, 4."]
    assert paragraphs([1, {"a": 2}, ["b", {"c": 3}]]) == ["1", "a: 2.", "b", "c: 3."]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('{"n": 1.10}', "n: 1.10."),
        ('{"n": 123456789012345678901234567890}', "n: 123456789012345678901234567890."),
        ('{"n": ' + "9" * 290 + "}", f"n: {'9' * 290}."),
        ('{"n": -1e400}', "n: -1e400."),
        ('{"n": NaN}', "n: NaN."),
        ('{"n": -Infinity}', "n: -Infinity."),
        ('{"a": 1, "a": 2}', "a: 1.\n\na: 2."),
        ('{"a": "Ends."}', "a: Ends."),
        ('{"": "x"}', ": x."),
        (r'{"a": "\u00e9\ud83d\ude00\ud800\u0000\u200b"}', "a: é😀."),
    ],
)
def test_values_are_kept_as_they_are_written(written, expected):
    assert "\n\n".join(paragraphs(written)) == expected


def test_a_long_number_is_no_trouble():
    assert paragraphs("[" + "9" * 10_000 + "]") == ["9" * 10_000]


@pytest.mark.parametrize("written", ["{}", "[]", "null", '""', '{"a": null}', '[{"a": {}}]'])
def test_nothing_is_no_text(written):
    assert read_json(written.encode()).text == ""


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ('{"a": 1,\n "b" 2}', "Expecting ':' delimiter at line 2, column 6; correct it there"),
        ("", "Expecting value at line 1, column 1; correct it there"),
        ("{'a': 1}", "at line 1, column 2"),
        ("[1, 2", "at line 1, column 6"),
        ("[1] x", "Extra data at line 1, column 5"),
    ],
)
def test_what_is_no_json_is_refused_with_the_place(written, reason):
    with pytest.raises(DocumentError, match="it is no valid JSON: ") as caught:
        read_json(written.encode())
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("written", ["[" * 100_000, '{"a":' * 100_000])
def test_what_is_nested_beyond_reason_is_refused(written):
    with pytest.raises(DocumentError, match="nested too deeply"):
        read_json(written.encode())


def test_a_long_path_is_cut_to_its_end():
    value = "tea"
    for name in "zyxjihgfedcba":
        value = {name: value}
    assert paragraphs(value) == ["f › g › h › i › j › x › y › z: tea."]


LINES = '{"at": "10:00", "msg": "Started"}\n\n{"at": "10:05", "n": 1.50}\r\n"A word."\n'


@pytest.mark.parametrize("read", [read_json_lines, read_json])
def test_each_line_is_a_record(read):
    content = checked(read(LINES.encode()))
    assert content.text == "at: 10:00; msg: Started.\n\nat: 10:05; n: 1.50.\n\nA word."
    assert (content.title, content.media_type) == (None, "application/x-ndjson")


def test_a_broken_line_is_named_even_the_last():
    with pytest.raises(DocumentError) as caught:
        read_json_lines((LINES + '{"at": "10:0').encode())
    assert str(caught.value) == (
        "line 5 is no valid JSON: Unterminated string starting at at column 8; correct or remove it"
    )
    with pytest.raises(DocumentError, match="line 2 is no valid JSON"):
        read_json(b'{"a": 1}\n{"a": \n')


def test_line_separators_within_a_string_end_no_line():
    assert read_json_lines('{"a": "x\u2028y"}'.encode()).text == "a: x y."
