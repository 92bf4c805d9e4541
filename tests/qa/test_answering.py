from pathlib import Path

import pytest

from index import Chunk, Document, Hit, Span
from qa.answering import REFUSAL, ExtractiveAnswerer
from qa.citations import cite
from qa.reading import Evidence, Reading

TEXT = "Mia left at noon [3].\nThe train\nwas late. Nobody minded."
DOCUMENT = Document("trip.txt", Path("trip.txt"), "A trip", TEXT, (), "text/plain", "0" * 64)
HITS = [Hit(Chunk(1, "trip.txt", 0, len(TEXT), TEXT, None), 1.0)]


class OneDocument:
    def document(self, document_id):
        assert document_id == DOCUMENT.id
        return DOCUMENT


class FixedReader:
    def __init__(self, confidence, *evidence):
        self.reading = Reading(evidence, confidence)

    def read(self, question, hits):
        return self.reading


def evidence(quote, score, answer=None):
    start = TEXT.index(quote)
    span = None
    if answer is not None:
        at = TEXT.index(answer)
        span = Span(at, at + len(answer))
    return Evidence("trip.txt", None, Span(start, start + len(quote)), quote, span, score)


def reply_of(*args, floor=0.5):
    return ExtractiveAnswerer(OneDocument(), FixedReader(*args), floor).answer("When?", HITS)


def test_the_answer_is_the_quote_and_its_marker():
    reply = reply_of(0.8, evidence("Mia left at noon [3].", 2.0, "noon"))
    assert reply.status == "answered"
    assert reply.text == "Mia left at noon. [1]"  # the document's own [3] would pass for a marker
    assert reply.short == "noon"
    assert reply.confidence == 0.8
    (citation,) = reply.citations
    assert (citation.marker, citation.document_id, citation.title) == (1, "trip.txt", "A trip")
    assert citation.quote == TEXT[citation.start : citation.end] == "Mia left at noon [3]."


def test_two_close_sentences_are_both_quoted_in_the_order_of_the_document():
    reply = reply_of(
        0.8, evidence("The train\nwas late.", 2.0), evidence("Mia left at noon [3].", 1.8)
    )
    assert reply.text == "Mia left at noon. [1] The train was late. [2]"
    assert [citation.quote for citation in reply.citations] == [
        "Mia left at noon [3].",
        "The train\nwas late.",
    ]


def test_a_much_weaker_sentence_is_left_out():
    reply = reply_of(0.8, evidence("The train\nwas late.", 2.0), evidence("Nobody minded.", 0.2))
    assert len(reply.citations) == 1


def test_below_the_floor_it_refuses_and_cites_nothing():
    reply = reply_of(0.49, evidence("Nobody minded.", 0.0, "Nobody"))
    assert (reply.status, reply.text, reply.short) == ("not_in_documents", REFUSAL, None)
    assert reply.citations == ()
    assert reply.confidence == 0.49


def test_with_nothing_read_it_refuses_whatever_the_floor():
    assert reply_of(0.0, floor=0.0).status == "not_in_documents"


@pytest.mark.parametrize("shift", [1, -1, 1000])
def test_evidence_that_the_document_no_longer_holds_is_never_cited(shift):
    good = evidence("Nobody minded.", 1.0)
    moved = Evidence(
        good.document_id,
        None,
        Span(good.span.start + shift, good.span.end + shift),
        good.text,
        None,
        2.0,
    )
    (citation,) = cite([moved, good], [DOCUMENT, DOCUMENT])
    assert (citation.marker, citation.quote) == (1, "Nobody minded.")
