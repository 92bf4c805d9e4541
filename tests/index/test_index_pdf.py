import random
from contextlib import suppress

import pytest
from pdf_making import lines, make_pdf, together, with_content
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth

from index.errors import DocumentError
from index.readers import READERS
from index.readers.checking import checked
from index.readers.pdf import reader
from index.readers.pdf.reader import read_pdf
from index.readers.pdf.text import written

FOX = (
    "The quick brown fox jumps over the lazy dog, and then",
    "it goes on to the next line of the very same paragraph,",
    "where it ends.",
)
FOX_TEXT = " ".join(FOX)


def read(*pages, **options):
    return checked(read_pdf(make_pdf(*pages, **options)))


def text_of(*pages, **options):
    return read(*pages, **options).text


def test_a_pdf_is_one_of_the_documents_that_are_read():
    assert READERS[".pdf"].reader() is read_pdf


def test_the_lines_of_a_paragraph_are_one_line_of_text():
    content = read(lines(*FOX))
    assert content.text == FOX_TEXT
    assert content.media_type == "application/pdf"
    assert content.title is None
    assert content.sections == ()


def test_a_page_knows_where_its_lines_are_printed():
    [page] = read(lines(*FOX, x=40, y=400)).pages
    assert (page.number, page.start, page.end) == (1, 0, len(FOX_TEXT))
    assert [FOX_TEXT[line.start : line.end] for line in page.lines] == list(FOX)
    for number, (line, text) in enumerate(zip(page.lines, FOX, strict=True)):
        baseline = 500 - 400 + 12 * number
        assert line.left == pytest.approx(40 / 400, abs=0.001)
        assert line.right == pytest.approx(
            (40 + stringWidth(text, "Helvetica", 10)) / 400, abs=0.002
        )
        assert line.top == pytest.approx((baseline - 8) / 500)
        assert line.bottom == pytest.approx((baseline + 2.2) / 500)


def test_pages_follow_one_another_and_those_without_text_are_left_out():
    content = read(lines("First page."), lambda canvas: None, lines("Third page."))
    assert content.text == "First page.\n\nThird page."
    assert [(p.number, p.start, p.end) for p in content.pages] == [(1, 0, 13), (3, 13, 24)]
    assert content.text[content.pages[1].start :] == "Third page."


def test_a_sentence_may_run_over_the_end_of_a_page():
    content = read(
        lines("It began on the first page of the", y=100), lines("document and went on.", y=450)
    )
    assert content.text == "It began on the first page of the document and went on."
    assert content.text[content.pages[1].start :] == "document and went on."


@pytest.mark.parametrize(
    ("end", "begin", "text"),
    [
        ("This is an exam-", "ple of it.", "This is an example of it."),
        ("It is a well-", "known word.", "It is a well-known word. Very well-known."),
        ("This was co-", "operation.", "This was cooperation. Very cooperation."),
        ("The state-of-the-", "art is good.", "The state-of-the-art is good."),
        ("The Franco-", "Prussian war.", "The Franco-Prussian war."),
        ("In the years 1914-", "18 it was.", "In the years 1914-18 it was."),
        ("It cost much—", "too much.", "It cost much—too much."),
        ("It is — as -", "was said — so.", "It is — as - was said — so."),
        ("See https://example.org/a-", "page for it.", "See https://example.org/a-page for it."),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_stays_only_where_it_belongs_to_the_word(end, begin, text):
    # What stands elsewhere in the document decides.
    after = text[len(text.split(".")[0]) + 1 :].strip() if ". Very" in text else ""
    head = text if not after else text[: -len(after) - 1]
    drawn = [lines(end, begin)] + ([lines(after, y=300)] if after else [])
    assert text_of(together(*drawn)) == "\n\n".join(filter(None, [head, after]))


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("eﬃcient ﬁnal ﬂow ﬆ", "efficient final flow st"),
        ("J¨urgen and Erd˝os", "Jürgen and Erdős"),
        ("Espa˜na, but ˜/home", "España, but ˜/home"),
        ("Le Maˆıtre na¨ıf, but ˆa", "Le Maître naïf, but ˆa"),
        ("Andr´e, but l´amour", "André, but l´amour"),
        ("Cafe\u0301", "Café"),
        ("exam\x02", "exam-"),
        ("exam\ufffe", "exam-"),
        ("exam\u00ad", "exam-"),
        ("soft\u00adly\u200b spoken", "softly spoken"),
        ("a\u00a0b\tc", "a b c"),
        ("\uf0b7 item", "item"),
    ],
)
def test_characters_are_those_that_a_person_would_write(printed, text):
    assert written(printed) == text


