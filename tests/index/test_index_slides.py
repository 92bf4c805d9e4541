import io

import pptx
import pytest
from office_files import P, presentation, relations, shape, word

from index.errors import DocumentError
from index.readers import parse
from index.readers.office.slides import read_slides
from index.readers.placing import Placed, in_reading_order
from index.types import Page, Section


def text(*slides, **parts):
    return read_slides(presentation(*slides, **parts)).text


def test_a_presentation_as_a_program_writes_it():
    deck = pptx.Presentation()
    layout = deck.slide_layouts[1]
    for title, points, notes in [
        ("Our plan", "First\nSecond", "Say hello"),
        ("The end", "Thanks", ""),
    ]:
        slide = deck.slides.add_slide(layout)
        slide.shapes.title.text = title
        slide.placeholders[1].text = points
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    hidden = deck.slides.add_slide(layout)
    hidden.shapes.title.text = "HIDDEN"
    hidden._element.set("show", "0")
    last = deck.slides.add_slide(deck.slide_layouts[6])
    table = last.shapes.add_table(2, 2, 0, 0, 9999, 9999).table
    for cell, words in zip(table.iter_cells(), ["Kind", "Price", "Tea", "$3"], strict=True):
        cell.text = words
    stream = io.BytesIO()
    deck.save(stream)
    content = read_slides(stream.getvalue())
    assert content.text == (
        "Our plan\n\nFirst\n\nSecond\n\nNotes: Say hello\n\nThe end\n\nThanks\n\nKind: Tea; Price: $3."
    )
    assert content.pages == (Page(1, 0, 43), Page(2, 43, 60), Page(4, 60, 81))
    assert content.sections == (Section("Our plan", 0, 43), Section("The end", 43, 60))
    assert content.text[43:60] == "The end\n\nThanks\n\n"
    assert read_slides(stream.getvalue()) == content


def test_shapes_are_read_from_top_to_bottom_and_from_left_to_right():
    assert (
        text(
            shape("last", at=(0, 600, 100, 50))
            + shape("right", at=(500, 195, 100, 100))
            + shape("left", at=(10, 200, 100, 100))
            + shape("The title", at=(0, 300, 100, 50), kind="ctrTitle")
            + shape("first", at=(700, 0, 100, 100))
        )
        == "The title\n\nfirst\n\nleft\n\nright\n\nlast"
    )


def test_a_box_is_beside_another_if_it_begins_above_its_middle():
    boxes = [Placed("a", 50, 0, 10, 100), Placed("b", 0, 49, 10, 10), Placed("c", 0, 50, 10, 10)]
    assert in_reading_order(boxes) == ["b", "a", "c"]
    assert in_reading_order([]) == []


def test_a_group_is_read_together_and_in_order():
    group = (
        "<p:grpSp><p:nvGrpSpPr><p:cNvPr id='1' name=''/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>"
        "<a:off x='0' y='0'/><a:ext cx='100' cy='10'/></a:xfrm></p:grpSpPr>{}</p:grpSp>"
    )
    inside = shape("below", at=(0, 9000, 9, 9)) + group.format(shape("above", at=(0, 50, 9, 9)))
    assert (
        text(shape("after", at=(0, 400, 9, 9)) + group.format(inside)) == "above\n\nbelow\n\nafter"
    )


def test_a_placeholder_without_a_place_is_where_its_layout_has_it():
    layout = shape("PROMPT", at=(0, 700, 100, 10), kind="body")
    parts = {
        "ppt/slides/_rels/slide0.xml.rels": relations({"a": ("slideLayout", "../layout.xml")}),
        "ppt/layout.xml": f"<p:sldLayout {P}>{layout}</p:sldLayout>",
    }
    slide = shape("below", at=None, kind="body") + shape("above", at=(0, 300, 9, 9))
    assert text(slide, parts=parts) == "above\n\nbelow"


@pytest.mark.parametrize(
    "unseen",
    [
        shape("UNSEEN", more="hidden='1'"),
        shape("UNSEEN", run="sz='100'"),
        shape("UNSEEN", at=(1000, 0, 50, 50)),
        shape("UNSEEN", at=(0, -60, 50, 50)),
        shape("UNSEEN", kind="ftr"),
        shape("UNSEEN", kind="sldNum"),
        shape("UNSEEN", kind="dt"),
    ],
)
def test_what_is_not_seen_of_a_slide_is_not_read(unseen):
    assert text(unseen + shape("seen", at=(0, 100, 9, 9))) == "seen"


def test_a_hidden_slide_keeps_its_number():
    hidden = f"<p:sld {P} show='0'><p:cSld><p:spTree>{shape('HIDDEN')}</p:spTree></p:cSld></p:sld>"
    content = read_slides(presentation(hidden, shape("seen")))
    assert (content.text, content.pages) == ("seen", (Page(2, 0, 4),))


def test_breaks_and_fields_belong_to_their_paragraph():
    body = "<a:p><a:r><a:t>a</a:t></a:r><a:br/><a:fld><a:t>b</a:t></a:fld></a:p>"
    assert text(shape("x").replace("<a:p><a:r><a:rPr /><a:t>x</a:t></a:r></a:p>", body)) == "a\nb"


def test_merged_cells_of_a_table_count_once():
    def cell(words, marks=""):
        return f"<a:tc {marks}><a:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p></a:txBody></a:tc>"

    wide, under = cell("Ann", "gridSpan='2'"), cell("STALE", "hMerge='1'")
    rows = (
        f"<a:tr>{cell('Who')}{cell('Size')}{cell('Age')}</a:tr>"
        f"<a:tr>{wide}{under}{cell('5')}</a:tr>"
    )
    frame = (
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id='1' name=''/></p:nvGraphicFramePr><a:graphic>"
        f"<a:graphicData><a:tbl><a:tblPr firstRow='1'/>{rows}</a:tbl></a:graphicData></a:graphic>"
        "</p:graphicFrame>"
    )
    assert text(frame) == "Who: Ann; Age: 5."


def test_the_words_of_a_diagram_are_read():
    frame = (
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id='1' name=''/></p:nvGraphicFramePr><a:graphic>"
        "<a:graphicData><d:relIds xmlns:d='urn:d' r:dm='rId7'/></a:graphicData></a:graphic>"
        "</p:graphicFrame>"
    )
    point = "<d:pt {}><d:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></d:t></d:pt>"
    points = (
        point.format("", "Plan")
        + point.format("type='node'", "Do")
        + point.format("type='pres'", "X")
    )
    parts = {
        "ppt/slides/_rels/slide0.xml.rels": relations({"rId7": ("diagramData", "../data.xml")}),
        "ppt/data.xml": f"<d:m xmlns:d='urn:d' {P}><d:ptLst>{points}</d:ptLst></d:m>",
    }
    assert text(frame, parts=parts) == "Plan\n\nDo"


def test_groups_nested_without_end_are_refused():
    deep = shape("x")
    for _ in range(200):
        deep = f"<p:grpSp>{deep}</p:grpSp>"
    with pytest.raises(DocumentError, match="it is nested too deeply"):
        text(deep)


def test_another_office_file_is_refused():
    with pytest.raises(
        DocumentError, match="it is no PowerPoint presentation, whatever its name says"
    ):
        read_slides(word(""))


def test_a_slide_that_is_missing_is_passed_over(tmp_path):
    data = presentation("", shape("here")).replace(b"slides/slide0.xml", b"slides/gone00.xml")
    assert read_slides(data).text == "here"
    with pytest.raises(DocumentError, match="it holds no text"):
        parse(presentation(""), "a.pptx", tmp_path / "a.pptx")
