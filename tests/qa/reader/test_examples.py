import gzip
import json
import random

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from index import Span
from qa.reader.examples import (
    Collection,
    Example,
    Passage,
    Question,
    gold,
    load,
    sentence_spans,
)
from qa.reader.features import features
from qa.reader.mixture import Mixture, Recipe, crop
from qa.reader.nearby import Nearby
from qa.reader.noise import exchange, seeded, shape, shapes, telegraphic, typo

BOMBERS = (
    "The bombers left Ascension in May. They flew for sixteen hours. "
    "Victor tankers met them over the sea near Brazil. The runway was hit once."
)
BRIDGE = (
    "The bridge over the Tay opened in 1878. It fell in a storm on 28 December 1879. "
    "An inquiry blamed Thomas Bouch, its designer. Nobody on the train lived."
)
TOWER = (
    "The tower was built for the fair of 1889. Gustave Eiffel owned the company. "
    "It stands in Paris and is painted every seven years. Visitors climb to the second floor."
)


def asked(text: str, passages: list[str], number: int, answer: str) -> Question:
    start = passages[number].index(answer)
    return Question(text, number, Span(start, start + len(answer)))


@pytest.fixture
def collection() -> Collection:
    texts = [BOMBERS, BRIDGE, TOWER]
    return Collection(
        "three",
        tuple(Passage(text, "three:all") for text in texts),
        (
            asked("How long did the bombers fly?", texts, 0, "sixteen hours"),
            asked("Where did the Victor tankers meet them?", texts, 0, "over the sea near Brazil"),
            asked("When did the bridge over the Tay open?", texts, 1, "1878"),
            asked("Who did the inquiry blame for the Tay bridge?", texts, 1, "Thomas Bouch"),
            asked("Who owned the company that built the tower?", texts, 2, "Gustave Eiffel"),
            asked("How often is the tower in Paris painted?", texts, 2, "every seven years"),
        ),
    )


def squad(*qas: dict[str, object], context: str = BRIDGE) -> dict[str, object]:
    return {"data": [{"title": "Tay", "paragraphs": [{"context": context, "qas": list(qas)}]}]}