def test_lines_of_chinese_are_joined_without_a_space():
    registerFont(UnicodeCIDFont("STSong-Light"))
    one, other = "这是一个很长的句子它在这一行的末尾还没有结束因此它在", "下一行继续。"
    assert text_of(lines(one, other, font="STSong-Light")) == one + other


def test_a_line_ends_where_the_hyphen_was():
    [page] = read(lines("This is an exam-", "ple of it.")).pages
    assert [(line.start, line.end) for line in page.lines] == [(0, 15), (15, 25)]


def test_paragraphs_are_set_apart_by_a_gap_by_an_indent_or_by_a_short_last_line():
    gap = together(lines(*FOX), lines(*FOX, y=405))
    indent = together(lines(*FOX[:2]), lines(FOX[0], x=62, y=426), lines(*FOX[1:], y=414))
    short = lines(*FOX, *FOX)
    assert text_of(gap) == f"{FOX_TEXT}\n\n{FOX_TEXT}"
    assert text_of(indent) == f"{FOX[0]} {FOX[1]}\n\n{FOX_TEXT}"
    assert text_of(short) == f"{FOX_TEXT}\n\n{FOX_TEXT}"


def test_lines_that_stop_on_purpose_stay_lines():
    verse = ("Roses are red", "Violets are blue, they say", "Sugar is sweet", "And so are you")
    assert text_of(together(lines(*FOX, y=200), lines(*verse))).split("\n\n")[1] == "\n".join(verse)
    code = ("def read(path):", "    return open(path)", "print(read(1))")
    listing = together(lines(FOX[0]), lines(*code, font="Courier", y=420, size=9))
    assert text_of(listing) == f"{FOX[0]}\n\ndef read(path):\nreturn open(path)\nprint(read(1))"


def test_the_items_of_a_list_are_paragraphs():
    items = together(
        lines("There are these:"),
        lines("• one that is so long that it takes two lines of", y=430),
        lines("this list,", x=58, y=418),
        lines("• another.", "1. And a numbered one.", "(b) And a lettered one.", y=406),
    )
    assert text_of(items).split("\n\n") == [
        "There are these:",
        "• one that is so long that it takes two lines of this list,",
        "• another.",
        "1. And a numbered one.",
        "(b) And a lettered one.",
    ]


def test_the_rows_of_a_table_are_lines():
    def table(canvas):
        for row, cells in enumerate(
            [("Name", "Born", "Died"), ("Ada", "1815", "1852"), ("Alan", "1912", "1954")]
        ):
            for column, cell in enumerate(cells):
                canvas.drawString(50 + 100 * column, 450 - 14 * row, cell)

    content = read(table)
    assert content.text == "Name Born Died\nAda 1815 1852\nAlan 1912 1954"
    assert [content.text[line.start : line.end] for line in content.pages[0].lines[3:6]] == [
        "Ada",
        "1815",
        "1852",
    ]
    assert content.pages[0].lines[4].left == pytest.approx(150 / 400)


COLUMNS = [
    [f"This is line {number} of the {side} of two columns," for number in range(1, 9)]
    for side in ("first", "second")
]
COLUMNS_TEXT = " ".join(COLUMNS[0] + COLUMNS[1])


def test_columns_are_read_one_after_the_other():
    drawn = together(
        lines("A title over both of them, set in larger type", size=15, y=470),
        lines(*COLUMNS[0], x=30, y=440, size=8),
        lines(*COLUMNS[1], x=200, y=440, size=8),
    )
    assert text_of(drawn) == (
        "A title over both of them, set in larger type\n\n"
        + " ".join(COLUMNS[0])
        + "\n\n"
        + " ".join(COLUMNS[1])
    )


