import numpy as np
import pytest

from index import Chunk, Hit, ModelError, Span
from qa.reader.confidence import answer_text
from qa.reader.model import LONGEST_SPAN, SpanModel, Window
from qa.reader.spans import SpanReader


@pytest.fixture(scope="module")
def reader():
    """The one that ships."""
    return SpanReader.open()


def hits(*texts, document_id="a.txt"):
    start, found = 0, []
    for number, text in enumerate(texts, start=1):
        found.append(Hit(Chunk(number, document_id, start, start + len(text), text, None), 0.5))
        start += len(text) + 1
    return found


def test_spans_by_hand():
    window = Window(
        start=np.array([1.0, 0.0, 3.0], dtype=np.float32),
        end=np.array([0.0, 2.0, 1.0], dtype=np.float32),
        offsets=np.array([[0, 1], [2, 3], [4, 5]]),
        null=2.5,
    )
    first, last, scores = window.spans()
    found = {(int(i), int(j)): float(s) for i, j, s in zip(first, last, scores, strict=True)}
    assert found == {
        (0, 0): -1.5,
        (0, 1): 0.5,
        (0, 2): -0.5,
        (1, 1): -0.5,
        (1, 2): -1.5,
        (2, 2): 1.5,
    }


def test_no_span_is_longer_than_an_answer():
    n = LONGEST_SPAN + 20
    zeros = np.zeros(n, dtype=np.float32)
    first, last, _ = Window(zeros, zeros, np.zeros((n, 2), dtype=np.int64), 0.0).spans()
    assert (last - first).max() == LONGEST_SPAN - 1


def test_it_finds_the_span_and_its_place_in_the_document(reader):
    texts = (
        "The harbour is deep. Anna Lund built the lighthouse in 1887.",
        "Nobody lives there. The island has two beaches.",
    )
    document = "\n".join(texts)
    best = reader.read("When was the lighthouse built?", hits(*texts)).evidence[0]
    assert best.text == "Anna Lund built the lighthouse in 1887."
    assert document[best.span.start : best.span.end] == best.text
    assert document[best.answer.start : best.answer.end] == answer_text(best) == "1887"


def test_an_absent_answer_is_less_sure_than_a_present_one(reader):
    found = hits("The harbour is deep. Anna Lund built the lighthouse in 1887. It is red.")
    present = reader.read("Who built the lighthouse?", found)
    absent = reader.read("How many ships sank near the coast?", found)
    assert present.confidence > 0.5 > absent.confidence


def test_a_question_in_the_text_is_no_evidence(reader):
    found = hits("Who built the lighthouse? Anna Lund built the lighthouse in 1887.")
    texts = [item.text for item in reader.evidence("Who built the lighthouse?", found)]
    assert texts == ["Anna Lund built the lighthouse in 1887."]


def test_a_long_passage_is_read_to_its_end(reader):
    filler = "The sea was calm and the sky was grey over the quiet harbour. " * 60
    (best, *_) = reader.evidence(
        "Who built the lighthouse?", hits(filler + "Anna Lund built the lighthouse.")
    )
    assert best.text == "Anna Lund built the lighthouse."


def test_overlapping_passages_give_a_sentence_once(reader):
    text = "The harbour is deep. Anna Lund built the lighthouse. It is red."
    cut = text.index("Anna")
    end = text.index(" It")
    overlapping = [
        Hit(Chunk(1, "a.txt", 0, end, text[:end], None), 1.0),
        Hit(Chunk(2, "a.txt", cut, len(text), text[cut:], None), 0.5),
    ]
    spans = [item.span for item in reader.evidence("Who built the lighthouse?", overlapping)]
    assert sorted(spans) == [Span(0, 20), Span(cut, end), Span(end + 1, len(text))]


def test_reading_the_same_twice_gives_the_same(reader):
    found = hits("The harbour is deep. Anna Lund built the lighthouse in 1887. It is red.")
    question = "Who built the lighthouse?"
    assert reader.read(question, found) == reader.read(question, found)


def test_an_endless_question_is_read_as_far_as_it_goes(reader):
    assert reader.read("who " * 500, hits("Anna Lund built the lighthouse.")).evidence


def test_nothing_to_read_is_no_confidence(reader):
    assert reader.read("Who?", []).confidence == 0.0


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(ModelError, match="reader's weights"):
        SpanModel(tmp_path)
