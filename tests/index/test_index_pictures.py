import io
from dataclasses import replace

import numpy as np
import pytest
from pdf_making import lines, make_pdf
from PIL import Image

from index import DocumentError, page_picture, quote_boxes
from index.readers import parse
from index.types import Span


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(make_pdf(lines("What foxes do", "They jump over the lazy dog")))
    return parse(path.read_bytes(), "a.pdf", path)


def test_a_page_is_drawn_with_its_ink_where_the_quote_is(document):
    image = np.array(Image.open(io.BytesIO(page_picture(document, 1, 800))).convert("L"))
    assert image.shape[1] == 800
    start = document.text.index("lazy dog")
    (box,) = quote_boxes(document.pages[0], Span(start, start + len("lazy dog")))
    height, width = image.shape
    inside = image[
        int(box.top * height) : int(box.bottom * height),
        int(box.left * width) : int(box.right * width),
    ]
    assert inside.min() < 100
    below = image[int((box.bottom + 0.05) * height) :]
    assert below.min() == 255


def test_what_cannot_be_drawn_is_said_in_a_line(document):
    with pytest.raises(DocumentError, match="it has no page 2: there are 1"):
        page_picture(document, 2, 800)
    with pytest.raises(DocumentError, match="it is no PDF"):
        page_picture(replace(document, media_type="text/plain"), 1, 800)


def test_a_file_that_has_changed_is_not_drawn(document):
    document.path.write_bytes(make_pdf(lines("Another text")))
    with pytest.raises(DocumentError, match="it has changed since it was read"):
        page_picture(document, 1, 800)
