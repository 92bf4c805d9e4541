import random

import pytest

from index import sentence_spans


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith met Mrs. Jones at 5 p.m.", "Then they left."],
        ["The U.S. Army arrived.", "It left."],
        ["He lives in the U.S.", "He works."],
        ["It rose 3.5 percent to $1.2 million.", "Then it fell."],
        ["J. R. R. Tolkien wrote it.", "C. S. Lewis read it."],
        ["“Stop.”", "He stopped."],
        ['"We won," she said.', '"We did."', "They left."],
        ["Is it?", "Yes!", "No...", "Perhaps."],
        ["The parcel (see Fig. 2) was lost.", "Nobody knew."],
        ["Prof. Adams and Sen. Brown agreed.", "So did St. Mary's."],
        ["One sentence without a full stop"],
    ],
    ids=lambda value: value[0][:20],
)
def test_running_text(expected):
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "row",
    [
        "Name: Heikkinen, Miss. Laina; Sex: female; Age: 26.",
        "people › name: Miss. Laina; born: 3 Jan. 1886; note: She was saved. All were.",
        "Spain; No. 5: Dr. Smith went. He left; 2020: 6.1.",
    ],
)
def test_a_row_of_a_table_is_one_sentence(row):
    assert sentences(f"{row}\n\n{row}") == [row, row]


@pytest.mark.parametrize(
    "expected",
    [
        ["He had two aims: peace; and bread.", "He failed."],
        ["See http://a.org/x; or ftp://b.org/y.", "Both work."],
        ["A: " + "word " * 70 + "end.", "B: " + "word " * 70 + "end; C: d."],
    ],
    ids=lambda value: value[0][:20],
)
def test_semicolons_and_colons_alone_make_no_row(expected):
    assert sentences(" ".join(expected)) == expected


def test_a_headline_is_a_sentence_with_or_without_a_blank_line():
    text = "Ship lost at sea{}The ship sank on Monday, a day after it had left. All were saved."
    expected = [
        "Ship lost at sea",
        "The ship sank on Monday, a day after it had left.",
        "All were saved.",
    ]
    assert sentences(text.format("\n\n")) == expected
    assert sentences(text.format("\n")) == expected


def test_hard_wrapped_lines_are_joined():
    text = (
        "The paragraph is wrapped by hand so that all of its\n"
        "lines have about the same width, and a reader takes\n"
        "them as one. A new sentence may begin anywhere, with\n"
        "Paris or London at the start of a line too. It ends.\n"
    )
    assert sentences(text) == [
        "The paragraph is wrapped by hand so that all of its\nlines have about the same width, "
        "and a reader takes\nthem as one.",
        "A new sentence may begin anywhere, with\nParis or London at the start of a line too.",
        "It ends.",
    ]


def test_a_blank_line_ends_a_sentence_whatever_comes_next():
    assert sentences("a line that stops\n \t\nhere it goes on") == [
        "a line that stops",
        "here it goes on",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["- first item", "- second item", "- third"],
        ["* one of them", "* and another"],
        ["• one of them", "• and another"],
        ["1. Boil the water", "2. Pour it", "10) Wait"],
        ["(a) the first", "(b) the second"],
        ["# A heading", "Text below it."],
        ["| a | b |", "|---|---|", "| 1 | 2 |"],
        ["> quoted words", "> and more of them"],
    ],
    ids=lambda value: value[0],
)
def test_list_items_headings_and_rows_are_sentences_each(lines):
    assert sentences("\n".join(lines)) == lines


def test_long_lines_are_paragraphs_each():
    lines = ["word " * 40 + "and no full stop", "lower case " * 20 + "begins the next"]
    assert sentences("\n".join(lines)) == lines


@pytest.mark.parametrize("text", ["", " ", "\n", " \n\t\r\n \u2003\n"])
def test_blank_text_has_no_sentences(text):
    assert sentence_spans(text) == []


def test_full_stops_of_chinese_and_japanese_do_not_end_a_sentence_but_lines_do():
    """A limit: such a line is one sentence, and the chunks cut it where it is too long."""
    assert sentences("这是第一句。这是第二句。\nこれは文です。はい！") == [
        "这是第一句。这是第二句。",
        "これは文です。はい！",
    ]


PIECES = [
    *"the ship sailed Dr. U.S. p.m. 3.5 A. No. e.g. Mr. etc. Paris it 1. - * # | > (a)".split(),
    *"“ ” \" ' ( )".split(),
    *". ! ? … : ; , – ... 。 。」 這 これは ü é x́ 👍🏽 _ \u200b \u00a0 \u2028 \t".split(" "),
    *[" "] * 25,
    *["\n"] * 6,
    *["\n\n", "\n \n", "\x0c", "\x1b", "word" * 40],
]  # fmt: skip


@pytest.mark.parametrize("seed", range(150))
def test_spans_are_ordered_apart_trimmed_and_whole(seed):
    rng = random.Random(seed)
    text = "".join(rng.choices(PIECES, k=rng.randrange(1, 150)))
    end = 0
    for span in sentence_spans(text):
        assert end <= span.start < span.end <= len(text)
        assert not text[end : span.start].strip(), "something was left out"
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        end = span.end
    assert not text[end:].strip(), "something was left out at the end"


def test_the_seed_document(seed_text):
    assert sentences(seed_text) == [
        "Russia practices cruise missile launches over Barents Sea in ‘Zapad’ drills with Belarus",
        "Russian Tu-160 strategic bomber planes performed combat training missions over the Barents "
        "Sea during joint military exercises with Belarus and practiced launching cruise missiles, "
        "the Russian Defense Ministry said on Tuesday.",
        "Russia and Belarus are wrapping up five days of war games, codenamed Zapad (West), in a "
        "show of force that they say is designed to test combat readiness.",
        "The drills – taking place days after Polish and NATO forces shot down Russian drones that "
        "entered Polish airspace – have unnerved some neighboring countries.",
        "Poland has temporarily closed its border with Belarus as a precaution.",
        "What do the Zapad exercises involve?",
        "The Russian defense ministry said the nuclear-capable bomber planes flew over neutral "
        "waters of the Barents Sea, north of Scandinavia, for about four hours, escorted by MiG-31 "
        "fighter jets.",
        "“During the combat training mission, the crews practiced tactical launches of air-launched "
        "cruise missiles at critical targets of a mock enemy,” it said.",
        "Belarusian Defense Minister Viktor Khrenin was due to observe another part of the Zapad "
        "exercise at a training ground in Russia on Tuesday, his ministry said.",
        "It did not specify the nature of that element, but said it would take place in “conditions "
        "as close as possible to combat.”",
        "Belarus is a close ally of Russia and has supported its war in Ukraine, although without "
        "committing its own troops to the fighting.",
        "Belarusian leader Alexander Lukashenko has allowed Russian President Vladimir Putin to "
        "station tactical nuclear missiles in Belarus.",
        "US President Donald Trump has begun cultivating closer ties with Lukashenko, long treated "
        "as a pariah by the West, and relaxed some sanctions on Belarus last week in return for the "
        "release of 52 prisoners including political opponents of the veteran leader.",
        "In a sign of the warming in relations, US military officers observed part of the Zapad "
        "exercise in Belarus on Monday.",
    ]
