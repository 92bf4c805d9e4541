"""One answer judged against its example: the seam between an assistant and the metrics."""

from __future__ import annotations

from dataclasses import dataclass

from eval import evidence, metrics
from eval.evidence import TextOf
from eval.examples import Example
from qa import Answer


@dataclass(frozen=True, slots=True)
class Prediction:
    """What an assistant made of an example, and how right it is.

    Of an unanswerable example nothing but `answered` and the citations' validity means anything; of a
    refusal no answer text counts, so its `contained`, `exact` and `f1` are false and 0. `rank` is that
    of the first hit that holds evidence. `supporting` counts the citations whose quote holds an
    answer, `valid` those whose quote is what the document holds there.
    """

    example: Example
    answer: Answer
    seconds: float
    answered: bool
    contained: bool
    exact: bool
    f1: float
    cited: bool
    rank: int | None
    supporting: int
    valid: int

    @property
    def right_and_cited(self) -> bool:
        """The headline: answered, a gold answer in the text, and a citation that bears it out."""
        return self.answered and self.contained and self.cited

    @property
    def right(self) -> bool:
        """Right and cited where there is an answer; refused where there is none."""
        return self.right_and_cited if self.example.answerable else not self.answered


def judge(example: Example, answer: Answer, seconds: float, text_of: TextOf) -> Prediction:
    """Judge an answer that took `seconds`, unless the answer itself says how long it took.

    A citation bears an answer out where it is valid and its quote holds a gold answer or lies on gold
    evidence. Exact match and F1 are those of the short answer, or of the text where there is none.
    """
    answered = answer.status == "answered"
    golds = example.answers
    text = metrics.without_markers(answer.text, (c.marker for c in answer.citations))
    short = text if answer.short is None else answer.short
    valid = [c for c in answer.citations if evidence.is_valid(c, text_of)]
    return Prediction(
        example=example,
        answer=answer,
        seconds=answer.timings.get("total", seconds),
        answered=answered,
        contained=answered and metrics.contains(text, golds),
        exact=answered and metrics.exact_match(short, golds),
        f1=metrics.token_f1(short, golds) if answered else 0.0,
        cited=any(
            evidence.holds_answer(c, golds)
            or evidence.overlaps_evidence(c, example.evidence, text_of)
            for c in valid
        ),
        rank=evidence.first_rank(answer.hits, example.evidence, golds, text_of),
        supporting=sum(evidence.holds_answer(c, golds) for c in answer.citations),
        valid=len(valid),
    )
