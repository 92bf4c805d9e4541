from __future__ import annotations

import json
from datetime import date

import pytest
from page_fakes import BOMBERS, HOSTILE, QUOTE, answer, citation, document, hit

from qa import Turn
from qa.page.conversation import MAX_EXCHANGES, Conversation, Exchange, Passage, RecordError
from qa.page.markdown import plain, to_markdown
from qa.page.places import paragraph, place

DRILLS = document("drills.txt", "The Zapad drills", BOMBERS)
CITED = citation(DRILLS, QUOTE)
ITEM = Exchange.of(
    answer("How long?", "For four hours. [1]", (CITED,), (hit(DRILLS, 3, 50),), short="four"), 0.25
)


def test_a_conversation_comes_back_from_the_browser_as_it_was() -> None:
    conversation = Conversation().plus(ITEM)
    assert Conversation.from_json(conversation.to_json()) == conversation
    assert Conversation.from_json("") == Conversation()
    assert ITEM.passages == (Passage("drills.txt", None, 3, 50),)


def test_a_conversation_of_an_earlier_version_has_no_notes() -> None:
    row = {key: value for key, value in GOOD.items() if key != "note"}
    assert Conversation.from_json(json.dumps([row])).exchanges == (ITEM,)
    noted = json.dumps([{**GOOD, "note": "Written by a model."}])
    (item,) = Conversation.from_json(noted).exchanges
    assert item.note == "Written by a model."
    day = date(2026, 11, 20)
    assert "*Written by a model\\.*" in to_markdown(Conversation((item,)), "f", lambda _: None, day)


def test_the_assistant_hears_what_was_said() -> None:
    assert Conversation((ITEM,)).turns == [
        Turn("user", "How long?"),
        Turn("assistant", "For four hours. [1]"),
    ]


def test_of_an_endless_conversation_the_oldest_exchanges_are_dropped() -> None:
    conversation = Conversation()
    for _ in range(MAX_EXCHANGES + 3):
        conversation = conversation.plus(ITEM)
    assert len(conversation.exchanges) == MAX_EXCHANGES
    assert Conversation.from_json(conversation.to_json()) == conversation


GOOD = json.loads(Conversation((ITEM,)).to_json())[0]


@pytest.mark.parametrize(
    "record",
    [
        "{",
        "{}",
        "null",
        "[null]",
        "[" * 100_000,
        "[{}]",
        json.dumps([GOOD] * (MAX_EXCHANGES + 1)),
        *(
            json.dumps([{**GOOD, key: value}])
            for key, value in {
                "question": 7,
                "status": "trust me",
                "short": [],
                "confidence": "1",
                "seconds": -1,
                "citations": [{}],
                "passages": {"document_id": "a"},
                "text": "x" * 200_000,
            }.items()
        ),
        json.dumps([{**GOOD, "citations": [{**GOOD["citations"][0], "start": 1.5}]}]),
        json.dumps([{**GOOD, "citations": [{**GOOD["citations"][0], "marker": True}]}]),
    ],
    ids=lambda record: record[:40],
)
def test_what_is_no_conversation_is_not_taken_for_one(record: str) -> None:
    with pytest.raises(RecordError):
        Conversation.from_json(record)


def test_the_export_holds_every_answer_with_its_places_and_quotes() -> None:
    written = to_markdown(
        Conversation((ITEM,)), "papers", {DRILLS.id: DRILLS}.get, date(2026, 1, 2)
    )
    assert written.startswith("# Asked of papers\n\n2026-01-02, with Citewise\n")
    assert "## How long?" in written
    assert "For four hours\\. \\[1\\]" in written
    where = f"(drills\\.txt, paragraph 2, characters {CITED.start}–{CITED.end})"
    assert f"\\[1\\] The Zapad drills {where}\n\n> for about four hours\n" in written


def test_nothing_in_the_export_is_markup() -> None:
    escaped = plain(HOSTILE)
    assert "\n" not in escaped
    for character in "<[`*$!(#@":
        assert character not in escaped.replace(f"\\{character}", "")


def test_a_place_is_said_from_the_largest_part_to_the_smallest() -> None:
    assert place(3, 1200, 1300, None) == ["page 3", "characters 1,200–1,300"]
    assert place(None, 30, 40, DRILLS) == ["paragraph 2", "characters 30–40"]


def test_paragraphs_are_counted_in_wrapped_and_in_unwrapped_text() -> None:
    wrapped = "Title\n\nOne line\nwrapped by hand.\n\n\nThe third one"
    assert paragraph(wrapped, wrapped.index("Title")) == 1
    assert paragraph(wrapped, wrapped.index("by hand")) == 2
    assert paragraph(wrapped, wrapped.index("third")) == 3
    assert paragraph(BOMBERS, BOMBERS.index("Poland")) == 3
