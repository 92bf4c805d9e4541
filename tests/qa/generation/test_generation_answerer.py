import threading
import time

import pytest

from qa.answering import REFUSAL
from qa.desk import Desk
from qa.generation.answerer import NOT_FOUND
from qa.generation.models import GenerationError, LengthError, TransientError
from qa.generation.prompts import ABSENT

LEFT = "She departed at noon."
LATE = "The train did not come in time."
TWO = "There are two platforms."
FALSE = "Mia missed the train."


@pytest.fixture
def ask(answering, scripted, hits):
    """Asks over a script, and gives the reply after checking that the pieces are its text."""
    model_of, checker_of = scripted

    def ask(script, *, trip=(LEFT, LATE), town=(TWO,), hits=hits, **options):
        model = script if hasattr(script, "stream") else model_of(script)
        answerer = answering(model, checker_of(trip=list(trip), town=list(town)), **options)
        *pieces, reply = answerer.stream("When did Mia leave?", hits)
        assert "".join(pieces) == reply.text
        return reply

    return ask


def test_a_sentence_that_its_passage_bears_out_is_cited_by_the_quote(ask, documents):
    reply = ask(f"{LEFT} {{1}}")
    assert reply.text == f"{LEFT} [1]"
    assert reply.status == "answered"
    assert reply.confidence == pytest.approx(0.9)  # the geometric mean of two 0.9s
    assert reply.short == "noon"
    (citation,) = reply.citations
    assert (citation.marker, citation.document_id) == (1, "trip.txt")
    assert citation.quote == "Mia left at noon." == documents["trip.txt"].text[0:17]
    assert (citation.start, citation.end) == (0, 17)


def test_two_sentences_on_one_quote_share_a_marker_and_another_quote_has_its_own(ask):
    reply = ask(f"{LEFT} {{1}} {TWO} {{2}} {LATE} {{1}}")
    assert reply.text == f"{LEFT} [1] {TWO} [2] {LATE} [1]"
    assert [c.document_id for c in reply.citations] == ["trip.txt", "town.txt"]


def test_a_sentence_that_no_passage_bears_out_is_marked(ask):
    reply = ask(f"{LEFT} {{1}} {FALSE} {{1}}")
    assert reply.text == f"{LEFT} [1] {FALSE} {NOT_FOUND}"


def test_or_removed_where_that_is_wished(ask):
    assert ask(f"{FALSE} {{1}} {LEFT} {{1}}", mark=False).text == f"{LEFT} [1]"


def test_a_marked_sentence_waits_for_one_that_is_borne_out(answering, scripted, hits):
    model_of, checker_of = scripted
    model = model_of([f"{FALSE} {{1}} ", f"{LEFT} {{1}} ", "Bye now."])
    pieces = [p for p in answering(model, checker_of(trip=[LEFT])).stream("When?", hits) if p]
    assert pieces[0] == f"{FALSE} {NOT_FOUND} {LEFT} [1]"


def test_a_sentence_is_cited_anew_where_another_passage_bears_it_out(ask):
    reply = ask(f"{TWO} {{1}}")
    assert reply.text == f"{TWO} [1]"
    assert reply.citations[0].document_id == "town.txt"


@pytest.mark.parametrize("marker", ["", " [1]", " [12]", " (101)", " [1000]"])
def test_a_sentence_without_a_marker_that_was_given_out_is_cited_where_it_is_borne_out(ask, marker):
    reply = ask(f"{LEFT}{marker}")
    assert reply.citations[0].document_id == "trip.txt"
    assert reply.text.endswith("[1]")


def test_an_answer_of_nothing_that_is_borne_out_is_the_refusal(ask):
    reply = ask(f"{FALSE} {{1}}")
    assert (reply.text, reply.status, reply.citations) == (REFUSAL, "not_in_documents", ())


@pytest.mark.parametrize(
    "said", [ABSENT, f"{ABSENT}.", "The passages do not mention when she left."]
)
def test_a_model_that_finds_nothing_is_the_refusal(ask, said):
    assert ask(said).status == "not_in_documents"


def test_what_the_documents_themselves_say_of_nothing_is_an_answer(ask):
    said = "There was no mention of a train."
    assert ask(f"{said} {{1}}", trip=[said]).text == f"{said} [1]"


