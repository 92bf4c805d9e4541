import io

import numpy as np
import pytest
from pdf_making import lines, make_pdf, together
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption

from index.boxes import quote_boxes
from index.errors import DocumentError
from index.readers.pdf.picture import page_picture
from index.readers.pdf.reader import read_pdf
from index.types import Span

HEADING, QUOTE = "What foxes do", "jumps over the lazy dog"


def picture(data, number=1, width=800):
    return np.array(Image.open(io.BytesIO(page_picture(data, number, width))).convert("L"))


def sideways(canvas):
    canvas.saveState()
    canvas.translate(380, 100)
    canvas.rotate(90)
    canvas.drawString(0, 0, "Up along the side of it")
    canvas.restoreState()


def page(rotation=0, crop=None):
    def draw(canvas):
        together(lines(HEADING, size=16), lines("The quick brown fox", QUOTE, y=420), sideways)(
            canvas
        )
        canvas.setPageRotation(rotation)
        if crop:
            canvas.setCropBox(crop)

    return draw


def test_a_picture_is_a_png_of_the_width_asked_for():
    png = page_picture(make_pdf(page()), 1, 600)
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.size, image.mode) == ("PNG", (600, 750), "RGB")
    assert image.getpixel((1, 1)) == (255, 255, 255)


def test_it_is_of_the_page_asked_for():
    data = make_pdf(lambda canvas: None, page())
    assert picture(data, 1).min() == 255
    assert picture(data, 2).min() < 50


@pytest.mark.parametrize(
    ("size", "width", "result"),
    [((400, 500), 10_000, (2400, 3000)), ((100, 2000), 800, (180, 3600)), ((400, 500), 0, (1, 1))],
)
def test_its_size_is_bounded(size, width, result):
    png = page_picture(make_pdf(lambda canvas: None, size=size), 1, width)
    assert Image.open(io.BytesIO(png)).size == result


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_page_that_is_not_there_is_an_error(number):
    with pytest.raises(DocumentError, match=rf"^it has no page {number}: there are 2$"):
        page_picture(make_pdf(page(), page()), number, 800)


def test_a_document_that_cannot_be_opened_is_an_error():
    with pytest.raises(DocumentError, match="damaged"):
        page_picture(b"no pdf", 1, 800)
    locked = make_pdf(page(), encrypt=StandardEncryption("secret", "owner"))
    with pytest.raises(DocumentError, match="password"):
        page_picture(locked, 1, 800)


def test_drawing_that_takes_too_long_is_given_up():
    def busy(canvas):
        for position in range(500):
            canvas.circle(200, 250, position % 200)

    data = make_pdf(busy)
    with pytest.raises(DocumentError, match=r"^drawing its page 1 takes longer than 0 seconds$"):
        page_picture(data, 1, 800, seconds=0)
    assert len(page_picture(data, 1, 800)) > 1000


@pytest.mark.parametrize("crop", [None, (30, 60, 390, 490)])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("words", [HEADING, QUOTE, "Up along the side of it"])
def test_a_quotation_is_boxed_where_it_is_printed(rotation, crop, words):
    """The box holds all the ink that there is about it, and there is ink near each of its sides."""
    size = (400, 500) if rotation % 180 == 0 else (500, 400)  # reportlab gives it as it is shown
    data = make_pdf(page(rotation, crop), size=size)
    content = read_pdf(data)
    start = content.text.index(words)
    [box] = quote_boxes(content.pages[0], Span(start, start + len(words)))
    ink = picture(data) < 128
    height, width = ink.shape
    left, right = round(box.left * width), round(box.right * width)
    top, bottom = round(box.top * height), round(box.bottom * height)

    def within(around):
        return ink[max(top - around, 0) : bottom + around, max(left - around, 0) : right + around]

    inner = within(1)  # a pixel for what is rounded
    assert inner.sum() > 150
    assert within(2).sum() == inner.sum()
    rows, columns = np.nonzero(inner)
    along = (
        width * (box.right - box.left)
        if right - left > bottom - top
        else height * (box.bottom - box.top)
    )
    slack = 0.35 * min(right - left, bottom - top) + 2
    assert along > 5 * min(right - left, bottom - top)
    assert rows.min() <= slack
    assert rows.max() >= bottom - top - slack
    assert columns.min() <= slack
    assert columns.max() >= right - left - slack