class TestLoad:
    def test_spans_are_where_they_say(self, tmp_path):
        answer = {"text": " 1878", "answer_start": BRIDGE.index(" 1878")}
        path = tmp_path / "a.json.gz"
        path.write_bytes(
            gzip.compress(json.dumps(squad({"question": "When? ", "answers": [answer]})).encode())
        )
        (example,) = gold(load(path, "tay"))
        assert example == Example("When?", BRIDGE, 34, 38, "tay")
        assert example.answer == "1878"

    def test_a_span_that_is_not_where_it_says_is_left_out(self, tmp_path):
        path = tmp_path / "a.json"
        wrong = {"question": "When?", "answers": [{"text": "1878", "answer_start": 3}]}
        long = {"question": "What?", "answers": [{"text": BRIDGE, "answer_start": 0}]}
        path.write_text(json.dumps(squad(wrong, long)))
        assert [e.answer for e in gold(load(path, "tay"))] == [BRIDGE]  # 28 words: still an answer

    def test_an_unanswerable_question_has_no_span(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_text(
            json.dumps(squad({"question": "Who?", "answers": [], "is_impossible": True}))
        )
        (example,) = gold(load(path, "tay"))
        assert (example.start, example.end, example.answer) == (None, None, None)

    def test_of_a_dialogue_only_what_stands_alone(self, tmp_path):
        answer = [{"text": "1878", "answer_start": 34}]
        texts = ["When did the Tay bridge open?", "Did he design any other bridges?", "And then?"]
        path = tmp_path / "a.json"
        path.write_text(json.dumps(squad(*({"question": t, "answers": answer} for t in texts))))
        assert [e.question for e in gold(load(path, "tay", "dialogue"))] == texts[:1]

    def test_qamr_sets_a_sentence_among_its_neighbours(self, tmp_path):
        sentences = [{"text": f"Sentence {n} is here.", "qas": []} for n in range(9)]
        sentences[4]["qas"] = [{"q": "Which one?", "start": 9, "end": 10}]
        path = tmp_path / "a.json"
        path.write_text(json.dumps({"articles": [{"id": "x", "sentences": sentences}]}))
        (example,) = gold(load(path, "qamr", "qamr"))
        assert example.answer == "4"
        assert "Sentence 4 is here." in example.context
        assert example.context.count("Sentence") > 1

    def test_an_unknown_format_is_an_error(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_text("{}")
        with pytest.raises(ValueError, match="unknown format 'csv'"):
            load(path, "a", "csv")


class TestSentences:
    def test_they_cover_the_text_and_know_abbreviations(self):
        text = 'Dr. Who left St. Ives. "Come!" He ran 3.5 miles. 28 men saw J. R. Smith.'
        spans = sentence_spans(text)
        assert [text[a:b].strip() for a, b in spans] == [
            "Dr. Who left St. Ives.",
            '"Come!"',
            "He ran 3.5 miles.",
            "28 men saw J. R. Smith.",
        ]
        assert "".join(text[a:b] for a, b in spans) == text

    def test_crop_keeps_whole_sentences_and_the_span(self):
        start = BRIDGE.index("Thomas")
        for seed in range(20):
            text, span = crop(BRIDGE, Span(start, start + 12), 18, random.Random(seed))
            assert span is not None
            assert text[span.start : span.end] == "Thomas Bouch"
            assert text in BRIDGE
            assert len(text.split()) <= 18
            assert text.endswith((".", "designer."))


class TestNoise:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("1998", "year"), ("3.5", "decimal"), ("12", "2 digits"), ("Edith Windsor", "2 words")],
    )
    def test_shape(self, text, expected):
        assert shape(text) == expected

    def test_shapes_leave_out_what_opens_a_sentence(self):
        found = shapes(["Nobody met Thomas Bouch in 1879. Paris was far from Dundee's shore."])
        assert found == {"year": ["1879"], "2 words": ["Thomas Bouch"], "1 words": ["Dundee"]}

    def test_exchange_takes_a_name_the_context_bears_out(self):
        changed = exchange(
            "Who blamed Thomas Bouch?",
            BRIDGE,
            "inquiry",
            [{"2 words": ["Gustave Eiffel"]}],
            seeded(1),
        )
        assert changed == "Who blamed Gustave Eiffel?"

    def test_exchange_never_takes_what_the_context_holds(self):
        only = [{"2 words": ["Thomas Bouch"]}]
        assert exchange("Was it Thomas Bouch?", BRIDGE, "x", only, seeded(1)) is None

    def test_exchange_needs_a_premise(self):
        assert (
            exchange("What fell down?", BRIDGE, "bridge", [{"1 words": ["Oslo"]}], seeded(1))
            is None
        )

    def test_exchange_of_a_telling_word(self):
        made = exchange(
            "who was the youngest of them", "The youngest was Tom.", "Tom", [], seeded(1)
        )
        assert made == "who was the oldest of them"

    def test_exchange_of_a_year_gives_another_year(self):
        for seed in range(8):
            made = exchange("What fell in 1879?", BRIDGE, "it", [{"year": ["1901"]}], seeded(seed))
            assert made is not None
            assert shape(made[-5:-1]) == "year"
            assert made[-5:-1] not in BRIDGE

    def test_typo_slips_once_in_a_long_word(self):
        for seed in range(20):
            made = typo("how did it happen", seeded(seed))
            assert made.startswith("how did it h")
            assert len(made.split()) == 4
            assert abs(len(made) - 17) <= 1
        assert typo("who is it", seeded(1)) == "who is it"

    def test_telegraphic(self):
        assert telegraphic("When did the bridge over the Tay open?") == "When bridge over Tay open"
        assert telegraphic("Who was it?") == "Who was it?"


def test_nearby_ranks_what_shares_rare_words_first():
    nearby = Nearby([BOMBERS, BRIDGE, TOWER])
    assert nearby.rank("the designer of the Tay bridge", 3)[0] == 1
    assert nearby.rank("painted in Paris", 1) == [2]
    assert nearby.rank("zebra", 3) == []