def test_where_the_reader_sees_no_answer_the_model_is_not_asked(ask, scripted):
    model = scripted[0](LEFT)
    assert ask(model, confidence=0.1).text == REFUSAL  # the square root of 0.1 is below 0.35
    assert model.asked == []
    assert ask(model, hits=[]).text == REFUSAL


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (GenerationError("cannot be reached"), "cannot be reached"),
        ("I'm sorry, but I can't help with that.", "declined to answer"),
        ("", "said nothing"),
        ("[101] [202]", "said nothing"),
    ],
)
def test_a_model_that_fails_leaves_the_documents_own_words_and_one_line(ask, script, reason):
    reply = ask([script] if isinstance(script, Exception) else script)
    assert reply.text in ("noon — “Mia left at noon.” [1]", "Mia left at noon. [1]")
    assert reply.note == f"test/model {reason}: this is quoted from the documents instead."
    assert reply.citations[0].quote == "Mia left at noon."


def test_a_model_that_breaks_off_leaves_what_was_shown_and_the_markers_count_on(ask):
    reply = ask([f"{TWO} {{2}} She departed at", GenerationError("broke off")])
    shown, quoted = reply.text.split("\n\n")
    assert shown == f"{TWO} [1]"
    assert quoted.endswith("[2]")
    assert reply.note.startswith("test/model broke off: ")
    assert [c.marker for c in reply.citations] == [1, 2]
    assert [c.document_id for c in reply.citations] == ["town.txt", "trip.txt"]


def test_what_may_pass_is_tried_again(ask, scripted):
    model = scripted[0]([TransientError("cannot be reached")], f"{LEFT} {{1}}")
    assert ask(model).text == f"{LEFT} [1]"
    assert len(model.asked) == 2


def test_what_does_not_pass_is_not_tried_for_ever(ask, scripted):
    model = scripted[0]([TransientError("cannot be reached")])
    assert "cannot be reached" in ask(model).note
    assert len(model.asked) == 3


def test_a_prompt_that_was_too_long_is_made_shorter(ask, scripted):
    model = scripted[0](
        [LengthError("cannot read that much at once")], f"{LEFT} {{1}}", context=700
    )
    assert ask(model).text == f"{LEFT} [1]"
    first, second = model.asked
    assert len(second) < len(first)


def test_who_wrote_is_said_beside_the_answer_and_not_in_it(ask, scripted):
    reply = ask(scripted[0](LEFT, note="Small."))
    assert (reply.text, reply.note) == (f"{LEFT} [1]", "Small.")
    reply = ask(scripted[0](FALSE, note="Small."))
    assert (reply.text, reply.note) == (REFUSAL, "")


def test_the_same_question_of_the_same_passages_is_answered_from_memory_if_wished(
    answering, scripted, hits
):
    model_of, checker_of = scripted
    for cache, times in ((0, 2), (4, 1)):
        model = model_of(f"{LEFT} {{1}} {TWO} {{2}}")
        answerer = answering(model, checker_of(trip=[LEFT], town=[TWO]), cache=cache)
        replies = [list(answerer.stream("When?", hits))[-1] for _ in range(2)]
        assert replies[0] == replies[1]
        assert len(model.asked) == times


class StuckModel:
    name, context, note = "test/stuck", 4096, ""

    def __init__(self, said=f"{LEFT} Then"):
        self.said = said
        self.closed = threading.Event()
        self.free = threading.Event()

    def stream(self, system, user):
        try:
            yield self.said
            while not self.free.is_set():
                time.sleep(0.02)
                yield ""
        finally:
            self.closed.set()


def test_a_model_that_takes_too_long_is_not_waited_for(ask):
    began = time.monotonic()
    reply = ask(StuckModel(), seconds=0.6)
    assert time.monotonic() - began < 5
    assert "did not answer within 0.6 seconds" in reply.note


def test_who_stops_listening_ends_the_request(answering, hits):
    model = StuckModel()
    answer = answering(model, seconds=30).stream("When?", hits)
    assert next(answer) == ""
    answer.close()
    assert model.closed.wait(5)


def test_who_stops_an_answer_on_the_page_ends_the_request_too(answering, scripted, hits):
    model = StuckModel(said=f"{LEFT} {TWO} Then")
    answerer = answering(model, scripted[1](trip=[LEFT]), seconds=30)
    desk = Desk(lambda question, _: answerer.stream(question, hits), 1, 1, seconds=30)
    events = desk.stream("When?", [])
    assert next(events).startswith(f"{LEFT} [1]")
    assert not model.closed.is_set()
    events.close()
    assert model.closed.wait(5)
