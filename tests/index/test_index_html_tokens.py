import pytest

from index.readers.html.tokens import Token, attributes, is_xml, tokens


def cut(source, xml=False):
    """Texts, and tags as they would be written."""
    found = []
    for text, tag, is_end, written, is_closed in tokens(source, xml):
        found += [text] if text else []
        if tag:
            found.append(
                f"<{'/' if is_end else ''}{tag}{written and ' …'}{'!' if is_closed else ''}>"
            )
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a<P>b</p >c", ["a", "<p>", "b", "</p …>", "c"]),
        ("1 < 2 & 3 > 2", ["1 ", "<", " 2 & 3 > 2"]),
        ("a <3 b<b>c", ["a ", "<", "3 b", "<b>", "c"]),
        ("&lt;b&gt; &amp;amp; &eacute;&#8212;&#x2014;&nbsp", ["<b> &amp; é——\xa0"]),
        ('<a title="x > y">z', ["<a …>", "z"]),
        ("<a title='\">'>z", ["<a …>", "z"]),
        ("<p it's>z</p>", ["<p …>", "z", "</p>"]),
        ("a<!-- b --> c", ["a", " c"]),
        ("a<!-->b<!--->c<!-- d --!>e", ["a", "b", "c", "e"]),
        ("a<!-- b", ["a"]),
        ("a<!DOCTYPE html>b<?php x ?>c</ d>e</>f", ["a", "b", "c", "e", "f"]),
        ("a<b", ["a"]),
        ("a<", ["a", "<"]),
        ("<script>if (a < b) '<p>'</script >z", ["<script>", "</script …>", "z"]),
        ("<SCRIPT></scripts></ScRiPt>z", ["<script>", "</script>", "z"]),
        ("<script><!-- <script> </script> --></script>z", ["<script>", "</script>", "z"]),
        ("<script><!-- --></script>z", ["<script>", "</script>", "z"]),
        ("<script><!--<script></script>hidden--></script>z", ["<script>", "</script>", "z"]),
        ("<script>never closed<p>a", ["<script>"]),
        ("<style>p > a {}</style>z", ["<style>", "</style>", "z"]),
        ("<title>a &lt; <b></title>z", ["<title>", "a < <b>", "</title>", "z"]),
        ("<textarea><p>a</textarea>", ["<textarea>", "<p>a", "</textarea>"]),
        ("<noscript><p>a</p></noscript>z", ["<noscript>", "</noscript>", "z"]),
        ("<br/>a<p />", ["<br …>", "a", "<p …>"]),
        ("a<![CDATA[b]]>c", ["a", "c"]),
    ],
)
def test_pages_are_cut_as_browsers_cut_them(source, expected):
    assert cut(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p/>a", ["<p …!>", "a"]),
        ("<title/>a<script src='x'/>b", ["<title …!>", "a", "<script …!>", "b"]),
        ("a<![CDATA[<b> &amp;]]>c", ["a", "<b> &amp;", "c"]),
        ("a<![CDATA[b", ["a", "b"]),
        ("<!DOCTYPE x [<!ENTITY y 'z'>]>&y;", ["]>&y;"]),
    ],
)
def test_xml_has_elements_without_content_and_character_data(source, expected):
    assert cut(source, xml=True) == expected


def test_only_a_declaration_makes_a_page_xml():
    assert is_xml('<?xml version="1.0"?><html>')
    assert is_xml('\n<?xml version="1.0"?><html>')
    assert not is_xml('<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">')


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", {}),
        (" a=1 B='2' c=\"3\" d", {"a": "1", "b": "2", "c": "3", "d": ""}),
        (" a = 'x &amp; y' /", {"a": "x & y"}),
        (" a=1 a=2", {"a": "1"}),
        (' href="?x=1&y=2"data-z=3', {"href": "?x=1&y=2", "data-z": "3"}),
        (" a=b/c", {"a": "b/c"}),
    ],
)
def test_attributes_by_their_names(written, expected):
    assert attributes(written) == expected


def test_a_token_is_a_text_and_the_tag_after_it():
    assert list(tokens("a<b class=c>d")) == [Token("a", "b", False, " class=c"), Token("d")]
