"""Every choice a user can make, in one frozen value: from `citewise.toml` and the environment."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from index import DEFAULT_EMBEDDER, MAX_BYTES, SettingsError, check_store

FILE = Path("citewise.toml")
PREFIX = "CITEWISE_"
# No setting: a secret is not kept where it may be shown.
TOKEN_VARIABLE = "CITEWISE_TOKEN"  # noqa: S105
_MEGABYTE = 1024 * 1024


def _user_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("citewise", appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices, with their defaults.

    Raises:
        SettingsError: a value is out of its range.
    """

    home: Path = Path(".citewise")
    """Where indexes are kept; below the working directory unless it is absolute."""
    cache: Path = field(default_factory=_user_cache)
    """Where the exported embedding model is kept; it can be deleted at any time."""
    store: str = ""
    """Where the index is shared from: milvus://HOST:PORT/COLLECTION. Empty: it stays in `home`."""
    embedder: str = DEFAULT_EMBEDDER
    """The embedding model: the default, or the name or folder of a sentence-transformers model."""
    passages: int = 5
    """How many passages are read for an answer, 1 to 50."""
    min_confidence: float = 0.35
    """Below this confidence, in [0, 1], the answer is that the documents do not hold it.

    0.35 keeps false answers below one in five on the dev half of eval/datasets/seeds.jsonl, whose
    questions without an answer are all on the topic of the document.
    """
    max_question: int = 2000
    """The longest question, in characters."""
    editable: bool = True
    """Whether documents can be added and removed by whoever asks."""
    answers_at_once: int = 0
    """How many questions are answered at the same time, 0 to 64; 0 for as many as there are cores."""
    questions_waiting: int = 32
    """How many questions may wait for their turn, 1 to 10,000; further ones are turned away."""
    answer_seconds: float = 60.0
    """How long an answer may take, in seconds, 1 to 3600, waiting for its turn not counted."""
    upload_megabytes: int = MAX_BYTES // _MEGABYTE
    """The largest file that can be added, in megabytes of 1,048,576 bytes, 1 to 64."""
    upload_files: int = 200
    """How many files can be added at once, 1 to 10,000."""
    requests_per_minute: int = 6000
    """How many requests one address may send to the API in a minute, 0 to 1,000,000; 0 for no limit."""

    llm: str = ""
    """The language model that writes the answers; see `qa.generation.models.parse`. Empty: none does.

    Of several, separated by spaces, the first does unless who asks chooses another.
    """
    llm_timeout: float = 45.0
    """How long a language model may take over an answer, in seconds, 1 to 3600."""
    llm_context: int = 4096
    """How many tokens prompt and answer may take together, 1024 to 1,000,000."""
    llm_cache: int = 0
    """How many of a language model's answers are kept in memory to be given again, 0 to 10,000."""
    unsupported: str = "mark"
    """What becomes of a sentence that no passage bears out: "mark" or "remove"."""

    @property
    def workers(self) -> int:
        """How many questions are answered at the same time: `answers_at_once`, or the cores there are."""
        return self.answers_at_once or _cores()

    def __post_init__(self) -> None:
        for item in fields(self):
            wanted, _ = _KINDS[str(item.type)]
            value = getattr(self, item.name)
            _check(_is(value, str(item.type)), item.name, f"{wanted}, not {value!r}")
        check_store(self.store)
        _check(1 <= self.passages <= 50, "passages", "from 1 to 50")
        _check(0.0 <= self.min_confidence <= 1.0, "min_confidence", "from 0 to 1")
        _check(self.max_question >= 1, "max_question", "at least 1")
        _check(0 <= self.answers_at_once <= 64, "answers_at_once", "from 0 to 64")
        _check(1 <= self.questions_waiting <= 10_000, "questions_waiting", "from 1 to 10,000")
        _check(1 <= self.answer_seconds <= 3600, "answer_seconds", "from 1 to 3600")
        most = MAX_BYTES // _MEGABYTE
        _check(1 <= self.upload_megabytes <= most, "upload_megabytes", f"from 1 to {most}")
        _check(1 <= self.upload_files <= 10_000, "upload_files", "from 1 to 10,000")
        per_minute = 0 <= self.requests_per_minute <= 1_000_000
        _check(per_minute, "requests_per_minute", "from 0 to 1,000,000")
        if self.llm:
            from qa.generation.models import choices

            choices(self.llm)
        _check(1 <= self.llm_timeout <= 3600, "llm_timeout", "from 1 to 3600")
        _check(1024 <= self.llm_context <= 1_000_000, "llm_context", "from 1024 to 1,000,000")
        _check(0 <= self.llm_cache <= 10_000, "llm_cache", "from 0 to 10,000")
        _check(self.unsupported in ("mark", "remove"), "unsupported", '"mark" or "remove"')

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, file: Path = FILE) -> Self:
        """Read the settings file where there is one, then the environment, which wins.

        A setting `passages` is the key `passages` in the file and `CITEWISE_PASSAGES` in the environment.

        Raises:
            SettingsError: the file is no TOML, or a key is unknown or its value wrong.
        """
        given = {
            **_from_file(file),
            **_from_environment(os.environ if environ is None else environ),
        }
        kinds = {item.name: item.type for item in fields(cls)}
        for key, (source, value) in given.items():
            if key not in kinds:
                known = ", ".join(sorted(kinds))
                raise SettingsError(f"{source}: there is no setting {key!r}; there are {known}")
            given[key] = source, _convert(value, str(kinds[key]), source, key)
        return cls(**{key: value for key, (_, value) in given.items()})


def _check(right: bool, key: str, wanted: str) -> None:
    if not right:
        raise SettingsError(f"the setting {key} must be {wanted}")


def _from_file(file: Path) -> dict[str, tuple[str, Any]]:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    return {key: (str(file), value) for key, value in values.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    return {
        name.removeprefix(PREFIX).lower(): (name, value)
        for name, value in environ.items()
        if name.startswith(PREFIX) and name != TOKEN_VARIABLE
    }


def _convert(value: Any, kind: str, source: str, key: str) -> Any:
    wanted, convert = _KINDS[kind]
    try:
        if isinstance(value, list | dict) or (isinstance(value, bool) and kind != "bool"):
            raise TypeError
        return convert(value)
    except (KeyError, OverflowError, TypeError, ValueError):
        raise SettingsError(f"{source}: {key} must be {wanted}, not {value!r}") from None


def _is(value: Any, kind: str) -> bool:
    """Whether a value that a program gave is of the kind that the field has."""
    if isinstance(value, bool) or kind == "bool":
        return isinstance(value, bool) and kind == "bool"
    return isinstance(value, _TYPES[kind])


def _truth(value: Any) -> bool:
    return _TRUTHS[str(value).strip().lower()]


_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_KINDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "bool": ("true or false", _truth),
    "int": ("a whole number", int),
    "float": ("a number", float),
    "str": ("a text", str),
    "Path": ("a path", Path),
}
_TYPES = {"int": int, "float": int | float, "str": str, "Path": Path}


def _cores() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
