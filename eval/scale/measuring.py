"""One library measured in a process of its own: its start, its memory, its searches, an edit.

python -m eval.scale.measuring JOB_JSON prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

from eval.aggregates import percentile
from index.tuning import Tuning

K = 10
_WARM = 10
# An answer takes longer than a search.
_ANSWERS = 50


@dataclass(frozen=True, slots=True)
class Job:
    """What is measured: the library of `folder` below `home`, by `questions`.

    `truth` has the ids that exact search finds for each, by kind. Above `large` passages the index is
    compressed; the default if negative.
    """

    folder: str
    home: str
    questions: list[str]
    truth: list[dict[str, list[int]]]
    large: int = -1


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, bytes and shares in [0, 1]; `p50` and `p95` by what was timed, `recall` at 10 by search.

    `start` is from opening the library to the first answer, models included; `anonymous` is the memory
    of the process alone, `mapped` that of files, which other processes share and the system may take.
    """

    built: float
    start: float
    p50: dict[str, float]
    p95: dict[str, float]
    recall: dict[str, float]
    anonymous: int
    mapped: int
    unchanged: float
    edited: float
    edited_passages: int
    after_edit: float


def build(job: Job) -> float:
    """Make the indexes of vectors and words anew; gives the seconds until the first search is done."""
    from index import DEFAULT_EMBEDDER, Library, open_embedder
    from qa import Settings

    embedder = open_embedder(DEFAULT_EMBEDDER, Settings().cache)
    vector = embedder.embed(["anything"])[0]
    with Library.open(Path(job.folder), Path(job.home), embedder, tuning=_tuning(job)) as library:
        for path in [*library.store.glob("vectors-*"), *library.store.glob("large-*")]:
            path.unlink()
        began = time.perf_counter()
        library.search_vectors(vector, K)
        return time.perf_counter() - began


def measure(job: Job, built: float) -> Measured:
    """All but the build; called first of all in its process."""
    began = time.perf_counter()
    from index import DEFAULT_EMBEDDER, Library, open_embedder
    from qa import Assistant, Settings
    from qa.retrieval import retrieve
    from qa.words import content_words

    settings = Settings(home=Path(job.home))
    embedder = open_embedder(DEFAULT_EMBEDDER, settings.cache)
    library = Library.open(Path(job.folder), settings.home, embedder, tuning=_tuning(job))
    assistant = Assistant(library, settings)
    assistant.ask(job.questions[0])
    start = time.perf_counter() - began
    vectors = dict(zip(job.questions, embedder.embed(job.questions), strict=True))
    searches: dict[str, Callable[[str], Sequence[object]]] = {
        "vectors": lambda q: [hit.chunk.id for hit in library.search_vectors(vectors[q], 50)],
        "words": lambda q: [hit.chunk.id for hit in library.search_words(content_words(q), 50)],
        "fused": lambda q: [hit.chunk.id for hit in retrieve(library, q, K)],
        "answer": lambda q: [assistant.ask(q)],
    }
    p50, p95, recall = {}, {}, {}
    for name, search in searches.items():
        questions = job.questions[:_ANSWERS] if name == "answer" else job.questions
        for question in questions[:_WARM]:
            search(question)
        timed = [_timed(search, question) for question in questions]
        seconds = [one for one, _ in timed]
        p50[name], p95[name] = (float(percentile(seconds, p) or 0.0) for p in (50, 95))
        if name != "answer":
            shares = [
                len(set(found[:K]) & set(wanted[name])) / len(wanted[name])
                for (_, found), wanted in zip(timed, job.truth, strict=True)
                if wanted[name]
            ]
            recall[name] = mean(shares)
    anonymous, mapped = _memory()
    unchanged = library.sync().seconds
    with _edited(Path(job.folder)):
        report = library.sync()
        after, _ = _timed(searches["fused"], job.questions[0])
    library.sync()
    assistant.close()
    return Measured(
        built=built,
        start=start,
        p50=p50,
        p95=p95,
        recall=recall,
        anonymous=anonymous,
        mapped=mapped,
        unchanged=unchanged,
        edited=report.seconds,
        edited_passages=report.embedded,
        after_edit=after,
    )


def _tuning(job: Job) -> Tuning:
    return Tuning() if job.large < 0 else Tuning(large=job.large)


def _timed(search: Callable[[str], Sequence[object]], question: str) -> tuple[float, list[object]]:
    began = time.perf_counter()
    found = list(search(question))
    return time.perf_counter() - began, found


class _edited:  # noqa: N801 - used like a function
    """The smallest file of the folder has a sentence more within."""

    def __init__(self, folder: Path) -> None:
        self._path = min(folder.rglob("*.txt"), key=lambda path: (path.stat().st_size, path))
        self._before = self._path.read_bytes()

    def __enter__(self) -> None:
        self._path.write_bytes(self._before + b" It was edited.")

    def __exit__(self, *_: object) -> None:
        self._path.write_bytes(self._before)


def _memory() -> tuple[int, int]:
    """What of this process is in memory, in bytes: its own, and of files; zeros where it is not told."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0, 0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    own, mapped, shared = (
        int(lines[key].split()[0]) * 1024 for key in ("RssAnon", "RssFile", "RssShmem")
    )
    return own, mapped + shared


def main(arguments: Sequence[str]) -> int:
    """The command line: `build` or `measure`, and the file with the job."""
    what, path, *built = arguments
    job = Job(**json.loads(Path(path).read_text(encoding="utf-8")))
    if what == "build":
        print(json.dumps(build(job)))
    else:
        print(json.dumps(asdict(measure(job, float(built[0])))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
