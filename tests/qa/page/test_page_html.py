from __future__ import annotations

import re
from dataclasses import replace

import pytest
from page_fakes import (
    BOMBERS,
    HOSTILE,
    QUOTE,
    TURNING,
    answer,
    citation,
    document,
    hit,
)
from seen import Seen

from index import Box, Entry, Failure, Page, Section, Span, SyncEvent
from qa.following import FolderState
from qa.page.conversation import Conversation, Exchange
from qa.page.html import frame, shelf, sources, talk, viewer
from qa.page.html.escaping import escape, linked, shortened
from qa.shelf import Placed

DRILLS = document("drills.txt", "The Zapad drills", BOMBERS)
INERT = set(
    "class id dir href role title tabindex hidden aria-label aria-live max value scope type disabled "
    "data-position data-page".split()
)


def exchange(*args, **kwargs) -> Exchange:
    return Exchange.of(answer(*args, **kwargs), 0.1234)


def panel(item: Exchange, documents: dict) -> Seen:
    return Seen(sources.panel(Conversation((item,)), documents.get))


# Escaping


def test_escaped_text_is_only_characters() -> None:
    escaped = escape(HOSTILE)
    assert not re.search(r"[<>!$`*_{}\[\]():/\\\n@.=-]", escaped.replace("<br>", ""))
    assert Seen(escaped).text == HOSTILE


def test_escaped_text_has_no_character_that_cannot_be_sent_or_seen() -> None:
    assert Seen(escape("a\x00b\x1bc\ud800d\te\x85f")).text == "a�b�c�d e f"
    assert escape("Zoë 東京 ‘quoted’ – 👩‍🔬") == "Zoë 東京 ‘quoted’ – 👩‍🔬"


def test_what_turns_text_around_is_shown_as_what_cannot_be_shown() -> None:
    assert Seen(escape(TURNING)).text == "�cod.exe"
    assert Seen(escape("\u2066a\u2069\u200fשלום")).text == "�a��שלום"


def test_markers_are_links_where_they_lead_somewhere() -> None:
    html = linked("So [1], or [2].", {1: "#cw-1-1"})
    assert '<a class="cw-cite" href="#cw-1-1">&#91;1&#93;</a>' in html
    assert html.count("<a ") == 1
    assert Seen(html).text == "So\u00a0[1], or\u00a0[2]."


def test_titles_are_shortened_to_a_line() -> None:
    assert shortened("a\n b") == "a b"
    assert shortened("abcdefgh", 5) == "abcd…"


def test_every_piece_of_the_page_is_inert_whatever_it_is_made_of() -> None:
    hostile = document(HOSTILE, HOSTILE, HOSTILE, (Page(1, 0, len(HOSTILE)),))
    cited = citation(hostile, HOSTILE[:40])
    hits = (hit(hostile, 0, 90),)
    item = exchange(HOSTILE, f"{HOSTILE} [1]", (cited,), hits, short="**bold**", standalone="?")
    refusal = exchange(HOSTILE, HOSTILE, (), hits, standalone=f"? {HOSTILE}")
    both = Conversation((item, refusal))
    state = FolderState(3, (Failure(HOSTILE, HOSTILE),))
    entry = Entry(HOSTILE, HOSTILE, HOSTILE, 1, 2, 3)
    for html in (
        frame.folder(HOSTILE, state),
        frame.folder(HOSTILE, FolderState(3, trouble=HOSTILE)),
        frame.folder(HOSTILE, FolderState(3, event=SyncEvent(HOSTILE, "reading", 1, 3))),
        frame.welcome(HOSTILE, state, [HOSTILE], [HOSTILE]),
        frame.welcome(HOSTILE, FolderState(0), [], []),
        *(message["content"] for message in talk.messages(both)),
        talk.partial(HOSTILE),
        talk.notice(HOSTILE),
        sources.panel(both, {hostile.id: hostile}.get),
        sources.panel(both, {}.get),
        sources.found(hits, {hostile.id: hostile}.get),
        viewer.view(hostile, Span(3, 9), 1, None, ()),
        shelf.table([entry, Entry(HOSTILE, "", "", None, 0, 3, HOSTILE)], 2, editable=True),
        shelf.placed([Placed(HOSTILE, HOSTILE, "refused", HOSTILE)]),
    ):
        seen = Seen(html)
        assert not {"img", "script", "h4", "code", "i"} & set(seen.tags)
        assert "${" not in html
        assert "](" not in html
        assert "//" not in html
        for name, value in seen.attributes:
            assert name in INERT
            assert name != "href" or (value or "").startswith("#cw-")


