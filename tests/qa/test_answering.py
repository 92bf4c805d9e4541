from dataclasses import replace
from pathlib import Path

import pytest

from index import Chunk, Document, Hit, Page, Span
from qa.answering import REFUSAL, ExtractiveAnswerer, in_quotes
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
        self.asked = question
        return self.reading


def evidence(quote, score, answer=None):
    start = TEXT.index(quote)
    span = None
    if answer is not None:
        at = TEXT.index(answer)
        span = Span(at, at + len(answer))
    return Evidence("trip.txt", Span(start, start + len(quote)), quote, span, score)


def reply_of(confidence, *found, question="When?", floor=0.5):
    reader, summariser = FixedReader(confidence, *found), FixedReader(0.0)
    return ExtractiveAnswerer(OneDocument(), reader, summariser, floor).answer(question, HITS)


def test_the_exact_answer_leads_and_its_sentence_is_quoted():
    reply = reply_of(0.8, evidence("Mia left at noon [3].", 2.0, "noon"))
    assert reply.status == "answered"
    assert (
        reply.text == "noon — “Mia left at noon.” [1]"
    )  # the document's own [3] passes for a marker
    assert reply.short == "noon"
    assert reply.confidence == 0.8
    (citation,) = reply.citations
    assert (citation.marker, citation.document_id, citation.title) == (1, "trip.txt", "A trip")
    assert citation.quote == TEXT[citation.start : citation.end] == "Mia left at noon [3]."


def test_what_begins_with_a_quotation_is_not_quoted_twice():
    assert in_quotes("Mia left.") == "“Mia left.”"
    assert in_quotes("“I left,” Mia said.") == "“I left,” Mia said."


def test_an_answer_that_is_most_of_its_sentence_is_said_once():
    reply = reply_of(0.8, evidence("Nobody minded.", 2.0, "Nobody minded"))
    assert reply.text == "Nobody minded. [1]"
    assert reply.short == "Nobody minded"


def test_two_answers_stand_side_by_side_in_the_order_of_the_document():
    late = evidence("The train\nwas late.", 4.0, "late")
    noon = evidence("Mia left at noon [3].", 3.5, "noon")
    reply = reply_of(0.8, late, noon)
    assert reply.text == (
        "There is more than one answer. noon — “Mia left at noon.” [1] late — “The train was late.” [2]"
    )
    assert reply.short == "late"
    assert [c.quote for c in reply.citations] == ["Mia left at noon [3].", "The train\nwas late."]


def test_a_much_weaker_answer_is_no_second_one():
    best = evidence("Mia left at noon [3].", 4.0, "noon")
    assert len(reply_of(0.8, best, evidence("Nobody minded.", 2.0, "Nobody")).citations) == 1


def test_the_same_answer_at_more_length_is_no_second_one():
    best = evidence("Mia left at noon [3].", 4.0, "noon")
    longer = evidence("Mia left at noon [3].", 3.9, "left at noon")
    assert len(reply_of(0.8, best, longer).citations) == 1


def test_why_gets_the_sentences_that_come_close():
    reply = reply_of(
        0.8,
        evidence("The train\nwas late.", 4.0, "late"),
        evidence("Mia left at noon [3].", 1.5, "noon"),
        evidence("Nobody minded.", 0.5, "Nobody"),
        question="Why did Mia wait?",
    )
    assert reply.text == "Mia left at noon. [1] The train was late. [2]"
    assert reply.short == "late"


def test_yes_or_no_gets_the_evidence_and_no_verdict():
    reply = reply_of(0.8, evidence("The train\nwas late.", 4.0, "late"), question="Was it late?")
    assert reply.text == "The train was late. [1]"
    assert reply.short is None


def test_a_summary_is_asked_of_the_summariser_and_has_no_short_answer():
    reader, summariser = FixedReader(0.0), FixedReader(0.9, evidence("Nobody minded.", 2.0))
    answerer = ExtractiveAnswerer(OneDocument(), reader, summariser, 0.5)
    reply = answerer.answer("Tell me about Mia", HITS)
    assert (reply.text, reply.short) == ("Nobody minded. [1]", None)
    assert summariser.asked == "Mia"
    answerer.answer("Summarise the document", HITS)
    assert summariser.asked == "A trip"  # what the best document is called


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
        Span(good.span.start + shift, good.span.end + shift),
        good.text,
        None,
        2.0,
    )
    (citation,) = cite([moved, good], [DOCUMENT, DOCUMENT])
    assert (citation.marker, citation.quote) == (1, "Nobody minded.")


def test_a_citation_names_the_page_of_its_quote_not_of_the_passage():
    pages = (Page(1, 0, 32), Page(2, 32, len(TEXT)))
    paged = replace(DOCUMENT, pages=pages)
    (citation,) = cite([evidence("Nobody minded.", 1.0)], [paged])
    assert (citation.start, citation.page) == (42, 2)
    assert paged.page_at(len(DOCUMENT.text)) is None
    assert DOCUMENT.page_at(3) is None
