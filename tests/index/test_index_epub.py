import io
import zipfile

import pytest

from index import DocumentError
from index.readers.checking import checked
from index.readers.epub.reader import read_epub

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="{}" media-type="application/oebps-package+xml"/></rootfiles></container>"""


def package(items, spine, extra="", title="The Voyage"):
    """An OPF; `items` are (id, href, properties), `spine` item references as they are written."""
    manifest = "".join(
        f'<item id="{id_}" href="{href}" properties="{properties}" '
        f'media-type="{"application/x-dtbncx+xml" if href.endswith("ncx") else "application/xhtml+xml"}"/>'
        for id_, href, properties in items
    )
    return (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0"><metadata>'
        f"<dc:creator>Ann Sailor</dc:creator><dc:title>{title}</dc:title></metadata>"
        f"<manifest>{manifest}</manifest>{spine}{extra}</package>"
    )


def refs(*ids):
    return "<spine>" + "".join(f'<itemref idref="{id_}"/>' for id_ in ids) + "</spine>"


def page(body):
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>no</title></head><body>{body}</body></html>"
    )


def book(files, opf="OEBPS/book.opf"):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER.format(opf))
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def read(files, opf="OEBPS/book.opf"):
    return checked(read_epub(book(files, opf)))


def parts(content):
    return [content.text[item.start : item.end].strip() for item in content.sections]


def test_a_book_is_read_in_its_own_order():
    items = [("b", "two.xhtml", ""), ("a", "text/one.xhtml", ""), ("c", "notes.xhtml", "")]
    spine = (
        '<spine><itemref idref="c" linear="no"/><itemref idref="a"/><itemref idref="gone"/>'
        '<itemref idref="b"/><itemref idref="a"/></spine>'
    )
    content = read(
        {
            "OEBPS/book.opf": package(items, spine, title="The Voyage &amp; more"),
            "OEBPS/two.xhtml": page("<h1>Two</h1><p>They came back.</p>"),
            "OEBPS/text/one.xhtml": page(
                "<h1>One</h1><p>They <i>left</i>.</p><h2>Rain</h2><p>It fell.</p>"
            ),
            "OEBPS/notes.xhtml": page("<p>A note.</p>"),
        }
    )
    assert content.title == "The Voyage & more"
    assert content.media_type == "application/epub+zip"
    assert content.text == (
        "One\n\nThey left.\n\nRain\n\nIt fell.\n\nTwo\n\nThey came back.\n\nA note."
    )
    assert parts(content) == [
        "One\n\nThey left.",
        "Rain\n\nIt fell.",
        "Two\n\nThey came back.\n\nA note.",
    ]


NAV = page(
    '<nav epub:type="toc"><h1>Contents</h1><ol><li><a href="a.xhtml">One</a></li>'
    '<li><a href="b%20b.xhtml#top">Two</a></li>'
    '<li><a href="../OEBPS/c.xhtml">Three &amp; four</a></li></ol></nav>'
)
NCX = """<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN"
"http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"><ncx><docTitle><text>no</text></docTitle><navMap>
<navPoint><navLabel><text>One</text></navLabel><content src="a.xhtml"/>
<navPoint><navLabel><text> Two </text></navLabel><content src="b%20b.xhtml#top"/></navPoint></navPoint>
<navPoint><navLabel><text>Three &amp; four</text></navLabel><content src="../OEBPS/c.xhtml"/></navPoint>
</navMap></ncx>"""
CHAPTERS = {
    "OEBPS/a.xhtml": page("<h2>The first</h2><p>A.</p>"),
    "OEBPS/b b.xhtml": page("<p>* * *</p><p class='chapter'>TWO</p><p>B.</p>"),
    "OEBPS/c.xhtml": page("<p>C.</p>"),
    "OEBPS/d.xhtml": page("<p>D.</p>"),
}
ITEMS = [("a", "a.xhtml", ""), ("b", "b%20b.xhtml", ""), ("c", "c.xhtml", ""), ("d", "d.xhtml", "")]


@pytest.mark.parametrize("edition", [2, 3])
def test_chapters_without_a_heading_have_their_titles_from_the_contents(edition):
    if edition == 3:
        items, contents = [*ITEMS, ("nav", "nav.xhtml", "nav")], {"OEBPS/nav.xhtml": NAV}
        spine = refs("nav", "a", "b", "c", "d")
    else:
        items, contents = [*ITEMS, ("ncx", "toc.ncx", "")], {"OEBPS/toc.ncx": NCX}
        spine = refs("a", "b", "c", "d").replace("<spine>", '<spine toc="ncx">')
    content = read({"OEBPS/book.opf": package(items, spine), **contents, **CHAPTERS})
    assert content.text == ("The first\n\nA.\n\n* * *\n\nTWO\n\nB.\n\nThree & four\n\nC.\n\nD.")
    assert [item.title for item in content.sections] == ["The first", "TWO", "Three & four"]


def test_a_page_with_the_contents_is_left_out():
    guide = '<guide><reference type="toc" href="b%20b.xhtml#x"/></guide>'
    content = read({"OEBPS/book.opf": package(ITEMS, refs("a", "b", "c"), guide), **CHAPTERS})
    assert content.text == "The first\n\nA.\n\nC."


def test_a_book_without_a_title_is_called_by_its_first_heading():
    files = {"OEBPS/book.opf": package(ITEMS, refs("d", "a"), title=""), **CHAPTERS}
    assert read(files).title == "The first"


def test_names_never_lead_out_of_the_archive(tmp_path, monkeypatch):
    secret = tmp_path / "secret.xhtml"
    secret.write_text(page("secret"))
    monkeypatch.chdir(tmp_path)
    items = [
        ("a", "../../a.xhtml", ""),
        ("b", f"file://{secret}", ""),
        ("c", str(secret), ""),
        ("d", "%2e%2e/%2e%2e/secret.xhtml", ""),
    ]
    content = read(
        {"OEBPS/book.opf": package(items, refs("a", "b", "c", "d")), "a.xhtml": page("inside")}
    )
    assert content.text == "inside"


def test_entities_are_not_expanded():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = read(
        {
            "OEBPS/book.opf": bomb + package(ITEMS, refs("a"), title="&b;"),
            "OEBPS/a.xhtml": bomb + "<p>x</p><p>&b;</p>",
        }
    )
    assert content.title == "&b;"
    assert "aaaa" not in content.text


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
        "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        "",
    ],
)
def test_a_protected_book_is_refused(algorithm):
    encryption = (
        '<encryption><enc:EncryptedData xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
        f'<enc:EncryptionMethod Algorithm="{algorithm}"/></enc:EncryptedData></encryption>'
    )
    files = {"OEBPS/book.opf": package(ITEMS, refs("a")), **CHAPTERS}
    with pytest.raises(DocumentError, match="protected against copying"):
        read({**files, "META-INF/encryption.xml": encryption})


@pytest.mark.parametrize(
    "algorithm", ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"]
)
def test_scrambled_fonts_protect_no_text(algorithm):
    encryption = f'<encryption><EncryptionMethod Algorithm="{algorithm}"/></encryption>'
    files = {"OEBPS/book.opf": package(ITEMS, refs("d")), **CHAPTERS}
    assert read({**files, "META-INF/encryption.xml": encryption}).text == "D."


def test_a_book_whose_container_is_wrong_is_still_found():
    files = {"OEBPS/book.opf": package(ITEMS, refs("d")), **CHAPTERS}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert read_epub(data.getvalue()).text == "D."


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04 broken"])
def test_what_is_no_archive_is_refused(data):
    with pytest.raises(DocumentError, match="damaged or not of the kind that its name says"):
        read_epub(data)


def test_an_archive_without_a_book_is_refused():
    with pytest.raises(DocumentError, match="its list of pages is missing"):
        read({"OEBPS/other.xhtml": page("x")})


def test_a_damaged_page_is_named_and_a_missing_one_passed_over():
    opf = package(ITEMS, refs("a", "b"))
    assert read({"OEBPS/book.opf": opf, "OEBPS/a.xhtml": "<p>cut <b>off"}).text == "cut off"
    data = bytearray(book({"OEBPS/book.opf": opf, "OEBPS/a.xhtml": page("hello there")}))
    at = data.index(b"hello there")
    data[at : at + 5] = b"HELLO"
    with pytest.raises(DocumentError, match="damaged"):
        read_epub(bytes(data))
