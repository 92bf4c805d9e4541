"""The pages of the public API, made of its docstrings: python docs/api.py FOLDER

They show what the modules' `__all__` name and nothing else, and load nothing from anywhere.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pdoc

# Each with its submodules left out: those are nobody's but Citewise's own.
MODULES = (
    *("qa", r"!qa\."),
    *("index", r"!index\."),
    *("qa.adapters.llama_index", "qa.adapters.readers", "eval.testing"),
)
# pdoc names a page after its module, and the first page of all `index.html`, which is one of ours.
PAGES = "api"
FIRST = f'<!doctype html>\n<meta http-equiv="refresh" content="0; url={PAGES}/qa.html">\n'


def build(folder: Path) -> None:
    """Write the pages below `folder`, to be opened at its `index.html`."""
    warnings.simplefilter("error")  # what pdoc cannot resolve
    pdoc.render.configure(
        docformat="google",
        show_source=False,
        template_directory=Path(__file__).parent / "templates",
    )
    pdoc.pdoc(*MODULES, output_directory=folder / PAGES)
    (folder / "index.html").write_text(FIRST, encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
