"""What the API describes, asked with what schemathesis makes of the description: it does as it says.

A short run, the same each time; `make bench-serve` has a long one with new chances.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from api_server import served

from index import Embedder
from qa import Assistant, Settings

TEXT = "The boat sailed north in May 1912 with nine sailors aboard."
# Not these: a question may be empty for its words, which no description can say; and OpenAI's clients are
# taken as they come.
EXCLUDED = "positive_data_acceptance,negative_data_rejection"


def test_it_does_what_it_describes_and_never_fails(tmp_path: Path, minilm: Embedder) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "boat.txt").write_text(TEXT)
    # Schemathesis within pytest wants an older pytest than ours.
    options = (
        "--phases=examples,fuzzing --checks=all --max-examples=2 --generation-deterministic "
        "--suppress-health-check=all --warnings=off --no-color"
    )
    with (
        Assistant.open(folder, Settings(home=tmp_path / "home")) as assistant,
        served(assistant) as url,
    ):
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("schemathesis")), "run"),
                f"{url}/openapi.json",
                *options.split(),
                f"--exclude-checks={EXCLUDED}",
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
        )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "13 selected / 13 total" in done.stdout
