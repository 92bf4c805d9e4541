import pytest
from office_files import opendocument

from index.errors import DocumentError
from index.readers.odf.slides import read_odf_slides
from index.types import Page, Section

SIZE = (
    "<office:automatic-styles><style:page-layout style:name='PM1'><style:page-layout-properties"
    " fo:page-width='28cm' fo:page-height='21cm'/></style:page-layout></office:automatic-styles>"
)


def frame(words, x="0cm", y="0cm", role="", more=""):
    mark = f'presentation:class="{role}"' if role else ""
    return (
        f'<draw:frame svg:x="{x}" svg:y="{y}" svg:width="5cm" svg:height="2cm" {mark} {more}>'
        f"<draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame>"
    )


def read(*slides, styles=""):
    pages = "".join(
        s if s.startswith("<draw:page") else f"<draw:page>{s}</draw:page>" for s in slides
    )
    return read_odf_slides(opendocument("presentation", pages, styles=styles, shared=SIZE))


def test_each_slide_is_a_page_and_with_a_title_a_section():
    notes = f"<presentation:notes>{frame('Say hello.', role='notes')}</presentation:notes>"
    content = read(
        frame("Point", y="5cm", role="outline") + frame("Our plan", y="9cm", role="title") + notes,
        "",
        frame("No title"),
    )
    assert content.text == "Our plan\n\nPoint\n\nNotes: Say hello.\n\nNo title"
    assert content.pages == (Page(1, 0, 36), Page(3, 36, 44))
    assert content.sections == (Section("Our plan", 0, 36),)
    assert content.title == "Our plan"
    assert content.media_type == "application/vnd.oasis.opendocument.presentation"


def test_shapes_are_read_in_order_and_groups_dissolved():
    shape = '<draw:custom-shape svg:x="9cm" svg:y="1cm"><text:p>right</text:p></draw:custom-shape>'
    slide = (
        frame("below", y="30mm")
        + f"<draw:g>{shape}<draw:g>{frame('left', y='0.5in')}</draw:g></draw:g>"
    )
    assert read(slide).text == "right\n\nleft\n\nbelow"


def test_tables_are_sentences():
    rows = "".join(
        f"<table:table-row><table:table-cell><text:p>{a}</text:p></table:table-cell>"
        f"<table:table-cell><text:p>{b}</text:p></table:table-cell></table:table-row>"
        for a, b in [("Who", "Age"), ("Ann", "5")]
    )
    assert (
        read(f"<draw:frame><table:table>{rows}</table:table></draw:frame>").text
        == "Who: Ann; Age: 5."
    )


@pytest.mark.parametrize(
    "unseen",
    [
        frame("UNSEEN", role="page-number"),
        frame("UNSEEN", role="footer"),
        frame("PROMPT", role="outline", more='presentation:placeholder="true"'),
        frame("UNSEEN", more='draw:display="none"'),
        frame("UNSEEN", x="28cm"),
        frame("UNSEEN", y="-3cm"),
    ],
)
def test_what_is_not_seen_of_a_slide_is_not_read(unseen):
    assert read(unseen + frame("seen", y="5cm")).text == "seen"


def test_a_hidden_slide_keeps_its_number():
    hidden = (
        '<style:style style:name="dp1" style:family="drawing-page"><style:drawing-page-properties'
        ' presentation:visibility="hidden"/></style:style>'
    )
    slide = f'<draw:page draw:style-name="dp1">{frame("HIDDEN")}</draw:page>'
    content = read(slide, frame("seen"), styles=hidden)
    assert (content.text, content.pages) == ("seen", (Page(2, 0, 4),))


def test_a_text_is_no_presentation():
    with pytest.raises(
        DocumentError, match="it is no OpenDocument presentation, whatever its name says"
    ):
        read_odf_slides(opendocument("text", ""))
