import pytest

from index.errors import DocumentError
from index.readers.xmltree import MAX_DEPTH, attribute, local_name, number, parse_xml, stream_xml

LAUGHS = b"""<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>%s</a>"""


def reason(function, *arguments):
    with pytest.raises(DocumentError) as caught:
        list(function(*arguments))
    return str(caught.value)


def test_names_are_local_ones():
    root = parse_xml(b'<x:a xmlns:x="urn:x" x:b="1" c="2"><d/></x:a>')
    assert local_name(root) == "a"
    assert [local_name(child) for child in root] == ["d"]
    assert (attribute(root, "b"), attribute(root, "c"), attribute(root, "d")) == ("1", "2", None)
    assert attribute(None, "b") is None


def test_comments_and_instructions_are_left_out():
    root = parse_xml(b"<a>one<!-- two --><?three?> four</a>")
    assert (root.text, len(root)) == ("one four", 0)


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"text", b"<a>&b;</a>", b"<a>\xff</a>"])
def test_what_is_not_well_formed_is_refused(data):
    expected = "it is damaged: the XML in it breaks off or is wrong; save it anew"
    assert reason(parse_xml, data) == expected
    assert reason(stream_xml, data, "a") == expected


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS % b"&c;",
        LAUGHS % b"plain",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://localhost/x.dtd"> %b;]><a/>',
    ],
)
def test_a_document_type_is_refused_and_nothing_of_it_expanded_or_fetched(data):
    expected = "it holds a document type definition, as no document of its kind does; save it anew"
    assert reason(parse_xml, data) == expected
    assert reason(stream_xml, data, "a") == expected


def test_what_is_nested_too_deeply_is_refused():
    def nested(depth):
        return b"<a>" * depth + b"</a>" * depth

    assert local_name(parse_xml(nested(MAX_DEPTH))) == "a"
    expected = "it is nested too deeply to be a document for people; save it anew or convert it"
    for depth in (MAX_DEPTH + 1, 100_000):
        assert reason(parse_xml, nested(depth)) == expected
        assert reason(stream_xml, b"<b>" + nested(depth) + b"</b>", "b") == expected


def test_a_stream_gives_each_element_once_and_forgets_it():
    data = b"<a><b n='1'><c>x</c></b><d/><b n='2'/></a>"
    assert [
        (local_name(e), e.get("n"), [c.text for c in e]) for e in stream_xml(data, "b", "d")
    ] == [("b", "1", ["x"]), ("d", None, []), ("b", "2", [])]
    *_, last = stream_xml(b"<a>" + b"<b/>" * 1000 + b"</a>", "b")
    assert len(last.getparent()) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-1.5", -1.5), (None, 7), ("x", 7), ("", 7), ("nan", 7), ("1e999", 7)],
)
def test_a_number_that_is_none_gives_the_default(text, value):
    assert number(text, 7) == value
