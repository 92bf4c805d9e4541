"""For the tests of a program that answers from its own documents with Citewise.

>>> import tempfile
>>> from pathlib import Path
>>> from eval.examples import Example
>>> from qa import Assistant, Settings
>>> asked = Example(
...     id="1",
...     kind="factual",
...     question="How long did the bombers fly over the Barents Sea?",
...     history=(),
...     answers=("about four hours",),
...     evidence=("about four hours",),
...     answerable=True,
... )
>>> with tempfile.TemporaryDirectory() as home:
...     with Assistant.open("seeds", Settings(home=Path(home))) as assistant:
...         run = assert_answers(assistant, [asked], min_accuracy=0.9)
>>> run.figures()["accuracy"]
1.0
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.examples import Example, check_evidence
from eval.formats import open_dataset
from eval.html.questions import verdict
from eval.judging import Prediction
from eval.run import Answerer, Run, evaluate

__all__ = ["assert_answers"]

_SHOWN = 20


def assert_answers(
    assistant: Answerer,
    dataset: str | Path | Sequence[Example],
    *,
    min_accuracy: float = 1.0,
    max_false_answers: float = 1.0,
) -> Run:
    """Ask the data set, and fail unless enough of it is right and cited, or rightly refused.

    Args:
        assistant: an open `Assistant`, or anything else that asks, searches and has documents.
        dataset: a file or folder in any form that `citewise eval` reads, or examples.
        min_accuracy: the least share of right answers, in [0, 1].
        max_false_answers: the largest share of unanswerable questions that may be answered, in [0, 1].

    Returns:
        The run, for further assertions on its `figures()`.

    Raises:
        AssertionError: a share is missed; the message names the questions that are wrong, and how.
        DatasetError: something in the data set is wrong, or its evidence is in no document.
    """
    examples, places = _examples(dataset)
    texts = (assistant.document(one).text for one in assistant.document_ids())
    check_evidence(examples, texts, places)
    run = evaluate(assistant, examples)
    found = run.figures()
    accuracy, false_answers = found["accuracy"] or 0.0, found["false_answer_rate"] or 0.0
    problems = []
    if accuracy < min_accuracy:
        problems.append(f"accuracy is {accuracy:.3f}, at least {min_accuracy:g} wanted")
    if false_answers > max_false_answers:
        problems.append(
            f"false answers are {false_answers:.3f}, at most {max_false_answers:g} wanted"
        )
    if problems:
        raise AssertionError("; ".join(problems) + _wrong(run.predictions))
    return run


def _examples(dataset: str | Path | Sequence[Example]) -> tuple[Sequence[Example], dict[str, str]]:
    if isinstance(dataset, str | Path):
        opened = open_dataset(Path(dataset))
        return opened.examples, dict(opened.places)
    return dataset, {}


def _wrong(predictions: Sequence[Prediction]) -> str:
    wrong = [p for p in predictions if p.example.judged and not p.right]
    lines = [f"\n  {p.example.id}, {verdict(p)}: {_told(p)}" for p in wrong[:_SHOWN]]
    if len(wrong) > _SHOWN:
        lines.append(f"\n  and {len(wrong) - _SHOWN} more")
    return "".join(lines)


def _told(prediction: Prediction) -> str:
    wanted = " or ".join(map(repr, prediction.example.answers)) or "a refusal"
    said = prediction.answer.short or prediction.answer.text
    return f"{prediction.example.question!r} wanted {wanted}, said {said[:120]!r}"
