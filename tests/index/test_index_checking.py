from pathlib import Path

import pytest

from index import DocumentError, Line, Page, Section
from index.readers import Content, parse
from index.readers.checking import checked, one_line, unreadable

TEXT = "First page.\n\nSecond"


def page(*lines):
    return Content(None, TEXT, "a/b", (Page(1, 0, 11, lines),))


@pytest.mark.parametrize(
    "content",
    [
        Content(None, "", "a/b"),
        Content("Zoë", TEXT, "a/b", (Page(1, 0, 11), Page(2, 13, 19))),
        Content(None, TEXT, "a/b", (Page(2, 0, 0), Page(4, 0, 19)), (Section("", 0, 19),)),
        page(Line(0, 5, 0, 0, 1, 1), Line(6, 11, 0.5, 0.25, 0.5, 0.5)),
        Content(None, TEXT, "a/b", (), (Section("First", 0, 11), Section("Second", 11, 19))),
        Content(None, "a\x0cb \x1b[1mc", "text/plain"),
        Content(None, "a\x07", "text/markdown"),
    ],
)
def test_content_as_it_should_be_is_given_back(content):
    assert checked(content) is content


@pytest.mark.parametrize("content", [None, "text", ("title", "text", "a/b", (), ())])
def test_what_is_no_content_is_refused(content):
    with pytest.raises(DocumentError, match="returned no content; convert it to another format"):
        checked(content)


@pytest.mark.parametrize(
    "content",
    [
        Content(None, "a\ud800b", "a/b"),
        Content(None, b"text", "a/b"),
        Content("\udfff", TEXT, "a/b"),
        Content(1, TEXT, "a/b"),
        Content(None, TEXT, None),
    ],
)
def test_text_that_cannot_be_stored_is_refused(content):
    with pytest.raises(DocumentError, match="returned text that is no Unicode"):
        checked(content)


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0b", "\x0c", "\r", "\x1b", "\x7f"])
def test_a_reader_that_makes_its_text_leaves_no_control_characters_in_it(character):
    with pytest.raises(DocumentError, match="returned control characters"):
        checked(Content(None, f"a{character}b", "application/pdf"))


@pytest.mark.parametrize(
    "pages",
    [
        (Page(1, 0, 20),),
        (Page(1, -1, 5),),
        (Page(1, 5, 4),),
        (Page(0, 0, 5),),
        (Page(1, 0, 5), Page(1, 5, 9)),
        (Page(2, 0, 5), Page(1, 5, 9)),
        (Page(1, 0, 5), Page(2, 4, 9)),
        (Page(True, 0, 5),),
        (Page(1, 0.0, 5),),
        (Page(1, 0, True),),
        (Page("1", 0, 5),),
        [Page(1, 0, 5)],
        ((1, 0, 5),),
        None,
    ],
)
def test_pages_that_do_not_fit_the_text_are_refused(pages):
    with pytest.raises(DocumentError, match="returned pages that do not fit its text"):
        checked(Content(None, TEXT, "a/b", pages))


@pytest.mark.parametrize(
    "lines",
    [
        (Line(0, 12, 0, 0, 1, 1),),
        (Line(0, 5, 0, 0, 1, 1), Line(4, 9, 0, 0, 1, 1)),
        (Line(0, 5, 0.6, 0, 0.5, 1),),
        (Line(0, 5, 0, 0.6, 1, 0.5),),
        (Line(0, 5, 0, 0, 1.01, 1),),
        (Line(0, 5, -0.01, 0, 1, 1),),
        (Line(0, 5, float("nan"), 0, 1, 1),),
        (Line(0, 5, 0, 0, 1, float("nan")),),
        (Line(0, 5, "0", 0, 1, 1),),
        ((0, 5, 0, 0, 1, 1),),
        [],
    ],
)
def test_lines_that_do_not_fit_their_page_are_refused(lines):
    with pytest.raises(DocumentError, match="returned pages that do not fit its text"):
        checked(Content(None, TEXT, "a/b", (Page(1, 0, 11, lines),)))


@pytest.mark.parametrize(
    "sections",
    [
        (Section("First", 0, 20),),
        (Section("First", 5, 4),),
        (Section("First", 0, 12), Section("Second", 11, 19)),
        (Section("\ud800", 0, 11),),
        (Section(None, 0, 11),),
        (Section("First", None, 11),),
        [Section("First", 0, 11)],
    ],
)
def test_sections_that_do_not_fit_the_text_are_refused(sections):
    with pytest.raises(DocumentError, match="returned sections that do not fit its text"):
        checked(Content(None, TEXT, "a/b", (), sections))


def test_a_text_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr("index.readers.checking.MAX_CHARACTERS", 1000)
    assert checked(Content(None, "é" * 1000, "a/b"))
    with pytest.raises(DocumentError, match="holds 1,001 characters and the limit is 1,000; split"):
        checked(Content(None, "é" * 1001, "a/b"))


def test_every_document_is_checked():
    def reader(data):
        return Content(None, "Text", "a/b", (Page(1, 0, 5),))

    with pytest.raises(DocumentError, match="returned pages that do not fit its text"):
        parse(b"", "a.own", Path("a.own"), reader)


def test_whatever_a_reader_raises_is_told_in_a_line():
    def reader(data):
        raise ValueError(f"no\tgood:\n{data!r}")

    with pytest.raises(DocumentError) as caught:
        parse(b"abc", "a.own", Path("a.own"), reader)
    assert str(caught.value) == (
        "it cannot be read, and is probably damaged (ValueError: no good: b'abc')"
    )
    assert caught.value.__suppress_context__


def test_an_error_without_words_is_told_by_its_name():
    assert unreadable(EOFError()) == "it cannot be read, and is probably damaged (EOFError)"


def test_a_line_is_printable_and_not_too_long():
    assert one_line(" a\n\tb\x1b[31mc\u2028d ") == "a b [31mc d"
    assert one_line("x" * 300) == "x" * 300
    assert one_line("x" * 301) == "x" * 299 + "…"
    assert one_line("\n" * 10**6) == ""