# The frame


def test_the_header_shows_how_far_a_sync_is() -> None:
    event = SyncEvent(
        "a.pdf", "reading", 11, 40, bytes_done=250, bytes_total=1000, embedded=300, seconds=10.0
    )
    shown = frame.folder("papers", FolderState(3, event=event))
    assert "3 documents" in shown
    assert 'max="1" value="0.250"' in shown
    assert Seen(shown).text.endswith(
        "Reading 12 of 40, 30 passages a second, about 30 seconds left"
    )


def test_the_header_names_the_files_that_cannot_be_read() -> None:
    failed = tuple(Failure(f"{n}.pdf", "it is password-protected") for n in range(25))
    shown = Seen(frame.folder("papers", FolderState(3, failed))).text
    assert "25 files could not be read" in shown
    assert "0.pdf it is password-protected" in shown
    assert shown.endswith("and 5 more")
    assert "could not" not in frame.folder("papers", FolderState(3))


def test_the_header_says_why_the_folder_is_not_followed() -> None:
    shown = frame.folder("papers", FolderState(3, trouble="the folder is gone: bring it back"))
    assert Seen(shown).text.endswith("The folder is gone: bring it back.")


def test_the_welcome_names_the_documents_and_offers_questions() -> None:
    titles = ["One", "Two", "Three", "Four", "Five"]
    seen = Seen(frame.welcome("papers", FolderState(5), titles, ["Why?", "Who?"]))
    assert "One, Two, Three, Four and 1 more document" in seen.text
    assert seen.tags.count("button") == 2
    assert seen.text.endswith("Why?Who?")


def test_the_welcome_of_an_empty_folder_says_how_to_fill_it() -> None:
    assert "nothing to read yet" in frame.welcome("papers", FolderState(0), [], [])
    assert "are being read" in frame.welcome("papers", FolderState(0, ready=False), [], [])


# The conversation


def test_an_answer_links_its_markers_and_sets_off_the_short_answer() -> None:
    item = exchange("How long?", "For about four hours. [1]", (citation(DRILLS, QUOTE),))
    html = talk.answer(item, 3)
    assert '<a class="cw-cite" href="#cw-3-1">&#91;1&#93;</a>' in html
    assert Seen(html).text.startswith("For about four hours.\u00a0[1]Strong evidence")
    item = exchange("?", "For about four hours. [1]", (citation(DRILLS, QUOTE),), short="four")
    assert '<strong class="cw-short">four</strong>' in talk.answer(item, 1)


def test_a_marker_without_a_citation_leads_nowhere() -> None:
    item = exchange("?", "As said [7]. [1]", (citation(DRILLS, QUOTE),))
    assert talk.answer(item, 1).count("<a ") == 1
    assert "<a " not in talk.partial("As said [7]. [1]")


def test_a_sentence_that_nothing_bears_out_is_set_off() -> None:
    text = "They flew. [1] It rained. (not found in your documents)"
    html = talk.answer(exchange("?", text, (citation(DRILLS, QUOTE),)), 1)
    assert html.count('class="cw-unsupported"') == 1
    assert "It rained. (not found in your documents)" in Seen(html).text


def test_who_wrote_is_said_below_the_text_and_is_no_part_of_it() -> None:
    noted = answer("How long?", "For four hours. [1]", (citation(DRILLS, QUOTE),))
    item = replace(Exchange.of(noted, 0.2), note="Written by <b>m</b>; every sentence was checked.")
    html = talk.answer(item, 1)
    assert '<p class="cw-note" role="note">' in html
    assert "Written by <b>m</b>; every sentence was checked." in Seen(html).text
    assert "<b>" not in html
    assert "and the check that they bear out what was written" in html
    assert "cw-note" not in talk.answer(replace(item, note=""), 1)