def test_columns_that_are_written_row_by_row_are_read_one_after_the_other():
    rows = [
        lines(text, x=x, y=440 - 10 * number, size=8)
        for number, row in enumerate(zip(*COLUMNS, strict=True))
        for text, x in zip(row, (30, 200), strict=True)
    ]
    title = lines("A title over both of them, set in larger type", size=15, y=470)
    assert text_of(together(*rows, title)) == (
        "A title over both of them, set in larger type\n\n"
        + " ".join(COLUMNS[0])
        + "\n\n"
        + " ".join(COLUMNS[1])
    )


def test_a_sentence_goes_on_in_the_next_column():
    one = [*COLUMNS[0][:-1], "and here the column ends but not the"]
    other = ["sentence, which ends here.", "Another one follows it in the second column."]
    drawn = together(lines(*one, x=30, size=8), lines(*other, x=220, size=8))
    assert "but not the sentence, which ends here." in text_of(drawn)


def test_lines_written_in_any_order_are_read_from_top_to_bottom():
    order = (4, 1, 5, 0, 3, 2, 6)
    texts = [f"Here is line {number} of the page, and it is long enough," for number in range(7)]
    drawn = together(*(lines(texts[n], y=450 - 12 * n) for n in order))
    assert text_of(drawn) == " ".join(texts)


def test_words_written_one_by_one_have_single_spaces():
    def words(canvas):
        x = 50.0
        for word in FOX[0].split():
            canvas.drawString(x, 450, word)
            x += stringWidth(word + " ", "Helvetica", 12)

    assert text_of(words) == FOX[0]


def test_a_note_in_the_margin_does_not_cut_the_text():
    body = [*FOX[:2], "and it goes on after the note as if nothing had been."]
    drawn = together(
        lines(*body[:1], size=9, x=40),
        lines("A note in", "the margin.", size=6, x=320),
        lines(*body[1:], size=9, x=40, y=439.2),
    )
    assert text_of(drawn) == " ".join(body) + "\n\nA note in the margin."


def test_small_raised_numbers_are_superscripts():
    def drawn(canvas):
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 450, "The area is 5 km")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(50 + stringWidth("The area is 5 km", "Helvetica", 10), 454, "2")

    assert text_of(drawn) == "The area is 5 km²"


def book(pages, head=None, foot=None, body=FOX):
    def page(number):
        def draw(canvas):
            if head:
                lines(head(number), y=480, size=9)(canvas)
            lines(*body, y=420)(canvas)
            lines(f"This is said on page {number} alone, and nowhere else.", y=350)(canvas)
            if foot:
                lines(foot(number), y=20, x=190, size=9)(canvas)

        return draw

    return [page(number) for number in range(1, pages + 1)]


def test_dots_that_lead_to_a_page_are_left_out():
    page = lines("1 Introduction . . . . . . . . . . 3", "2 The end............14", "It ends....")
    content = read(page)
    assert content.text == "1 Introduction 3\n2 The end 14\nIt ends...."
    assert [content.text[line.start : line.end] for line in content.pages[0].lines] == (
        content.text.split("\n")
    )


def test_lines_of_a_listing_stay_apart_though_some_are_long():
    listing = (
        "CREATE ROLE — define a role",
        "CREATE RULE — define a rewrite rule",
        "CREATE TEXT SEARCH PARSER — define a parser",
        "CREATE TEXT SEARCH TEMPLATE — define a new one",
        "CREATE TYPE — define a type",
        "CREATE USER MAPPING — define a mapping",
    )
    cities = "Berlin London Madrid Athens Lisbon".split()
    prose = [
        f"{city} is where such a line of the text begins, which then goes on in" for city in cities
    ]
    prose.append("Rome.")
    assert text_of(lines(*listing), lines(*prose)) == "\n\n".join(
        ["\n".join(listing), " ".join(prose)]
    )


