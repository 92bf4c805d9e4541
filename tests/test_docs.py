"""The pages of the public API: made of every public name, and of nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_public import MODULES

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The text of each page, by its path."""
    folder = tmp_path_factory.mktemp("pages")
    subprocess.run([sys.executable, ROOT / "docs" / "api.py", folder], cwd=ROOT, check=True)
    files = folder.rglob("*.html")
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def page_of(module):
    return f"api/{module.__name__.replace('.', '/')}.html"


def test_there_is_a_page_for_each_module_and_one_to_open(pages):
    assert set(pages) == {"index.html", *map(page_of, MODULES)}
    assert "url=api/qa.html" in pages["index.html"]


@pytest.mark.parametrize("module", MODULES)
def test_a_page_shows_the_public_names_and_no_others(pages, module):
    sections = re.findall(r'<section id="([^"]+)">', pages[page_of(module)])
    assert sections == list(module.__all__)


def test_examples_and_arguments_are_on_the_pages(pages):
    assert "about four hours" in pages["api/qa.html"]
    assert re.search(r"<strong>progress:</strong>\s+called for each file", pages["api/qa.html"])
    assert 'href="index.html#Hit"' in pages["api/qa.html"]


def test_the_pages_load_nothing(pages):
    for page in pages.values():
        loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page)
        assert [address for address in loaded if not address.startswith("data:")] == []
        assert re.findall(r"url\((?!['\"]?data:)[^)]*\)|@import", page) == []


def test_what_is_opened_shows_no_constructor(pages):
    assert 'id="Assistant.open"' in pages["api/qa.html"]
    assert 'id="Assistant.__init__"' not in pages["api/qa.html"]