class TestMixture:
    def test_the_same_seed_gives_the_same_rounds(self, collection):
        first, second = (Mixture([(collection, 1)], 5) for _ in range(2))
        assert first.round(3, 30) == second.round(3, 30)
        assert first.round(3, 30) != first.round(4, 30)
        assert first.round(3, 30) != Mixture([(collection, 1)], 6).round(3, 30)

    def test_spans_stay_on_their_answers(self, collection):
        answers = {e.question: e.answer for e in gold(collection)}
        quiet = Recipe(typo=0, telegraphic=0, unmarked=0, distractor=0.5, crop=0.5, title=0.3)
        seen = [e for n in range(20) for e in Mixture([(collection, 1)], 1, quiet).round(n, 12)]
        held = [e for e in seen if e.start is not None]
        assert len(held) > 100
        assert all(e.answer == answers[e.question] for e in held)

    def test_an_absent_answer_is_absent(self, collection):
        answers = {e.question: e.answer for e in gold(collection)}
        recipe = Recipe(
            near=0.4, article=0.2, cut=0.4, premise=0, typo=0, telegraphic=0, unmarked=0
        )
        cases = Mixture([(collection, 1)], 1, recipe).round(0, 60)
        assert {e.source for e in cases} >= {"three/near", "three/article", "three/cut"}
        for case in cases:
            assert case.answer is None
            assert answers[case.question] not in case.context

    def test_a_false_premise_keeps_its_passage(self, collection):
        recipe = Recipe(near=0, article=0, cut=0, premise=1, typo=0, telegraphic=0, unmarked=0)
        cases = Mixture([(collection, 1)], 1, recipe).round(0, 60)
        false = [e for e in cases if e.source == "three/premise"]
        assert false
        known = {q.text for q in collection.questions}
        assert all(e.answer is None and e.question not in known for e in false)
        assert all(e.context in (BOMBERS, BRIDGE, TOWER) for e in false)

    def test_a_question_asked_of_several_passages_is_left_as_it_is(self):
        texts = [BOMBERS, BRIDGE]
        same = "Which month is named?"
        questions = (asked(same, texts, 0, "May"), asked(same, texts, 1, "December"))
        both = Collection("both", tuple(Passage(t, t[:9]) for t in texts), questions)
        cases = Mixture([(both, 1)], 1, Recipe(near=1)).round(0, 20)
        assert {e.source for e in cases} == {"both"}

    def test_every_question_comes_once_before_any_comes_twice(self, collection):
        quiet = Recipe(premise=0, typo=0, telegraphic=0, unmarked=0)
        cases = Mixture([(collection, 1)], 1, quiet).round(0, 6)
        assert {e.question for e in cases} == {q.text for q in collection.questions}

    def test_weights_are_shares(self, collection):
        other = Collection("other", collection.passages, collection.questions)
        cases = Mixture([(collection, 3), (other, 1)], 1).round(0, 40)
        assert sum(e.source.startswith("three") for e in cases) == 30
        assert len(cases) == 40


class TestFeatures:
    @pytest.fixture
    def tokenizer(self) -> Tokenizer:
        words = sorted(set(BRIDGE.lower().replace(".", " . ").replace(",", " , ").split()))
        vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "when", "who", "?", *words]
        tokenizer = Tokenizer(
            WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]")
        )
        tokenizer.normalizer = BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = BertPreTokenizer()
        return tokenizer

    def test_the_answer_is_where_the_labels_say(self, tokenizer):
        start = BRIDGE.index("Thomas Bouch")
        cases = [
            Example("Who?", BRIDGE, start, start + 12, "t"),
            Example("When?", BRIDGE, None, None, "t"),
        ]
        held, absent = features(cases, tokenizer, 288, random.Random(1))
        assert tokenizer.decode(held.ids[held.start : held.end + 1]) == "thomas bouch"
        assert tokenizer.decode(held.ids[:4], skip_special_tokens=False) == "[CLS] who ? [SEP]"
        assert held.context == 4
        assert (absent.start, absent.end) == (0, 0)

    def test_a_window_of_a_long_context_holds_the_answer(self, tokenizer):
        text = BRIDGE + " " + BRIDGE.replace("Thomas Bouch", "the train")
        start = text.index("Thomas Bouch")
        for seed in range(20):
            (made,) = features(
                [Example("Who?", text, start, start + 12, "t")], tokenizer, 20, random.Random(seed)
            )
            assert len(made.ids) == 20
            assert tokenizer.decode(made.ids[made.start : made.end + 1]) == "thomas bouch"


def test_sentences_of_one_question_are_a_passage(tmp_path):
    rows = [
        ("Who sang?", "It rained.", 0, "train"),
        ("Who sang?", " Ida sang. ", 1, "train"),
        ("Who sang?", "", 0, "train"),
        ("Who sang?", "Ole sang too.", 1, "train"),
        ("What fell?", "Nothing is said of it.", 0, "train"),
        ("Who wept?", "Ida wept.", 1, "dev"),
    ]
    fields = ("question", "sentence", "label", "split")
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(dict(zip(fields, r, strict=True))) + "\n" for r in rows))
    collection = load(file, "pairs", "sentences")
    (case,) = gold(collection)
    assert case.context == "It rained. Ida sang. Ole sang too."
    assert (case.question, case.answer, case.loose) == ("Who sang?", "Ida sang.", True)