def test_what_stands_further_left_than_an_item_is_none_of_it():
    item, after = (
        "• This item fills the whole of the line with words",
        "Then the text goes on here.",
    )
    drawn = together(lines(item, x=80, y=450), lines(after, x=50, y=438))
    assert text_of(drawn) == f"{item}\n\n{after}"


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (lambda n: "The Annual Report", str),
        (lambda n: "The Annual Report" if n % 2 else "ACME Incorporated", lambda n: f"- {n + 7} -"),
        (lambda n: f"{n} The Annual Report", None),
        (None, lambda n: f"Page {n} of 9"),
        (
            lambda n: f"Chapter {(n + 2) // 3}: " + "ABC"[(n - 1) // 3],
            lambda n: ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][n - 1],
        ),
    ],
)
def test_running_titles_and_page_numbers_are_left_out(head, foot):
    content = read(*book(9, head, foot))
    assert len(content.pages) == 9
    for number, page in enumerate(content.pages, 1):
        assert content.text[page.start : page.end].strip() == (
            f"{FOX_TEXT}\n\nThis is said on page {number} alone, and nowhere else."
        )


def test_the_number_of_a_page_may_stand_elsewhere_where_a_chapter_begins():
    pages = book(9, head=lambda n: str(n) if n != 5 else "", foot=lambda n: "5" if n == 5 else "")
    content = read(*pages)
    fifth = content.pages[4]
    assert content.text[fifth.start : fifth.end].strip().endswith("nowhere else.")


def test_what_comes_again_in_the_text_stays():
    content = read(*book(5))
    assert content.text.count(FOX_TEXT) == 5


def test_numbered_headings_at_the_head_of_pages_stay():
    drawn = [
        together(lines(f"Chapter {n}", y=470, size=18, font="Helvetica-Bold"), *book(1))
        for n in range(1, 6)
    ]
    content = read(*drawn)
    assert [section.title for section in content.sections] == [f"Chapter {n}" for n in range(1, 6)]


def test_footnotes_that_count_like_the_pages_stay():
    pages = book(6, head=lambda n: f"Report {n}")
    notes = [
        lines(f"{n} A footnote with its own words: {'abcdef'[n - 1] * 9}.", y=30, size=8)
        for n in range(1, 7)
    ]
    content = read(*(together(page, note) for page, note in zip(pages, notes, strict=True)))
    assert content.text.count("A footnote with its own words") == 6
    assert "Report" not in content.text


def test_a_document_of_running_titles_alone_keeps_them():
    assert text_of(lines("Stamp", y=480), lines("Stamp", y=480)) == "Stamp\n\nStamp"


def test_headings_are_larger_or_bolder_than_the_text_and_begin_sections():
    content = read(
        together(
            lines("The Title of It All", size=18, y=470),
            lines(*FOX, y=440),
            lines("1.1 A bold heading", font="Helvetica-Bold", y=390),
            lines(*FOX, y=376),
            lines("Figure 1: A bold caption", font="Helvetica-Bold", y=320),
            lines("Another heading", size=13, y=290),
            lines(*FOX, y=270),
        )
    )
    assert content.title == "The Title of It All"
    titles = ["The Title of It All", "1.1 A bold heading", "Another heading"]
    assert [section.title for section in content.sections] == titles
    for section, following in zip(content.sections, [*content.sections[1:], None], strict=True):
        assert content.text[section.start :].startswith(section.title + "\n\n")
        assert section.end == (following.start if following else len(content.text))


def test_a_heading_of_several_lines_is_one():
    content = read(together(lines("A heading that is", "rather long", size=16), lines(*FOX, y=400)))
    assert content.text.startswith("A heading that is rather long\n\nThe quick")
    assert content.sections[0].title == "A heading that is rather long"


def test_the_outline_says_which_headings_there_are():
    def chapter(title):
        def draw(canvas):
            together(
                lines(title, size=10, y=460),
                lines("Not in the outline", size=14, y=430),
                lines(*FOX, y=400),
            )(canvas)
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title.lstrip("0123456789. "), title)

        return draw

    content = read(*map(chapter, ["1. Foxes", "2. Dogs", "3. Their quarrels"]))
    assert [section.title for section in content.sections] == [
        "1. Foxes",
        "2. Dogs",
        "3. Their quarrels",
    ]
    assert all(content.text.startswith(s.title, s.start) for s in content.sections)


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("A Study of Foxes", "A Study of Foxes"),
        ("untitled", "Printed Large"),
        ("Microsoft Word - foxes.doc", "Printed Large"),
        ("foxes_final2.dvi", "Printed Large"),
        ("C:\\papers\\foxes.pdf", "Printed Large"),
        ("Foxes and dogs.docx", "Printed Large"),
        ("", "Printed Large"),
    ],
)
def test_the_title_is_the_given_one_if_somebody_gave_it(given, title):
    def draw(canvas):
        canvas.setTitle(given)
        together(lines("Printed Large", size=20), lines(*FOX, y=400))(canvas)

    assert read(draw).title == title


