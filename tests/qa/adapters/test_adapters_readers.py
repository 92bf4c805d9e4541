from pathlib import Path

import pytest
from llama_index.core import SimpleDirectoryReader
from llama_index.core.readers.base import BaseReader
from llama_index.core.readers.json import JSONReader
from llama_index.core.schema import Document

from index import Content, DocumentError, Library, Page
from qa.adapters.readers import from_llama_index


class LineReader(BaseReader):
    """A document a line, `title|text`; it notes where each file was."""

    def __init__(self):
        self.paths = []

    def load_data(self, file, extra_info=None):
        self.paths.append(file)
        rows = [line.split("|") for line in file.read_text(encoding="utf-8").splitlines()]
        return [Document(text=text, metadata={"title": title}) for title, text in rows]


class LazyReader(BaseReader):
    """Opens the file only when its documents are asked for."""

    def lazy_load_data(self, file_path):
        yield Document(text=Path(file_path).read_text(encoding="utf-8"))


class Fixed(BaseReader):
    """Returns what it was given, or raises it."""

    def __init__(self, *documents):
        self.documents = documents

    def load_data(self, input_file):
        for document in self.documents:
            if isinstance(document, Exception):
                raise document
        return list(self.documents)


def labelled(*pages):
    return Fixed(*(Document(text=text, metadata={"page_label": label}) for label, text in pages))


def test_the_documents_of_a_file_become_its_pages():
    content = from_llama_index(LineReader(), ".html")("Ships|A red boat.\n|Zoë’s car.".encode())
    assert content == Content(
        "Ships", "A red boat.\n\nZoë’s car.", "text/html", (Page(1, 0, 13), Page(2, 13, 23))
    )
    assert [content.text[page.start : page.end].strip() for page in content.pages] == [
        "A red boat.",
        "Zoë’s car.",
    ]


def test_a_single_document_has_no_pages():
    content = from_llama_index(LazyReader())(b"A red boat.\n")
    assert content == Content(None, "A red boat.", "application/octet-stream")


def test_a_page_by_its_label_is_one():
    assert from_llama_index(labelled(("7", "Text")))(b"").pages == (Page(7, 0, 4),)


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        (("3", "4", "9"), (3, 4, 9)),
        (("i", "ii", "1"), (1, 2, 3)),
        (("1", "1", "2"), (1, 2, 3)),
        (("3", "2", "1"), (1, 2, 3)),
        ((0, 1, 2), (1, 2, 3)),
        ((4, 5, 6), (4, 5, 6)),
    ],
)
def test_labels_that_count_up_are_the_numbers_of_the_pages(labels, numbers):
    content = from_llama_index(labelled(*((label, "Text") for label in labels)))(b"")
    assert tuple(page.number for page in content.pages) == numbers


def test_a_page_without_text_is_left_out_and_counted():
    content = from_llama_index(Fixed(*(Document(text=text) for text in ("One", " \n", "Three"))))(
        b""
    )
    assert content.text == "One\n\nThree"
    assert content.pages == (Page(1, 0, 5), Page(3, 5, 10))


def test_no_documents_are_no_text():
    assert from_llama_index(Fixed())(b"") == Content(None, "", "application/octet-stream")


def test_text_is_made_what_the_index_takes():
    text = (
        " One\x00 line \t\r\nand\x1b the\x0c next\r\r\r\rA\ud800 paragraph.\n \n\n \nThe last.\n\n"
    )
    content = from_llama_index(Fixed(Document(text=text)))(b"")
    assert content.text == "One line\nand the next\n\nA paragraph.\n\nThe last."


def test_the_file_has_a_harmless_name_and_is_gone_afterwards():
    reader = LineReader()
    read = from_llama_index(reader, ".xyz")
    read(b"a|b")
    with pytest.raises(DocumentError):
        read(b"a|b|c")
    assert [path.name for path in reader.paths] == ["document.xyz", "document.xyz"]
    assert not any(path.parent.exists() for path in reader.paths)


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        (Fixed(ValueError("no\n good")), "Fixed cannot read it: no good"),
        (Fixed(KeyError()), "Fixed cannot read it: KeyError"),
        (Fixed(ImportError("install that")), "Fixed cannot read it: install that"),
        (Fixed("text"), "Fixed cannot read it: 'str' object has no attribute 'metadata'"),
    ],
)
def test_whatever_goes_wrong_is_told_in_a_line(reader, message):
    with pytest.raises(DocumentError) as caught:
        from_llama_index(reader)(b"")
    assert str(caught.value) == message


def test_a_reader_of_llama_index_itself():
    read = from_llama_index(JSONReader(levels_back=0), ".json")
    assert read(b'{"name": "Zo\\u00eb", "boats": ["red", "blue"]}').text == (
        "name Zoë\nboats red\nboats blue"
    )
    with pytest.raises(DocumentError, match="JSONReader cannot read it"):
        read(b"{")


def test_what_llama_index_reads_of_a_file_is_what_its_reader_is_given(tmp_path):
    """The bridge hands the file over as SimpleDirectoryReader does."""
    (tmp_path / "notes.xyz").write_text("Ships|A red boat.", encoding="utf-8")
    documents = SimpleDirectoryReader(tmp_path, file_extractor={".xyz": LineReader()}).load_data()
    assert from_llama_index(LineReader())(b"Ships|A red boat.").text == documents[0].text


def test_a_library_reads_such_files(tmp_path, write, embedder):
    folder = write({"notes.xyz": "Ships|A red boat.\n|A blue car.", "bad.XYZ": "a|b|c"})
    readers = {".xyz": from_llama_index(LineReader(), ".xyz")}
    with Library.open(folder, tmp_path / "home", embedder, readers=readers) as library:
        report = library.sync()
        assert report.added == 1
        assert [(item.path, item.reason) for item in report.failed] == [
            ("bad.XYZ", "LineReader cannot read it: too many values to unpack (expected 2)")
        ]
        document = library.document("notes.xyz")
        assert (document.title, document.text) == ("Ships", "A red boat.\n\nA blue car.")
        (hit,) = library.search_vectors(embedder.vector("red boat"), 1)
        assert (hit.chunk.start, hit.chunk.text, hit.chunk.page) == (0, document.text, 1)
