"""The report: the headline, what changed, the pictures, the figures, the questions, the origin."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.aggregates import Interval
from eval.comparison import Change, Comparison
from eval.evidence import TextOf
from eval.html import charts, questions
from eval.html.markup import escape, percent, seconds
from eval.report import judged_by
from eval.run import Run
from eval.scoring import Scores

_STATIC = Path(__file__).parent / "static"
# The figures of the headline, and what they say.
_HEADLINE = {
    "right_and_cited": (
        "Right and cited",
        "of the answerable: a gold answer, borne out by a citation",
    ),
    "accuracy": ("Accuracy", "of all: right and cited, or rightly refused"),
    "f1": ("F1", "of the words of the short answer, as SQuAD defines it"),
    "false_answer_rate": ("False answers", "of the unanswerable: less is better"),
    "false_refusal_rate": ("False refusals", "of the answerable: less is better"),
    "recall_at_5": ("Recall@5", "evidence is among the first five passages"),
}
# So many changes are shown at once; more wait to be opened.
_SHOWN_CHANGES = 5
_DECIMAL = ("mrr", "nDCG@10", "aurc", "right_auroc", "answerable_auroc", "calibration_error")
_FIGURES = {
    "exact_match": "Exact match",
    "squad_exact": "SQuAD 2.0 exact",
    "squad_f1": "SQuAD 2.0 F1",
    "contained": "Holds a gold answer",
    "recall_at_1": "Recall@1, passages",
    "mrr": "Mean reciprocal rank, passages",
    "nDCG@10": "nDCG@10, documents",
    "R@10": "Recall@10, documents",
    "citation_recall": "Citation recall",
    "citation_precision": "Citation precision",
    "citations_with_answer": "Citations that hold the answer",
    "citation_validity": "Citations quoted exactly",
    "answered": "Answered",
    "answered_right": "Of these right",
    "coverage_at_5_risk": "Coverage at 5 % risk",
    "aurc": "Area under risk-coverage",
    "right_auroc": "AUROC, right or wrong",
    "answerable_auroc": "AUROC, answerable or not",
    "calibration_error": "Calibration error",
}


def page(
    run: Run,
    text_of: TextOf,
    provenance: Mapping[str, Any],
    cost: Mapping[str, Any],
    comparison: Comparison | None = None,
) -> str:
    """The whole file. `text_of` gives the documents' texts, `cost` what `eval.files.cost` made."""
    groups = run.scores()
    every = groups["all"]
    name = escape(str(provenance["dataset"]["name"]))
    changes = _changes(comparison)
    style = (_STATIC / "report.css").read_text(encoding="utf-8")
    script = (_STATIC / "report.js").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    body = "".join(
        [
            f"<header><p class=brand>Citewise evaluation</p><h1><bdi>{name}</bdi></h1>",
            f'<p class="facts">{_subtitle(every, provenance)}</p></header>',
            _headline(every, run),
            _compared(comparison) if comparison else "",
            f'<section class="pictures">{_pictures(run, every)}',
            f"{_figures(every, run, provenance)}</section>",
            _groups(groups, run),
            questions.section(run.predictions, text_of, changes),
            _origin(provenance, cost),
        ]
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{name} · Citewise evaluation</title><style>{style}</style></head>"
        f"<body><main>{body}</main><script>{script}</script></body></html>\n"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _subtitle(every: Scores, provenance: Mapping[str, Any]) -> str:
    documents = provenance["documents"]["count"]
    parts = [
        f"{every.examples:,} questions, {every.answerable:,} of them answerable",
        f"{documents:,} document{'' if documents == 1 else 's'}",
    ]
    if commit := provenance.get("commit"):
        parts.append(f"commit {escape(commit[:10])}{'+' if commit.endswith('+') else ''}")
    return " · ".join(parts)


def _headline(every: Scores, run: Run) -> str:
    found = run.figures()
    tiles = "".join(
        f'<div class="tile"><h3>{title}</h3><p class="value">{percent(value)}</p>'
        f"{charts.whisker(value, interval)}"
        f'<p class="interval">{_interval(interval)}</p><p class="what">{what}</p></div>'
        for name, (title, what) in _HEADLINE.items()
        if (value := found[name]) is not None
        for interval in [every.intervals.get(name)]
    )
    return f'<section class="tiles" aria-label="Headline">{tiles}</section>'


def _figure(name: str, value: float) -> str:
    return f"{value:.3f}" if name in _DECIMAL else percent(value)


def _interval(value: Interval | None, name: str = "") -> str:
    if value is None:
        return "–"
    if name in _DECIMAL:
        return f"{value.low:.3f} to {value.high:.3f}"
    return f"{100 * value.low:.1f} to {100 * value.high:.1f} %"


def _pictures(run: Run, every: Scores) -> str:
    timings = run.timings()
    figures = [
        (
            charts.risk_coverage(every.risk_coverage),
            "Risk and coverage",
            "The share that is wrong of the surest answers. The dot is this run.",
        ),
        (
            charts.reliability(every.reliability),
            "Reliability",
            "Bars: the share that was right. Lines: how sure they were. They should meet.",
        ),
        (
            charts.latency(timings, run.latencies()),
            "Latency by stage",
            "On a logarithmic scale; the lines are the median and the 95th percentile.",
        ),
    ]
    return "".join(
        f"<figure><figcaption><h2>{title}</h2><p>{what}</p></figcaption>{picture}</figure>"
        for picture, title, what in figures
    )


def _figures(every: Scores, run: Run, provenance: Mapping[str, Any]) -> str:
    found = run.figures()
    rows = "".join(
        f'<tr><th scope="row">{title}</th><td>{_figure(name, value)}</td>'
        f"<td>{_interval(every.intervals.get(name), name)}</td></tr>"
        for name, title in _FIGURES.items()
        if (value := found[name]) is not None
    )
    return (
        '<div><h2>All figures</h2><div class="scroll" tabindex="0"><table><thead><tr><th scope="col"></th>'
        '<th scope="col">value</th><th scope="col">95 % interval</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        f'<p class="facts">{escape(judged_by(provenance["judge"]))}</p></div>'
    )


def _groups(groups: Mapping[str, Scores], run: Run) -> str:
    head = (
        "",
        "questions",
        "right and cited",
        "accuracy",
        "F1",
        "recall@5",
        "false answers",
        "false refusals",
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{s.examples}</td><td>{percent(s.right_and_cited)}</td>'
        f"<td>{percent(s.accuracy)}</td><td>{percent(s.f1)}</td><td>{percent(s.recall_at[5])}</td>"
        f"<td>{percent(s.false_answer_rate)}</td><td>{percent(s.false_refusal_rate)}</td></tr>"
        for name, s in groups.items()
    )
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    loss = run.twin_losses().get("all")
    lost = (
        f'<p class="note">Asked as follow-ups, {loss.pairs} questions are right and cited '
        f"{percent(loss.follow_up)} of the time; standing alone, {percent(loss.twin)}.</p>"
        if loss
        else ""
    )
    return (
        f'<section class="groups"><h2>Groups</h2><div class="scroll" tabindex="0">'
        f"<table><thead><tr>{cells}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{lost}</section>"
    )


def _changes(comparison: Comparison | None) -> dict[str, str]:
    if comparison is None:
        return {}
    better = {change.id: "better" for change in comparison.better}
    return better | {change.id: "worse" for change in comparison.worse}


def _compared(comparison: Comparison) -> str:
    warnings = "".join(
        f'<p class="warning">Mind: {escape(one)}.</p>' for one in comparison.warnings
    )
    gain, f1_gain = (
        "–" if value is None else f"{_signed(value)} points"
        for value in (comparison.gain, comparison.f1_gain)
    )
    chance = "by no more than chance" if comparison.p_value >= 0.05 else "beyond chance"
    return (
        f"<section><h2>Against <bdi>{escape(comparison.against)}</bdi></h2>{warnings}"
        f"<p>Accuracy {gain} ({_gain_interval(comparison.gain_interval)}), F1 {f1_gain} "
        f"({_gain_interval(comparison.f1_gain_interval)}), over {comparison.questions:,} questions. "
        f"{len(comparison.better)} better, {len(comparison.worse)} worse: {chance} "
        f"(McNemar, exact, p = {comparison.p_value:.3f}).</p>"
        f"{_changed('Better', comparison.better)}{_changed('Worse', comparison.worse)}</section>"
    )


def _gain_interval(value: Interval | None) -> str:
    return f"{_signed(value.low)} to {_signed(value.high)}" if value else "–"


def _signed(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "−")


def _changed(title: str, changes: tuple[Change, ...]) -> str:
    if not changes:
        return ""
    items = "".join(
        f"<li><p><bdi>{escape(one.question)}</bdi></p>"
        f'<p class="facts">before: <bdi>{escape(one.before)}</bdi></p>'
        f'<p class="facts">now: <bdi>{escape(one.now)}</bdi></p></li>'
        for one in changes
    )
    shown = " open" if len(changes) <= _SHOWN_CHANGES else ""
    return (
        f'<details class="changes"{shown}><summary>{title}: {len(changes)}</summary>'
        f"<ul>{items}</ul></details>"
    )


def _origin(provenance: Mapping[str, Any], cost: Mapping[str, Any]) -> str:
    rows = []
    for name, value in provenance.items():
        lines = [f"{k}: {v}" for k, v in value.items()] if isinstance(value, Mapping) else [value]
        shown = escape("\n".join(map(str, lines)))
        rows.append(f'<tr><th scope="row">{escape(name)}</th><td><pre>{shown}</pre></td></tr>')
    peak = cost["peak_memory_bytes"]
    memory = "" if peak is None else f", {peak / 1024**2:,.0f} MB at most"
    return (
        "<section><h2>Where it comes from</h2>"
        f'<p class="facts">Asked on {escape(cost["started"])}, in {seconds(cost["seconds"])}{memory}.</p>'
        f'<table class="origin"><tbody>{"".join(rows)}</tbody></table></section>'
    )
