import pytest

from index.errors import DocumentError
from index.readers import composing
from index.readers.composing import Composer, on_one_line, sensible_title, tidy
from index.types import Page, Section


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  a  b\t c\u00a0d ", "a b c d"),
        ("a \n\n\n b\r\nc\x0bd", "a\nb\nc\nd"),
        ("so\u00adft\u200b \ufeffhy\u2060phen\u200e", "soft hyphen"),
        ("\uf0b7 symbol\x07", "symbol"),
        ("a\uf0e0b \uf04a", "a→b ☺"),
        ("one\uf0d8two", "one two"),
        ("\uf061 \uf0a3 \uf0445", "α ≤ Δ5"),
        ("\uf001ne \uf002ow", "fine flow"),
        ("picture.png \ufffc", "picture.png"),
        ("می\u200cخواهم and a\u200cb", "می\u200cخواهم and ab"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_text_is_tidied_to_what_is_seen(text, tidied):
    assert tidy(text) == tidied
    assert on_one_line(text) == tidied.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The Handbook", "The Handbook"),
        (" A\nB ", "A B"),
        ("Untitled", None),
        ("Document1", None),
        ("PowerPoint Presentation", None),
        ("PowerPoint-Präsentation", None),
        ("Microsoft Word - draft.doc", None),
        ("R Graphics Output", None),
        ("Documents of Denmark", "Documents of Denmark"),
        ("", None),
        (None, None),
        ("x" * 201, None),
    ],
)
def test_a_title_is_taken_unless_a_program_made_it_up(text, title):
    assert sensible_title(text) == title


@pytest.mark.parametrize(
    ("headings", "title"),
    [
        (["The Handbook", "Contents"], "The Handbook"),
        (["Table of Contents", "1. Tea"], None),
        (["Copyright", "1. Tea"], None),
        ([], None),
    ],
)
def test_the_first_heading_is_the_title_unless_it_names_only_a_part(headings, title):
    composer = Composer()
    for heading in headings:
        composer.heading(heading)
    assert composer.first_heading == title


def test_sections_reach_from_heading_to_heading():
    composer = Composer()
    composer.paragraph("Before.")
    composer.heading("One\ntwo")
    composer.paragraph("Text.")
    composer.paragraph(" ")
    composer.heading("")
    composer.heading("Three")
    content = composer.content("T", "x/y")
    assert content.text == "Before.\n\nOne two\n\nText.\n\nThree"
    assert content.sections == (Section("One two", 9, 25), Section("Three", 25, 30))
    assert [content.text[s.start : s.end] for s in content.sections] == [
        "One two\n\nText.\n\n",
        "Three",
    ]
    assert composer.first_heading == "One two"
    assert (content.title, content.media_type, content.pages) == ("T", "x/y", ())


def test_pages_follow_one_another_and_end_sections():
    composer = Composer()
    composer.page(1)
    composer.heading("One")
    composer.page(2)
    composer.page(3)
    composer.paragraph("No heading here.")
    composer.page(4)
    content = composer.content(None, "x/y")
    assert content.text == "One\n\nNo heading here."
    assert content.pages == (Page(1, 0, 5), Page(3, 5, 21))
    assert content.sections == (Section("One", 0, 5),)


def test_a_listing_keeps_its_line_breaks_and_indents():
    composer = Composer()
    composer.listing("\n\n  if a:\r\n\tb\u200b  \n\n\n \n    c\x0c\n")
    composer.listing(" \n")
    composer.paragraph("After.")
    assert composer.content(None, "x/y").text == "  if a:\n        b\n\n    c\n\nAfter."


def test_nothing_makes_nothing():
    content = Composer().content(None, "x/y")
    assert (content.text, content.pages, content.sections) == ("", (), ())


def test_a_text_that_grows_too_long_is_refused_while_it_grows(monkeypatch):
    monkeypatch.setattr(composing, "MAX_CHARACTERS", 10)
    composer = Composer()
    composer.paragraph("1234")
    composer.paragraph("5678")
    with pytest.raises(
        DocumentError, match="it holds more than 10 characters; split it into smaller"
    ):
        composer.paragraph("9")
