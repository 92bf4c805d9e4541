"""Programs in environments of their own, each put to the same folder and the same questions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

RUNNERS = Path(__file__).parent / "runners"
_SAID = 160


class Contender(NamedTuple):
    """A program in one of its settings.

    `answers` says whether it is asked to answer, with the weights that all are given; of two settings of
    one program the better search is enough. `mute` is why it cannot. `forced` refuses nothing, and a
    contender with `answers_only` is there for its answers alone.
    """

    name: str
    environment: str
    runner: str
    hybrid: bool = False
    answers: bool = False
    forced: bool = False
    answers_only: bool = False
    mute: str = ""


CONTENDERS = (
    Contender("Citewise", "", "citewise", answers=True),
    Contender(
        "Citewise, refusing nothing",
        "",
        "citewise",
        answers=True,
        forced=True,
        answers_only=True,
    ),
    Contender(
        "llama-index",
        "llama_index_stock",
        "llama_index_stock",
        mute="does not answer without a language model",
    ),
    Contender("txtai", "txtai_stock", "txtai_stock"),
    Contender("txtai, hybrid", "txtai_stock", "txtai_stock", hybrid=True, answers=True),
    Contender("Haystack", "haystack_stock", "haystack_stock"),
    Contender("Haystack, with BM25", "haystack_stock", "haystack_stock", hybrid=True, answers=True),
    Contender("kotaemon", "kotaemon", ""),
    Contender("PrivateGPT", "private_gpt", ""),
)


class FailedError(Exception):
    """A program did not install, or did not do what it was asked to."""


class Measured:
    """What one contender did with one folder: a result a round of `ingest` and of `search`.

    `failure` says why there is none at all, and `answer_failure` why it did not answer.
    """

    def __init__(self, contender: Contender, job: Mapping[str, Any], environments: Path) -> None:
        self.contender, self.environments = contender, environments
        self.job = {**job, "hybrid": contender.hybrid, "forced": contender.forced}
        self.ingested: list[dict[str, Any]] = []
        self.searched: list[dict[str, Any]] = []
        self.answered: dict[str, Any] = {}
        self.answer_failure = ""
        self.failure = "" if self.python.exists() and contender.runner else self._not_installed()

    @property
    def python(self) -> Path:
        """The interpreter of its environment; citewise runs in ours."""
        if not self.contender.environment:
            return Path(sys.executable)
        return self.environments / self.contender.environment / "bin" / "python"

    def round(self, questions: Sequence[str], answering: Sequence[str]) -> None:
        """Ingest from nothing, then search in a process that opens what was stored, then answer."""
        if self.failure:
            return
        with tempfile.TemporaryDirectory() as store:
            try:
                ingested = self._run("ingest", store, {})
                if not self.contender.answers_only:
                    self.ingested.append(ingested)
                    self.searched.append(self._run("search", store, {"questions": questions}))
            except FailedError as error:
                self.failure = "" if self.searched else str(error)
                return
            if answering and self.contender.answers:
                self._answer(store, answering)

    def _answer(self, store: str, questions: Sequence[str]) -> None:
        try:
            self.answered = self._run("answer", store, {"questions": questions})
        except FailedError as error:
            self.answer_failure = str(error)

    def _run(self, action: str, store: str, more: Mapping[str, Any]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as scratch:
            job, out = Path(scratch, "job.json"), Path(scratch, "out.json")
            job.write_text(json.dumps({**self.job, **more, "store": f"{store}/store"}), "utf-8")
            runner = RUNNERS / f"{self.contender.runner}.py"
            command = [str(self.python), str(runner), action, str(job), str(out)]
            done = subprocess.run(  # noqa: S603 - of nothing but our own
                command, capture_output=True, text=True, env=self._environment(), check=False
            )
            if done.returncode or not out.exists():
                raise FailedError(last_line(done.stderr) or f"exit status {done.returncode}")
            result: dict[str, Any] = json.loads(out.read_text("utf-8"))
            return result

    def _environment(self) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        here = {} if self.contender.environment else {"PYTHONPATH": str(Path.cwd())}
        offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
        return {
            **kept,
            **here,
            **offline,
            "NLTK_DATA": "/nonexistent",
            "HAYSTACK_TELEMETRY_ENABLED": "0",
        }

    def _not_installed(self) -> str:
        log = self.environments / f"{self.contender.environment}.log"
        said = log.read_text("utf-8", "replace") if log.exists() else "not set up: run make peers"
        return last_line(said) or "it did not install"


def last_line(text: str) -> str:
    """The last line that says something, shortened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_SAID] if lines else ""


def compete(
    everyone: Sequence[Measured],
    rounds: int,
    work: Callable[[Measured, int], None],
    may_go_on: Callable[[], bool],
) -> int:
    """Let them take turns, every second round backwards, so that what else the machine does hits all alike.

    Returns:
        How many rounds there were: at least one, fewer than asked for where there was no time for more.
    """
    for number in range(rounds):
        if number and not may_go_on():
            return number
        for each in everyone[::-1] if number % 2 else everyone:
            work(each, number)
    return rounds