def test_an_answer_tells_on_demand_how_long_it_took_and_what_was_read() -> None:
    hits = (hit(DRILLS, 0, 20), hit(DRILLS, 20, 40))
    item = exchange("?", "So. [1]", (citation(DRILLS, QUOTE),), hits)
    assert Seen(talk.answer(item, 1)).text.endswith("Details123 ms, 2 passages read")


@pytest.mark.parametrize(
    ("probability", "word"),
    [(1.0, "strong"), (0.75, "strong"), (0.74, "moderate"), (0.5, "moderate"), (0.49, "weak")],
)
def test_evidence_in_a_word(probability: float, word: str) -> None:
    assert talk.evidence(probability) == word


def test_how_a_question_was_understood_is_said_above_only_if_it_was_changed() -> None:
    cited = (citation(DRILLS, QUOTE),)
    assert "Understood as" not in talk.answer(exchange("Why?", "So. [1]", cited), 1)
    changed = exchange("Why?", "So. [1]", cited, standalone="Why did they fly?")
    assert Seen(talk.answer(changed, 1)).text.startswith("Understood as: Why did they fly?So.")


def test_a_refusal_is_said_apart_and_has_no_evidence() -> None:
    item = exchange("?", "Your documents do not say.", (), (hit(DRILLS, 0, 30),))
    seen = Seen(talk.answer(item, 1))
    assert "Not in your documents" in seen.text
    assert "evidence" not in seen.text


def test_who_waits_is_told_how_long_the_line_is() -> None:
    assert "yours is next" in talk.waiting(1)
    assert "2 questions before yours" in talk.waiting(3)


def test_an_endless_question_is_only_begun() -> None:
    assert len(Seen(talk.asked("x" * 100_000)["content"]).text) < 1100


# The sources


def test_a_source_is_the_passage_with_the_quote_marked() -> None:
    start, end = BOMBERS.index("The bomber"), BOMBERS.index("Poland")
    cited = citation(DRILLS, QUOTE)
    item = exchange("How long?", "Four hours. [1]", (cited,), (hit(DRILLS, start, end),))
    seen = panel(item, {DRILLS.id: DRILLS})
    assert seen.marked == QUOTE
    assert BOMBERS[start:end].strip() in seen.text
    assert "Poland" not in seen.text
    where = f"drills.txt · paragraph 2 · characters {cited.start}–{cited.end}"
    assert where in seen.text
    assert ("id", "cw-1-1") in seen.attributes


def test_a_quote_outside_every_passage_is_shown_in_its_surroundings() -> None:
    long = document("long.txt", "", "before " * 100 + "THE QUOTE" + " after" * 100)
    seen = panel(exchange("?", "So. [1]", (citation(long, "THE QUOTE"),)), {long.id: long})
    assert seen.marked == "THE QUOTE"
    assert "… " in seen.text
    assert " …" in seen.text
    assert len(seen.text) < 800


def test_a_quote_whose_document_has_gone_or_changed_stands_alone_and_says_so() -> None:
    item = exchange("?", "So. [1]", (citation(DRILLS, QUOTE),), (hit(DRILLS, 0, 90),))
    changed = document(DRILLS.id, "", BOMBERS.replace("four", "five"))
    for documents in ({}, {DRILLS.id: changed}):
        seen = panel(item, documents)
        assert seen.marked == QUOTE
        assert "The document has changed since." in seen.text
        assert "five" not in seen.text


def test_a_page_and_a_section_are_the_position_where_there_are_any() -> None:
    paged = document("a.pdf", "A", BOMBERS, (Page(1, 0, 20), Page(2, 20, len(BOMBERS))))
    item = exchange("?", "So. [1]", (citation(paged, QUOTE, page=2),))
    assert "a.pdf · page 2 · characters" in panel(item, {paged.id: paged}).text
    section = Section("On bombers", 20, len(BOMBERS))
    titled = document("a.md", "A", BOMBERS, sections=(section,))
    item = exchange("?", "So. [1]", (citation(titled, QUOTE),))
    assert "a.md · section “On bombers” · characters" in panel(item, {titled.id: titled}).text


