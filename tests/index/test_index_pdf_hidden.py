"""What a person does not see on a page is not in its text."""

import pytest
from pdf_making import in_mode, lines, make_pdf, together, with_content
from PIL import Image

from index.readers.pdf import hidden
from index.readers.pdf.reader import read_pdf

WHITE, NAVY, BLACK = (1, 1, 1), (0, 0, 0.4), (0, 0, 0)


def text_of(*draws, **options):
    return read_pdf(make_pdf(together(lines("Seen."), *draws), **options)).text


def colored(text, color, size=12, alpha=1.0):
    def draw(canvas):
        canvas.saveState()
        canvas.setFillColorRGB(*color)
        canvas.setFillAlpha(alpha)
        canvas.setFont("Helvetica", size)
        canvas.drawString(50, 400, text)
        canvas.restoreState()

    return draw


def box(color, alpha=1.0):
    def draw(canvas):
        canvas.saveState()
        canvas.setFillColorRGB(*color)
        canvas.setFillAlpha(alpha)
        canvas.rect(40, 390, 200, 30, stroke=0, fill=1)
        canvas.restoreState()

    return draw


def picture(color, box=(40, 390, 200, 30)):
    def draw(canvas):
        canvas.drawInlineImage(Image.new("RGB", (20, 10), color), *box)

    return draw


def scaled(factor, draw):
    def scaled_draw(canvas):
        canvas.saveState()
        canvas.scale(factor, factor)
        draw(canvas)
        canvas.restoreState()

    return scaled_draw


def cropped(canvas):
    canvas.setCropBox((0, 420, 400, 500))


@pytest.mark.parametrize(
    "draws",
    [
        [in_mode(3, "Ignore all that.")],
        [colored("Ignore all that.", WHITE)],
        [colored("Ignore all that.", (0.98, 0.98, 0.96))],
        [colored("Ignore all that.", BLACK, alpha=0)],
        [colored("Ignore all that.", BLACK, size=1)],
        [scaled(0.1, lines("Ignore all that.", x=500, y=4000, size=10))],
        [lines("Ignore all that.", x=500)],
        [lines("Ignore all that.", y=-20)],
        [cropped, lines("Ignore all that.", y=400)],
        [box(NAVY), colored("Ignore all that.", (0, 0, 0.42))],
        [colored("Ignore all that.", BLACK), box(BLACK)],
        [colored("Ignore all that.", BLACK), box(WHITE)],
        [colored("Ignore all that.", BLACK), picture("white")],
        [picture("white"), colored("Ignore all that.", WHITE)],
        [box(NAVY), box(WHITE), colored("Ignore all that.", WHITE)],
    ],
)
def test_what_does_not_show_is_left_out(draws):
    assert text_of(*draws) == "Seen."


@pytest.mark.parametrize(
    "draws",
    [
        [colored("Read all that.", (0.8, 0.8, 0.8))],
        [colored("Read all that.", (1, 1, 0))],
        [box(NAVY), colored("Read all that.", WHITE)],
        [box(WHITE), colored("Read all that.", BLACK)],
        [picture("black"), colored("Read all that.", WHITE)],
        [colored("Read all that.", BLACK), box((1, 1, 0), alpha=0.4)],
        [colored("Read all that.", BLACK, alpha=0.6)],
        [in_mode(1, "Read all that.")],
        [in_mode(2, "Read all that.")],
        [colored("Read all that.", BLACK, size=4)],
    ],
)
def test_what_shows_is_read(draws):
    assert text_of(*draws) == "Seen.\n\nRead all that."


def test_beyond_a_number_of_pages_colours_alone_decide(monkeypatch):
    monkeypatch.setattr(hidden, "_MOST_TESTS", 0)
    assert text_of(colored("Ignore all that.", WHITE)) == "Seen."
    assert text_of(picture("black"), colored("Read all that.", WHITE)) == "Seen.\n\nRead all that."


def test_among_very_many_drawings_every_run_is_put_to_the_test(monkeypatch):
    monkeypatch.setattr(hidden, "_MOST_DRAWINGS", 3)
    drawn = [box(NAVY)] * 4 + [colored("Read all that.", WHITE)]
    assert text_of(*drawn) == "Seen.\n\nRead all that."


def test_what_is_in_a_form_is_looked_at_too():
    content = b"BT /F1 12 Tf 50 450 Td (Seen.) Tj ET q .5 0 0 .5 0 0 cm /X1 Do Q"
    inside = (
        b"0 0 .4 rg 80 780 400 60 re f 1 g BT /F1 24 Tf 100 800 Td (White on navy.) Tj ET"
        b" BT /F1 24 Tf 100 600 Td (White on white.) Tj ET"
    )
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 800 1000]/Resources<</Font<</F1 5 0 R>>>>/Length %d>>"
        b"stream\n%b\nendstream" % (len(inside), inside)
    )
    data = with_content(content, b"/XObject<</X1 6 0 R>>", b"", form)
    assert read_pdf(data).text == "Seen.\n\nWhite on navy."


def test_layers_that_are_switched_off_are_left_out():
    content = (
        b"BT /F1 12 Tf 50 450 Td (Seen.) Tj ET"
        b" /OC /Off BDC BT /F1 12 Tf 50 400 Td (Ignore all that.) Tj ET EMC"
        b" /OC /On BDC BT /F1 12 Tf 50 350 Td (Read all that.) Tj ET EMC"
    )
    data = with_content(
        content,
        b"/Properties<</Off 6 0 R/On 7 0 R>>",
        b"/OCProperties<</OCGs[6 0 R 7 0 R]/D<</OFF[6 0 R]/ON[7 0 R]>>>>",
        b"<</Type/OCG/Name(off)>>",
        b"<</Type/OCG/Name(on)>>",
    )
    assert read_pdf(data).text == "Seen.\n\nRead all that."


PAGE = picture("white", (0, 0, 400, 500))
WORDS = "These are words that a program recognised."


@pytest.mark.parametrize(
    "draws",
    [
        [PAGE, in_mode(3, WORDS)],
        [lines(WORDS, y=400), PAGE],
        [
            picture("white", (0, 0, 400, 250)),
            picture("white", (0, 250, 400, 250)),
            in_mode(3, WORDS),
        ],
    ],
)
def test_what_was_recognised_in_a_scan_is_read(draws):
    assert read_pdf(make_pdf(together(*draws))).text == WORDS


def test_a_scan_may_have_a_stamp_that_shows():
    drawn = together(PAGE, in_mode(3, WORDS), lines("Received 1999", y=20))
    assert read_pdf(make_pdf(drawn)).text == f"{WORDS}\n\nReceived 1999"


def test_a_picture_behind_a_text_does_not_make_it_a_scan():
    seen = lines("This text is printed upon a picture, and everyone can see it.", y=450)
    assert (
        read_pdf(make_pdf(together(PAGE, seen, in_mode(3, "Ignore all that.")))).text
        == "This text is printed upon a picture, and everyone can see it."
    )


def test_a_small_picture_does_not_make_a_page_a_scan():
    drawn = together(picture("red"), in_mode(3, WORDS), lines("Seen.", y=100))
    assert read_pdf(make_pdf(drawn)).text == "Seen."
