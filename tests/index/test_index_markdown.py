import pytest

from index.readers.checking import checked
from index.readers.markdown import read_markdown


def sections(text):
    content = checked(read_markdown(text.encode()))
    assert content.text == text
    return [(item.title, text[item.start : item.end]) for item in content.sections]


def test_a_section_goes_from_its_heading_to_the_next_of_any_level():
    text = "Before.\n\n# One\n\na\n\n### Two ##\nb\n\nThree\n=====\nc\n\nFour\n---\n"
    assert sections(text) == [
        ("One", "# One\n\na\n\n"),
        ("Two", "### Two ##\nb\n\n"),
        ("Three", "Three\n=====\nc\n\n"),
        ("Four", "Four\n---\n"),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# C#", "C#"),
        ("# C #", "C"),
        ("#\tTab", "Tab"),
        ("   ## Indented  \t", "Indented"),
        ("# **Bold** and `code`", "Bold and code"),
        ("# The `__init__` of *x*", "The __init__ of *x*"),
        ("# [Maps (v2)](https://x.org/a_b) for [all][1] ![](i.png)", "Maps (v2) for all"),
        ("# [1.0] - 2020-01-02", "[1.0] - 2020-01-02"),
        ("Two\nlines\n===", "Two lines"),
        ("  Two\n   lines\n   --  ", "Two lines"),
        ("[a]: b\n=", "[a]: b"),
    ],
)
def test_titles(text, title):
    assert [found for found, _ in sections(text)] == [title]


@pytest.mark.parametrize(
    "text",
    [
        "#hashtag",
        "####### seven",
        "#",
        "## ##",
        "    # indented code",
        "```\n# code\nTitle\n===\n```\n",
        "~~~~ python\n# code\n~~~\n# code\n~~~~",
        "```\n# never closed\n",
        "````\n```\n# code\n````",
        "  ```\n# code\n  ```",
        "a\n\n---\n",
        "- item\n---\n",
        "> quoted\n---\n",
        "1. item\n---\n",
        "| a |\n---\n",
        "    code\n---\n",
        "===\n===\n",
        "a\n= =\n",
        "a\n--- -\n",
        "",
    ],
)
def test_what_is_no_heading_begins_no_section(text):
    assert sections(text) == []


def test_after_a_listing_headings_count_again():
    text = "```\n# no\n```\n# Yes\n``` not ` a fence\n# Too\n"
    assert [title for title, _ in sections(text)] == ["Yes", "Too"]


def test_hidden_headings_begin_no_section():
    content = read_markdown(b"---\ntitle: x\n---\n<!--\n# no\n-->\n# Yes\n")
    assert [(item.title, item.start) for item in content.sections] == [("Yes", 31)]


def test_long_lines_take_no_longer_than_their_length():
    for line in ("a" + " " * 200_000 + "b", "# " + "# " * 100_000, "`" * 200_000):
        read_markdown(f"x\n{line}\n".encode())
