import json
import math
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from transformers import BertConfig, BertForQuestionAnswering

from qa.reader.examples import Collection, load
from qa.reader.export import Levelled, RowInt8, agreement, export
from qa.reader.features import Features
from qa.reader.scoring import (
    BestSpan,
    best_span,
    load_questions,
    onnx_scorer,
    read,
    torch_scorer,
)
from qa.reader.train import Plan, collate, loss_of, parse_data, train
from qa.reader.unpack import unpack

PLACES = ("Oslo", "Bergen", "Molde", "Hamar", "Tromso", "Alta")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve questions whose answers are names of towns."""
    paragraphs = []
    for number in range(12):
        place, other = PLACES[number % 6], PLACES[(number * 5 + 1) % 6]
        context = (
            f"Ship {number} was built in {place}. It then sailed to {other}'s harbour for fish."
        )
        answer = {"text": place, "answer_start": context.index(place)}
        question = {"question": f"Where was ship {number} built?", "answers": [answer]}
        paragraphs.append({"context": context, "qas": [question]})
    path = tmp_path_factory.mktemp("data") / "ships.json"
    path.write_text(json.dumps({"data": [{"title": "ships", "paragraphs": paragraphs}]}))
    return path


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """A tiny BERT that knows nothing."""
    folder = tmp_path_factory.mktemp("start")
    text = data.read_text().lower()
    words = sorted({w.strip("?.,\"'{}[]:") for w in text.split()} - {""})
    vocabulary = dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "?", "'", "s", *words])
    model = WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]")
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=1,
        intermediate_size=128,
        max_position_embeddings=64,
    )
    BertForQuestionAnswering(config).save_pretrained(folder)
    return folder


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return BertForQuestionAnswering.from_pretrained(folder).state_dict()


class TestPlan:
    def test_the_rate_rises_then_falls_to_nothing(self):
        plan = Plan(examples=1000, rate=1e-4, warm_up=0.1)
        assert plan.rate_at(0.05) == pytest.approx(5e-5)
        assert plan.rate_at(0.1) == pytest.approx(1e-4)
        assert plan.rate_at(0.55) == pytest.approx(5e-5)
        assert plan.rate_at(1.0) == 0

    def test_a_budget_is_used_up_in_examples_or_in_minutes(self):
        assert Plan(examples=1000).progress(250, seconds=1e9) == 0.25
        assert Plan(minutes=2).progress(10**9, seconds=30) == 0.25
        assert Plan(minutes=2).progress(0, seconds=500) == 1

    @pytest.mark.parametrize("budget", [{}, {"examples": 5, "minutes": 1.0}])
    def test_there_is_exactly_one_budget(self, budget):
        with pytest.raises(ValueError, match="either examples or minutes"):
            Plan(**budget)


def test_data_arguments(data):
    collection, weight = parse_data(f"ships={data}:squad:2.5")
    assert (collection.name, len(collection.questions), weight) == ("ships", 12, 2.5)
    assert parse_data(f"ships={data}")[1] == 1
    with pytest.raises(ValueError, match="NAME=PATH"):
        parse_data(str(data))


def test_the_loss_is_taken_over_context_and_cls_only():
    class Fixed:
        """Scores of 0 everywhere, but of 9 on the question."""

        def __call__(self, input_ids: torch.Tensor, **_: torch.Tensor) -> object:
            logits = torch.zeros(input_ids.shape)
            logits[:, 1] = 9.0
            return type("Out", (), {"start_logits": logits, "end_logits": logits})

    batch = collate(
        [Features([2, 7, 3, 8, 9, 3], 3, 4, 4), Features([2, 7, 3, 8, 3], 3, 0, 0)],
        torch.device("cpu"),
    )
    # Row one chooses among [CLS] and three context positions, row two among [CLS] and two.
    expected = (math.log(4) + math.log(3)) / 2
    assert loss_of(Fixed(), batch).item() == pytest.approx(expected, rel=1e-6)  # type: ignore[arg-type]


def test_a_loose_answer_may_begin_and_end_anywhere_within():
    class Even:
        def __call__(self, input_ids: torch.Tensor, **_: torch.Tensor) -> object:
            logits = torch.zeros(input_ids.shape)
            return type("Out", (), {"start_logits": logits, "end_logits": logits})

    batch = collate([Features([2, 7, 3, 8, 9, 9, 9, 3], 3, 4, 6, loose=True)], torch.device("cpu"))
    # Three of the six positions there are, [CLS] and five of the context, are right.
    assert loss_of(Even(), batch).item() == pytest.approx(math.log(6 / 3), rel=1e-6)  # type: ignore[arg-type]


class TestTrain:
    @pytest.fixture
    def ships(self, data: Path) -> list[tuple[Collection, float]]:
        return [(load(data, "ships"), 1.0)]

    def test_going_on_gives_the_same_as_never_stopping(self, start, ships, tmp_path):
        plan = Plan(seed=3, examples=40, tokens=200, dropout=0.1, rate=1e-3)
        whole = train(start, ships, tmp_path / "a", plan, round_size=12)
        for steps in (2, 3):
            train(start, ships, tmp_path / "b", plan, resume=True, round_size=12, stop_after=steps)
        halves = train(start, ships, tmp_path / "b", plan, resume=True, round_size=12)
        ours, theirs = weights(whole), weights(halves)
        assert all(torch.equal(ours[name], theirs[name]) for name in ours)
        moved = weights(start)
        name = "qa_outputs.weight"
        assert not torch.equal(ours[name], moved[name])
        words = "bert.embeddings.word_embeddings.weight"
        assert torch.equal(ours[words], moved[words])

    def test_it_learns(self, start, ships, tmp_path, data):
        plan = Plan(seed=1, examples=2400, tokens=800, rate=3e-3, train_words=True)
        trained = train(start, ships, tmp_path, plan, round_size=120)
        log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
        assert log[-1]["examples"] >= 2400
        assert log[-1]["loss"] < log[0]["loss"]
        tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
        paragraphs, questions = load_questions(data)
        pairs = [(question, paragraphs[number]) for question, number, _ in questions]
        spans = read(torch_scorer(trained), tokenizer, pairs)
        right = [
            context[span.start : span.end] in answers
            for (_, context), span, (_, _, answers) in zip(pairs, spans, questions, strict=True)
        ]
        assert sum(right) / len(right) > 0.5


def test_agreement():
    ours = [BestSpan(0, 3, 1.0), BestSpan(4, 9, 2.0)]
    assert agreement(ours, [BestSpan(0, 3, 5.0), BestSpan(4, 8, 2.0)]) == 0.5


class TestReading:
    def test_the_best_span_does_not_end_before_it_starts(self):
        first = np.array([1, 0, 0, 0, 5, 0], dtype=np.float32)
        last = np.array([2, 0, 0, 6, 0, 4], dtype=np.float32)
        assert best_span(first, last, 3) == (4, 5, 5 + 4 - 1 - 2)

    def test_the_best_span_is_short(self):
        first = np.array([0, 5, 0, 0, 1], dtype=np.float32)
        last = np.array([0, 0, 1, 0, 5], dtype=np.float32)
        assert best_span(first, last, 1) == (1, 4, 10)
        assert best_span(first, last, 1, longest=2)[:2] in ((1, 2), (4, 4))

    def test_long_contexts_are_read_in_windows(self, start):
        tokenizer = Tokenizer.from_file(str(start / "tokenizer.json"))
        wanted = tokenizer.token_to_id("bergen")

        def likes_bergen(ids, types, mask):
            scores = np.where(ids == wanted, 4.0, 0.0).astype(np.float32)
            return scores, scores

        text = "Ship was built in Oslo. " * 12 + "It sailed to Bergen. " + "Ship in Oslo. " * 12
        (reading,) = read(likes_bergen, tokenizer, [("Where?", text)], longest=32, stride=12)
        assert text[reading.start : reading.end] == "Bergen"
        assert reading.margin == 8


class TestExport:
    def test_rows_keep_their_size(self):
        table = torch.tensor([[0.001, -0.002, 0.0005], [100.0, 50.0, -127.0]])
        rows = RowInt8(table)(torch.tensor([[0, 1]]))[0]
        assert rows.allclose(table, rtol=0.01)

    def test_levelling_changes_nothing(self):
        torch.manual_seed(0)
        linear = torch.nn.Linear(4, 3)
        given = torch.randn(5, 4)
        before = linear(given)
        after = Levelled(linear, torch.tensor([0.1, 1.0, 10.0, 3.0]))(given)
        assert after.allclose(before, atol=1e-6)

    def test_int8_scores_as_float32_does(self, start, data, tmp_path):
        config = export(start, tmp_path, data, sample=6, least=0, longest=48)
        assert json.loads((tmp_path / "reader.json").read_text()) == config
        assert config["longest"] == 48
        ids = np.array([[2, 9, 3, 10, 11, 3], [2, 9, 3, 12, 3, 0]])
        types = np.array([[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 0]])
        mask = (ids > 0).astype(np.int64)
        ours, theirs = onnx_scorer(tmp_path / "model.onnx"), torch_scorer(start)
        for packed, whole in zip(ours(ids, types, mask), theirs(ids, types, mask), strict=True):
            assert np.abs(packed - whole)[mask > 0].max() < 0.05 * np.abs(whole).max() + 0.02

    def test_a_pack_that_reads_otherwise_is_not_kept(self, start, data, tmp_path):
        with pytest.raises(ValueError, match="agree on"):
            export(start, tmp_path, data, sample=6, least=1.01, longest=48)
        assert list(tmp_path.iterdir()) == []

    def test_packed_weights_can_be_trained_on(self, start, data, tmp_path):
        model = BertForQuestionAnswering.from_pretrained(start)
        with torch.no_grad():
            for weight in model.parameters():  # equal ones, all zero, would be packed as one
                weight += 0.1 * torch.randn_like(weight)
        model.save_pretrained(tmp_path / "whole")
        shutil.copy(start / "tokenizer.json", tmp_path / "whole")
        export(tmp_path / "whole", tmp_path, data, sample=6, least=0, longest=48)
        restored = weights(unpack(tmp_path, tmp_path / "restored"))
        whole = weights(tmp_path / "whole")
        assert restored.keys() == whole.keys()
        for name, weight in whole.items():
            # Rounding to 8 bits moves a weight by a 254th of the largest beside it, more where levelled.
            assert (restored[name] - weight).abs().max() <= weight.abs().max() / 20, name

    def test_other_weights_cannot_be_unpacked(self, tmp_path):
        graph = onnx.helper.make_graph([], "none", [], [])
        onnx.save(onnx.helper.make_model(graph), tmp_path / "model.onnx")
        with pytest.raises(ValueError, match=r"was not packed by qa\.reader\.export"):
            unpack(tmp_path, tmp_path / "restored")
