"""The examples in the docstrings and in the README do what they say, over the seeds."""

import doctest
import importlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = ("qa", "index", "qa.adapters.llama_index", "qa.adapters.readers", "eval.testing")
# The one that needs `citewise serve` is tried with the server, in tests/qa/adapters.
BLOCKS = [
    block
    for block in re.findall(
        r"^```python\n(.*?)^```$",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    if "localhost" not in block
]
MANUAL = {
    "question": "How long did the bombers fly over the Barents Sea?",
    "answerable": True,
    "answers": ["about four hours"],
    "evidence": ["about four hours"],
}


@pytest.fixture(autouse=True)
def _at_home(tmp_path):
    """What the examples are about, where they look for it: where the tests run."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / "manual").symlink_to(ROOT / "seeds")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "manual.jsonl").write_text(json.dumps(MANUAL) + "\n")


@pytest.mark.parametrize("name", MODULES)
def test_a_docstrings_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_the_readme_has_examples():
    assert len(BLOCKS) == 4


@pytest.mark.parametrize("block", BLOCKS, ids=[str(number) for number in range(len(BLOCKS))])
def test_a_block_of_the_readme(block):
    names = {"__name__": "readme"}
    exec(compile(block, "README.md", "exec"), names)
    for name in list(names):
        if name.startswith("test_"):
            names[name]()
