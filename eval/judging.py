"""One answer judged against its example: the seam between an assistant and the metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval import citing, evidence, metrics
from eval.citing import Support, Supports, supports
from eval.evidence import TextOf
from eval.examples import Example
from index import Hit
from qa import Answer


@dataclass(frozen=True, slots=True)
class Prediction:
    """What an assistant made of an example, and how right it is.

    Of an unanswerable example nothing but `answered`, `squad` and the citations' validity means
    anything; of a refusal no answer text counts, so its `contained`, `exact` and `f1` are false and 0,
    and it makes no statement. `rank` is that of the first hit that holds evidence. `supporting` counts
    the citations whose quote holds an answer, `valid` those whose quote is what the document holds
    there; `support` says how far the quotes bear out what is said. `squad` are exact match and F1 as
    SQuAD 2.0 has them. `documents` are those that were found, best first, and `relevant` the grades of
    those that should be: the example's own, or 1 for each that holds evidence.
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
    squad: tuple[float, float]
    support: Support
    relevant: Mapping[str, int]
    documents: tuple[str, ...]

    @property
    def right_and_cited(self) -> bool:
        """The headline: answered, a gold answer in the text, and a citation that bears it out."""
        return self.answered and self.contained and self.cited

    @property
    def wrongly_cited(self) -> bool:
        """Whether it cites what is not there, or nothing that bears a known answer out."""
        known = self.example.answerable and not self.cited
        return self.valid < len(self.answer.citations) or known

    @property
    def right(self) -> bool:
        """Right and cited where there is an answer; refused where there is none."""
        return self.right_and_cited if self.example.answerable else not self.answered


def judge(
    example: Example,
    answer: Answer,
    seconds: float,
    text_of: TextOf,
    relevant: Mapping[str, int] | None = None,
    found: Sequence[Hit] | None = None,
    bears_out: Supports = supports,
) -> Prediction:
    """Judge an answer that took `seconds`, unless the answer itself says how long it took.

    `relevant` and `found` are the documents that should be found and the passages that were, unless
    they are the example's and the answer's own. `bears_out` judges whether quotes support a statement.

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
        rank=evidence.first_rank(answer.hits, example.evidence, golds, text_of)
        if example.evidence
        else _first_relevant(answer.hits, example.relevant),
        supporting=sum(evidence.holds_answer(c, golds) for c in answer.citations),
        valid=len(valid),
        squad=metrics.squad_scores(short if answered else "", golds),
        support=citing.support(
            answer.text if answered else "", {c.marker: c.quote for c in valid}, bears_out
        ),
        relevant=example.relevant if relevant is None else relevant,
        documents=tuple(
            dict.fromkeys(
                hit.chunk.document_id for hit in (answer.hits if found is None else found)
            )
        ),
    )


def _first_relevant(hits: Sequence[Hit], relevant: Mapping[str, int]) -> int | None:
    for rank, hit in enumerate(hits, start=1):
        if relevant.get(hit.chunk.document_id, 0) > 0:
            return rank
    return None
