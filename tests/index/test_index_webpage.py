import time

import pytest

from index import DocumentError
from index.readers.checking import checked
from index.readers.html.reader import read_webpage, read_xhtml


def read(html):
    return checked(read_webpage(html.encode()))


def paragraphs(html):
    return read(html).text.split("\n\n")


def sections(content):
    """The sections' titles and texts; each must begin with its title."""
    texts = [content.text[start:end].strip() for _, start, end in map(astuple, content.sections)]
    assert all(
        text.startswith(item.title) for text, item in zip(texts, content.sections, strict=True)
    )
    return {item.title: text for text, item in zip(texts, content.sections, strict=True)}


def astuple(section):
    return section.title, section.start, section.end


PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Tea &mdash; The Pantry</title>
<style>p { color: #333 }</style><script>document.write("<p>no</p>")</script></head>
<body>
<header class="site-header"><a href="/">The Pantry</a> <form><input><button>Search</button></form></header>
<nav><ul><li><a href="/tea">Tea</a><li><a href="/coffee">Coffee</a></ul></nav>
<div class="sidebar"><a href="/1">Popular: cocoa</a> <a href="/2">Popular: mate</a></div>
<h1>Tea<a class="headerlink" href="#tea" title="Link to this heading">¶</a></h1>
<p>Tea is a <b>drink</b> made of
   <a href="/leaves">leaves</a> &amp; water.</p>
<h2 id="making">Making it</h2>
<ol><li>Boil the water.</li><li><p>Pour it.</p><p>Wait.</p></ol>
<pre><code>kettle.<span class="k">boil</span>()
    .pour()

</code></pre>
<h2>Kinds</h2>
<table><thead><tr><th>Kind</th><th>Minutes</th></tr></thead>
<tbody><tr><td>Green</td><td>2</td></tr><tr><td>Black</td><td>4</td></tr></tbody></table>
<footer>© 2024 The Pantry. <a href="/imprint">Imprint</a></footer>
</body></html>"""


def test_a_page_tells_what_is_its_own():
    content = read(PAGE)
    assert content.title == "Tea"
    assert content.media_type == "text/html"
    assert content.pages == ()
    assert content.text == (
        "Tea\n\nTea is a drink made of leaves & water.\n\n"
        "Making it\n\n1. Boil the water.\n\n2. Pour it.\n\nWait.\n\nkettle.boil()\n    .pour()\n\n"
        "Kinds\n\nKind: Green; Minutes: 2.\n\nKind: Black; Minutes: 4."
    )
    assert list(sections(content)) == ["Tea", "Making it", "Kinds"]
    assert sections(content)["Tea"] == "Tea\n\nTea is a drink made of leaves & water."


def test_sections_go_from_one_heading_to_the_next_of_any_level():
    content = read("<p>Before.<h1>One</h1>a<h3>Two</h3><p>b<h6>Three</h6>")
    assert [content.text[item.start : item.end] for item in content.sections] == [
        "One\n\na\n\n",
        "Two\n\nb\n\n",
        "Three",
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a<p>b</p>c<div>d</div>e", ["a", "b", "c", "d", "e"]),
        ("<p>a\n\n\n b\t c\xa0d", ["a b c d"]),
        ("<p>a<br>b<br>\n c<p>d<br><br/>e<br>", ["a\nb\nc", "d", "e"]),
        ("<p>one <i>two</i>three", ["one twothree"]),
        ("<p>x<sup>2</sup> 10<sup>6</sup> 3<sup><a href='#n'>1</a></sup>", ["x2 10^6 31"]),
        ("<p>He said <q>yes</q>.", ["He said “yes”."]),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>d", ["a", "b", "c", "d"]),
        ("<ol start=3><li>a<li>b<li value=9>c<li>d</ol>", ["3. a", "4. b", "9. c", "10. d"]),
        ("<ol type=a><li>a</ol><ol style='list-style:none'><li>b</ol>", ["a", "b"]),
        ("<ol><li><ul><li>a</ul><li>b</ol>", ["1. a", "2. b"]),
        ("<dl><dt>a<dd>b<dt>c<dd><p>d<p>e</dl>", ["a", "b", "c", "d", "e"]),
        ("so\u00adft ze\u200bro\ufeff ", ["soft zero"]),
        ("<pre>\n a\tb\n\n\n\n  c  \n</pre>d", [" a      b", "  c", "d"]),
        ("<pre>a<div>b</div><div>c</div></pre>", ["a\nb\nc"]),
        ("<p>was <del>5</del> <s>6</s> 7", ["was 7"]),
        ("<h2>a<br>b</h2>", ["a b"]),
        ("<svg><title>no</title><text>no</text></svg><p>a", ["a"]),
        ("<math><mi>x</mi><annotation encoding='tex'>no</annotation></math>", ["x"]),
        ("<select><option>no</select><textarea>no</textarea><button>no</button>a", ["a"]),
        ("<h2><button>Unfold</button></h2><p>a", ["Unfold", "a"]),
        ("<dialog>no</dialog><dialog open>a</dialog>", ["a"]),
        ("<video><p>no</video><select><option>no<p>no</select>a", ["a"]),
        ("<img alt='no'><video>no</video><iframe>no</iframe>a", ["a"]),
        ("<blockquote>a<footer>By Ann</footer></blockquote>", ["a", "By Ann"]),
    ],
)
def test_what_is_seen_as_it_is_seen(html, expected):
    assert paragraphs(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b><p>one</b> two</p>three", ["one two", "three"]),
        ("<p>a<p>b<div>c<p>d</div>e", ["a", "b", "c", "d", "e"]),
        ("a</p>b</div>c</b>d", ["a", "bcd"]),
        ("<div hidden><p>no</div>a", ["a"]),
        ("<div hidden><ul><li>no</div>a", ["a"]),
        ("<li hidden>no<li>a", ["a"]),
        ("<div><span hidden>no</div>a", ["a"]),
        ("<table><tr><td hidden>no<td>a<td>b</table>", ["a", "b"]),
        ("<div hidden>no<table><tr><td></div>no</table></div>a", ["a"]),
        ("<table><tr><td><p>a<td>b<tr><td>c<td>d</table>e", ["a: b.", "c: d.", "e"]),
        ("<table>a</table></table>b", ["a", "b"]),
        ("<td>a<tr>b</td>c", ["abc"]),
        ("<h2>a</h3>b", ["a", "b"]),
        ("<a href=x>a<a href=y hidden>no</a>b", ["ab"]),
        ("<i hidden>no<b>no</i>no</b>a", ["noa"]),
        ("a</body></html>b", ["ab"]),
    ],
)
def test_missing_and_mismatched_tags(html, expected):
    assert paragraphs(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<tr><th>A<th>B<tr><td>1<td>x<tr><td>2<td>y", ["A: 1; B: x.", "A: 2; B: y."]),
        ("<caption>C</caption><tr><th>A<th>B<tr><td>1<td>2", ["C", "A: 1; B: 2."]),
        ("<tr><th>A<th>B<tr><td rowspan=2>1<td>x<tr><td>y", ["A: 1; B: x.", "A: 1; B: y."]),
        ("<tr><th>A<th colspan=2>B<tr><td>1<td>x<td>y", ["A: 1; B: x; B: y."]),
        ("<tr><th>A<th>B<tr><td colspan=2>1<tr><td>2<td>3", ["A: 1.", "A: 2; B: 3."]),
        ("<tr><th>A<th>B<tr><td><ul><li>p<li>q</ul><td>2", ["A: p, q; B: 2."]),
        ("<tr><th>A<th>B<tr><td><p>P.<p>Q<td>2", ["A: P. Q; B: 2."]),
        ("<tr><td>a<tr><td>b", ["a", "b"]),
        ("<tr><th>A<p>B<tr><td>1<p>2", ["A, B", "1, 2"]),
        ("<tr><td><p>a<p>b<td>c", ["a", "b", "c"]),
        ("<tr><td><h2>H</h2><td>b<tr><td>c<td>d", ["H", "b", "c", "d"]),
        ("<tr><td><pre>1\n2</pre><td><pre>x\ny</pre>", ["1\n2", "x\ny"]),
        ("<tr><td>a<td><table><tr><td>1<td>2<tr><td>3<td>4</table>", ["a", "1: 2.", "3: 4."]),
        ("<tr><td rowspan=9999999>a<td colspan=x>b<tr><td>c", ["a: b.", "a: c."]),
    ],
)
def test_tables_are_rows_unless_they_only_arrange(html, expected):
    assert paragraphs(f"<table>{html}</table>") == expected


def test_a_table_that_is_said_to_arrange_does():
    html = "<table role=presentation><tr><th>A<th>B<tr><td>1<td>2</table>"
    assert paragraphs(html) == ["A", "B", "1", "2"]


def test_prose_below_a_header_is_no_value():
    long = "word " * 60
    html = f"<table><tr><th>A<th>B<tr><td><p>{long}<p>{long}<td>x</table>"
    assert paragraphs(html) == ["A", "B", long.strip(), long.strip(), "x"]


WAYS = [
    "<nav>{}</nav>",
    "<div role=navigation>{}</div>",
    "<ul class='docnav top'><li>Home<li>{}</ul>",
    "<div id=main-nav>{}</div>",
    "<div class=breadcrumbs>{}</div>",
    "<header>{}</header>",
    "<footer>{}</footer>",
    "<div class=footer>{}</div>",
    "<div role=contentinfo>{}</div>",
    "<aside><a href=x>{}</a></aside>",
    "<div class=toc><p>Contents</p><a href=x>{} and more</a></div>",
    "<div class=sphinxsidebar><a href=x>{}</a></div>",
    "<span class=sr-only>{}</span>",
    "<a class=skip-link href=#main>{}</a>",
]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_there_to_find_ones_way_is_left_out(way):
    html = f"{way.format('Elsewhere')}<h1>Here</h1><p>The text.</p>{way.format('Elsewhere')}"
    assert paragraphs(html) == ["Here", "The text."]


PROSE = ("How ships find their way. " * 60).strip()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<article><header><p>By Ann</p></header>Text.</article>", ["By Ann", "Text."]),
        ("<header><h1>Title</h1><p>By Ann</p></header>Text.", ["Title", "By Ann", "Text."]),
        ("<aside>A note and a <a href=x>link</a>.</aside>Text.", ["A note and a link.", "Text."]),
        ("<div class=sidebar>Words of its own.</div>Text.", ["Words of its own.", "Text."]),
        ("<div class=with-sidebar><a href=x>A</a></div>Text.", ["A", "Text."]),
        (f"<div class=navigation>{PROSE}</div>Text.", [PROSE, "Text."]),
        (f"<footer>{PROSE}</footer>Text.", [PROSE, "Text."]),
        ("<p><span class=nav>Nav</span> <b id=toc>toc</b>.", ["Nav toc."]),
    ],
)
def test_what_only_is_called_so_is_kept(html, expected):
    assert paragraphs(html) == expected


def test_the_main_part_is_the_page_where_it_is_most_of_it():
    html = "<p>Log in</p><main><h1>A</h1><p>The text.</p></main><p>Ads</p>"
    assert paragraphs(html) == ["A", "The text."]
    assert paragraphs(f"<p>{'Long text. ' * 9}<main>x</main>") == [("Long text. " * 9).strip(), "x"]
    assert paragraphs("<div role=main>The text.</div>Ads") == ["The text."]


def test_a_page_of_links_is_better_than_none():
    links = "<div class=toc><a href=1>One</a> <a href=2>Two</a></div>"
    assert paragraphs(f"<nav>Home</nav><h1>All</h1>{links}") == ["All", "One Two"]
    assert paragraphs("<nav><a href=1>One</a></nav><footer>End</footer>") == ["One", "End"]


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>A — Site 1.2 documentation</title><h1>A¶</h1>", "A — Site 1.2 documentation"),
        ("<title>A — Site</title><h1>A<a href=#a>¶</a></h1>", "A"),
        ("<title>Site | A</title><h1>A</h1>", "A"),
        ("<title>Site</title><h1>A</h1>", "Site"),
        ("<title>A-Z</title><h1>A</h1>", "A-Z"),
        ("<title>A\n &amp; B</title><p>x", "A & B"),
        ("<title>Untitled</title><h1>A</h1>", "A"),
        ("<h2>A</h2><h1>B</h1>", "A"),
        ("<svg><title>Icon</title></svg><p>x", "Icon"),
        ("<title>A</title><svg><title>Icon</title></svg>x", "A"),
        ("<p>x", None),
    ],
)
def test_the_title_is_what_the_page_calls_itself(html, title):
    assert read(html).title == title


@pytest.mark.parametrize("text", ["Grüße für 5 €", "日本語の文章です。", "Привет, мир"])
def test_a_page_is_decoded_by_what_it_says(text):
    codecs = {"Grüße für 5 €": "windows-1252", "Привет, мир": "koi8-r"}
    codec = codecs.get(text, "shift_jis")
    head = f'<html><head><meta http-equiv="content-type" content="text/html; charset={codec}"><p>'
    assert read_webpage((head + text).encode(codec)).text == text
    assert read_webpage((head + text).encode()).text == text, "UTF-8, whatever it says"
    assert read_webpage((head + text).encode("utf-16")).text == text
    assert read_webpage(f"<p>{text}".encode()).text == text


@pytest.mark.parametrize("name", ["rot13", "zlib", "utf-7", "unicode_escape", "cp99999", "gbx"])
def test_no_other_codec_is_run_by_its_name(name):
    html = f'<meta charset="{name}"><p>a+ADw-b'
    assert read_webpage(html.encode()).text == "a+ADw-b"


def test_a_wrong_encoding_is_guessed_around():
    html = '<meta charset="euc-jp"><p>' + "Die Straße führt über die Brücke zum größten Haus. " * 3
    assert "Straße führt über" in read_webpage(html.encode("cp1252")).text


def test_a_picture_is_no_page():
    with pytest.raises(DocumentError, match="looks like a binary file"):
        read_webpage(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00")


def test_xml_is_read_as_xml():
    html = "<html><head><title/><script src='x'/></head><body><p/>a<div hidden='hidden'/>b</body></html>"
    content = read_xhtml(html.encode())
    assert (content.text, content.media_type) == ("a\n\nb", "application/xhtml+xml")
    assert read_webpage(f'<?xml version="1.0"?>{html}'.encode()).text == "a\n\nb"


def test_entities_of_a_document_type_are_not_expanded():
    html = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "aaaa">]><p>x &a; &eacute;</p>'
    assert read(html).text.endswith("x &a; é")


HARD = {
    "nested": "<div>" * 100_000 + "deep",
    "nested and closed": "<div>" * 100_000 + "deep" + "</div>" * 100_000,
    "formatted": "<p><b>" * 20_000 + "deep",
    "lists": "<ul><li>" * 20_000 + "deep",
    "tables": "<table><tr><td>" * 20_000 + "deep",
    "navigation": "<nav>x" * 20_000 + "</nav>" * 20_000 + "deep",
    "end tags": "<div>" * 300 + "</p>" * 20_000 + "deep",
    "mismatched": "<i><div>" + "<b>" * 20_000 + "</i>" * 20_000 + "deep",
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">deep",
    "raised": "<sup>1" * 20_000 + "deep",
    "comments": "<!--" * 100_000 + "-->deep",
    "less than": "<" * 200_000 + " deep",
    "styles": "<style>" + ".a{}" * 20_000 + "</style><p class=a>deep",
    "open styles": "<style>a{" * 20_000 + "</style>deep",
    "spaces": "<p>" + " " * 500_000 + "deep",
    "quotes": "<a b='\"'" * 100_000 + ">deep",
    "spans": "<table>" + "<tr>" + "<th colspan=999>h" * 5_000 + "</table>deep",
}


@pytest.mark.parametrize("name", HARD)
def test_no_page_takes_more_than_its_length_does(name):
    """The limit is far above what it takes, and far below what a quadratic way would."""
    started = time.process_time()
    text = read_webpage(HARD[name].encode()).text
    assert time.process_time() - started < 20
    assert text.endswith("deep")