def blank(canvas):
    pass


def scan(canvas):
    canvas.drawInlineImage(Image.new("RGB", (80, 100), "white"), 0, 0, 400, 500)


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ([blank], "it holds no text"),
        (
            [scan],
            "it holds no text: its page is a picture; have the text recognised (OCR) and save that as a "
            "PDF, with OCRmyPDF for instance",
        ),
        (
            [scan, scan, scan],
            "it holds no text: its 3 pages are pictures; have the text recognised (OCR) and save that as "
            "a PDF, with OCRmyPDF for instance",
        ),
    ],
)
def test_a_document_without_text_says_why(pages, reason):
    with pytest.raises(DocumentError) as error:
        read(*pages)
    assert str(error.value) == reason


def test_a_document_that_needs_a_password_says_so():
    locked = make_pdf(lines(*FOX), encrypt=StandardEncryption("secret", "owner"))
    with pytest.raises(
        DocumentError, match=r"^it is protected with a password; save a copy of it without one$"
    ):
        read_pdf(locked)


def test_a_document_that_only_its_owner_may_change_is_read():
    restricted = make_pdf(
        lines(*FOX), encrypt=StandardEncryption("", "owner", canPrint=0, canCopy=0)
    )
    assert read_pdf(restricted).text == FOX_TEXT


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9])
def test_a_document_that_is_cut_off_says_so(share):
    data = make_pdf(lines(*FOX), lines(*FOX))
    with pytest.raises(DocumentError, match="damaged or cut off"):
        read_pdf(data[: int(share * len(data))])


def test_what_is_no_pdf_says_so():
    for data in (b"", b"Just text.", b"%PDF-1.7\n", bytes(range(256)) * 40):
        with pytest.raises(DocumentError, match="no PDF"):
            read_pdf(data)


def test_a_page_that_is_missing_is_no_empty_page():
    data = with_content(b"BT /F1 12 Tf 50 400 Td (Here.) Tj ET")
    missing = data.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 9 0 R]/Count 2")
    with pytest.raises(
        DocumentError, match=r"^its page 2 is missing or damaged; save or download it anew$"
    ):
        read_pdf(missing)


def test_the_number_of_pages_is_bounded(monkeypatch):
    monkeypatch.setattr(reader, "MAX_PAGES", 2)
    assert len(read(lines("One."), lines("Two.")).pages) == 2
    with pytest.raises(
        DocumentError, match=r"^it has 3 pages and the limit is 2; split it into smaller files$"
    ):
        read(lines("One."), lines("Two."), lines("Three."))


def test_an_outline_that_runs_in_a_circle_ends():
    data = with_content(
        b"BT /F1 12 Tf 50 400 Td (Here.) Tj ET",
        b"",
        b"/Outlines 6 0 R",
        b"<</Type/Outlines/First 7 0 R/Last 7 0 R>>",
        b"<</Title(Round)/Parent 6 0 R/Next 7 0 R/First 7 0 R/Dest[3 0 R/Fit]>>",
    )
    assert read_pdf(data).text == "Here."


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_damaged_is_read_or_refused(seed):
    chance = random.Random(seed)
    data = bytearray(make_pdf(*book(2, lambda n: "Head", str), pageCompression=0))
    for _ in range(20):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with suppress(DocumentError):
        checked(read_pdf(bytes(data)))


def test_what_is_filled_in_is_read_and_what_is_remarked_is_not():
    def form(canvas):
        canvas.drawString(50, 440, "Name of the applicant:")
        canvas.acroForm.textfield(
            name="name", x=200, y=430, width=150, height=20, value="Ada Lovelace"
        )
        canvas.textAnnotation("A remark on the applicant.", (300, 300, 320, 320))

    assert text_of(form) == "Name of the applicant: Ada Lovelace"


def test_reading_the_same_file_twice_gives_the_same():
    data = make_pdf(*book(3, lambda n: "Head", str))
    assert read_pdf(data) == read_pdf(data)
