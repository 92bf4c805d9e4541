"""A small whole file of each kind that Citewise reads."""

from __future__ import annotations

from collections.abc import Callable

from eval.faults import sample_packages as packages
from eval.faults import sample_texts as texts
from eval.faults.mutants import File


def sample(suffix: str) -> File | None:
    """A whole file with that suffix, None where there is no sample of the kind."""
    make = _SAMPLES.get(suffix)
    return None if make is None else File(f"sample{suffix}", make())


_SAMPLES: dict[str, Callable[[], bytes]] = {
    **dict.fromkeys((".txt", ".text"), texts.text),
    **dict.fromkeys((".md", ".markdown"), texts.markdown),
    ".rst": texts.restructured,
    ".csv": lambda: texts.separated(","),
    ".tsv": lambda: texts.separated("\t"),
    ".json": texts.json_file,
    **dict.fromkeys((".jsonl", ".ndjson"), texts.json_lines),
    **dict.fromkeys((".html", ".htm"), texts.page),
    ".xhtml": texts.xhtml,
    ".eml": texts.mail,
    ".epub": packages.book,
    ".rtf": texts.rich,
    **dict.fromkeys((".docx", ".docm"), packages.word),
    **dict.fromkeys((".pptx", ".pptm"), packages.slides),
    **dict.fromkeys((".xlsx", ".xlsm"), packages.workbook),
    ".pdf": packages.pdf,
    ".odt": packages.open_text,
    ".odp": packages.open_slides,
    ".ods": packages.open_sheets,
}
