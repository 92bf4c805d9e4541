import pytest

from index import DocumentError
from index.readers.checking import checked
from index.readers.restructured import read_restructured


def read(text):
    content = checked(read_restructured(text.encode()))
    assert len(content.text) == len(text), "every offset stays"
    return content


def hidden(text):
    return "".join(c if c.isspace() else " " for c in text)


def test_headings_begin_sections_and_their_rules_are_blanked():
    text = "=====\nTitle\n=====\n\nIntro.\n\nOne\n---\n\na\n\n Two ``x``\n^^^^^^\n"
    text = text.replace(" Two", "Two")
    content = read(text)
    assert content.title == "Title"
    assert content.media_type == "text/x-rst"
    assert content.text == ("     \nTitle\n     \n\nIntro.\n\nOne\n   \n\na\n\nTwo ``x``\n      \n")
    assert [content.text[item.start : item.end] for item in content.sections] == [
        "Title\n     \n\nIntro.\n\n",
        "One\n   \n\na\n\n",
        "Two ``x``\n      \n",
    ]
    assert [item.title for item in content.sections] == ["Title", "One", "Two ``x``"]


@pytest.mark.parametrize(
    "text",
    [
        "A paragraph\nof two lines\n------------\n",
        "Before.\n\n--------\n\nAfter.\n",
        "A long line of text\n...\n",
        "  Indented\n  --------\n",
        "=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n",
        "+-----+\n| A   |\n+-----+\n",
        "Code::\n\n    Title\n    =====\n",
        "No underline\n",
        "",
    ],
)
def test_what_only_looks_like_a_heading_is_kept(text):
    content = read(text)
    assert content.sections == ()
    assert content.title is None
    assert content.text == text


def test_an_overline_may_be_wider_than_its_title():
    content = read("*********\n  Title\n*********\n\nText.\n")
    (section,) = content.sections
    assert content.text[section.start :].startswith("Title\n")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (":mod:`json` --- JSON", "json --- JSON"),
        ("The ``del`` statement", "The del statement"),
        (":py:func:`~os.walk`", "os.walk"),
        ("`Link`_ here", "Link here"),
    ],
)
def test_the_title_has_no_markup(title, expected):
    assert read(f"{title}\n{'=' * len(title)}\n").title == expected


@pytest.mark.parametrize(
    "text",
    [
        ".. a comment\n   of two lines\n\n   and a paragraph\n",
        "..\n   a comment\n",
        ".. _target:\n",
        ".. _link: https://example.org\n",
        ".. |logo| image:: logo.png\n   :alt: Logo\n",
        ".. include:: /etc/passwd\n",
        ".. raw:: html\n\n   <b>bold</b>\n",
        ".. toctree::\n   :maxdepth: 2\n\n   intro\n   usage\n",
        ".. literalinclude:: x.py\n   :lines: 1-3\n",
        ".. index:: single: tea\n",
        ".. image:: kettle.png\n   :width: 50%\n",
    ],
)
def test_what_a_page_does_not_show_is_blanked(text):
    assert read(f"Before.\n\n{text}\nAfter.\n").text == f"Before.\n\n{hidden(text)}\nAfter.\n"


@pytest.mark.parametrize(
    ("blanked", "kept"),
    [
        (".. code-block:: python\n   :linenos:\n", "\n   print(1)\n   .. no comment\n"),
        (".. math::\n", "\n   a^2\n"),
    ],
)
def test_of_a_listing_only_its_directive_is_blanked(blanked, kept):
    assert read(f"{blanked}{kept}\nAfter.\n").text == f"{hidden(blanked)}{kept}\nAfter.\n"


def test_of_other_directives_only_the_options_are_blanked():
    option = "   :class: wide\n"
    text = f".. note:: Mind\n{option}\n   the gap.\n\n   .. no comment\n\n.. versionadded:: 3.2\n"
    comment = ".. no comment"
    expected = text.replace(option, hidden(option)).replace(comment, hidden(comment))
    assert read(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        ".. [1] A footnote.\n",
        ".. [#f]_ Another\n   of two lines.\n",
        "A text with .. two dots.\n",
        "Like this::\n\n   .. a comment\n\n   .. raw:: html\n\nAfter.\n",
        "...\n",
        "..dots\n",
    ],
)
def test_what_is_shown_is_kept(text):
    assert read(text).text == text


def test_an_empty_comment_ends_with_its_line():
    assert read("a\n\n..\n\n   quoted\n").text == "a\n\n  \n\n   quoted\n"


def test_a_comment_ends_where_the_text_stands_further_left():
    text = "- item\n\n  .. hidden\n     too\n\n  shown\n"
    assert read(text).text == "- item\n\n  " + hidden(".. hidden") + "\n        \n\n  shown\n"


def test_no_file_is_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for directive in (
        "include",
        "literalinclude",
        "csv-table:: x\n   :file",
        "raw:: html\n   :file",
    ):
        text = f".. {directive}:: {secret}\n"
        assert "secret\n" not in read(text).text.replace(str(secret), "")


def test_control_characters_become_spaces():
    assert read("a\x0cb\x1b[0mc" + " word" * 400).text.startswith("a b [0mc word")


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(DocumentError, match="looks like a binary file"):
        read_restructured(b"\x89PNG\r\n\x1a\n\x00\x00")


def test_a_long_file_of_markup_takes_no_longer_than_its_length():
    for text in (".. a::\n" * 20_000, "..\n" * 20_000, "a::\n" * 20_000, "a\n=\n\n" * 20_000):
        read(text)
