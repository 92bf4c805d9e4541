"""The wheel installed into an empty environment, and asked from there: make test-wheel

Nothing of the checkout can be seen from where the commands run: what they need, the wheel brings along.
Takes minutes and a package registry, and is therefore no part of `make test`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
QUESTION = "When did the red boat sink?"
BOATS = "The red boat sank in May 1912.\n\nThe lighthouse was painted by Ada Moss.\n"
HELD = "May 1912"
PORT = 7979
# What `mypy --strict` is to see through the wheel's own types.
PROGRAM = """
from index import Chunk, Document, Hit, Library
from qa import Answer, Assistant, Citation, Settings, Turn


def quotes(folder: str) -> list[str]:
    with Assistant.open(folder, Settings(passages=3)) as assistant:
        answer: Answer = assistant.ask("Why?", [Turn("user", "Who?")])
        document: Document = assistant.document(answer.citations[0].document_id)
        reveal_type(answer.confidence)
        return [document.text[citation.start : citation.end] for citation in answer.citations]
"""
IN_PROCESS = f"""
import os, sys
from pathlib import Path
import qa
from qa import Assistant, Settings
before = dict(os.environ)
with Assistant.open("docs", Settings(cache=Path("another cache"))) as assistant:
    answer = assistant.ask({QUESTION!r})
    (citation, *_) = answer.citations
    text = assistant.document(citation.document_id).text
    assert text[citation.start : citation.end] == citation.quote
    assert {HELD!r} in citation.quote, answer
    assert assistant.embed(["one"]).shape == (1, 384)
assert "torch" not in sys.modules  # though the model was exported anew
assert os.environ == before
print(qa.__file__)
"""


def main(wheel: Path, environment: Path) -> None:
    """Install the wheel into a new environment, and try what can be done with it."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    binaries = environment / "bin"
    pip = [binaries / "python", "-m", "pip", "install", "--quiet", "--constraint"]
    subprocess.run([*pip, ROOT / "constraints.txt", wheel], check=True)
    size = sum(path.stat().st_size for path in environment.rglob("*") if path.is_file())
    say(f"installed in {time.perf_counter() - began:.0f} s, {size / 1e6:,.0f} MB")
    with tempfile.TemporaryDirectory() as elsewhere:
        folder = Path(elsewhere)
        (folder / "docs").mkdir()
        (folder / "docs" / "boats.txt").write_text(BOATS, encoding="utf-8")
        # Without the caches and settings of whoever runs this.
        variables = {"PATH": os.defpath, "HOME": elsewhere, "CITEWISE_CACHE": str(folder / "cache")}
        trial = Trial(folder, binaries, variables)
        trial.ask()
        trial.evaluate()
        trial.import_it()
        trial.open_the_page()
        trial.check_types()


class Trial:
    """Commands of an environment, run in a folder where there is nothing of the checkout."""

    def __init__(self, folder: Path, binaries: Path, variables: dict[str, str]) -> None:
        self.folder, self.binaries, self.variables = folder, binaries, variables

    def ask(self) -> None:
        """The command line answers over a folder, and says in one line that it was given none."""
        began = time.perf_counter()
        answer = json.loads(self.run("citewise", "ask", QUESTION, "--docs", "docs", "--json"))
        assert answer["status"] == "answered", answer
        assert HELD in answer["citations"][0]["quote"], answer
        say(f"answered in {time.perf_counter() - began:.0f} s, the export of the model among them")
        told = self.run("citewise", "ask", QUESTION, status=2)
        assert told == "citewise: which documents? name their folder: --docs FOLDER\n", told

    def evaluate(self) -> None:
        """The evaluation runs, and its report has its style within it."""
        row = {"question": QUESTION, "answerable": True, "answers": [HELD], "evidence": [HELD]}
        (self.folder / "mine.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        self.run("citewise", "eval", "mine.jsonl", "--docs", "docs", "--out", "run")
        report = (self.folder / "run" / "report.html").read_text(encoding="utf-8")
        assert "<style>" in report
        assert HELD in report
        say("evaluated")

    def import_it(self) -> None:
        """A program finds the packages in the environment, and the weights beside them."""
        where = self.run("python", "-c", IN_PROCESS)
        assert Path(where.strip()).is_relative_to(self.binaries.parent), where
        say("answered from Python")

    def open_the_page(self) -> None:
        """The page is served with its script and its styles."""
        command = [self.binaries / "citewise", "chat", "docs", "--port", str(PORT)]
        with subprocess.Popen(
            command, cwd=self.folder, env=self.variables, stdout=subprocess.DEVNULL
        ) as server:
            try:
                page = fetched(f"http://127.0.0.1:{PORT}/", seconds=60)
            finally:
                server.terminate()
        for name in ("page.js", "base.css", "talk.css"):
            own = (ROOT / "qa" / "page" / "static" / name).read_text(encoding="utf-8")
            # However the page has it escaped.
            plain = [line for line in own.splitlines() if re.fullmatch(r"[\w\s.:;,(){}/-]+", line)]
            assert max(plain, key=len).strip() in page, name
        say("opened the page")

    def check_types(self) -> None:
        """A strict type checker sees the types of what the environment holds."""
        (self.folder / "program.py").write_text(PROGRAM, encoding="utf-8")
        mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable"]
        command = [*mypy, str(self.binaries / "python"), "program.py"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert 'Revealed type is "float"' in done.stdout, done.stdout
        say("type-checked")

    def run(self, command: str, *arguments: str, status: int = 0) -> str:
        """What the command prints; where it is to fail, what it complains of."""
        done = subprocess.run(
            [self.binaries / command, *arguments],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stderr
        return done.stderr if status else done.stdout


def fetched(address: str, seconds: float) -> str:
    """What is served there, as soon as something is."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