def test_a_refusal_shows_the_nearest_passages_with_nothing_marked() -> None:
    hits = tuple(hit(DRILLS, start, start + 30) for start in (0, 30, 60, 90))
    item = exchange("What is the capital of France?", "Your documents do not say.", (), hits)
    seen = panel(item, {DRILLS.id: DRILLS})
    assert "Nearest passages" in seen.text
    assert seen.tags.count("article") == 3
    assert "mark" not in seen.tags


def test_the_panel_shows_the_latest_answers_passages_and_keeps_the_others() -> None:
    first = exchange("First?", "So. [1]", (citation(DRILLS, QUOTE),))
    second = exchange("Second?", "So. [1]", (citation(DRILLS, QUOTE),))
    html = sources.panel(Conversation((first, second)), {}.get)
    assert html.index("Second") < html.index("First")
    assert '"Sources of answer 1" hidden>' in html
    assert '"Sources of answer 2">' in html
    assert "cw-2-1" in html


# A document


def test_a_document_is_shown_whole_with_the_place_marked() -> None:
    start = BOMBERS.index(QUOTE)
    seen = Seen(viewer.view(DRILLS, Span(start, start + len(QUOTE)), None, None, ()))
    assert seen.marked == QUOTE
    assert BOMBERS.strip() in seen.text
    assert Seen(viewer.view(DRILLS, Span(0, 0), None, None, ())).marked == ""


def test_of_a_huge_document_the_neighbourhood_is_shown() -> None:
    huge = document("a.txt", "A", "x" * 50_000 + "HERE" + "y" * 50_000)
    seen = Seen(viewer.view(huge, Span(50_000, 50_004), None, None, ()))
    assert seen.marked == "HERE"
    assert "30,000 characters before this are left out." in seen.text
    assert seen.text.count("y") < 21_000


def test_a_page_is_shown_with_its_picture_and_the_quote_outlined() -> None:
    paged = document("a.pdf", "A", BOMBERS, (Page(1, 0, 40), Page(2, 40, len(BOMBERS))))
    box = Box(0.1, 0.25, 0.5, 0.3)
    html = viewer.view(paged, Span(45, 50), 2, b"\x89PNG", (box,))
    assert 'src="data:image/png;base64,iVBORw=="' in html
    assert "left:10.000%;top:25.000%;width:40.000%;height:5.000%" in html
    seen = Seen(html)
    assert seen.marked == BOMBERS[45:50]
    assert "2 of 2" in seen.text
    assert ("data-page", "1") in seen.attributes
    assert 'data-page="3" disabled' in html


# The documents


def test_the_table_tells_of_each_file_what_there_is_to_tell() -> None:
    entries = [
        Entry("a/b.pdf", "A title", "PDF", 12, 1234, 2_500_000),
        Entry("bad.docx", "", "Word", None, 0, 999, "it is damaged"),
    ]
    html = shelf.table(entries, 2, editable=True)
    seen = Seen(html)
    assert "a/b.pdfA titlePDF121,2342.5 MBReady" in seen.text
    assert "bad.docxWord999 bytesNot read: it is damaged" in seen.text
    assert seen.text.count("Remove") == 3
    assert "Remove" not in shelf.table(entries, 2, editable=False)


def test_a_table_without_rows_says_why() -> None:
    assert "no document yet" in shelf.table([], 0, editable=True)
    assert "No document has such a name" in shelf.table([], 7, editable=True)
    many = [Entry(f"{n}.txt", "", "Text", None, 1, 1) for n in range(302)]
    assert "and 2 more files" in Seen(shelf.table(many, 302, editable=True)).text


def test_what_became_of_added_files_is_said_for_each() -> None:
    seen = Seen(
        shelf.placed(
            [
                Placed("a.txt", "a.txt", "added", ""),
                Placed("b.pdf", "", "refused", "it is password-protected"),
            ]
        )
    )
    assert seen.text == "a.txtAddedb.pdfNot added: it is password-protected"
